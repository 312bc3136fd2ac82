import type { StockItem } from '#shared/agent-api/answers.ts';
import type { Products } from './products.ts';
import type { StockView } from './stock-view.ts';
import type { Tasks } from './tasks.ts';

/** The store's stock for people: every product, and every sku that was ever moved, in the order of skus. */
export class StockList {
  readonly #view: StockView;
  readonly #products: Products;
  readonly #tasks: Pick<Tasks, 'reserved'>;
  /** `texts` is what each sku is found by, in small letters: made for all at once, since each key that is typed asks all. */
  #sorted: { skus: string[]; texts: string[]; of: string } = { skus: [], texts: [], of: '' };

  constructor(view: StockView, products: Products, tasks: Pick<Tasks, 'reserved'>) {
    this.#view = view;
    this.#products = products;
    this.#tasks = tasks;
  }

  /** Undefined when neither the products nor any fact know the sku. */
  get(sku: string): StockItem | undefined {
    const product = this.#products.get(sku);
    if (!product && !this.#view.has(sku)) return undefined;
    return { sku, name: product?.name ?? null, onHand: this.#view.onHand(sku), reserved: this.#tasks.reserved(sku) };
  }

  /** A page; `search` is part of the sku or name in any case, or the whole GTIN. The cursor is the last sku. */
  list(page: { limit: number; cursor?: string | undefined; search?: string | undefined }): {
    items: StockItem[];
    nextCursor: string | null;
  } {
    const { skus, texts } = this.#list();
    const wanted = page.search?.toLowerCase();
    const items: StockItem[] = [];
    let place = page.cursor === undefined ? 0 : firstAfter(skus, page.cursor);
    for (; place < skus.length && items.length < page.limit; place++) {
      const sku = skus[place] ?? '';
      if (wanted && !texts[place]?.includes(wanted) && this.#products.get(sku)?.gtin !== wanted) continue;
      const item = this.get(sku);
      if (item) items.push(item);
    }
    return { items, nextCursor: place < skus.length ? (items.at(-1)?.sku ?? null) : null };
  }

  #list(): { readonly skus: readonly string[]; readonly texts: readonly string[] } {
    const of = `${this.#products.version} ${this.#view.size}`;
    if (this.#sorted.of !== of) {
      const skus = [...new Set([...this.#products.skus(), ...this.#view.skus()])].sort();
      const texts = skus.map((sku) => `${sku}\n${this.#products.get(sku)?.name ?? ''}`.toLowerCase());
      this.#sorted = { of, skus, texts };
    }
    return this.#sorted;
  }
}

function firstAfter(sorted: readonly string[], text: string): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((sorted[middle] ?? '') <= text) low = middle + 1;
    else high = middle;
  }
  return low;
}
