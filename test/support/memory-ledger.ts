import type { ReadFact } from '#shared/protocol/frame.ts';
import type { FrameOutcome, IncomingFrame, Ledger } from '#hub/ledger/incoming.ts';

type Failing = 'no' | 'before' | 'after';

/**
 * A ledger in memory for tests of its callers: it commits late or fails as told, knows only seqs, and notes every
 * breach of what the real one demands of its callers.
 */
export class MemoryLedger implements Ledger {
  readonly merges: { readonly frames: readonly IncomingFrame[]; readonly facts: number }[] = [];
  readonly violations: string[] = [];
  delayMs = 0;
  inFlightMost = 0;
  fails: () => Failing = () => 'no';
  poison: (fact: ReadFact) => boolean = () => false;
  readonly #taken = new Map<number, number[]>();
  readonly #locations = new Set<number>();
  #inFlight = 0;
  #failures: { readonly error: Error; readonly when: Failing }[] = [];
  #gate: { readonly holds: (frames: readonly IncomingFrame[]) => boolean; readonly open: Promise<void> } | undefined;

  get started(): number {
    return this.merges.length;
  }

  watermark(journal: number): number {
    return this.#taken.get(journal)?.length ?? 0;
  }

  /** Seqs of a journal in the order of their commit. */
  seqs(journal: number): readonly number[] {
    return this.#taken.get(journal) ?? [];
  }

  failNext(error: Error, options: { afterCommit?: boolean } = {}): void {
    this.#failures.push({ error, when: options.afterCommit === true ? 'after' : 'before' });
  }

  /** Merges for which `holds` do not commit until released. */
  holdCommits(holds: (frames: readonly IncomingFrame[]) => boolean = () => true): { release(): void } {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#gate = { holds, open: promise };
    return {
      release: () => {
        this.#gate = undefined;
        resolve();
      },
    };
  }

  async merge(frames: readonly IncomingFrame[]): Promise<FrameOutcome[]> {
    this.#begin(frames);
    const failure = this.#failures.shift() ?? { error: new Error('made to fail'), when: this.fails() };
    try {
      if (this.#gate?.holds(frames)) await this.#gate.open;
      await new Promise((resolve) => setTimeout(resolve, this.delayMs));
      if (failure.when === 'before') throw failure.error;
      if (frames.some(({ facts }) => facts.some((fact) => this.poison(fact)))) {
        throw Object.assign(new Error('value out of range'), { code: '22003' });
      }
      const outcomes = frames.map((frame) => this.#take(frame));
      if (failure.when === 'after') throw failure.error;
      return outcomes;
    } finally {
      this.#inFlight -= 1;
      for (const { location } of frames) this.#locations.delete(location);
    }
  }

  #begin(frames: readonly IncomingFrame[]): void {
    this.merges.push({ frames, facts: frames.reduce((sum, { facts }) => sum + facts.length, 0) });
    this.#inFlight += 1;
    this.inFlightMost = Math.max(this.inFlightMost, this.#inFlight);
    const ends = new Map<number, number>();
    for (const { location, journal, fromSeq, facts } of frames) {
      if (this.#locations.has(location)) this.violations.push(`location ${location} is in two merges`);
      const end = ends.get(journal);
      if (end !== undefined && fromSeq !== end) this.violations.push(`journal ${journal} has a gap in one merge`);
      ends.set(journal, fromSeq + facts.length);
    }
    for (const { location } of frames) this.#locations.add(location);
  }

  #take({ journal, fromSeq, facts }: IncomingFrame): FrameOutcome {
    const taken = this.#taken.get(journal) ?? [];
    this.#taken.set(journal, taken);
    if (fromSeq > taken.length + 1) return { watermark: taken.length, gap: true, duplicates: 0, quarantined: [] };
    const fresh = facts.filter(({ seq }) => seq > taken.length);
    taken.push(...fresh.map(({ seq }) => seq));
    const quarantined = fresh.flatMap((fact) => (fact.ok ? [] : [{ seq: fact.seq, code: fact.code }]));
    return { watermark: taken.length, gap: false, duplicates: facts.length - fresh.length, quarantined };
  }
}
