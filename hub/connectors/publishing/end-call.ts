import type { Pool } from 'pg';
import { backoffMs, type BackoffRule } from '#shared/runtime/backoff.ts';
import type { Random } from '#shared/runtime/random.ts';
import { joined, literal } from '#hub/db/array-parameter.ts';
import type { Queryable } from '#hub/db/snapshot.ts';
import { withRetries } from '#hub/db/transaction.ts';
import type { ItemAnswer } from '../connector.ts';
import type { FrozenCall } from './begin-call.ts';
import { maySay, passingWith } from './passing.ts';

/** A listing that has to be tried again and again. */
const AGAIN: BackoffRule = { baseMs: 250, maxMs: 300_000 };

export interface CallEnd {
  readonly taken: number;
  readonly stale: number;
  readonly again: number;
  readonly parked: number;
}

/** Another call carries the listing still. */
const OTHER_CALL = '(p.later_call IS NOT NULL AND NOT l.was_later)';
const IS_NEWS = `(p.hinted AND NOT ${OTHER_CALL} AND l.outcome <> 'refused'
        AND NOT coalesce(l.is_told AND p.hinted_says IN (l.quantity, l.told), false))`;

/**
 * $1 account, $2 call, $3-$9 by listing: outcome, quantity, basis, reference, error, ms until it is tried again; $10 company;
 * $11 whether what the channel says can be read, $12 ms until it has applied what it accepted, where it does so later; $13 outcomes.
 * One statement, so one way to the database. It counts once: of two hubs that sent the same call the first one's answer does.
 *
 * An order that came meanwhile was placed behind what was taken; of a call that ends later nobody knows: that is read, and so
 * is what a call of this kind may have written behind this one. Where a number
 * of ours may come over what was sold before it, unseen, such an order may also have come before an earlier one: what it may say
 * with it and without it is held against what is read when the call has ended. What is in doubt at a channel that applies later
 * is read when it has, and holds up no newer number until then.
 *
 * Numbers that went out beside a call that ends later (overtaken): which of both the channel applied last is not known. It is
 * read; where it cannot be, ours is sent once more.
 *
 * What the channel told of a listing meanwhile (hinted) is no news where it is what this call made it say; else it is read.
 */
const END = `
  WITH ended AS (
    UPDATE publication_calls SET ended_at = clock_timestamp(), outcomes = $13 WHERE call_no = $2 AND ended_at IS NULL
    RETURNING ask_at IS NOT NULL AS is_later
  ), given AS (
    SELECT * FROM unnest(string_to_array($3, E'\\n'), $4::text[], $5::int[], string_to_array($6, E'\\n'), $7::text[], $8::text[], $9::float8[])
      AS g (channel_sku, outcome, quantity, basis, reference, error, wait_ms)
    WHERE EXISTS (SELECT FROM ended)
  ), locked AS (
    SELECT g.*, g.outcome IN ('taken', 'accepted') AS is_told, greatest(0, g.quantity - p.ordered_in_call) AS told,
      p.later_call IS NOT DISTINCT FROM $2::bigint AS was_later,
      CASE WHEN p.later_call IS NOT DISTINCT FROM $2::bigint THEN p.ordered_in_call > 0 ELSE p.read_after AND p.later_call IS NULL END AS is_mixed,
      clock_timestamp() + make_interval(secs => coalesce($12::float8, 0) / 1000) AS applied_at,
      CASE WHEN g.outcome = 'accepted' AND p.ordered_in_call > 0 THEN greatest(0, g.quantity - p.ordered_in_call) END AS or_told,
      $11 AND p.ordered_in_call > 0 AND p.later_call IS NULL AND NOT p.read_after
        AND (SELECT a.overwrites FROM channel_accounts a WHERE a.account_no = $1) AS may_be_over,
      CASE WHEN p.settles_at IS NULL AND p.confirmed IS NOT NULL THEN greatest(0, p.confirmed - p.ordered_in_call) END AS or_said
    FROM given g JOIN publications p ON p.account_no = $1 AND p.channel_sku = g.channel_sku COLLATE "C"
      AND (p.call_no = $2 OR (p.later_call = $2 AND NOT p.read_after))
    ORDER BY p.channel_sku FOR NO KEY UPDATE OF p
  ), judged AS (
    SELECT *, $11 AND is_mixed OR outcome = 'accepted' OR ($11 AND outcome = 'doubt' AND $12::float8 IS NOT NULL) AS settles,
      may_be_over AND (outcome = 'taken' OR (or_said IS NOT NULL AND outcome NOT IN ('accepted', 'doubt'))) AS is_open FROM locked
  ), applied AS (
    UPDATE publications p SET call_no = NULL, hinted = p.hinted AND ${OTHER_CALL}, hinted_says = CASE WHEN ${OTHER_CALL} THEN p.hinted_says END,
      reference = coalesce(l.reference, p.reference),
      later_call = CASE WHEN NOT l.was_later THEN p.later_call END, later_quantity = CASE WHEN NOT l.was_later THEN p.later_quantity END,
      read_after = p.read_after AND NOT l.was_later AND NOT l.is_mixed,
      confirmed = CASE WHEN l.is_mixed THEN NULL WHEN l.outcome = 'taken' THEN CASE WHEN l.is_open THEN l.quantity ELSE l.told END ELSE p.confirmed END,
      applied_by = CASE WHEN l.is_told OR l.was_later OR l.outcome = 'doubt' THEN l.applied_at ELSE p.applied_by END,
      confirmed_at = CASE l.outcome WHEN 'taken' THEN clock_timestamp() ELSE p.confirmed_at END,
      read_at = CASE WHEN $11 AND l.outcome = 'taken' THEN clock_timestamp() ELSE p.read_at END,
      basis = CASE WHEN l.is_told THEN l.basis::json ELSE p.basis END,
      must_read = $11 AND (l.is_open OR l.outcome = 'stale' OR (l.outcome = 'doubt' AND NOT l.settles) OR ${IS_NEWS}),
      settles_at = CASE WHEN l.is_open THEN clock_timestamp() WHEN l.settles THEN l.applied_at
        WHEN l.outcome IN ('taken', 'doubt') THEN NULL ELSE p.settles_at END,
      passing = CASE WHEN l.may_be_over AND NOT l.is_open AND l.or_said IS NOT NULL THEN ${maySay('p.confirmed', 'l.or_said', 'l.told')}
        WHEN l.settles AND l.outcome IN ('accepted', 'doubt') THEN ${passingWith('l.applied_at', 'l.or_told')}
        WHEN l.outcome IN ('taken', 'doubt') THEN NULL ELSE p.passing END,
      in_doubt = CASE WHEN l.outcome IN ('accepted', 'doubt') THEN l.quantity WHEN l.is_open AND NOT l.is_told THEN l.or_said
        WHEN (l.settles OR l.is_open) AND l.is_told THEN l.told WHEN l.outcome = 'taken' THEN NULL
        WHEN l.settles THEN coalesce(p.in_doubt, p.confirmed) ELSE p.in_doubt END,
      company = CASE WHEN l.is_told THEN NULL WHEN l.outcome = 'apart' THEN $10 ELSE p.company END,
      attempts = CASE WHEN l.is_told THEN 0 WHEN l.outcome = 'again' THEN p.attempts ELSE p.attempts + 1 END,
      error = CASE WHEN l.is_told THEN NULL ELSE coalesce(l.error::json, p.error) END,
      parked_at = CASE l.outcome WHEN 'refused' THEN clock_timestamp() END,
      due_at = CASE
        WHEN l.outcome = 'refused' THEN NULL
        WHEN NOT l.is_told THEN clock_timestamp() + make_interval(secs => l.wait_ms / 1000)
        WHEN l.is_open OR ($11 AND ${IS_NEWS}) OR p.desired - p.in_flight <> l.told OR l.or_told IS NOT NULL OR NOT p.listed OR (l.is_mixed AND NOT $11) THEN clock_timestamp() END,
      waits_since = CASE WHEN l.outcome = 'taken' AND NOT l.is_mixed AND NOT l.is_open AND p.desired - p.in_flight = l.told THEN NULL
        ELSE coalesce(p.waits_since, clock_timestamp()) END
    FROM judged l WHERE p.account_no = $1 AND p.channel_sku = l.channel_sku COLLATE "C"
  ), overtaken AS (
    UPDATE publications p SET later_call = NULL, later_quantity = NULL, hinted = p.hinted AND p.call_no IS NOT NULL, read_after = p.call_no IS NOT NULL,
      settles_at = CASE WHEN $11 AND p.call_no IS NULL THEN clock_timestamp() + make_interval(secs => coalesce($12::float8, 0) / 1000) ELSE p.settles_at END,
      in_doubt = CASE WHEN $11 AND p.call_no IS NULL AND p.settles_at IS NULL THEN p.confirmed ELSE p.in_doubt END,
      confirmed = CASE WHEN p.call_no IS NOT NULL THEN p.confirmed END,
      applied_by = clock_timestamp() + make_interval(secs => coalesce($12::float8, 0) / 1000),
      due_at = CASE WHEN $11 THEN p.due_at ELSE clock_timestamp() END,
      waits_since = coalesce(p.waits_since, clock_timestamp())
    WHERE p.account_no = $1 AND p.later_call = $2 AND p.read_after AND EXISTS (SELECT FROM ended WHERE is_later)
  )
  SELECT FROM ended`;

const ATTEMPTS = `
  SELECT channel_sku AS "channelSku", attempts FROM publications WHERE call_no = $1 OR later_call = $1`;
const SENT_AGAIN = 'UPDATE publication_calls SET attempts = attempts + 1 WHERE call_no = $1 AND ended_at IS NULL';

type Outcome = 'taken' | 'accepted' | 'stale' | 'again' | 'refused' | 'apart' | 'doubt';

interface Ended {
  readonly channelSku: string;
  readonly outcome: Outcome;
  readonly reference?: string | undefined;
  readonly error?: { readonly code: string; readonly detail: string } | undefined;
}

export interface EndParts {
  readonly pool: Pool;
  readonly random: Random;
  readonly account: number;
  readonly canRead: boolean;
  /** Ms until the channel has applied what it accepted; undefined: it applies what it takes at once. */
  readonly settlesMs: number | undefined;
}

/** Writes down what the channel answered. A listing that it said nothing of is in doubt. */
export function endAnswered(parts: EndParts, call: FrozenCall, answers: readonly ItemAnswer[]): Promise<CallEnd> {
  const bySku = new Map(answers.map((answer) => [answer.channelSku, answer]));
  return end(
    parts,
    call,
    call.items.map(({ channelSku }): Ended => {
      const answer = bySku.get(channelSku);
      if (answer === undefined) return { channelSku, outcome: 'doubt' };
      const { outcome, reference } = answer;
      const error = outcome === 'refused' ? { code: answer.code, detail: answer.detail } : undefined;
      return { channelSku, outcome, reference, error };
    }),
  );
}

/** The call was refused as a whole, and nobody knows for which listing: they travel apart, down to the one. */
export function endRefused(
  parts: EndParts,
  call: FrozenCall,
  error: { code: string; detail: string },
): Promise<CallEnd> {
  const outcome = call.items.length > 1 ? 'apart' : 'refused';
  return end(
    parts,
    call,
    call.items.map(({ channelSku }) => ({ channelSku, outcome, error })),
    Math.ceil(call.items.length / 2),
  );
}

/** Nothing of it came to the channel: its listings go out with their newest numbers. */
export function endUnsent(parts: EndParts, call: FrozenCall): Promise<CallEnd> {
  return end(
    parts,
    call,
    call.items.map(({ channelSku }) => ({ channelSku, outcome: 'again' })),
  );
}

/** What became of it is not known and will not come any more: what the channel says is read. */
export function endInDoubt(parts: EndParts, call: FrozenCall): Promise<CallEnd> {
  return end(
    parts,
    call,
    call.items.map(({ channelSku }) => ({ channelSku, outcome: 'doubt' })),
  );
}

export async function noteSentAgain(pool: Pool, call: number): Promise<void> {
  await pool.query(SENT_AGAIN, [call]);
}

async function end(
  parts: EndParts,
  call: FrozenCall,
  ended: readonly Ended[],
  company: number | null = null,
): Promise<CallEnd> {
  const { pool, account, canRead, settlesMs } = parts;
  const isFirst = await withRetries(async () => {
    const waits = await waitsOf(pool, parts, call.number, ended);
    const done = await pool.query(END, [
      account,
      call.number,
      joined(ended.map(({ channelSku }) => channelSku)),
      ended.map(({ outcome }) => outcome),
      literal(call.items.map(({ quantity }) => quantity)),
      joined(call.items.map(({ basis }) => JSON.stringify(basis))),
      ended.map(({ reference }) => reference ?? null),
      ended.map(({ error }) => (error === undefined ? null : JSON.stringify(error))),
      literal(waits),
      company,
      canRead,
      settlesMs ?? null,
      outcomesOf(ended),
    ]);
    return done.rowCount === 1;
  });
  if (!isFirst) return { taken: 0, stale: 0, again: 0, parked: 0 };
  const count = (...outcomes: Outcome[]) => ended.filter(({ outcome }) => outcomes.includes(outcome)).length;
  return {
    taken: count('taken', 'accepted'),
    stale: count('stale'),
    again: count('again', 'apart', 'doubt'),
    parked: count('refused'),
  };
}

/** As they are kept with the call, for its history: what is not named was taken. */
function outcomesOf(ended: readonly Ended[]): string | null {
  const others = ended.flatMap(({ channelSku, outcome, error }) =>
    outcome === 'taken' ? [] : [[channelSku, outcome, error?.code ?? null, error?.detail ?? null]],
  );
  return others.length === 0 ? null : JSON.stringify(others);
}

/** The first try of what is stale or apart follows at once; then with full jitter, more and more seldom. */
async function waitsOf(client: Queryable, parts: EndParts, call: number, ended: readonly Ended[]): Promise<number[]> {
  if (ended.every(({ outcome }) => outcome === 'taken' || outcome === 'accepted')) return ended.map(() => 0);
  const { rows } = await client.query<{ channelSku: string; attempts: number }>(ATTEMPTS, [call]);
  const attempts = new Map(rows.map((row) => [row.channelSku, row.attempts]));
  return ended.map(({ channelSku, outcome }) => {
    const before = attempts.get(channelSku) ?? 0;
    if (outcome === 'apart' || outcome === 'again' || before === 0) return 0;
    return backoffMs(AGAIN, before, parts.random);
  });
}
