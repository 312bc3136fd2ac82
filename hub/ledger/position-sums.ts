import type { LedgerLine } from './placed-fact.ts';

/** What lines of one position come to, and the earliest of them in (at, journal, seq). */
export interface PositionSum {
  readonly location: number;
  readonly sku: string;
  readonly lines: LedgerLine[];
  onHand: number;
  damaged: number;
  quarantined: number;
  earliest: LedgerLine;
}

/** Lines by position, in one order of location and sku, whatever order the lines came in. */
export function sumByPosition(lines: readonly LedgerLine[]): PositionSum[] {
  const locations = new Map<number, Map<string, PositionSum>>();
  for (const line of lines) {
    let skus = locations.get(line.location);
    if (!skus) locations.set(line.location, (skus = new Map()));
    let sum = skus.get(line.sku);
    if (!sum) skus.set(line.sku, (sum = begin(line)));
    add(sum, line);
  }
  return [...locations.values()].flatMap((skus) => [...skus.values()]).sort(byPosition);
}

function begin(line: LedgerLine): PositionSum {
  const { location, sku } = line;
  return { location, sku, lines: [], onHand: 0, damaged: 0, quarantined: 0, earliest: line };
}

function add(sum: PositionSum, line: LedgerLine): void {
  sum.lines.push(line);
  if (line.condition === 'sellable') sum.onHand += line.quantity;
  else if (line.condition === 'damaged') sum.damaged += line.quantity;
  else sum.quarantined += line.quantity;
  const { at, journal, seq } = sum.earliest;
  if ((line.at - at || line.journal - journal || line.seq - seq) < 0) sum.earliest = line;
}

function byPosition(a: PositionSum, b: PositionSum): number {
  if (a.location !== b.location) return a.location - b.location;
  return a.sku < b.sku ? -1 : 1;
}
