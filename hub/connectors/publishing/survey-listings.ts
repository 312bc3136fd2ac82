import { randomUUID } from 'node:crypto';
import type { Pool } from 'pg';
import { ShelfwireError } from '#shared/protocol/errors.ts';
import { backoffMs } from '#shared/runtime/backoff.ts';
import { toChannelFailure } from '../channel-failure.ts';
import type { ReadAnswer } from '../connector.ts';
import {
  holdAccount,
  noteFailed,
  releaseAccount,
  whileClaimed,
  type Claim,
  type HeldAccount,
} from './account-claims.ts';
import { Lease } from './lease.ts';
import { AccountTurn, type TurnParts } from './account-turn.ts';
import { QuotaWait } from './quotas.ts';

/** A listing, and what its channel said of it. */
export interface SurveyedListing {
  readonly channelSku: string;
  readonly sku: string;
  /** What it was known to say when it was asked; null: nothing was. */
  readonly confirmed: number | null;
  readonly desired: number;
  /** A call or an order changes it just now. */
  readonly isMoving: boolean;
  readonly answer: ReadAnswer | undefined;
}

export interface SurveyParts extends TurnParts {
  /** Waits, and makes whatever the survey is for last. */
  wait(ms: number): Promise<void>;
}

interface Row {
  readonly channelSku: string;
  readonly sku: string;
  readonly reference: string | null;
  readonly confirmed: number | null;
  readonly desired: number;
  readonly version: number;
  readonly isMoving: boolean;
}

/** For so long a turn at the account is waited for: its workers hand it on every 20 s. */
const CLAIM_WITHIN_MS = 180_000;
const LOOK_AGAIN_MS = 50;
/** Whatever the survey is for must be made to last meanwhile. */
const LOOK_AT_QUOTA_MS = 1_000;

const ACCOUNT = `
  SELECT a.account_no AS account, a.state FROM channel_accounts a JOIN channels c USING (channel_no)
  WHERE c.code = $1 AND a.state <> 'ended'`;
const CLAIM = `
  UPDATE channel_accounts SET claim = $2, claimed_until = clock_timestamp() + make_interval(secs => $3)
  WHERE account_no = $1 AND state = 'active' AND claimed_until <= clock_timestamp() AND next_at <= clock_timestamp()`;
const PAGE = `
  SELECT channel_sku AS "channelSku", sku, reference, confirmed, desired, version,
    call_no IS NOT NULL OR in_doubt IS NOT NULL OR must_read AS "isMoving"
  FROM publications WHERE account_no = $1 AND listed AND channel_sku > $2 ORDER BY channel_sku LIMIT $3`;
const VERSIONS = `
  SELECT channel_sku AS "channelSku", version FROM publications
  WHERE account_no = $1 AND channel_sku = ANY (string_to_array($2, E'\\n') COLLATE "C")`;

/**
 * Reads what a channel says of all its listings, and changes nothing. Page by page under the account's claim and quota, so
 * publishing goes on in between (P2). Throws RECONCILE_NOT_READABLE, and what the channel's failures are called.
 */
export async function surveyListings(
  parts: SurveyParts,
  channel: string,
  signal: AbortSignal,
  take: (page: readonly SurveyedListing[], countsDown: boolean) => Promise<void>,
): Promise<void> {
  const account = await requireAccount(parts.pool, channel);
  let after: string | null = '';
  while (after !== null) {
    const from: string = after;
    const page = await withTurn(parts, account, signal, (turn) => readPage(turn, from));
    if (page.listings.length > 0) await take(page.listings, page.countsDown);
    after = page.next;
  }
}

async function requireAccount(pool: Pool, channel: string): Promise<number> {
  const [row] = (await pool.query<{ account: number; state: string }>(ACCOUNT, [channel])).rows;
  if (row === undefined) throw new ShelfwireError('NOT_FOUND', `The channel "${channel}" has no account.`);
  if (row.state === 'paused')
    throw new ShelfwireError('RECONCILE_NOT_READABLE', `The account of "${channel}" is paused.`);
  return row.account;
}

/** Waits for a turn, and for the quota; what fails as a whole opens the account's breaker as any call does. */
async function withTurn<T>(
  parts: SurveyParts,
  account: number,
  signal: AbortSignal,
  work: (turn: AccountTurn) => Promise<T>,
): Promise<T> {
  const { pool, clock } = parts;
  let giveUpAt = clock.monotonic() + CLAIM_WITHIN_MS;
  for (;;) {
    signal.throwIfAborted();
    const claim: Claim = { account, id: randomUUID(), lease: new Lease(parts.clock, parts.claimSeconds) };
    const isOurs = (await pool.query(CLAIM, [account, claim.id, parts.claimSeconds])).rowCount === 1;
    const held = isOurs ? await holdAccount(pool, claim, parts.claimSeconds, null) : undefined;
    if (held === undefined) {
      if (clock.monotonic() > giveUpAt) {
        throw new ShelfwireError(
          'RECONCILE_NOT_READABLE',
          'There was no turn at the account: its channel fails, or it has no quota left.',
        );
      }
      await parts.wait(LOOK_AGAIN_MS);
      continue;
    }
    const done = await oneTurn(parts, claim, held, signal, work);
    if ('value' in done) return done.value;
    giveUpAt = clock.monotonic() + CLAIM_WITHIN_MS + done.waitMs;
    await parts.wait(Math.min(done.waitMs, LOOK_AT_QUOTA_MS));
  }
}

/** Without its quota it leaves the account to others, whose work may be paid from another bucket. */
async function oneTurn<T>(
  parts: SurveyParts,
  claim: Claim,
  held: HeldAccount,
  signal: AbortSignal,
  work: (turn: AccountTurn) => Promise<T>,
): Promise<{ value: T } | { waitMs: number }> {
  const { pool, random, failures } = parts;
  let turn: AccountTurn | undefined;
  try {
    const own = new AccountTurn(parts, claim, held, signal);
    turn = own;
    return { value: await whileClaimed(parts, claim, () => work(own)) };
  } catch (error) {
    if (error instanceof QuotaWait) return { waitMs: error.waitMs };
    if (signal.aborted || error instanceof ShelfwireError) throw error;
    const failure = toChannelFailure(error);
    const { code, message, retryAfterMs = 0 } = failure;
    await noteFailed(pool, claim, failure, retryAfterMs + backoffMs(failures, held.failures, random));
    throw new ShelfwireError(code, message, { cause: error });
  } finally {
    await releaseAccount(pool, claim, { quota: turn?.quotas.kept() ?? null });
  }
}

async function readPage(
  turn: AccountTurn,
  after: string,
): Promise<{ listings: SurveyedListing[]; next: string | null; countsDown: boolean }> {
  const { session, parts, account } = turn;
  const { reads, countsDown } = session.capabilities;
  if (reads === null) throw new ShelfwireError('RECONCILE_NOT_READABLE', `"${turn.held.channel}" cannot be read.`);
  const { rows } = await parts.pool.query<Row>(PAGE, [account, after, reads.itemsMax]);
  if (rows.length === 0) return { listings: [], next: null, countsDown };
  const items = rows.map(({ channelSku, reference }) => ({ channelSku, reference }));
  const cost = reads.cost(items);
  const answers = await turn.call({ quota: reads.quota, needs: cost, takes: cost }, () => session.readBack(items));
  const said = new Map(answers.map((answer) => [answer.channelSku, answer]));
  const names = rows.map(({ channelSku }) => channelSku).join('\n');
  const now = await parts.pool.query<{ channelSku: string; version: number }>(VERSIONS, [account, names]);
  const versions = new Map(now.rows.map(({ channelSku, version }) => [channelSku, version]));
  const listings = rows.map(({ channelSku, sku, confirmed, desired, version, isMoving }) => ({
    channelSku,
    sku,
    confirmed,
    desired,
    isMoving: isMoving || versions.get(channelSku) !== version,
    answer: said.get(channelSku),
  }));
  const next = rows.length < reads.itemsMax ? null : (rows.at(-1)?.channelSku ?? null);
  return { listings, next, countsDown };
}
