import type { StoredFact } from '#agent/store/journal-log.ts';
import type { Rejected } from '#agent/store/quarantine.ts';

/** What lies on an agent's disk. */
export class Platter {
  readonly facts = new Map<string, StoredFact>();
  readonly documents = new Map<string, object>();
  readonly quarantine = new Map<string, Rejected>();
  readonly #epochs = new Map<number, StoredFact[]>();

  put(facts: readonly StoredFact[]): void {
    for (const fact of facts) {
      const before = this.facts.get(fact.key);
      this.facts.set(fact.key, fact);
      if (before) this.#epochs.delete(before.epoch);
      const epoch = this.#epochs.get(fact.epoch);
      const last = epoch?.at(-1);
      if (epoch && (!last || last.seq < fact.seq)) epoch.push(fact);
      else this.#epochs.delete(fact.epoch);
    }
  }

  remove(keys: readonly string[]): void {
    for (const key of keys) {
      const fact = this.facts.get(key);
      this.facts.delete(key);
      if (fact) this.#epochs.delete(fact.epoch);
    }
  }

  /** Facts of an epoch, by seq. */
  epoch(epoch: number): readonly StoredFact[] {
    let facts = this.#epochs.get(epoch);
    if (!facts) {
      facts = [...this.facts.values()].filter((fact) => fact.epoch === epoch).sort((a, b) => a.seq - b.seq);
      this.#epochs.set(epoch, facts);
    }
    return facts;
  }

  copy(): Platter {
    const copy = new Platter();
    copy.put([...this.facts.values()]);
    for (const [id, document] of this.documents) copy.documents.set(id, document);
    for (const [id, draft] of this.quarantine) copy.quarantine.set(id, draft);
    return copy;
  }
}

/** The place of the first fact with seq >= fromSeq in facts ordered by seq. */
export function placeOfSeq(facts: readonly StoredFact[], fromSeq: number): number {
  let low = 0;
  let high = facts.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (facts[middle]!.seq < fromSeq) low = middle + 1;
    else high = middle;
  }
  return low;
}
