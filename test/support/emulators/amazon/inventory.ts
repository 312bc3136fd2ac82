import { z } from 'zod';
import type { EmulatedAnswer } from '../channel-server.ts';
import { errorBody } from './buckets.ts';
import type { Listings } from './listings.ts';

const attributes = z.strictObject({ marketplaceId: z.string(), channelName: z.enum(['FBA', 'MFN', 'DF']) });
/** Written from the documentation: the model's licence lets it not be kept here. */
const batch = z.strictObject({
  requests: z
    .array(
      z.strictObject({
        method: z.enum(['GET', 'POST']),
        uri: z.string().regex(/^\/?inventory\/(update|fetch)\?/),
        body: z.strictObject({
          quantity: z.int().min(0).optional(),
          clientSequenceNumber: z.int().optional(),
          marketplaceAttributes: attributes.optional(),
        }),
      }),
    )
    .min(1)
    .max(10),
});

/** A location of the External Fulfillment Inventory API: the highest client sequence number of each sku stays. */
export class Inventory {
  /** So many of the next requests fail by themselves, the others of their batch do not. */
  failing = 0;
  readonly #listings: Listings;
  readonly #location: string;
  readonly #violations: string[];
  readonly #sequences = new Map<string, number>();

  constructor(listings: Listings, location: string, violations: string[]) {
    this.#listings = listings;
    this.#location = location;
    this.#violations = violations;
  }

  take(text: string): EmulatedAnswer {
    const parsed = batch.safeParse(JSON.parse(text));
    if (!parsed.success) {
      this.#violations.push(z.prettifyError(parsed.error));
      return { status: 400, body: errorBody('InvalidInput', 'The request is not as it should be.') };
    }
    return { status: 207, body: { responses: parsed.data.requests.map(({ uri, body }) => this.#one(uri, body)) } };
  }

  #one(
    uri: string,
    { quantity, clientSequenceNumber }: { quantity?: number | undefined; clientSequenceNumber?: number | undefined },
  ) {
    const { pathname, searchParams } = new URL(uri, 'http://amazon');
    const [locationId, skuId] = [searchParams.get('locationId') ?? '', searchParams.get('skuId') ?? ''];
    if (this.failing > 0) {
      this.failing -= 1;
      return { status: { statusCode: 500, reasonPhrase: 'Internal Server Error' }, body: { locationId, skuId } };
    }
    const listing = this.#listings.get(skuId);
    if (listing === undefined || locationId !== this.#location) {
      const actionableErrors = [{ errorType: 'INVALID_SKU', errorSubType: 'The requested Sku does not exist.' }];
      return {
        status: { statusCode: 400, reasonPhrase: 'Invalid Input' },
        body: { locationId, skuId, actionableErrors },
      };
    }
    const kept = this.#sequences.get(skuId) ?? 0;
    if (pathname.endsWith('/update') && quantity !== undefined && (clientSequenceNumber ?? 0) >= kept) {
      this.#sequences.set(skuId, clientSequenceNumber ?? 0);
      this.#listings.accept(skuId, quantity, clientSequenceNumber ?? 0);
    }
    const body = {
      locationId,
      skuId,
      sellableQuantity: Math.max(0, this.#listings.get(skuId)!.quantity),
      reservedQuantity: 0,
      clientSequenceNumber: this.#sequences.get(skuId) ?? 0,
      actionableErrors: [],
    };
    return { status: { statusCode: 200, reasonPhrase: 'Success' }, body };
  }
}
