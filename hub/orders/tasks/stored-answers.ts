import type { Pool, PoolClient } from 'pg';
import { z } from 'zod';
import { BODIES } from '#shared/protocol/fact.ts';
import { withRetries } from '#hub/db/transaction.ts';
import type { SaidUnits } from './answer.ts';

const { step, lines } = BODIES.task.shape;
const row = z.object({
  location: z.int(),
  journal: z.int(),
  seq: z.int(),
  store: z.string(),
  task: z.int(),
  step,
  reason: z.string().nullable(),
  lines,
  voided: z.boolean(),
  applied: z.boolean(),
  done: z.boolean(),
  correlationId: z.string(),
});

/** An answer in its place. */
export type StoredAnswer = Readonly<z.infer<typeof row>>;

const AT_ONCE = 200;
const DUE = `
  SELECT DISTINCT t.order_no FROM task_answers a JOIN tasks t USING (task_no)
   WHERE a.done_at IS NULL AND a.retry_at <= clock_timestamp() LIMIT ${AT_ONCE}`;

/** Orders of which stores have said something new. */
export async function ordersWithAnswers(pool: Pool): Promise<number[]> {
  const { rows } = await withRetries(() => pool.query<{ order_no: number }>(DUE));
  return rows.map(({ order_no: number }) => number);
}

const READ = `
  SELECT a.location_no AS location, a.journal_no AS journal, a.seq, l.code AS store, a.task_no AS task, a.step, a.reason,
         a.lines, a.voided, a.applied, a.done_at IS NOT NULL AS done, coalesce(f.correlation_id, f.key) AS "correlationId"
    FROM tasks t JOIN task_answers a USING (task_no) JOIN locations l ON l.location_no = a.location_no
    JOIN facts f ON (f.location_no, f.journal_no, f.seq) = (a.location_no, a.journal_no, a.seq)
   WHERE t.order_no = $1 ORDER BY a.at, a.journal_no, a.seq`;

/** All that stores have said of an order, in the order of facts. */
export async function readAnswers(client: PoolClient, order: number): Promise<StoredAnswer[]> {
  return (await client.query(READ, [order])).rows.map((found) => row.parse(found));
}

const UNTOLD = `
  SELECT FROM tasks t JOIN task_answers a USING (task_no)
   WHERE t.order_no = $1 AND a.done_at IS NULL AND a.retry_at = '-infinity' LIMIT 1`;

/** Whether stores have said something that is told to the order next. What failed once is not waited for. */
export async function hasUntoldAnswers(client: PoolClient, order: number): Promise<boolean> {
  return (await client.query(UNTOLD, [order])).rowCount === 1;
}

const FINISH = `
  UPDATE task_answers a SET done_at = $4, applied = true
    FROM unnest($1::int[], $2::int[], $3::bigint[]) AS g (location_no, journal_no, seq)
   WHERE (a.location_no, a.journal_no, a.seq) = (g.location_no, g.journal_no, g.seq)`;

export async function finishAnswers(client: PoolClient, done: readonly StoredAnswer[], now: Date): Promise<void> {
  await client.query(FINISH, [
    done.map(({ location }) => location),
    done.map(({ journal }) => journal),
    done.map(({ seq }) => seq),
    now,
  ]);
}

const APPLY = `UPDATE task_answers SET applied = true WHERE (location_no, journal_no, seq) = ($1, $2, $3)`;

export async function markApplied(client: PoolClient, { location, journal, seq }: StoredAnswer): Promise<void> {
  await client.query(APPLY, [location, journal, seq]);
}

const POSTPONE = `
  UPDATE task_answers a SET retry_at = clock_timestamp() + make_interval(secs => $2::float8 / 1000) FROM tasks t
   WHERE t.task_no = a.task_no AND t.order_no = $1 AND a.done_at IS NULL`;

/** What failed is tried again, and does not keep other orders waiting. */
export async function postponeAnswers(pool: Pool, order: number, waitMs: number): Promise<void> {
  await pool.query(POSTPONE, [order, waitMs]);
}

const BEYOND = `
  SELECT line, beyond FROM reservation_handovers
   WHERE (location_no, journal_no, seq) = ($1, $2, $3) AND code IS NOT NULL`;

/** Units of a handing over that took nothing that was reserved, by the order's lines and what was given. */
export async function unheldUnits(client: PoolClient, answer: StoredAnswer): Promise<SaidUnits[]> {
  const { rows } = await client.query<{ line: number; beyond: number }>(BEYOND, [
    answer.location,
    answer.journal,
    answer.seq,
  ]);
  const beyond = new Map(rows.map((row) => [row.line, row.beyond]));
  const sums = new Map<string, SaidUnits>();
  for (const [place, { line, sku, quantity, reservation }] of answer.lines.entries()) {
    const units = reservation === undefined ? quantity : (beyond.get(place) ?? 0);
    const name = JSON.stringify([line, sku]);
    if (units > 0) sums.set(name, { line, sku, units: units + (sums.get(name)?.units ?? 0) });
  }
  return [...sums.values()];
}
