import type { JournalHead, JournalHeadStore } from '#agent/store/journal-head.ts';
import type { JournalLog, StoredFact } from '#agent/store/journal-log.ts';

/** A journal's disk in memory: what resolved is there. `fail` makes the next writes fail, `gate` holds them up. */
export class MemoryJournalLog implements JournalLog, JournalHeadStore {
  readonly facts = new Map<string, StoredFact>();
  head: JournalHead | null = null;
  fail: unknown = undefined;
  gate: Promise<void> = Promise.resolve();
  readonly groups: number[] = [];

  async findByKeys(keys: readonly string[]): Promise<StoredFact[]> {
    return keys.flatMap((key) => this.facts.get(key) ?? []);
  }

  async appendGroup(facts: readonly StoredFact[]): Promise<void> {
    await this.gate;
    if (this.fail !== undefined) throw this.fail;
    this.groups.push(facts.length);
    for (const fact of facts) this.facts.set(fact.key, fact);
  }

  async moveGroup(facts: readonly StoredFact[]): Promise<void> {
    if (this.fail !== undefined) throw this.fail;
    for (const fact of facts) this.facts.set(fact.key, fact);
  }

  async read(epoch: number, fromSeq: number, limit: number): Promise<StoredFact[]> {
    return this.#of(epoch)
      .filter(({ seq }) => seq >= fromSeq)
      .slice(0, limit);
  }

  async tailOf(epoch: number, afterSeq: number): Promise<{ lastSeq: number; count: number }> {
    const facts = this.#of(epoch);
    return { lastSeq: facts.at(-1)?.seq ?? 0, count: facts.filter(({ seq }) => seq > afterSeq).length };
  }

  async epochBefore(epoch: number): Promise<number | null> {
    const before = [...this.facts.values()].map((fact) => fact.epoch).filter((one) => one < epoch);
    return before.length > 0 ? Math.max(...before) : null;
  }

  async lastAt(): Promise<number> {
    return Math.max(0, ...[...this.facts.values()].map(({ at }) => at));
  }

  load(): JournalHead | null {
    return this.head;
  }

  async save(head: JournalHead): Promise<void> {
    this.head = head;
  }

  #of(epoch: number): StoredFact[] {
    return [...this.facts.values()].filter((fact) => fact.epoch === epoch).sort((a, b) => a.seq - b.seq);
  }
}
