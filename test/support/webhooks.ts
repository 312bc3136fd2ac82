import type { Pool } from 'pg';
import { startDeliveries, type DeliverOptions } from '#hub/connectors/event/deliver.ts';
import { createWebhooks, type WebhookParts } from '#hub/connectors/event/webhook/webhook.ts';
import type { MessageForm } from '#hub/outbox/cloud-events.ts';
import type { EventTypeName } from '#hub/outbox/event-types.ts';
import { Webhooks } from '#hub/outbox/webhooks.ts';
import { systemClock } from '#shared/runtime/clock.ts';
import type { Part } from '#shared/runtime/lifecycle.ts';
import { silentLogger } from '#shared/runtime/logger.ts';

export const EMPTY_OUTBOX =
  'TRUNCATE webhooks, webhook_secrets, webhook_levels, outbox_entries, outbox_checkpoints RESTART IDENTITY';

/** Deliveries that wait milliseconds where the hub waits seconds to hours. */
export function deliverQuickly(pool: Pool, parts: Partial<DeliverOptions & WebhookParts> = {}): Part {
  const { toPrivate = true, timeoutMs = 5_000, ...rest } = parts;
  const retries = { baseMs: 2, maxMs: 20, attempts: 3 };
  return startDeliveries({
    pool,
    clock: systemClock,
    random: () => 0.5,
    logger: silentLogger,
    connectors: [createWebhooks({ clock: systemClock, toPrivate, timeoutMs, retries })],
    everyMs: 10,
    ...rest,
  });
}

/** A webhook to this address; gives its number and secret. */
export async function makeWebhook(
  pool: Pool,
  url: string,
  eventTypes: readonly EventTypeName[] = ['availability.changed'],
  form: MessageForm = 'standard',
): Promise<{ webhook: number; secret: string }> {
  const webhooks = new Webhooks(pool, { toPrivate: true });
  const made = await webhooks.create({ name: 'test', url, eventTypes, form }, 'me', () => Promise.resolve());
  return { webhook: made.webhook.webhook, secret: made.secret };
}
