import type { RxCollection } from 'rxdb';
import type { Subscription } from 'rxjs';
import type { ProductDocument } from './collections/products.ts';
import { readPlain } from './plain-query.ts';

/** What memory holds of a product: some hundred thousand of them are to fit a till's machine. */
export type Product = Pick<ProductDocument, 'sku' | 'name' | 'gtin'>;

/** The store's products, from the hub, in memory: names for the stock list, and which skus are known. */
export class Products {
  readonly #bySku: Map<string, Product>;
  readonly #changes: Subscription;
  #version = 0;

  private constructor(collection: RxCollection<ProductDocument>, known: Map<string, Product>) {
    this.#bySku = known;
    this.#changes = collection.eventBulks$.subscribe(({ events }) => {
      this.#version++;
      for (const { operation, documentData } of events) {
        if (operation === 'DELETE') this.#bySku.delete(documentData.sku);
        else this.#bySku.set(documentData.sku, heldOf(documentData));
      }
    });
  }

  static async open(collection: RxCollection<ProductDocument>): Promise<Products> {
    const known = new Map<string, Product>();
    for await (const page of readPlain(collection)) for (const product of page) known.set(product.sku, heldOf(product));
    return new Products(collection, known);
  }

  get size(): number {
    return this.#bySku.size;
  }

  /** Another number after each change. */
  get version(): number {
    return this.#version;
  }

  get(sku: string): Product | undefined {
    return this.#bySku.get(sku);
  }

  skus(): IterableIterator<string> {
    return this.#bySku.keys();
  }

  /** Those of the skus that are no products of the store; none while no product is known at all. */
  unknown(skus: Iterable<string>): string[] {
    if (this.#bySku.size === 0) return [];
    return [...new Set(skus)].filter((sku) => !this.#bySku.has(sku));
  }

  close(): void {
    this.#changes.unsubscribe();
  }
}

const heldOf = ({ sku, name, gtin }: Product): Product => ({ sku, name, gtin });
