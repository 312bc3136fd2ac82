import { setTimeout as delay } from 'node:timers/promises';
import type { Random } from '#shared/runtime/random.ts';
import type { Outside, Shop } from './outside.ts';

/** A customer finds nothing that says less: what a channel says is a promise for the next moment. */
const SAYS_LEAST = 4;
const RETRY_MS = 500;

/**
 * Customers of the channels: so many orders each, spread over the time that the tills take. Each order's webhook is sent
 * until the hub has taken it, as channels do; polling finds what was missed all the same.
 */
export async function shop(
  { shops, skus }: Outside,
  hubUrl: string,
  plan: { readonly orders: number; readonly spanMs: number; readonly random: Random },
  signal: AbortSignal,
): Promise<void> {
  const telling: Promise<void>[] = [];
  const pauseMs = plan.spanMs / (plan.orders + 1);
  for (let turn = 0; turn < plan.orders; turn += 1) {
    await delay(pauseMs, undefined, { signal });
    for (const one of shops.filter(({ takesOrders }) => takesOrders)) {
      const sku = skus[Math.floor(plan.random() * skus.length)] ?? '';
      if ((one.channel.says(sku) ?? 0) < SAYS_LEAST) continue;
      const units = 1 + Math.floor(plan.random() * 2);
      const id = one.channel.buy(sku, units);
      one.orders.push({ id, sku, units });
      // Others are asked for their orders by the hub.
      if (one.channel.sendOrder !== undefined) telling.push(tell(one, id, hubUrl, signal));
    }
  }
  await Promise.all(telling);
}

async function tell({ channel, account }: Shop, order: string, hubUrl: string, signal: AbortSignal): Promise<void> {
  for (;;) {
    const status = await channel.sendOrder?.(order, `${hubUrl}/v1/channel-webhooks/${account}`).catch(() => 0);
    if (status === undefined) return;
    if (status >= 200 && status < 300) return;
    await delay(RETRY_MS, undefined, { signal });
  }
}
