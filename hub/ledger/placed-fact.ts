import type { ReadFact } from '#shared/protocol/frame.ts';
import { movementLines, type MovementLine } from '#shared/stock/movement.ts';
import type { FactContent } from '#shared/protocol/fact.ts';

/** A readable fact in its place: which location and journal it came from. */
export interface PlacedFact {
  readonly location: number;
  readonly journal: number;
  readonly fact: Extract<ReadFact, { ok: true }>;
}

/** What a fact is placed by in the ledger. */
export interface Place {
  readonly location: number;
  readonly journal: number;
  readonly seq: number;
  readonly at: number;
}

/** A movement line in its place; a reversal takes a voided line back. */
export type LedgerLine = Place & MovementLine & { readonly reversal: boolean };

/** A counted sku in its place. */
export type LedgerCount = Place & { readonly sku: string; readonly counted: number };

export function ledgerLines(place: Place, content: FactContent): LedgerLine[] {
  return movementLines(content).map((line) => placed(place, line, false));
}

export function reversed(line: LedgerLine): LedgerLine {
  return placed(line, { ...line, quantity: -line.quantity }, true);
}

function placed(place: Place, moved: MovementLine, reversal: boolean): LedgerLine {
  const { location, journal, seq, at } = place;
  const { line, sku, condition, quantity } = moved;
  return { location, journal, seq, at, line, sku, condition, quantity, reversal };
}

export function ledgerCounts(place: Place, content: FactContent): LedgerCount[] {
  if (content.kind !== 'count') return [];
  const { location, journal, seq, at } = place;
  return content.body.lines.map(({ sku, quantity }) => ({ sku, counted: quantity, location, journal, seq, at }));
}

export function placeOf({ location, journal, fact }: PlacedFact): Place {
  return { location, journal, seq: fact.seq, at: fact.at };
}
