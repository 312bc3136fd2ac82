import type { DatedCountLimit } from '#shared/stock/count-limit.ts';
import type { CountVerdict, MergeableFact } from '#shared/stock/merge.ts';

/** A position and its counts, as a person would work them out on paper. */
export interface NaivePosition {
  onHand: number;
  damaged: number;
  quarantined: number;
  /** In order; "counted/expected", and why it does not count where it does not. */
  counts: string[];
}

/** What people have set and decided beside the facts. */
export interface Judgements {
  readonly limits?: readonly DatedCountLimit[];
  readonly verdicts?: readonly CountVerdict[];
}

/**
 * The oracle: written apart from the merge and as plainly as can be. All facts in their order, voided ones left out,
 * one running number per shelf; a count that is believed replaces the number, and each remembers what it was.
 */
export function naiveFold(facts: readonly MergeableFact[], judgements: Judgements = {}): Map<string, NaivePosition> {
  const shelves = new Map<string, NaivePosition>();
  const shelf = (location: number, sku: string): NaivePosition => {
    const name = `${location} ${sku}`;
    const found = shelves.get(name) ?? { onHand: 0, damaged: 0, quarantined: 0, counts: [] };
    shelves.set(name, found);
    return found;
  };
  for (const { location, order, content, isVoid } of inOrder(facts)) {
    if (content.kind === 'void') continue;
    // Units that are picked are in the store still.
    if (content.kind === 'task' && !['handedOver', 'shipped'].includes(content.body.step)) continue;
    for (const line of content.body.lines) {
      // A voided fact leaves its shelf known, with what it would be without it.
      const place = shelf(location, line.sku);
      if (isVoid) continue;
      switch (content.kind) {
        case 'count': {
          const isFirst = place.counts.every((before) => before.includes(' '));
          const doubt = doubtOf(
            { location, sku: line.sku, order, decision: 'approved' },
            line.quantity,
            place.onHand,
            isFirst,
          );
          place.counts.push(`${line.quantity}/${place.onHand}${doubt}`);
          if (doubt === '') place.onHand = line.quantity;
          break;
        }
        case 'sale':
        case 'task':
        case 'transferOut':
          place.onHand -= line.quantity;
          break;
        case 'return':
        case 'receipt':
        case 'transferIn':
        case 'adjustment': {
          const state = 'condition' in line ? (line.condition ?? 'sellable') : 'sellable';
          const to = 'to' in line ? line.to : undefined;
          put(place, state, to === undefined ? line.quantity : -line.quantity);
          if (to !== undefined) put(place, to, line.quantity);
        }
      }
    }
  }
  return shelves;

  function doubtOf(
    count: CountVerdict,
    counted: number,
    expected: number,
    isFirst: boolean,
  ): '' | ' held' | ' rejected' {
    const verdict = judgements.verdicts?.find(
      ({ location, sku, order }) =>
        location === count.location &&
        sku === count.sku &&
        order.journal === count.order.journal &&
        order.seq === count.order.seq,
    );
    if (verdict) return verdict.decision === 'approved' ? '' : ' rejected';
    if (isFirst) return '';
    const there = (judgements.limits ?? [])
      .filter(({ fromAt }) => fromAt <= count.order.at)
      .sort((a, b) => b.fromAt - a.fromAt);
    const limit =
      there.find(({ location }) => location === count.location) ?? there.find(({ location }) => location === 0);
    const parts: boolean[] = [];
    if (limit && limit.units !== null) parts.push(Math.abs(counted - expected) > limit.units);
    if (limit && limit.percent !== null)
      parts.push(Math.abs(counted - expected) * 100 > Math.abs(expected) * limit.percent);
    return parts.length > 0 && parts.every(Boolean) ? ' held' : '';
  }
}

function put(place: NaivePosition, condition: string, units: number): void {
  if (condition === 'damaged') place.damaged += units;
  else if (condition === 'quarantined') place.quarantined += units;
  else place.onHand += units;
}

/** Each fact once, in order, and whether it is void. */
export function inOrder(facts: readonly MergeableFact[]): (MergeableFact & { isVoid: boolean })[] {
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
  taken.sort((a, b) =>
    a.order.at === b.order.at
      ? a.order.journal === b.order.journal
        ? a.order.seq - b.order.seq
        : a.order.journal - b.order.journal
      : a.order.at - b.order.at,
  );
  return taken.map((fact) => ({ ...fact, isVoid: voided.has(`${fact.location}/${fact.key}`) }));
}
