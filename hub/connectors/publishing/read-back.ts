import type { Pool } from 'pg';
import { backoffMs, type BackoffRule } from '#shared/runtime/backoff.ts';
import type { Random } from '#shared/runtime/random.ts';
import { joined, literal } from '#hub/db/array-parameter.ts';
import { withRetries } from '#hub/db/transaction.ts';
import type { ReadAnswer, ReadItem } from '../connector.ts';
import { SETTLED, TO_READ } from './due.ts';
import { explains, PASSING } from './passing.ts';

export interface ToRead extends ReadItem {
  readonly version: number;
  readonly attempts: number;
  /** Nothing waits for it: it was not read for long. */
  readonly isRoutine?: boolean;
}

/** A listing that the channel says nothing of for now, and that may be asked for again. */
const AGAIN: BackoffRule = { baseMs: 500, maxMs: 300_000 };

/** $1 account, $2 most. What has to be read before it can be sent goes first, the longest waiting. */
const MUST_READ = `
  SELECT channel_sku AS "channelSku", reference, version, attempts FROM publications
  WHERE account_no = $1 AND ${TO_READ} ORDER BY due_at LIMIT $2`;
/** What the channel has accepted and should have applied by now. */
const SETTLING = `
  SELECT channel_sku AS "channelSku", reference, version, attempts FROM publications
  WHERE account_no = $1 AND ${SETTLED} ORDER BY settles_at LIMIT $2`;
/** Where it cannot be read it counts as applied. */
const SETTLE_UNREAD = `
  UPDATE publications SET confirmed = in_doubt, confirmed_at = clock_timestamp(), in_doubt = NULL, settles_at = NULL, passing = NULL,
    due_at = CASE WHEN desired - in_flight <> in_doubt OR NOT listed THEN coalesce(due_at, clock_timestamp()) END,
    waits_since = CASE WHEN desired - in_flight <> in_doubt THEN coalesce(waits_since, clock_timestamp()) END
  WHERE account_no = $1 AND ${SETTLED}`;
/** $3 hours: what has not been read for so long, though it says what it shall as far as we know. */
const MAY_READ = `
  SELECT channel_sku AS "channelSku", reference, version, attempts, true AS "isRoutine" FROM publications
  WHERE account_no = $1 AND due_at IS NULL AND call_no IS NULL AND parked_at IS NULL AND later_call IS NULL AND settles_at IS NULL
    AND read_at < clock_timestamp() - make_interval(hours => $3)
  ORDER BY read_at LIMIT $2`;

/**
 * $1 account, $2-$5 by listing: what the channel says, the version it was asked at, reference. $6 whether it counts down.
 *
 * What it says is held against what it may: what it said last, what was sent and never acknowledged, what it has accepted and
 * applies later (\`passing\`). What is gone from the nearest of them at a channel that counts down is in flight: sold there, in orders that are not known yet. What is
 * more than that, or came back, is drift. Read before it can have been applied, even the number that was accepted may be one of
 * before from which units were sold: it comes over them then. So it is read once more when it has. Where it says more than it should it is urgent, and else no more: what was believed of
 * it until now may have been the contrary.
 */
const APPLY = `
  WITH given AS (
    SELECT * FROM unnest(string_to_array($2, E'\\n'), $3::int[], $4::int[], $5::text[]) AS g (channel_sku, says, version, reference)
  ), held AS (
    SELECT p.channel_sku, g.says, g.reference, p.in_flight,
      coalesce(p.settles_at > clock_timestamp(), false) AS is_early,
      coalesce(p.settles_at <= clock_timestamp(), false) AND p.in_doubt = g.says AS has_settled,
      CASE WHEN p.confirmed IS NULL OR p.in_doubt = g.says THEN 0 ELSE ${explains('g.says')} - g.says END AS gone
    FROM given g JOIN publications p ON p.account_no = $1 AND p.channel_sku = g.channel_sku COLLATE "C"
      AND p.version = g.version AND p.call_no IS NULL AND p.later_call IS NULL
    ORDER BY p.channel_sku FOR NO KEY UPDATE OF p
  ), judged AS (
    SELECT channel_sku, says, reference, gone, is_early, has_settled,
      CASE WHEN $6 THEN greatest(0, in_flight + gone) ELSE 0 END AS in_flight,
      CASE WHEN NOT $6 THEN -gone ELSE greatest(0, -gone - in_flight) END AS drift
    FROM held
  )
  UPDATE publications p SET confirmed = j.says, reference = coalesce(j.reference, p.reference), in_flight = j.in_flight,
    in_flight_since = CASE WHEN j.gone > 0 AND $6 THEN clock_timestamp() ELSE p.in_flight_since END,
    drift = CASE WHEN j.drift <> 0 THEN j.drift ELSE p.drift END,
    drift_at = CASE WHEN j.drift <> 0 THEN clock_timestamp() ELSE p.drift_at END,
    must_read = false, in_doubt = CASE WHEN j.is_early THEN p.in_doubt END,
    passing = CASE WHEN j.is_early THEN ${PASSING} || jsonb_build_array(jsonb_build_array(j.says, extract(epoch FROM p.settles_at)::float8)) END, settles_at = CASE WHEN j.is_early THEN p.settles_at END,
    urgency = CASE WHEN (p.urgency >= 1) = (j.says > greatest(0, p.desired - j.in_flight)) THEN p.urgency
      WHEN p.urgency >= 1 THEN p.urgency - 1 ELSE p.urgency + 1 END,
    read_at = clock_timestamp(), confirmed_at = CASE WHEN j.has_settled THEN clock_timestamp() ELSE p.confirmed_at END,
    due_at = CASE WHEN p.desired - j.in_flight <> j.says OR NOT p.listed OR p.waits_since IS NOT NULL THEN clock_timestamp() END,
    waits_since = CASE WHEN p.desired - j.in_flight <> j.says THEN coalesce(p.waits_since, clock_timestamp()) ELSE p.waits_since END
  FROM judged j WHERE p.account_no = $1 AND p.channel_sku = j.channel_sku
  RETURNING j.drift`;

const PARK = `
  UPDATE publications p SET parked_at = clock_timestamp(), due_at = NULL, error = g.error::json, read_at = clock_timestamp()
  FROM unnest(string_to_array($2, E'\\n'), string_to_array($3, E'\\n'), $4::int[]) AS g (channel_sku, error, version)
  WHERE p.account_no = $1 AND p.channel_sku = g.channel_sku COLLATE "C" AND p.version = g.version
    AND p.call_no IS NULL AND p.later_call IS NULL`;

/** It is read later, and holds up none that wait behind it (P2). $1 account, $2-$4 by listing: its name, version, ms. */
const POSTPONE = `
  UPDATE publications p SET must_read = true, attempts = p.attempts + 1,
    due_at = clock_timestamp() + make_interval(secs => g.wait_ms / 1000),
    settles_at = CASE WHEN p.settles_at IS NOT NULL THEN clock_timestamp() + make_interval(secs => g.wait_ms / 1000) END
  FROM unnest(string_to_array($2, E'\\n'), $3::int[], $4::float8[]) AS g (channel_sku, version, wait_ms)
  WHERE p.account_no = $1 AND p.channel_sku = g.channel_sku COLLATE "C" AND p.version = g.version
    AND p.call_no IS NULL AND p.later_call IS NULL`;

export interface ReadTotals {
  readonly read: number;
  readonly drifted: number;
  readonly parked: number;
}

/** Listings that are to be read now: those that wait for it, else those that were read longest ago. */
export async function chooseToRead(
  pool: Pool,
  account: number,
  { most, everyHours }: { most: number; everyHours: number | null },
): Promise<ToRead[]> {
  const waiting = (await pool.query<ToRead>(MUST_READ, [account, most])).rows;
  if (waiting.length < most)
    waiting.push(...(await pool.query<ToRead>(SETTLING, [account, most - waiting.length])).rows);
  if (waiting.length > 0 || everyHours === null) return waiting;
  return (await pool.query<ToRead>(MAY_READ, [account, most, everyHours])).rows;
}

/** Where nothing can be read: what was accepted counts as applied when it should be. Gives whether there was any. */
export async function settleUnread(pool: Pool, account: number): Promise<boolean> {
  return ((await pool.query(SETTLE_UNREAD, [account])).rowCount ?? 0) > 0;
}

/**
 * Takes over what the channel says, of listings that no call and no order has changed since they were asked for. One that it
 * says nothing of is asked for again, more and more seldom.
 */
export async function takeRead(
  pool: Pool,
  { account, countsDown, random }: { account: number; countsDown: boolean; random: Random },
  asked: readonly ToRead[],
  answers: readonly ReadAnswer[],
): Promise<ReadTotals> {
  const versions = new Map(asked.map(({ channelSku, version }) => [channelSku, version]));
  const said = answers.flatMap((answer) => ('says' in answer ? [answer] : []));
  const refused = answers.flatMap((answer) => ('says' in answer ? [] : [answer]));
  const version = (channelSku: string): number => versions.get(channelSku) ?? -1;
  const applied = await withRetries(() =>
    pool.query<{ drift: number }>(APPLY, [
      account,
      joined(said.map(({ channelSku }) => channelSku)),
      literal(said.map(({ says }) => says)),
      literal(said.map(({ channelSku }) => version(channelSku))),
      said.map(({ reference }) => reference ?? null),
      countsDown,
    ]),
  );
  if (refused.length > 0) {
    await withRetries(() =>
      pool.query(PARK, [
        account,
        joined(refused.map(({ channelSku }) => channelSku)),
        joined(refused.map(({ code, detail }) => JSON.stringify({ code, detail }))),
        literal(refused.map(({ channelSku }) => version(channelSku))),
      ]),
    );
  }
  const named = new Set(answers.map(({ channelSku }) => channelSku));
  const silent = asked.filter(({ channelSku }) => !named.has(channelSku));
  if (silent.length > 0) {
    await withRetries(() =>
      pool.query(POSTPONE, [
        account,
        joined(silent.map(({ channelSku }) => channelSku)),
        literal(silent.map(({ version }) => version)),
        literal(silent.map(({ attempts }) => backoffMs(AGAIN, attempts, random))),
      ]),
    );
  }
  const drifted = applied.rows.filter(({ drift }) => drift !== 0).length;
  return { read: applied.rows.length, drifted, parked: refused.length };
}
