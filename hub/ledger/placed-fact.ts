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

/** What a fact says, in its place. */
export interface PlacedContent {
  readonly place: Place;
  readonly content: FactContent;
}

/** A movement line in its place. */
export type LedgerLine = Place & MovementLine;

/** A counted sku in its place. */
export type LedgerCount = Place & { readonly sku: string; readonly counted: number };

export function ledgerLines(place: Place, content: FactContent): LedgerLine[] {
  const { location, journal, seq, at } = place;
  return movementLines(content).map(({ line, sku, condition, quantity }) => {
    return { location, journal, seq, at, line, sku, condition, quantity };
  });
}

export function ledgerCounts(place: Place, content: FactContent): LedgerCount[] {
  if (content.kind !== 'count') return [];
  const { location, journal, seq, at } = place;
  return content.body.lines.map(({ sku, quantity }) => ({ sku, counted: quantity, location, journal, seq, at }));
}

export function placeOf({ location, journal, fact }: PlacedFact): Place {
  return { location, journal, seq: fact.seq, at: fact.at };
}
