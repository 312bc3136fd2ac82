import type { RxCollection } from 'rxdb';
import type { JournalDocument } from '../collections/journal.ts';
import { queryPlain } from '../plain-query.ts';

export interface Price {
  readonly unitPriceMinor: number;
  readonly currency: string;
}

const PAGE = 1_000;
/** Sales that are looked through, the newest first: what was not sold among them has no price here. */
const SALES_MAX = 20_000;
const KEPT_MS = 10 * 60_000;

/** At which price this store has sold skus last: what a difference is worth. The products that come from the hub have no price. */
export class LastPrices {
  readonly #journal: RxCollection<JournalDocument>;
  readonly #now: () => number;
  readonly #known = new Map<string, { price: Price | null; readAt: number }>();
  #reading: Promise<void> = Promise.resolve();

  constructor(journal: RxCollection<JournalDocument>, now: () => number) {
    this.#journal = journal;
    this.#now = now;
  }

  async of(skus: Iterable<string>): Promise<ReadonlyMap<string, Price>> {
    const wanted = [...skus];
    // One looks at a time: who comes behind finds it done.
    this.#reading = this.#reading.then(() => this.#read(wanted)).catch(() => undefined);
    await this.#reading;
    return new Map(
      wanted.flatMap((sku) => {
        const price = this.#known.get(sku)?.price;
        return price ? [[sku, price] as const] : [];
      }),
    );
  }

  async #read(wanted: readonly string[]): Promise<void> {
    const readAt = this.#now();
    const isOld = (sku: string) => Math.abs(readAt - (this.#known.get(sku)?.readAt ?? -Infinity)) > KEPT_MS;
    const left = new Set(wanted.filter(isOld));
    let before = Number.MAX_SAFE_INTEGER;
    for (let seen = 0; left.size > 0 && seen < SALES_MAX; seen += PAGE) {
      const page = await queryPlain(this.#journal, {
        // Several of one instant that straddle a page: older ones of it are not needed.
        selector: { kind: 'sale', at: { $lt: before } },
        sort: [{ kind: 'desc' }, { at: 'desc' }],
        limit: PAGE,
      });
      for (const { body } of page) {
        if (!('lines' in body) || !('currency' in body)) continue;
        for (const line of body.lines) {
          if (!('unitPriceMinor' in line) || line.unitPriceMinor === 0 || !left.delete(line.sku)) continue;
          const price = { unitPriceMinor: line.unitPriceMinor, currency: body.currency };
          this.#known.set(line.sku, { price, readAt });
        }
      }
      const last = page.at(-1);
      if (page.length < PAGE || last === undefined) break;
      before = last.at;
    }
    for (const sku of left) this.#known.set(sku, { price: null, readAt });
  }
}
