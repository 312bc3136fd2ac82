import type { FrameOutcome, IncomingFrame } from '#hub/ledger/incoming.ts';
import type { ErrorCode } from '#shared/protocol/errors.ts';
import type { FactContent } from '#shared/protocol/fact.ts';
import { decodeFrame, type ReadFact } from '#shared/protocol/frame.ts';
import { Inventory, type MergeableFact } from '#shared/stock/merge.ts';

/** A journal as the hub's database knows it. */
export interface HeldJournal {
  readonly journal: number;
  readonly device: number;
  readonly epoch: number;
  readonly location: number;
  watermark: number;
}

/** What a seq of a journal became. */
export interface HeldSeq {
  readonly key: string | null;
  readonly digest: string | null;
  readonly code: 'merged' | 'duplicate' | ErrorCode;
}

export interface SetAsideFact {
  readonly location: number;
  readonly journal: number;
  readonly seq: number;
  readonly key: string | null;
  readonly digest: string | null;
  readonly code: ErrorCode;
  readonly verbatim: string | null;
}

type Unreadable = Extract<ReadFact, { ok: false }>;

/** Rules of the ledger that a mutant leaves out. */
export interface LedgerFlaws {
  /** Takes facts beyond a gap. */
  readonly gapsTaken?: boolean;
  /** Merges what it has already. */
  readonly duplicatesMerged?: boolean;
  /** Merges other content under a known key. */
  readonly reusedKeysMerged?: boolean;
  /** Orders facts by their coming. */
  readonly orderOfComing?: boolean;
  /** Merges facts that were set aside because their clock was ahead. */
  readonly factsAheadMerged?: boolean;
}

/** What the hub has committed: the meaning of its SQL merge, in memory. */
export class HeldFacts {
  /** By "location key". */
  readonly facts = new Map<string, MergeableFact>();
  /** Facts by location, in the order of their commit. */
  readonly byLocation = new Map<number, MergeableFact[]>();
  /** By journal, from seq 1 on. */
  readonly seqs = new Map<number, HeldSeq[]>();
  readonly quarantine: SetAsideFact[] = [];
  /** Facts that were set aside because their clock was ahead, by "location key". */
  readonly factsAhead = new Map<string, { content: FactContent; at: number }>();
  readonly inventory = new Inventory();
  readonly #journals: ReadonlyMap<number, HeldJournal>;
  readonly #flaws: LedgerFlaws;
  #came = 0;

  constructor(journals: ReadonlyMap<number, HeldJournal>, flaws: LedgerFlaws) {
    this.#journals = journals;
    this.#flaws = flaws;
  }

  /** The same facts over other journals: what a backup holds, or what is restored from it. */
  copy(journals: ReadonlyMap<number, HeldJournal>): HeldFacts {
    const copy = new HeldFacts(journals, this.#flaws);
    for (const [name, fact] of this.facts) copy.facts.set(name, fact);
    for (const [name, aside] of this.factsAhead) copy.factsAhead.set(name, aside);
    for (const [journal, seqs] of this.seqs) copy.seqs.set(journal, [...seqs]);
    for (const [location, facts] of this.byLocation) {
      copy.byLocation.set(location, [...facts]);
      for (const fact of facts) copy.inventory.merge(fact);
    }
    copy.quarantine.push(...this.quarantine);
    copy.#came = this.#came;
    return copy;
  }

  /** One transaction. Throws before anything is changed. */
  commit(frames: readonly IncomingFrame[]): FrameOutcome[] {
    return frames.map((frame) => this.#take(frame));
  }

  #take({ journal: number, location, fromSeq, facts }: IncomingFrame): FrameOutcome {
    const journal = this.#journals.get(number);
    if (!journal) throw new Error(`journal ${number} does not exist`);
    const before = journal.watermark;
    if (fromSeq > before + 1 && !this.#flaws.gapsTaken) {
      return { watermark: before, gap: true, duplicates: 0, quarantined: [] };
    }
    const held = this.seqs.get(number) ?? [];
    this.seqs.set(number, held);
    const quarantined: { seq: number; code: ErrorCode }[] = [];
    let duplicates = 0;
    for (const fact of facts) {
      if (fact.seq <= before && !this.#flaws.duplicatesMerged) {
        duplicates += 1;
        continue;
      }
      const one = this.#enter(location, number, fact);
      held[fact.seq - 1] = one;
      if (one.code === 'duplicate') duplicates += 1;
      else if (one.code !== 'merged') quarantined.push({ seq: fact.seq, code: one.code });
    }
    journal.watermark = Math.max(before, fromSeq + facts.length - 1);
    return { watermark: journal.watermark, gap: false, duplicates, quarantined };
  }

  #enter(location: number, journal: number, fact: ReadFact): HeldSeq {
    if (!fact.ok && fact.code === 'FACT_AHEAD') return this.#factAhead(location, journal, fact);
    if (!fact.ok) {
      const { seq, key, code, verbatim } = fact;
      this.quarantine.push({ location, journal, seq, key, digest: null, code, verbatim });
      return { key, digest: null, code };
    }
    const { seq, key, digest, content } = fact;
    const name = `${location} ${key}`;
    const known = this.facts.get(name);
    if (known && known.digest !== digest && !this.#flaws.reusedKeysMerged) {
      this.quarantine.push({ location, journal, seq, key, digest, code: 'KEY_REUSED', verbatim: null });
      return { key, digest, code: 'KEY_REUSED' };
    }
    if (known && !this.#flaws.duplicatesMerged && known.digest === digest) return { key, digest, code: 'duplicate' };
    const at = this.#flaws.orderOfComing ? this.#came : fact.at;
    this.#came += 1;
    const merged = { location, order: { at: fact.at, journal, seq }, key, digest, content };
    if (!known) {
      this.facts.set(name, merged);
      const there = this.byLocation.get(location);
      if (there) there.push(merged);
      else this.byLocation.set(location, [merged]);
    }
    const again = known ? `${key} again ${this.#came}` : key;
    this.inventory.merge({ ...merged, key: again, order: { ...merged.order, at } });
    return { key, digest, code: 'merged' };
  }

  /** Its line is a whole fact: what it says is known, and whether the hub has this content too. */
  #factAhead(location: number, journal: number, { seq, verbatim }: Unreadable): HeldSeq {
    const [fact] = decodeFrame(Buffer.from(verbatim), 'lines', seq, 1);
    if (!fact?.ok) throw new Error('a fact was set aside in another shape than it came');
    if (this.#flaws.factsAheadMerged) return this.#enter(location, journal, fact);
    const { key, digest, at } = fact;
    this.quarantine.push({ location, journal, seq, key, digest, code: 'FACT_AHEAD', verbatim });
    this.factsAhead.set(`${location} ${key}`, { content: fact.content, at });
    return { key, digest, code: 'FACT_AHEAD' };
  }
}
