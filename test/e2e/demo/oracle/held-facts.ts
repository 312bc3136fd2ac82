import type { Client } from 'pg';
import type { StoreCode } from '../input/rules.ts';

/** A fact as the hub holds it, with the ledger lines that it made. */
export interface HeldFact {
  readonly seq: number;
  readonly key: string;
  readonly kind: string;
  readonly at: number;
  readonly body: Readonly<Record<string, unknown>>;
  /** "sku quantity condition", in the order of the lines. */
  readonly ledger: readonly string[];
}

/** A shelf's count as the hub keeps it. */
export interface HeldCount {
  readonly key: string;
  readonly sku: string;
  readonly counted: number;
  readonly expected: number;
}

const FACTS = `
  WITH place AS (SELECT location_no FROM locations WHERE code = $1),
  ledger AS (
    SELECT journal_no, seq,
           json_agg(sku || ' ' || quantity || ' ' || condition || CASE WHEN reversal THEN ' reversal' ELSE '' END
                    ORDER BY line, reversal) AS lines
      FROM movements WHERE location_no = (SELECT location_no FROM place) GROUP BY journal_no, seq
  )
  SELECT f.seq::float8 AS seq, f.key, f.kind, f.at::float8 AS at, f.body, coalesce(l.lines, '[]') AS ledger
    FROM facts f LEFT JOIN ledger l USING (journal_no, seq)
   WHERE f.location_no = (SELECT location_no FROM place)`;

const COUNTS = `
  SELECT f.key, c.sku, c.counted::float8 AS counted, c.expected::float8 AS expected
    FROM counts c JOIN locations l USING (location_no) JOIN facts f USING (location_no, journal_no, seq)
   WHERE l.code = $1 AND NOT c.voided`;

export async function readHeldFacts(client: Client, store: StoreCode): Promise<HeldFact[]> {
  const { rows } = await client.query<Omit<HeldFact, 'body'> & { body: string }>(FACTS, [store]);
  return rows.map((row) => ({ ...row, body: JSON.parse(row.body) as Record<string, unknown> }));
}

export async function readHeldCounts(client: Client, store: StoreCode): Promise<HeldCount[]> {
  return (await client.query<HeldCount>(COUNTS, [store])).rows;
}

/** Facts that the hub itself has set aside: in this demo there is no reason for any. */
export async function countHubQuarantine(client: Client): Promise<number> {
  return Number((await client.query<{ n: string }>('SELECT count(*) AS n FROM quarantine')).rows[0]?.n ?? -1);
}
