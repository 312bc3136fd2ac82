import type { ArrivalLine } from '#shared/agent-api/arrivals.ts';

/** What should come of an article, and what has been counted of it. */
export interface ArrivalRow {
  readonly sku: string;
  /** Null: nobody said that it would come. */
  readonly expected: number | null;
  readonly units: number;
  readonly damaged: number;
}

export type Discrepancy = 'short' | 'over' | 'unexpected' | 'damaged';

/** What is expected first, in its order, then what has come besides. */
export function arrivalRows(
  expected: readonly { readonly sku: string; readonly coming: number }[],
  lines: ReadonlyMap<string, ArrivalLine>,
): ArrivalRow[] {
  const awaited = expected.filter(({ coming }) => coming > 0);
  const names = new Set(awaited.map(({ sku }) => sku));
  const others = [...lines.values()].filter(({ sku }) => !names.has(sku));
  return [
    ...awaited.map(({ sku, coming }) => ({ sku, expected: coming, ...counted(lines.get(sku)) })),
    ...others.map((line) => ({ sku: line.sku, expected: null, ...counted(line) })),
  ];
}

const counted = (line: ArrivalLine | undefined) => ({ units: line?.units ?? 0, damaged: line?.damaged ?? 0 });

/**
 * What of a row is not as it should be.
 *
 * @param hasExpectation nothing is unexpected where nobody expects anything: a supplier's delivery
 */
export function discrepanciesOf({ expected, units, damaged }: ArrivalRow, hasExpectation: boolean): Discrepancy[] {
  return [
    ...(expected !== null && units < expected ? (['short'] as const) : []),
    ...(expected !== null && units > expected ? (['over'] as const) : []),
    ...(expected === null && hasExpectation && units > 0 ? (['unexpected'] as const) : []),
    ...(damaged > 0 ? (['damaged'] as const) : []),
  ];
}
