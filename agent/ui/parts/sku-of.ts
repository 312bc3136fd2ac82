import type { Page, StockItem } from '#shared/agent-api/answers.ts';
import { call } from '../api/client.ts';

/** The article of a GTIN; undefined when it is not one of a product, or not of a single one. */
export async function skuOf(gtin: string): Promise<string | undefined> {
  if (!/^\d{8,14}$/.test(gtin)) return undefined;
  const found = await call<Page<StockItem>>('GET', `/v1/stock?limit=2&search=${gtin}`).catch(() => undefined);
  return found?.items.length === 1 ? found.items[0]?.sku : undefined;
}
