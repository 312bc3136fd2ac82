import type { Pool } from 'pg';
import type { ErrorCode } from '#shared/protocol/errors.ts';
import type { Random } from '#shared/runtime/random.ts';
import { backoffMs } from '#shared/runtime/backoff.ts';
import { joined, literal } from '#hub/db/array-parameter.ts';
import type { Message } from './begin-messages.ts';
import type { Claim } from './claim.ts';
import { nextDelayMs, type RetryRule } from './retries.ts';

/** Why a message was not taken. */
export interface EventFailure {
  readonly code: ErrorCode;
  readonly detail: string;
  readonly retryAfterMs?: number;
  /**
   * Of what it says the message is not to blame: `gone` pauses the receiver until somebody resumes it; `down` waits for it,
   * however long. Neither is an attempt of the message, so neither makes a dead letter.
   */
  readonly receiver?: 'gone' | 'down';
}

export interface FailedMessage {
  readonly message: Message;
  readonly failure: EventFailure;
}

/** $1 entries. */
const DELIVERED = `
  WITH entry AS (
    UPDATE outbox_entries SET state = 'delivered', attempts = attempts + 1, error = NULL, ended_at = clock_timestamp()
    WHERE entry_no = ANY ($1::bigint[]) AND state = 'sending' RETURNING webhook_no
  )
  UPDATE webhooks w SET failures = 0, error = NULL, delivered_at = clock_timestamp(), next_at = clock_timestamp()
  FROM (SELECT DISTINCT webhook_no FROM entry) AS of WHERE w.webhook_no = of.webhook_no`;

/**
 * $1 webhook. $2 claim. $3-$6 entries: number, why, whether it counts, whether it was the last attempt. $7 why, of the
 * first. $8 ms until anything is sent again. $9 whether the receiver is gone for good.
 */
const FAILED = `
  WITH entry AS (
    UPDATE outbox_entries e SET attempts = e.attempts + f.counts::int, error = f.error::json,
      state = CASE WHEN f.is_dead THEN 'dead'::outbox_state ELSE e.state END,
      ended_at = CASE WHEN f.is_dead THEN clock_timestamp() END
    FROM unnest($3::bigint[], string_to_array($4, E'\\n'), $5::boolean[], $6::boolean[]) AS f (entry_no, error, counts, is_dead)
    WHERE e.entry_no = f.entry_no AND e.state = 'sending' RETURNING 1
  )
  UPDATE webhooks w SET failures = failures + 1, error = $7,
    next_at = clock_timestamp() + make_interval(secs => $8::float8 / 1000), claim = NULL, claimed_until = '-infinity',
    state = CASE WHEN $9 THEN 'paused'::webhook_state ELSE state END
  WHERE w.webhook_no = $1 AND w.claim = $2 AND EXISTS (SELECT FROM entry)`;

export async function endDelivered(pool: Pool, messages: readonly Message[]): Promise<void> {
  await pool.query(DELIVERED, [literal(messages.map(({ entry }) => entry))]);
}

/**
 * Notes what failed, and when its receiver is tried again: after the longest wait that any of them asks for. Gives those
 * that became dead letters.
 */
export async function endFailed(
  pool: Pool,
  claim: Claim,
  failed: readonly FailedMessage[],
  { rule, random, failures }: { readonly rule: RetryRule; readonly random: Random; readonly failures: number },
): Promise<readonly FailedMessage[]> {
  const judged = failed.map((one) => ({ ...one, ...judge(one, { rule, random, failures }) }));
  const said = ({ code, detail }: EventFailure): string => JSON.stringify({ code, detail });
  await pool.query(FAILED, [
    claim.webhook,
    claim.id,
    literal(judged.map(({ message }) => message.entry)),
    joined(judged.map(({ failure }) => said(failure))),
    literal(judged.map(({ counts }) => counts)),
    literal(judged.map(({ isDead }) => isDead)),
    judged[0] && said(judged[0].failure),
    Math.max(...judged.map(({ waitMs }) => waitMs)),
    judged.some(({ failure }) => failure.receiver === 'gone'),
  ]);
  return judged.filter(({ isDead }) => isDead);
}

function judge(
  { message, failure: { receiver, retryAfterMs } }: FailedMessage,
  { rule, random, failures }: { readonly rule: RetryRule; readonly random: Random; readonly failures: number },
): { counts: boolean; isDead: boolean; waitMs: number } {
  if (receiver === 'down') return { counts: false, isDead: false, waitMs: backoffMs(rule, failures, random) };
  const delayMs = nextDelayMs(rule, message.attempts + 1, retryAfterMs, random);
  // What follows a dead letter waits as its first retry would: the receiver is not better yet.
  const waitMs = delayMs ?? nextDelayMs({ ...rule, attempts: 2 }, 1, retryAfterMs, random) ?? 0;
  return { counts: true, isDead: delayMs === undefined && receiver !== 'gone', waitMs };
}
