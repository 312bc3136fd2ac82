import type { Pool } from 'pg';
import type { Random } from '#shared/runtime/random.ts';
import type { Message } from './begin-message.ts';
import type { Claim } from './claim.ts';
import { nextDelayMs, type RetryRule } from './retries.ts';
import type { SendFailure } from './send.ts';

const DELIVERED = `
  WITH entry AS (
    UPDATE outbox_entries SET state = 'delivered', attempts = attempts + 1, error = NULL, ended_at = clock_timestamp()
    WHERE entry_no = $1 AND state = 'sending' RETURNING webhook_no
  )
  UPDATE webhooks w SET failures = 0, error = NULL, delivered_at = clock_timestamp(), next_at = clock_timestamp()
  FROM entry WHERE w.webhook_no = entry.webhook_no`;

/** $3 why. $4 whether it was the last attempt. $5 ms until anything is sent again. $6 whether the receiver is gone for good. */
const FAILED = `
  WITH entry AS (
    UPDATE outbox_entries SET attempts = attempts + 1, error = $3,
      state = CASE WHEN $4 THEN 'dead'::outbox_state ELSE state END, ended_at = CASE WHEN $4 THEN clock_timestamp() END
    WHERE entry_no = $1 AND state = 'sending' RETURNING webhook_no
  )
  UPDATE webhooks w SET failures = failures + 1, error = $3,
    next_at = clock_timestamp() + make_interval(secs => $5::float8 / 1000), claim = NULL, claimed_until = '-infinity',
    state = CASE WHEN $6 THEN 'paused'::webhook_state ELSE state END
  FROM entry WHERE w.webhook_no = entry.webhook_no AND w.claim = $2`;

export async function endDelivered(pool: Pool, { entry }: Message): Promise<void> {
  await pool.query(DELIVERED, [entry]);
}

/** Gives whether it became a dead letter. While its receiver is gone a message waits, however often that was. */
export async function endFailed(
  pool: Pool,
  claim: Claim,
  message: Message,
  { code, detail, retryAfterMs }: SendFailure,
  { rule, random }: { readonly rule: RetryRule; readonly random: Random },
): Promise<{ isDead: boolean }> {
  const isGone = code === 'WEBHOOK_GONE';
  const failed = message.attempts + 1;
  const delayMs = nextDelayMs(rule, failed, retryAfterMs, random);
  const isDead = delayMs === undefined && !isGone;
  // What follows a dead letter waits as its first retry would: the receiver is not better yet.
  const waitMs = delayMs ?? nextDelayMs({ ...rule, attempts: 2 }, 1, retryAfterMs, random) ?? 0;
  await pool.query(FAILED, [message.entry, claim.id, JSON.stringify({ code, detail }), isDead, waitMs, isGone]);
  return { isDead };
}
