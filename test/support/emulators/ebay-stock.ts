import type { Random } from '#shared/runtime/random.ts';

interface Item {
  readonly offerId: string;
  total: number;
  offered: number;
  status: 'PUBLISHED' | 'UNPUBLISHED';
  revisions: number;
  lastArrival: number;
  /** What it was, newest last, with when it came. */
  readonly past: { readonly total: number; readonly offered: number; readonly at: number }[];
  readonly set: number[];
}

export interface EbayError {
  readonly errorId: number;
  readonly domain: string;
  readonly category: 'REQUEST' | 'APPLICATION' | 'BUSINESS';
  readonly message: string;
}
export const ebayError = (
  errorId: number,
  message: string,
  category: EbayError['category'] = 'REQUEST',
): EbayError => ({
  errorId,
  domain: 'API_INVENTORY',
  category,
  message,
});

export interface StockParts {
  readonly random: Random;
  readonly readLagMs: number;
  readonly revisionsADay: number;
}

/** An eBay seller's items, each with one offer: what can be bought is what there is, and no more than is offered. */
export class EbayStock {
  olderOverNewer = 0;
  /** Skus that are refused, with eBay's word on why. */
  readonly refusing = new Map<string, { readonly statusCode: number; readonly error: EbayError }>();
  readonly #parts: StockParts;
  readonly #items = new Map<string, Item>();

  constructor(parts: StockParts) {
    this.#parts = parts;
  }

  list(skus: readonly string[], quantity: number): void {
    for (const sku of skus) {
      const offerId = String(36_445_435_465 + this.#items.size);
      const past = [{ total: quantity, offered: quantity, at: -Infinity }];
      const counts = { revisions: 0, lastArrival: 0 };
      this.#items.set(sku, {
        offerId,
        total: quantity,
        offered: quantity,
        status: 'PUBLISHED',
        ...counts,
        past,
        set: [],
      });
    }
  }

  says(sku: string): number | undefined {
    const item = this.#items.get(sku);
    return item === undefined ? undefined : Math.min(item.total, item.offered);
  }
  numbersOf(sku: string): readonly number[] {
    return this.#items.get(sku)?.set ?? [];
  }

  /** Somebody else changes it: what there is, or only what is offered of it. */
  edit(sku: string, to: { total?: number; offered?: number; status?: Item['status'] }): void {
    const item = this.#items.get(sku)!;
    Object.assign(item, to);
    this.#note(item);
  }
  sell(sku: string, units: number): void {
    const item = this.#items.get(sku)!;
    this.edit(sku, { total: Math.max(0, item.total - units), offered: Math.max(0, item.offered - units) });
  }

  shownItem(sku: string): object {
    const item = this.#items.get(sku);
    if (item === undefined) {
      return {
        statusCode: 404,
        sku,
        errors: [ebayError(25_702, `${sku} could not be found or is not available in the system.`)],
      };
    }
    const { total: quantity } = this.#seen(item);
    const availability = { shipToLocationAvailability: { quantity } };
    return { statusCode: 200, sku, inventoryItem: { sku, condition: 'NEW', availability } };
  }

  /** By sku, or by its own name. */
  shownOffer(by: { sku: string } | { offerId: string }): object | undefined {
    const found = [...this.#items].find(([sku, { offerId }]) =>
      'sku' in by ? sku === by.sku : offerId === by.offerId,
    );
    if (found === undefined) return undefined;
    const [sku, item] = found;
    const { offered: availableQuantity } = this.#seen(item);
    const { offerId, status } = item;
    return { offerId, sku, marketplaceId: 'EBAY_US', format: 'FIXED_PRICE', availableQuantity, status };
  }

  /** One request of a bulk update: an answer for the item and one for its offer. */
  update(
    sku: string,
    asked: { total: number; offers: readonly { offerId: string; offered: number }[] },
    arrivedAt: number,
  ): object[] {
    const item = this.#items.get(sku);
    const fail = (statusCode: number, error: EbayError): object[] => [{ statusCode, sku, errors: [error] }];
    if (item === undefined)
      return fail(404, ebayError(25_710, "We didn't find the resource/entity you are requesting."));
    const refused = this.refusing.get(sku);
    if (refused !== undefined) return fail(refused.statusCode, refused.error);
    if (item.revisions >= this.#parts.revisionsADay) {
      const why =
        'A user error has occurred. You have exceeded the maximum number of revisions for this listing today.';
      return fail(400, ebayError(25_002, why));
    }
    item.revisions += 1;
    if (arrivedAt < item.lastArrival) this.olderOverNewer += 1;
    item.lastArrival = Math.max(item.lastArrival, arrivedAt);
    item.total = asked.total;
    const answers: object[] = [{ statusCode: 200, sku }];
    for (const { offerId, offered } of asked.offers) {
      if (offerId === item.offerId && item.status === 'PUBLISHED') {
        item.offered = offered;
        answers.push({ statusCode: 200, sku, offerId });
      } else
        answers.push({ statusCode: 400, sku, offerId, errors: [ebayError(25_713, 'This Offer is not available.')] });
    }
    this.#note(item);
    item.set.push(Math.min(item.total, item.offered));
    return answers;
  }

  /** What a read shows: perhaps what was a moment ago. */
  #seen({ past }: Item): { total: number; offered: number } {
    const before = performance.now() - this.#parts.random() * this.#parts.readLagMs;
    return past.findLast(({ at }) => at <= before)!;
  }

  #note(item: Item): void {
    item.past.push({ total: item.total, offered: item.offered, at: performance.now() });
  }
}
