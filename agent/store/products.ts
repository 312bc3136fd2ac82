import type { RxCollection } from 'rxdb';
import type { Subscription } from 'rxjs';
import type { ProductDocument } from './collections/products.ts';
import { queryPlain } from './plain-query.ts';

/** The store's products, from the hub, in memory: names for the stock list, and which skus are known. */
export class Products {
  readonly #bySku: Map<string, ProductDocument>;
  readonly #changes: Subscription;
  #version = 0;

  private constructor(collection: RxCollection<ProductDocument>, known: readonly ProductDocument[]) {
    this.#bySku = new Map(known.map((product) => [product.sku, product]));
    this.#changes = collection.eventBulks$.subscribe(({ events }) => {
      this.#version++;
      for (const { operation, documentData } of events) {
        if (operation === 'DELETE') this.#bySku.delete(documentData.sku);
        else this.#bySku.set(documentData.sku, documentData);
      }
    });
  }

  static async open(collection: RxCollection<ProductDocument>): Promise<Products> {
    return new Products(collection, await queryPlain(collection, {}));
  }

  get size(): number {
    return this.#bySku.size;
  }

  /** Another number after each change. */
  get version(): number {
    return this.#version;
  }

  get(sku: string): ProductDocument | undefined {
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
