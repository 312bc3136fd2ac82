import type { Random } from '#shared/runtime/random.ts';

interface Listing {
  readonly sku: string;
  readonly productType: string;
  quantity: number;
  /** Values that it had, newest last, with when they came. */
  readonly past: { quantity: number; at: number }[];
  /** What we set. */
  readonly set: number[];
  /** When what is applied was asked for. */
  askedAt: number;
  readonly pending: Write[];
}

interface Write {
  readonly quantity: number;
  /** When its request came in. */
  readonly asked: number;
  readonly dueAt: number;
}

export interface ListingOptions {
  /** What is accepted is applied so much later at most, ms. */
  readonly applyMs: number;
  /** So long a read may show what was before, ms. */
  readonly readLagMs: number;
}

/** The seller's listings. Accepted is not applied; reads lag; what is sold is taken off. */
export class Listings {
  olderOverNewer = 0;
  readonly #random: Random;
  readonly #options: ListingOptions;
  readonly #bySku = new Map<string, Listing>();

  constructor(random: Random, options: ListingOptions) {
    this.#random = random;
    this.#options = options;
  }

  add(sku: string, quantity: number): void {
    const past = [{ quantity, at: -Infinity }];
    const productType = sku.length % 2 === 0 ? 'SHIRT' : 'LUGGAGE';
    this.#bySku.set(sku, { sku, productType, quantity, past, set: [], askedAt: 0, pending: [] });
  }

  get(sku: string): Listing | undefined {
    const listing = this.#bySku.get(sku);
    if (listing !== undefined) this.#apply(listing, performance.now());
    return listing;
  }

  /** Takes a number over, some time later and in the order of acceptance. */
  accept(sku: string, quantity: number, asked: number): void {
    const listing = this.get(sku)!;
    const soonest = listing.pending.at(-1)?.dueAt ?? 0;
    const dueAt = Math.max(soonest, performance.now() + this.#random() * this.#options.applyMs);
    listing.pending.push({ quantity, asked, dueAt });
  }

  change(sku: string, quantity: number): void {
    const listing = this.get(sku)!;
    listing.quantity = quantity;
    listing.past.push({ quantity, at: performance.now() });
  }

  /** As the Listings Items API shows one: perhaps as it was a moment ago. */
  shown(sku: string, marketplaceId: string, included: readonly string[]): object | undefined {
    const listing = this.get(sku);
    if (listing === undefined) return undefined;
    const before = performance.now() - this.#random() * this.#options.readLagMs;
    const quantity = listing.past.findLast(({ at }) => at <= before)?.quantity ?? listing.quantity;
    const date = '2026-01-01T00:00:00Z';
    return {
      sku,
      ...(included.includes('summaries') && {
        summaries: [
          {
            marketplaceId,
            asin: 'B071VG5N9D',
            productType: listing.productType,
            status: ['BUYABLE'],
            itemName: sku,
            createdDate: date,
            lastUpdatedDate: date,
          },
        ],
      }),
      ...(included.includes('fulfillmentAvailability') && {
        fulfillmentAvailability: [{ fulfillmentChannelCode: 'DEFAULT', quantity: Math.max(0, quantity) }],
      }),
    };
  }

  #apply(listing: Listing, now: number): void {
    while ((listing.pending[0]?.dueAt ?? Infinity) <= now) {
      const { quantity, asked, dueAt } = listing.pending.shift()!;
      if (asked < listing.askedAt) this.olderOverNewer += 1;
      listing.askedAt = asked;
      listing.quantity = quantity;
      listing.past.push({ quantity, at: dueAt });
      listing.set.push(quantity);
    }
  }
}
