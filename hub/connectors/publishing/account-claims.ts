import type { Pool } from 'pg';
import { systemClock, type Clock } from '#shared/runtime/clock.ts';
import type { Logger } from '#shared/runtime/logger.ts';
import { startRepeating } from '#shared/runtime/repeating.ts';
import type { Queryable } from '#hub/db/snapshot.ts';
import type { ChannelFailure } from '../channel-failure.ts';
import { SENDABLE, SETTLED, TO_READ } from './due.ts';
import { Lease } from './lease.ts';
import type { KeptQuotas } from './quotas.ts';

/**
 * Accounts at which there is something to do and where nobody is, the longest waiting first. $1 most, $2 claim, $3 seconds,
 * $4 hours after which a listing is read although nothing is to be sent; what cannot be read has never been.
 * In a dry run nothing is sent, but what the channel says and its orders are read.
 */
const CLAIM = `
  WITH due AS (
    SELECT account_no FROM channel_accounts a JOIN channels c USING (channel_no)
    WHERE state = 'active' AND next_at <= clock_timestamp() AND claimed_until <= clock_timestamp()
      AND ((NOT dry_run AND EXISTS (SELECT FROM publication_calls k WHERE k.account_no = a.account_no AND k.ended_at IS NULL
          AND (k.ask_at IS NULL OR k.ask_at <= clock_timestamp())))
        OR (NOT dry_run AND EXISTS (SELECT FROM publications p WHERE p.account_no = a.account_no AND ${SENDABLE}))
        OR EXISTS (SELECT FROM publications p WHERE p.account_no = a.account_no AND ${TO_READ})
        OR EXISTS (SELECT FROM publications p WHERE p.account_no = a.account_no AND ${SETTLED})
        OR EXISTS (SELECT FROM publications p WHERE p.account_no = a.account_no AND p.due_at IS NULL AND p.call_no IS NULL
          AND p.parked_at IS NULL AND p.later_call IS NULL AND p.settles_at IS NULL AND p.read_at > '-infinity' AND p.read_at < clock_timestamp() - make_interval(hours => $4))
        OR orders_at <= clock_timestamp()
        OR EXISTS (SELECT FROM channel_hints h WHERE h.account_no = a.account_no AND h.due_at <= clock_timestamp())
        OR (NOT dry_run AND EXISTS (SELECT FROM order_effects e
          WHERE e.channel = c.code AND e.done_at IS NULL AND e.kind IN ('refund', 'tell') AND e.retry_at <= clock_timestamp())))
    ORDER BY next_at LIMIT $1 FOR NO KEY UPDATE OF a SKIP LOCKED
  )
  UPDATE channel_accounts a SET claim = $2, claimed_until = clock_timestamp() + make_interval(secs => $3)
  FROM due WHERE a.account_no = due.account_no RETURNING a.account_no AS account`;

/** Not while it is paused: whoever pauses it is obeyed before the next call. $1 account, $2 claim, $3 seconds, $4 quota. */
export const HOLD = `
  UPDATE channel_accounts a SET claimed_until = clock_timestamp() + make_interval(secs => $3), quota = coalesce($4::json, quota)
  FROM channels c
  WHERE a.account_no = $1 AND a.claim = $2 AND a.state = 'active' AND c.channel_no = a.channel_no
  RETURNING c.code AS channel, a.kind, a.base_url AS "baseUrl", a.settings, a.credentials, a.credentials_no AS "credentialsNo",
    a.dry_run AS "dryRun", a.failures, a.quota, a.orders_at AS "ordersAt", a.created_at AS "createdAt",
    a.orders_known_to AS "ordersKnownTo", a.orders_page AS "ordersPage", clock_timestamp() AS "heldAt"`;

/** Also while it is paused: what is under way there has not ended. */
const KEEP = `
  UPDATE channel_accounts SET claimed_until = clock_timestamp() + make_interval(secs => $3) WHERE account_no = $1 AND claim = $2`;

const RELEASE = `
  UPDATE channel_accounts SET claim = NULL, claimed_until = '-infinity', quota = coalesce($3::json, quota),
    next_at = CASE WHEN $4::float8 > 0 THEN clock_timestamp() + make_interval(secs => $4::float8 / 1000) ELSE next_at END
  WHERE account_no = $1 AND claim = $2`;

const END = `UPDATE channel_accounts SET claim = NULL, claimed_until = '-infinity' WHERE claimed_until > clock_timestamp()`;

const ANSWERED = `
  UPDATE channel_accounts SET failures = 0, error = NULL, answered_at = clock_timestamp() WHERE account_no = $1 AND claim = $2`;

const FAILED = `
  UPDATE channel_accounts SET failures = failures + 1, error = $3, next_at = clock_timestamp() + make_interval(secs => $4::float8 / 1000)
  WHERE account_no = $1 AND claim = $2`;

/** Whose turn of an account it is. Whoever is killed loses it when its time is over. */
export interface Claim {
  readonly account: number;
  readonly id: string;
  /** Whether it is still ours, without asking the database. */
  readonly lease: Lease;
}

/** An account as it is now. */
export interface HeldAccount {
  readonly channel: string;
  readonly kind: string;
  readonly baseUrl: string;
  readonly settings: unknown;
  readonly credentials: Buffer;
  readonly credentialsNo: number;
  readonly dryRun: boolean;
  readonly failures: number;
  readonly quota: unknown;
  readonly ordersAt: Date | null;
  readonly createdAt: Date;
  readonly ordersKnownTo: Date | null;
  /** Where asking for them goes on, when not all pages were read yet. */
  readonly ordersPage: unknown;
  /** When all this was so, by the clock that instants of accounts and listings are told by. */
  readonly heldAt: Date;
}

export async function claimAccounts(
  pool: Pool,
  id: string,
  {
    most,
    seconds,
    readEveryHours,
    clock = systemClock,
  }: { most: number; seconds: number; readEveryHours: number | null; clock?: Clock },
): Promise<Claim[]> {
  const begun = new Lease(clock, seconds);
  const { rows } = await pool.query<{ account: number }>(CLAIM, [most, id, seconds, readEveryHours]);
  // Each has its own, of the same instant.
  return rows.map(({ account }) => ({ account, id, lease: begun.another() }));
}

/** Ends what a killed hub has claimed; only where there is no other one. */
export async function endAccountClaims(pool: Pool): Promise<void> {
  await pool.query(END);
}

/** Makes the claim last anew and keeps the quota; undefined: it is lost, or the account is not active any more. */
export async function holdAccount(
  client: Queryable,
  { account, id, lease }: Claim,
  seconds: number,
  quota: KeptQuotas | null,
): Promise<HeldAccount | undefined> {
  const kept = quota === null ? null : JSON.stringify(quota);
  const renewed = lease.renewing();
  const [held] = (await client.query<HeldAccount>(HOLD, [account, id, seconds, kept])).rows;
  // Paused it is ours still, and lasts as long as it did.
  if (held !== undefined) renewed(true);
  return held;
}

/** Makes the claim last anew, whatever the account's state is; false: somebody else has it. */
export async function keepClaim(pool: Pool, { account, id, lease }: Claim, seconds: number): Promise<boolean> {
  const renewed = lease.renewing();
  const isOurs = (await pool.query(KEEP, [account, id, seconds])).rowCount === 1;
  renewed(isOurs);
  return isOurs;
}

/**
 * Makes the claim last while something is done under it, however long its calls take: whoever else began meanwhile could send a
 * newer number, over which the older one that is still under way here would come (P3).
 */
export async function whileClaimed<T>(
  { pool, clock, logger, claimSeconds }: { pool: Pool; clock: Clock; logger: Logger; claimSeconds: number },
  claim: Claim,
  work: () => Promise<T>,
): Promise<T> {
  const keeping = startRepeating({
    name: 'claim of an account',
    clock,
    logger,
    everyMs: (claimSeconds * 1_000) / 4,
    turn: () => keepClaim(pool, claim, claimSeconds).then(() => undefined),
  });
  try {
    return await work();
  } finally {
    await keeping.stop();
  }
}

/** Leaves the account to whoever comes next; not before `waitMs`, when something is to be waited for. */
export async function releaseAccount(
  pool: Pool,
  { account, id }: Claim,
  { quota, waitMs = 0 }: { readonly quota: KeptQuotas | null; readonly waitMs?: number },
): Promise<void> {
  await pool.query(RELEASE, [account, id, quota === null ? null : JSON.stringify(quota), waitMs]);
}

export async function noteAnswered(pool: Pool, { account, id }: Claim): Promise<void> {
  await pool.query(ANSWERED, [account, id]);
}

/** A failure of the channel as a whole: nothing is called for a while, then one call tries whether it is better (circuit breaker). */
export async function noteFailed(
  pool: Pool,
  { account, id }: Claim,
  { code, message }: ChannelFailure,
  waitMs: number,
): Promise<void> {
  await pool.query(FAILED, [account, id, JSON.stringify({ code, detail: message }), waitMs]);
}
