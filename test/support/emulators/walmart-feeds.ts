import { z } from 'zod';

/** The file of a feed (specification 1.4), which is not among the models. */
const file = z.strictObject({
  InventoryHeader: z.strictObject({ version: z.literal('1.4') }),
  Inventory: z
    .array(
      z.strictObject({
        sku: z.string().min(1).max(50),
        quantity: z.strictObject({ unit: z.literal('EACH'), amount: z.int().min(0) }),
      }),
    )
    .min(1),
});
const BYTES_MAX = 5 * 1024 * 1024;

interface Feed {
  readonly items: readonly { readonly sku: string; readonly amount: number }[];
  readonly readyAt: number;
  results?: readonly { readonly sku: string; readonly status: string; readonly code?: string }[];
}

export interface FeedParts {
  /** Gives why a number is not taken; undefined: it was. */
  apply(sku: string, amount: number): { status: string; code: string } | undefined;
  readonly clock: () => number;
  readonly takesMs: number;
}

/** Files of inventory: taken at once, worked through later, each of their items with its own result. */
export class WalmartFeeds {
  /** What comes next fails as a whole. */
  failNext: 'DATA_ERROR' | 'SYSTEM_ERROR' | undefined;
  readonly #parts: FeedParts;
  readonly #feeds = new Map<string, Feed & { failure?: string }>();

  constructor(parts: FeedParts) {
    this.#parts = parts;
  }

  /** Undefined: the file is not one. */
  take(contentType: string, text: string): string | undefined {
    const boundary = /boundary=(.+)$/.exec(contentType)?.[1];
    if (boundary === undefined || Buffer.byteLength(text) > BYTES_MAX) return undefined;
    const [, part = ''] = text.split(`--${boundary}`);
    const body = part.slice(part.indexOf('\r\n\r\n') + 4).trim();
    let value: unknown;
    try {
      value = JSON.parse(body);
    } catch {
      return undefined;
    }
    const parsed = file.safeParse(value);
    if (!parsed.success) return undefined;
    const id = `640FAC5C1B5A4A0590B8B5D9E7@${this.#feeds.size + 1}`;
    const items = parsed.data.Inventory.map(({ sku, quantity }) => ({ sku, amount: quantity.amount }));
    const failure = this.failNext;
    this.failNext = undefined;
    this.#feeds.set(id, {
      items,
      readyAt: this.#parts.clock() + this.#parts.takesMs,
      ...(failure !== undefined && { failure }),
    });
    return id;
  }

  status(id: string, offset: number, limit: number): object | undefined {
    const feed = this.#feeds.get(id);
    if (feed === undefined) return undefined;
    const { items, failure } = feed;
    const counts = { feedId: id, itemsReceived: items.length, offset, limit };
    if (this.#parts.clock() < feed.readyAt) {
      return { ...counts, feedStatus: 'INPROGRESS', itemsSucceeded: 0, itemsFailed: 0, itemsProcessing: items.length };
    }
    if (failure !== undefined) {
      const ingestionError = [{ type: failure, code: 'ERR_INT_DATA_0001', description: 'The file could not be read.' }];
      return { ...counts, feedStatus: 'ERROR', itemsSucceeded: 0, itemsFailed: 0, ingestionErrors: { ingestionError } };
    }
    feed.results ??= items.map(({ sku, amount }) => ({
      sku,
      ...(this.#parts.apply(sku, amount) ?? { status: 'SUCCESS' }),
    }));
    const failed = feed.results.filter(({ status }) => status !== 'SUCCESS').length;
    const itemIngestionStatus = feed.results.slice(offset, offset + limit).map(({ sku, status, code }, place) => ({
      martId: 0,
      sku,
      index: offset + place,
      ingestionStatus: status,
      ...(code !== undefined && {
        ingestionErrors: { ingestionError: [{ type: status, code, description: `${sku} was not taken.` }] },
      }),
    }));
    return {
      ...counts,
      feedStatus: 'PROCESSED',
      itemsSucceeded: feed.results.length - failed,
      itemsFailed: failed,
      itemsProcessing: 0,
      itemDetails: { itemIngestionStatus },
    };
  }
}
