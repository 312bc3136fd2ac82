import type { PoolClient } from 'pg';
import { joined, literal } from './array-parameter.ts';
import type { LedgerCount, LedgerLine } from './placed-fact.ts';
import { ABSORB_LINES, APPLY_LINES, INSERT_COUNTS, RECOUNT, VOID_COUNTS } from './statements.ts';

/** Ledgers lines and moves positions; late ones change the expectation of the count that absorbed them (M2, M5). */
export async function applyLines(client: PoolClient, lines: readonly LedgerLine[]): Promise<void> {
  if (lines.length === 0) return;
  const place = placeColumns(lines);
  const conditions = literal(lines.map((line) => line.condition));
  const quantities = literal(lines.map((line) => line.quantity));
  const { rows } = await client.query<{ absorbed: number }>({
    ...APPLY_LINES,
    values: [
      ...place,
      literal(lines.map((line) => line.line)),
      conditions,
      quantities,
      literal(lines.map((line) => line.reversal)),
    ],
  });
  if (rows[0]?.absorbed) await client.query({ ...ABSORB_LINES, values: [...place, conditions, quantities] });
}

/** Enters counts and makes the positions they observe anew. */
export async function applyCounts(client: PoolClient, counts: readonly LedgerCount[]): Promise<void> {
  if (counts.length === 0) return;
  const counted = literal(counts.map((count) => count.counted));
  await client.query({ ...INSERT_COUNTS, values: [...placeColumns(counts), counted] });
  await recount(client, counts);
}

/** Takes counts out of force and makes their positions anew. */
export async function voidCounts(client: PoolClient, counts: readonly LedgerCount[]): Promise<void> {
  if (counts.length === 0) return;
  await client.query({ ...VOID_COUNTS, values: placeColumns(counts) });
  await recount(client, counts);
}

async function recount(client: PoolClient, counts: readonly LedgerCount[]): Promise<void> {
  const [locations, skus] = placeColumns(counts);
  await client.query({ ...RECOUNT, values: [locations, skus] });
}

/** location_no, sku, at, journal_no, seq. */
function placeColumns(rows: readonly (LedgerLine | LedgerCount)[]): [string, string, string, string, string] {
  return [
    literal(rows.map((row) => row.location)),
    joined(rows.map((row) => row.sku)),
    literal(rows.map((row) => row.at)),
    literal(rows.map((row) => row.journal)),
    literal(rows.map((row) => row.seq)),
  ];
}
