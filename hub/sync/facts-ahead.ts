import { LIMITS } from '#shared/protocol/limits.ts';
import type { FactContent } from '#shared/protocol/fact.ts';
import { toLine, type ReadFact } from '#shared/protocol/frame.ts';
import { movementLines } from '#shared/stock/movement.ts';

/**
 * Sets facts aside whose instant lies ahead of the hub's own time by more than a limit, where they could promise units that
 * are not there: their clock was wrong.
 *
 * - A count absorbs what comes before it: it would hide every sale until its instant.
 * - What adds sellable units would be added once more to every count that is made before its instant, though the count has
 *   seen the units.
 *
 * What takes units away is taken whatever its instant: hidden it would be a lost sale, and beside a count it takes too many
 * rather than too few.
 *
 * @param now the hub's time, ms since 1970
 */
export function setFactsAheadAside(facts: readonly ReadFact[], now: number): readonly ReadFact[] {
  const latest = now + LIMITS.factAheadMs;
  const isAhead = (fact: ReadFact) => fact.ok && fact.at > latest && mayPromise(fact.content);
  if (!facts.some(isAhead)) return facts;
  return facts.map((fact): ReadFact => {
    if (!fact.ok || !isAhead(fact)) return fact;
    const seconds = Math.round((fact.at - now) / 1_000);
    const detail = `Its instant lies ${seconds} s ahead of the hub's clock: the clock that gave it was wrong.`;
    const verbatim = toLine({ ...fact, kind: fact.content.kind });
    return { ok: false, seq: fact.seq, key: fact.key, code: 'FACT_AHEAD', detail, verbatim };
  });
}

function mayPromise(content: FactContent): boolean {
  if (content.kind === 'count') return true;
  return movementLines(content).some(({ condition, quantity }) => condition === 'sellable' && quantity > 0);
}
