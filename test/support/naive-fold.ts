import type { MergeableFact } from '#shared/stock/merge.ts';

/** A position and its counts, as a person would work them out on paper. */
export interface NaivePosition {
  onHand: number;
  damaged: number;
  quarantined: number;
  /** In order; "counted/expected". */
  counts: string[];
}

/**
 * The oracle: written apart from the merge and as plainly as can be. All facts in their order, voided ones left out,
 * one running number per shelf; a count replaces the number and remembers what it was.
 */
export function naiveFold(facts: readonly MergeableFact[]): Map<string, NaivePosition> {
  const unique = new Map<string, MergeableFact>();
  for (const fact of facts) {
    const name = `${fact.location}/${fact.key}`;
    if (!unique.has(name)) unique.set(name, fact);
  }
  const taken = [...unique.values()];
  const voided = new Set<string>();
  for (const { location, content } of taken) {
    if (content.kind === 'void') voided.add(`${location}/${content.body.voids}`);
  }
  const shelves = new Map<string, NaivePosition>();
  const shelf = (location: number, sku: string): NaivePosition => {
    const name = `${location} ${sku}`;
    const found = shelves.get(name) ?? { onHand: 0, damaged: 0, quarantined: 0, counts: [] };
    shelves.set(name, found);
    return found;
  };
  taken.sort((a, b) =>
    a.order.at === b.order.at
      ? a.order.journal === b.order.journal
        ? a.order.seq - b.order.seq
        : a.order.journal - b.order.journal
      : a.order.at - b.order.at,
  );
  for (const { location, key, content } of taken) {
    const isVoid = voided.has(`${location}/${key}`);
    if (content.kind === 'void') continue;
    for (const line of content.body.lines) {
      // A voided fact leaves its shelf known, with what it would be without it.
      const place = shelf(location, line.sku);
      if (isVoid) continue;
      switch (content.kind) {
        case 'count':
          place.counts.push(`${line.quantity}/${place.onHand}`);
          place.onHand = line.quantity;
          break;
        case 'sale':
        case 'transferOut':
          place.onHand -= line.quantity;
          break;
        case 'return':
        case 'receipt':
        case 'transferIn':
        case 'adjustment': {
          const state = 'condition' in line ? line.condition : 'sellable';
          if (state === 'damaged') place.damaged += line.quantity;
          else if (state === 'quarantined') place.quarantined += line.quantity;
          else place.onHand += line.quantity;
        }
      }
    }
  }
  return shelves;
}
