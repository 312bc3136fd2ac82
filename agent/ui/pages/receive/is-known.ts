import type { StockItem } from '#shared/agent-api/answers.ts';
import { call } from '../../api/client.ts';

/** Whether the store knows an article by this sku. */
export async function isKnown(sku: string): Promise<boolean> {
  if (sku.length > 64) return false;
  const found = await call<StockItem>('GET', `/v1/stock/${encodeURIComponent(sku)}`).catch(() => undefined);
  return found !== undefined;
}
