import type { PushAnswer } from '#shared/protocol/messages/push.ts';
import type { IncomingFrame } from '#hub/ledger/incoming.ts';

/** A frame between its push and its commit. */
export interface WaitingFrame extends IncomingFrame {
  /** Part of a backlog: it yields to facts that are being sold now. */
  readonly draining: boolean;
  /** Rough size in memory. */
  readonly bytes: number;
  resolve(answer: PushAnswer): void;
  reject(error: Error): void;
}

export interface TakeLimits {
  readonly facts: number;
  /** Of one journal. */
  readonly factsPerJournal: number;
}

interface JournalQueue {
  readonly journal: number;
  readonly location: number;
  frames: WaitingFrame[];
}

type Urgency = 'live' | 'draining';

/**
 * What waits in one lane.
 *
 * - Frames of one journal leave in the order of their coming, as one run of consecutive seqs a merge.
 * - A location is in one merge at a time (the ledger would make the second one wait, with every store in it); only one of
 *   its own may be taken to wait there behind it.
 * - Journals take turns; one that drains is in the other queue, with all its frames, until it has none left.
 */
export class WaitingFrames {
  readonly #journals = new Map<number, JournalQueue>();
  readonly #turns: Record<Urgency, Set<JournalQueue>> = { live: new Set(), draining: new Set() };
  /** Merges under way by location. */
  readonly #busy = new Map<number, number>();
  #facts = 0;
  #bytes = 0;

  get facts(): number {
    return this.#facts;
  }

  get bytes(): number {
    return this.#bytes;
  }

  framesOf(journal: number): number {
    return this.#journals.get(journal)?.frames.length ?? 0;
  }

  add(frame: WaitingFrame): void {
    let queue = this.#journals.get(frame.journal);
    if (!queue) {
      queue = { journal: frame.journal, location: frame.location, frames: [] };
      this.#journals.set(frame.journal, queue);
      this.#turns.live.add(queue);
    }
    if (frame.draining && this.#turns.live.delete(queue)) this.#turns.draining.add(queue);
    queue.frames.push(frame);
    this.#count(frame, 1);
  }

  /** Frames for one merge, their locations held until `release`; empty when none can go. */
  take(urgency: Urgency, limits: TakeLimits): WaitingFrame[] {
    const turns = this.#turns[urgency];
    const taken: WaitingFrame[] = [];
    const locations = new Set<number>();
    let facts = 0;
    // A queue that has more goes to the back, which a running iteration would come to again: hence the copy.
    const inTurn = [...turns];
    for (const queue of inTurn) {
      if (facts >= limits.facts) break;
      if (this.#busy.has(queue.location)) continue;
      const room = Math.min(limits.factsPerJournal, limits.facts - facts);
      const run = takeRun(queue, room, taken.length === 0);
      if (run.length === 0) continue;
      for (const frame of run) {
        facts += frame.facts.length;
        this.#count(frame, -1);
        taken.push(frame);
      }
      locations.add(queue.location);
      turns.delete(queue);
      if (queue.frames.length > 0) turns.add(queue);
      else this.#journals.delete(queue.journal);
    }
    for (const location of locations) this.#hold(location);
    return taken;
  }

  /**
   * What follows the given frames in one of their journals, if `factsPerJournal` of it wait: for a merge behind theirs.
   * Nothing while anybody else waits: then the turns decide.
   */
  takeBehind(ahead: readonly WaitingFrame[], { factsPerJournal }: Pick<TakeLimits, 'factsPerJournal'>): WaitingFrame[] {
    const journals = new Set(ahead.map((frame) => frame.journal));
    for (const journal of this.#journals.keys()) if (!journals.has(journal)) return [];
    for (const journal of journals) {
      const queue = this.#journals.get(journal);
      if (!queue) continue;
      const waiting = queue.frames.reduce((sum, { facts }) => sum + facts.length, 0);
      if (waiting < factsPerJournal) continue;
      const taken = takeRun(queue, factsPerJournal, true);
      for (const frame of taken) this.#count(frame, -1);
      this.#hold(queue.location);
      this.#tidy(queue);
      return taken;
    }
    return [];
  }

  /** A merge has ended: its locations may go into the next one. */
  release(frames: readonly WaitingFrame[]): void {
    for (const location of new Set(frames.map((frame) => frame.location))) {
      const merges = (this.#busy.get(location) ?? 0) - 1;
      if (merges > 0) this.#busy.set(location, merges);
      else this.#busy.delete(location);
    }
  }

  /** Takes out the first frames of a journal for which `leaves` holds. */
  takeWhile(journal: number, leaves: (frame: WaitingFrame) => boolean): WaitingFrame[] {
    const queue = this.#journals.get(journal);
    if (!queue) return [];
    const stays = queue.frames.findIndex((frame) => !leaves(frame));
    const taken = queue.frames.splice(0, stays === -1 ? queue.frames.length : stays);
    for (const frame of taken) this.#count(frame, -1);
    this.#tidy(queue);
    return taken;
  }

  #hold(location: number): void {
    this.#busy.set(location, (this.#busy.get(location) ?? 0) + 1);
  }

  #tidy(queue: JournalQueue): void {
    if (queue.frames.length > 0) return;
    this.#journals.delete(queue.journal);
    this.#turns.live.delete(queue);
    this.#turns.draining.delete(queue);
  }

  #count(frame: WaitingFrame, sign: 1 | -1): void {
    this.#facts += sign * frame.facts.length;
    this.#bytes += sign * frame.bytes;
  }
}

/** The first frames of a journal as far as they follow each other without a gap and fit; one always fits an empty merge. */
function takeRun(queue: JournalQueue, room: number, evenIfTooBig: boolean): WaitingFrame[] {
  let facts = 0;
  let end = 0;
  let nextSeq: number | undefined;
  for (const frame of queue.frames) {
    const fits = facts + frame.facts.length <= room || (evenIfTooBig && end === 0);
    if (!fits || (nextSeq !== undefined && frame.fromSeq !== nextSeq)) break;
    facts += frame.facts.length;
    nextSeq = frame.fromSeq + frame.facts.length;
    end += 1;
  }
  return queue.frames.splice(0, end);
}
