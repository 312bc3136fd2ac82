import { LIMITS } from '#shared/protocol/limits.ts';
import { toLine, type ReadFact } from '#shared/protocol/frame.ts';

/**
 * Sets counts aside whose instant lies ahead of the hub's own time by more than a limit: their clock was wrong. A count
 * absorbs what comes before it, so such a one would hide every sale until its instant and promise units that are gone. What
 * moves units is taken whatever its instant: hidden it would be a lost sale, and its sum does not depend on order.
 *
 * @param now the hub's time, ms since 1970
 */
export function setCountsAheadAside(facts: readonly ReadFact[], now: number): readonly ReadFact[] {
  const latest = now + LIMITS.countAheadMs;
  const isAhead = (fact: ReadFact) => fact.ok && fact.content.kind === 'count' && fact.at > latest;
  if (!facts.some(isAhead)) return facts;
  return facts.map((fact): ReadFact => {
    if (!fact.ok || !isAhead(fact)) return fact;
    const seconds = Math.round((fact.at - now) / 1_000);
    const detail = `Its instant lies ${seconds} s ahead of the hub's clock: the clock that gave it was wrong.`;
    const verbatim = toLine({ ...fact, kind: fact.content.kind });
    return { ok: false, seq: fact.seq, key: fact.key, code: 'COUNT_AHEAD', detail, verbatim };
  });
}
