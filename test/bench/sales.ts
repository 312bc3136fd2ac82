import { canonicalContent, type CanonicalContent } from '#shared/protocol/content.ts';
import { seededRandom } from '#shared/runtime/random.ts';

export const SKUS = 5_000;
/** What each store of a fleet carries. */
export const FLEET_SKUS = 500;
const LINES = 4;

export type BenchSale = CanonicalContent & { readonly key: string; readonly at: number };

/**
 * Sales of about 600 bytes and 4 lines, the same for the same seed: skus drawn from a catalogue of 5,000 as a shop's
 * are (few sell often), prices with tax and discount.
 */
export function makeSales(
  amount: number,
  options: { seed?: number; beginAt: number; prefix: string; skus?: number },
): BenchSale[] {
  const { skus = SKUS } = options;
  const random = seededRandom(options.seed ?? 1);
  return Array.from({ length: amount }, (_, place) => {
    const body = {
      till: `till-${(place % 4) + 1}`,
      receiptNo: `${options.prefix}-${String(place).padStart(8, '0')}`,
      currency: 'GBP',
      lines: Array.from({ length: LINES }, () => ({
        sku: skuName(Math.floor(random() ** 2 * skus)),
        quantity: 1 + Math.floor(random() * 3),
        unitPriceMinor: 50 + Math.floor(random() * 9_950),
        discountMinor: Math.floor(random() * 500),
        taxMinor: Math.floor(random() * 2_000),
      })),
    };
    const key = `${options.prefix}:${new Date(options.beginAt).toISOString().slice(0, 10)}:${String(place).padStart(8, '0')}`;
    return { ...canonicalContent('sale', body), key, at: options.beginAt + place * 500 + Math.floor(random() * 400) };
  });
}

/** One unit of one sku. */
export function saleOf(sku: string, receiptNo: string): BenchSale {
  const lines = [{ sku, quantity: 1, unitPriceMinor: 1_000, discountMinor: 0, taxMinor: 190 }];
  const body = { till: 'till-1', receiptNo, currency: 'GBP', lines };
  return { ...canonicalContent('sale', body), key: receiptNo, at: Date.now() };
}

export function skuName(place: number): string {
  return `SKU-${String(place).padStart(8, '0')}`;
}

/** Every sku that a sale may draw. */
export function skuNames(skus = SKUS): string[] {
  return Array.from({ length: skus }, (_, place) => skuName(place));
}
