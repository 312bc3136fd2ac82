import type { Pool, PoolClient } from 'pg';
import { ShelfwireError, toWireError } from '#shared/protocol/errors.ts';
import { withRetries } from '#hub/db/transaction.ts';
import type { EffectKind } from '../states/order-state.ts';

/** An effect that was claimed: nobody else works on it until its lease ends. */
export interface ClaimedEffect {
  readonly effect: number;
  readonly order: number;
  readonly kind: EffectKind | 'validate';
  readonly detail: unknown;
  /** What was about to be sent when it was worked on before. */
  readonly plan: unknown;
  readonly attempts: number;
  /** Of the order's own story. */
  readonly correlationId: string;
}

/** A hub that was killed holds it no longer. Who is slower than that finds it done, by the same keys, and does no harm. */
const LEASE_SECONDS = 30;
const BACKOFF_MS = { first: 1_000, most: 300_000 };

/** By the database's clock: a hub whose own is ahead, or is set back, keeps nothing waiting. $1 order, $2 most. */
const CLAIM = `
  WITH due AS (
    SELECT e.effect_no, o.correlation_id FROM order_effects e JOIN orders o USING (order_no)
     WHERE e.done_at IS NULL AND e.stream <> 'channel' AND e.retry_at <= clock_timestamp()
       AND ($1::bigint IS NULL OR e.order_no = $1)
       AND NOT EXISTS (
         SELECT FROM order_effects b
          WHERE b.order_no = e.order_no AND b.stream = e.stream AND b.done_at IS NULL AND b.effect_no < e.effect_no)
     ORDER BY o.lane, o.due_at NULLS LAST, e.effect_no LIMIT $2 FOR UPDATE OF e SKIP LOCKED
  )
  UPDATE order_effects e SET attempts = attempts + 1, retry_at = clock_timestamp() + interval '${LEASE_SECONDS} s' FROM due WHERE e.effect_no = due.effect_no
  RETURNING e.effect_no AS effect, e.order_no AS "order", e.kind, e.detail, e.plan, e.attempts,
    due.correlation_id AS "correlationId"`;

/** The most urgent effects that are due, of one order or of all. */
export async function claimEffects(
  pool: Pool,
  { order, limit }: { order: number | null; limit: number },
): Promise<ClaimedEffect[]> {
  const { rows } = await withRetries(() => pool.query<ClaimedEffect>(CLAIM, [order, limit]));
  return rows;
}

export async function planEffect(client: Pick<PoolClient, 'query'>, effect: number, plan: object): Promise<void> {
  await client.query('UPDATE order_effects SET plan = $2 WHERE effect_no = $1', [effect, JSON.stringify(plan)]);
}

/** False when another worker has done it: its lease had ended. To be called in the transaction of what it came to. */
export async function finishEffect(
  client: Pick<PoolClient, 'query'>,
  effect: number,
  { now, by }: { now: Date; by: string },
): Promise<boolean> {
  const text =
    'UPDATE order_effects SET done_at = $2, done_by = $3, error = NULL WHERE effect_no = $1 AND done_at IS NULL';
  return (await client.query(text, [effect, now, by])).rowCount === 1;
}

const POSTPONE = `
  UPDATE order_effects SET retry_at = clock_timestamp() + make_interval(secs => $2::float8 / 1000), error = $3
  WHERE effect_no = $1 AND done_at IS NULL`;

/** Tried again later, by and by more seldom; what went wrong is shown with the order. */
export async function postponeEffect(pool: Pool, { effect, attempts }: ClaimedEffect, error: unknown): Promise<void> {
  const waitMs = Math.min(BACKOFF_MS.most, BACKOFF_MS.first * 2 ** Math.min(attempts - 1, 20));
  const told = error instanceof ShelfwireError ? toWireError(error) : toWireError(undefined);
  await pool.query(POSTPONE, [effect, waitMs, JSON.stringify(told)]);
}
