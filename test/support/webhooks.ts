import type { Pool } from 'pg';
import { startDeliveries, type DeliverOptions } from '#hub/outbox/deliver.ts';
import type { EventTypeName } from '#hub/outbox/event-types.ts';
import { Webhooks } from '#hub/outbox/webhooks.ts';
import { systemClock } from '#shared/runtime/clock.ts';
import type { Part } from '#shared/runtime/lifecycle.ts';
import { silentLogger } from '#shared/runtime/logger.ts';

export const EMPTY_OUTBOX =
  'TRUNCATE webhooks, webhook_secrets, webhook_levels, outbox_entries, outbox_checkpoints RESTART IDENTITY';

/** Deliveries that wait milliseconds where the hub waits seconds to hours. */
export function deliverQuickly(pool: Pool, parts: Partial<DeliverOptions> = {}): Part {
  return startDeliveries({
    pool,
    clock: systemClock,
    random: () => 0.5,
    logger: silentLogger,
    toPrivate: true,
    everyMs: 10,
    timeoutMs: 5_000,
    retries: { baseMs: 2, maxMs: 20, attempts: 3 },
    ...parts,
  });
}

/** A webhook to this address; gives its number and secret. */
export async function makeWebhook(
  pool: Pool,
  url: string,
  eventTypes: readonly EventTypeName[] = ['availability.changed'],
): Promise<{ webhook: number; secret: string }> {
  const webhooks = new Webhooks(pool, { toPrivate: true });
  const made = await webhooks.create({ name: 'test', url, eventTypes }, 'me', () => Promise.resolve());
  return { webhook: made.webhook.webhook, secret: made.secret };
}
