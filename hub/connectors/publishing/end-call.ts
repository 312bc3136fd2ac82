import type { Pool } from 'pg';
import { backoffMs, type BackoffRule } from '#shared/runtime/backoff.ts';
import type { Random } from '#shared/runtime/random.ts';
import { joined, literal } from '#hub/db/array-parameter.ts';
import type { Queryable } from '#hub/db/snapshot.ts';
import { transaction, withRetries } from '#hub/db/transaction.ts';
import type { ItemAnswer } from '../connector.ts';
import type { FrozenCall } from './begin-call.ts';

/** A listing that has to be tried again and again. */
const AGAIN: BackoffRule = { baseMs: 250, maxMs: 300_000 };

export interface CallEnd {
  readonly taken: number;
  readonly stale: number;
  readonly again: number;
  readonly parked: number;
}

/** Only once: of two hubs that sent the same call the first one's answer counts. */
const END = `
  UPDATE publication_calls SET ended_at = clock_timestamp() WHERE call_no = $1 AND ended_at IS NULL`;

/**
 * $1 account, $2 call, $3-$7 by listing: outcome, quantity, basis, reference, error; $8 ms until it is tried again; $9 company;
 * $10 whether what the channel says can be read. An order that came meanwhile was placed behind what was taken.
 */
const APPLY = `
  WITH given AS (
    SELECT * FROM unnest(string_to_array($3, E'\\n'), $4::text[], $5::int[], string_to_array($6, E'\\n'), $7::text[], $8::text[], $9::float8[])
      AS g (channel_sku, outcome, quantity, basis, reference, error, wait_ms)
  ), locked AS (
    SELECT g.*, CASE g.outcome WHEN 'taken' THEN greatest(0, g.quantity - p.ordered_in_call) ELSE p.confirmed END AS says
    FROM given g JOIN publications p ON p.account_no = $1 AND p.channel_sku = g.channel_sku COLLATE "C" AND p.call_no = $2
    ORDER BY p.channel_sku FOR NO KEY UPDATE OF p
  )
  UPDATE publications p SET call_no = NULL, reference = coalesce(l.reference, p.reference), confirmed = l.says,
    confirmed_at = CASE l.outcome WHEN 'taken' THEN clock_timestamp() ELSE p.confirmed_at END,
    read_at = CASE WHEN $11 AND l.outcome = 'taken' THEN clock_timestamp() ELSE p.read_at END,
    basis = CASE l.outcome WHEN 'taken' THEN l.basis::json ELSE p.basis END,
    must_read = $11 AND l.outcome IN ('stale', 'doubt'),
    in_doubt = CASE l.outcome WHEN 'taken' THEN NULL WHEN 'doubt' THEN l.quantity ELSE p.in_doubt END,
    company = CASE l.outcome WHEN 'taken' THEN NULL WHEN 'apart' THEN $10 ELSE p.company END,
    attempts = CASE l.outcome WHEN 'taken' THEN 0 WHEN 'again' THEN p.attempts ELSE p.attempts + 1 END,
    error = CASE WHEN l.outcome = 'taken' THEN NULL ELSE coalesce(l.error::json, p.error) END,
    parked_at = CASE l.outcome WHEN 'refused' THEN clock_timestamp() END,
    due_at = CASE
      WHEN l.outcome = 'refused' THEN NULL
      WHEN l.outcome <> 'taken' THEN clock_timestamp() + make_interval(secs => l.wait_ms / 1000)
      WHEN p.desired - p.in_flight <> l.says OR NOT p.listed THEN clock_timestamp() END,
    waits_since = CASE WHEN l.outcome = 'taken' AND p.desired - p.in_flight = l.says THEN NULL ELSE coalesce(p.waits_since, clock_timestamp()) END
  FROM locked l WHERE p.account_no = $1 AND p.channel_sku = l.channel_sku COLLATE "C"`;

const ATTEMPTS = 'SELECT channel_sku AS "channelSku", attempts FROM publications WHERE call_no = $1';
const SENT_AGAIN = 'UPDATE publication_calls SET attempts = attempts + 1 WHERE call_no = $1 AND ended_at IS NULL';

type Outcome = 'taken' | 'stale' | 'again' | 'refused' | 'apart' | 'doubt';

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

function end(
  parts: EndParts,
  call: FrozenCall,
  ended: readonly Ended[],
  company: number | null = null,
): Promise<CallEnd> {
  const { pool, account, canRead } = parts;
  return withRetries(() =>
    transaction(pool, async (client) => {
      const isFirst = (await client.query(END, [call.number])).rowCount === 1;
      if (!isFirst) return { taken: 0, stale: 0, again: 0, parked: 0 };
      const waits = await waitsOf(client, parts, call.number, ended);
      await client.query(APPLY, [
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
      ]);
      const count = (...outcomes: Outcome[]) => ended.filter(({ outcome }) => outcomes.includes(outcome)).length;
      return {
        taken: count('taken'),
        stale: count('stale'),
        again: count('again', 'apart', 'doubt'),
        parked: count('refused'),
      };
    }),
  );
}

/** The first try of what is stale or apart follows at once; then with full jitter, more and more seldom. */
async function waitsOf(client: Queryable, parts: EndParts, call: number, ended: readonly Ended[]): Promise<number[]> {
  if (ended.every(({ outcome }) => outcome === 'taken')) return ended.map(() => 0);
  const { rows } = await client.query<{ channelSku: string; attempts: number }>(ATTEMPTS, [call]);
  const attempts = new Map(rows.map((row) => [row.channelSku, row.attempts]));
  return ended.map(({ channelSku, outcome }) => {
    const before = attempts.get(channelSku) ?? 0;
    if (outcome === 'apart' || outcome === 'again' || before === 0) return 0;
    return backoffMs(AGAIN, before, parts.random);
  });
}
