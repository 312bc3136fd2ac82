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
  /** Merges under way by location, in the order of their turns. */
  readonly #locations = new Map<number, { hasTurn: boolean; readonly over: Promise<void> }[]>();
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

  async merge(frames: readonly IncomingFrame[], onTurn?: () => void): Promise<FrameOutcome[]> {
    const { turn, end } = this.#begin(frames);
    const failure = this.#failures.shift() ?? { error: new Error('made to fail'), when: this.fails() };
    try {
      await turn();
      onTurn?.();
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
      end();
    }
  }

  #begin(frames: readonly IncomingFrame[]): { turn: () => Promise<void>; end: () => void } {
    this.merges.push({ frames, facts: frames.reduce((sum, { facts }) => sum + facts.length, 0) });
    this.#inFlight += 1;
    this.inFlightMost = Math.max(this.inFlightMost, this.#inFlight);
    const ends = new Map<number, number>();
    for (const { journal, fromSeq, facts } of frames) {
      const end = ends.get(journal);
      if (end !== undefined && fromSeq !== end) this.violations.push(`journal ${journal} has a gap in one merge`);
      ends.set(journal, fromSeq + facts.length);
    }
    return this.#queueUp([...new Set(frames.map(({ location }) => location))]);
  }

  /** One merge may wait at a location, behind one that has its turn; more would hold up what they bring of others. */
  #queueUp(locations: readonly number[]): { turn: () => Promise<void>; end: () => void } {
    const { promise: over, resolve } = Promise.withResolvers<void>();
    const own = { hasTurn: false, over };
    const before = locations.flatMap((location) => this.#locations.get(location)?.at(-1) ?? []);
    for (const location of locations) {
      const queue = this.#locations.get(location) ?? [];
      if (queue.some(({ hasTurn }) => !hasTurn)) this.violations.push(`location ${location} is in two waiting merges`);
      this.#locations.set(location, [...queue, own]);
    }
    return {
      turn: async () => {
        await Promise.all(before.map((merge) => merge.over));
        own.hasTurn = true;
      },
      end: () => {
        for (const location of locations) {
          const rest = (this.#locations.get(location) ?? []).filter((merge) => merge !== own);
          if (rest.length > 0) this.#locations.set(location, rest);
          else this.#locations.delete(location);
        }
        resolve();
      },
    };
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
