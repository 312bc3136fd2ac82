import type { Pool } from 'pg';
import { z } from 'zod';
import { joined, literal } from '#hub/db/array-parameter.ts';
import { withRetries } from '#hub/db/transaction.ts';
import { frozenItem, type FrozenCall } from './begin-call.ts';

const COLUMNS = `call_no AS number, key, shape, items, ticket, extract(epoch FROM clock_timestamp() - begun_at) * 1000 AS "ageMs"`;
const OPEN = `
  SELECT ${COLUMNS} FROM publication_calls WHERE account_no = $1 AND ended_at IS NULL AND ask_at IS NULL ORDER BY call_no`;
const TO_ASK = `
  SELECT ${COLUMNS} FROM publication_calls
  WHERE account_no = $1 AND ended_at IS NULL AND ask_at <= clock_timestamp() ORDER BY ask_at LIMIT 20`;

/**
 * Its listings are free for numbers that cannot wait for its end. $1 call, $2 ticket, $3 ms, $4 account, $5-$6 by listing:
 * what the call makes it say.
 */
const LATER = `
  WITH call AS (
    UPDATE publication_calls SET ticket = $2, ask_at = clock_timestamp() + make_interval(secs => $3::float8 / 1000)
    WHERE call_no = $1 AND ended_at IS NULL RETURNING call_no
  )
  UPDATE publications p SET later_call = call.call_no, later_quantity = s.quantity, call_no = NULL, read_after = false,
    due_at = CASE WHEN p.desired - p.in_flight <> s.quantity OR NOT p.listed THEN clock_timestamp() END
  FROM call, unnest(string_to_array($5, E'\\n'), $6::int[]) AS s (channel_sku, quantity)
  WHERE p.account_no = $4 AND p.channel_sku = s.channel_sku COLLATE "C" AND p.call_no = $1`;
const ASK_AGAIN = `
  UPDATE publication_calls SET ticket = $2, ask_at = clock_timestamp() + make_interval(secs => $3::float8 / 1000)
  WHERE call_no = $1 AND ended_at IS NULL`;

/** A call that was begun and has not ended. */
export interface OpenCall extends FrozenCall {
  readonly ageMs: number;
  readonly ticket: string | null;
}

/** Calls that were begun and of which nothing is known, the oldest first. */
export function openCalls(pool: Pool, account: number): Promise<OpenCall[]> {
  return readCalls(pool, OPEN, account);
}

/** Calls that end later, of those that are to be asked for now. */
export function callsToAsk(pool: Pool, account: number): Promise<OpenCall[]> {
  return readCalls(pool, TO_ASK, account);
}

async function readCalls(pool: Pool, text: string, account: number): Promise<OpenCall[]> {
  type Row = Omit<OpenCall, 'items' | 'ageMs'> & { readonly items: unknown; readonly ageMs: string };
  const { rows } = await pool.query<Row>(text, [account]);
  return rows.map((row) => ({ ...row, ageMs: Number(row.ageMs), items: z.array(frozenItem).parse(row.items) }));
}

/** The channel works at it; without a ticket it may, and nobody can ask: then it is in doubt after that time. */
export async function noteLater(
  pool: Pool,
  account: number,
  { number, items }: FrozenCall,
  { ticket, afterMs }: { readonly ticket: string | null; readonly afterMs: number },
): Promise<void> {
  await withRetries(() =>
    pool.query(LATER, [
      number,
      ticket,
      afterMs,
      account,
      joined(items.map(({ channelSku }) => channelSku)),
      literal(items.map(({ quantity }) => quantity)),
    ]),
  );
}

export async function askAgain(pool: Pool, call: number, ticket: string, afterMs: number): Promise<void> {
  await pool.query(ASK_AGAIN, [call, ticket, afterMs]);
}
