import type { Products } from './products.ts';
import { gtinOf } from './scanned-code.ts';

/** What a code stands for; `ambiguous`: several products have this GTIN. */
export type CodeMeaning = { readonly sku: string } | 'unknown' | 'ambiguous';

/** Finds the product of what a scanner has read: a sku, or a GTIN however it is written. */
export class ProductCodes {
  readonly #products: Pick<Products, 'get' | 'skus' | 'version'>;
  readonly #isMoved: (sku: string) => boolean;
  #byGtin: { version: number; skus: Map<string, string | null> } = { version: -1, skus: new Map() };

  /** @param isMoved whether the store has had a sku, also one that no product names */
  constructor(products: Pick<Products, 'get' | 'skus' | 'version'>, isMoved: (sku: string) => boolean) {
    this.#products = products;
    this.#isMoved = isMoved;
  }

  find(code: string): CodeMeaning {
    const plain = code.trim();
    if (this.#products.get(plain) !== undefined || this.#isMoved(plain)) return { sku: plain };
    const gtin = gtinOf(plain);
    const sku = gtin === undefined ? undefined : this.#gtins().get(gtin);
    if (sku === undefined) return 'unknown';
    return sku === null ? 'ambiguous' : { sku };
  }

  #gtins(): ReadonlyMap<string, string | null> {
    const { version } = this.#products;
    if (this.#byGtin.version === version) return this.#byGtin.skus;
    const skus = new Map<string, string | null>();
    for (const sku of this.#products.skus()) {
      const gtin = gtinOf(this.#products.get(sku)?.gtin ?? '');
      if (gtin !== undefined) skus.set(gtin, skus.has(gtin) ? null : sku);
    }
    this.#byGtin = { version, skus };
    return skus;
  }
}
