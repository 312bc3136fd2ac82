import type { PoolClient } from 'pg';
import { joined, literal } from '#hub/db/array-parameter.ts';
import {
  ledgerCounts,
  ledgerLines,
  placeOf,
  type LedgerCount,
  type LedgerLine,
  type PlacedFact,
} from './placed-fact.ts';
import type { Moves } from './moves.ts';
import { sumByPosition, type PositionSum } from './position-sums.ts';
import {
  ABSORB_LINES,
  APPLY_LINES,
  INSERT_COUNTS,
  RECOUNT,
  SETTLE_LINES,
  TELL_POSITIONS,
  VOID_COUNTS,
} from './statements.ts';

/** Lines made ready for PostgreSQL. Costs as much as a statement, so it is done while another one runs. */
export interface PreparedLines {
  readonly sums: readonly PositionSum[];
  readonly values: readonly (string | boolean)[];
}

interface ChangeRow {
  location_no: number;
  sku: string;
  change: number;
}

/** @param reversal whether these lines take voided ones back: all of them or none */
export function prepareLines(given: readonly LedgerLine[], reversal = false): PreparedLines {
  const sums = sumByPosition(given);
  // In the order of the ledger's key: PostgreSQL then finds most of the index pages that it needs at hand.
  const lines = sums.flatMap((sum) => sum.lines);
  const values = [
    ...placeColumns(lines),
    literal(lines.map((line) => line.line)),
    literal(lines.map((line) => line.condition)),
    literal(lines.map((line) => line.quantity)),
    reversal,
    literal(sums.map((sum) => sum.location)),
    joined(sums.map((sum) => sum.sku)),
    literal(sums.map((sum) => sum.onHand)),
    literal(sums.map((sum) => sum.damaged)),
    literal(sums.map((sum) => sum.quarantined)),
    literal(sums.map((sum) => sum.earliest.at)),
    literal(sums.map((sum) => sum.earliest.journal)),
    literal(sums.map((sum) => sum.earliest.seq)),
  ];
  return { sums, values };
}

/** Ledgers lines and moves positions; late ones change the expectation of the count that absorbed them (M2, M5). */
export async function applyLines(client: PoolClient, { sums, values }: PreparedLines, moves: Moves): Promise<void> {
  if (sums.length === 0) return;
  const { rows } = await client.query<{ place: number }>({ ...APPLY_LINES, values: [...values] });
  const left = new Set(rows.map(({ place }) => place - 1));
  for (const [place, { location, sku, onHand }] of sums.entries()) {
    if (!left.has(place)) moves.add(location, sku, onHand, false);
  }
  const unsettled = sums.filter((_, place) => left.has(place)).flatMap((sum) => sum.lines);
  await settleLines(client, unsettled, moves);
}

/** New positions, and lines that may lie before an anchor: looked at one by one. */
async function settleLines(client: PoolClient, lines: readonly LedgerLine[], moves: Moves): Promise<void> {
  if (lines.length === 0) return;
  const values = [
    ...placeColumns(lines),
    literal(lines.map((line) => line.condition)),
    literal(lines.map((line) => line.quantity)),
  ];
  const { rows } = await client.query<SettledRow>({ ...SETTLE_LINES, values });
  for (const { location_no, sku, change } of rows) moves.add(location_no, sku, change, true);
  if (rows.some(({ absorbed }) => absorbed)) await client.query({ ...ABSORB_LINES, values });
  const judged = rows.filter((row) => row.judged);
  await recount(
    client,
    judged.map((row) => row.location_no),
    judged.map((row) => row.sku),
    moves,
  );
}

interface SettledRow extends ChangeRow {
  absorbed: boolean;
  judged: boolean;
}

/** Tells the stores of positions that these facts name, although they move nothing: they were counted before. */
export async function tellPositions(client: PoolClient, duplicates: readonly PlacedFact[]): Promise<void> {
  const named = duplicates.flatMap((placed) => {
    const { content } = placed.fact;
    return [...ledgerLines(placeOf(placed), content), ...ledgerCounts(placeOf(placed), content)];
  });
  if (named.length === 0) return;
  const [locations, skus] = placeColumns(named);
  await client.query({ ...TELL_POSITIONS, values: [locations, skus] });
}

/** Enters counts and makes the positions they observe anew. */
export async function applyCounts(client: PoolClient, counts: readonly LedgerCount[], moves: Moves): Promise<void> {
  if (counts.length === 0) return;
  const counted = literal(counts.map((count) => count.counted));
  await client.query({ ...INSERT_COUNTS, values: [...placeColumns(counts), counted] });
  await recountOf(client, counts, moves);
}

/** Takes counts out of force and makes their positions anew. */
export async function voidCounts(client: PoolClient, counts: readonly LedgerCount[], moves: Moves): Promise<void> {
  if (counts.length === 0) return;
  await client.query({ ...VOID_COUNTS, values: placeColumns(counts) });
  await recountOf(client, counts, moves);
}

function recountOf(client: PoolClient, counts: readonly LedgerCount[], moves: Moves): Promise<void> {
  return recount(
    client,
    counts.map((count) => count.location),
    counts.map((count) => count.sku),
    moves,
  );
}

/** Makes positions and the counts behind them anew, pair by pair of location and sku. */
export async function recount(
  client: PoolClient,
  locations: readonly number[],
  skus: readonly string[],
  moves: Moves,
): Promise<void> {
  if (locations.length === 0) return;
  const { rows } = await client.query<ChangeRow>({ ...RECOUNT, values: [literal(locations), joined(skus)] });
  for (const { location_no, sku, change } of rows) moves.add(location_no, sku, change, true);
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
