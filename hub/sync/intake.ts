import { ShelfwireError } from '#shared/protocol/errors.ts';
import type { ReadFact } from '#shared/protocol/frame.ts';
import type { Push, PushAnswer } from '#shared/protocol/messages/push.ts';
import type { ProtocolVersion } from '#shared/protocol/version.ts';
import type { Clock } from '#shared/runtime/clock.ts';
import type { Logger } from '#shared/runtime/logger.ts';
import type { Random } from '#shared/runtime/random.ts';
import type { FrameOutcome, Ledger } from '#hub/ledger/incoming.ts';
import { setFactsAheadAside } from './facts-ahead.ts';
import { mergeIsolated } from './isolate.ts';
import { Lane } from './lane.ts';
import { readPush } from './unfold-frame.ts';
import type { WaitingFrame } from './waiting-frames.ts';

/** Whose facts these are. It comes from the session's credential, never from a message (S4). */
export interface PushScope {
  readonly location: number;
  readonly journal: number;
  readonly epoch: number;
  readonly protocol: ProtocolVersion;
  /** Facts up to this seq were waiting when the session began. */
  readonly backlogEndSeq: number;
}

export interface IntakeOptions {
  readonly ledger: Ledger;
  readonly clock: Clock;
  readonly random: Random;
  readonly logger: Logger;
  readonly lanes?: number;
  readonly mergesInFlight?: number;
  readonly factsPerMerge?: number;
  readonly drainingFactsPerJournal?: number;
  /** A frame of more facts, or one further than this from the end of its backlog, drains. */
  readonly liveFactsMax?: number;
  readonly lingerMs?: number;
  /** Frames that one store may have under way (the credit it is given). */
  readonly credit?: number;
  /** The same while stores sell: reading many frames in a row would keep their facts waiting. */
  readonly creditBesideLive?: number;
  /** Beyond it stores are told to slow down. */
  readonly waitingFactsSoft?: number;
  /** Beyond these nothing more is taken. */
  readonly waitingFactsMax?: number;
  readonly waitingBytesMax?: number;
  /** Called after each merge that has committed. */
  readonly observe?: (merge: ObservedMerge) => void;
}

export interface ObservedMerge {
  readonly frames: number;
  readonly facts: number;
  readonly ms: number;
  readonly duplicates: number;
  readonly quarantined: number;
}

const DEFAULTS = {
  lanes: 2,
  mergesInFlight: 2,
  factsPerMerge: 4_000,
  drainingFactsPerJournal: 4_000,
  liveFactsMax: 64,
  lingerMs: 5,
  credit: 32,
  creditBesideLive: 4,
  waitingFactsSoft: 32_000,
  waitingFactsMax: 100_000,
  waitingBytesMax: 128 * 1024 * 1024,
};
/** A store that lost its connection may send its window again while the old one still waits. */
const WINDOWS_PER_JOURNAL = 2;
const BUSY_MS = 500;

/**
 * The way of facts from the sockets into the ledger.
 *
 * - A push is answered only after the transaction that holds its facts has committed (S1).
 * - Answers are cumulative: a frame beyond the watermark is answered with the watermark, and the agent goes back.
 * - A failed merge acknowledges nothing: HUB_BUSY with a time to wait.
 */
export class Intake {
  readonly #options: IntakeOptions & typeof DEFAULTS;
  readonly #lanes: readonly Lane[];
  #stopping = false;

  constructor(options: IntakeOptions) {
    this.#options = { ...DEFAULTS, ...options };
    this.#lanes = Array.from({ length: this.#options.lanes }, () => this.#openLane());
  }

  /** What waits now, by lane. */
  get lanes(): readonly { waitingFacts: number; inFlight: number }[] {
    return this.#lanes.map(({ waiting, inFlight }) => ({ waitingFacts: waiting.facts, inFlight }));
  }

  /** Frames that a store may have unacknowledged at once. */
  get credit(): number {
    const { waitingFactsSoft, credit, creditBesideLive } = this.#options;
    if (this.#waitingFacts > waitingFactsSoft) return 1;
    return this.#lanes.some((lane) => lane.sells) ? Math.min(credit, creditBesideLive) : credit;
  }

  /** Throws EPOCH_UNKNOWN, FRAME_TOO_LARGE, FRAME_INVALID, or HUB_BUSY with `retryAfterMs` in its context. */
  async push(scope: PushScope, push: Push): Promise<PushAnswer> {
    if (push.epoch !== scope.epoch) {
      throw new ShelfwireError('EPOCH_UNKNOWN', `This session is about epoch ${scope.epoch}, not ${push.epoch}.`);
    }
    const lane = this.#laneOf(scope.location);
    this.#admit(lane, scope.journal);
    const facts = setFactsAheadAside(readPush(push, scope.protocol), this.#options.clock.now());
    const { liveFactsMax } = this.#options;
    const draining = facts.length > liveFactsMax || push.fromSeq + facts.length + liveFactsMax <= scope.backlogEndSeq;
    return new Promise((resolve, reject) => {
      const { location, journal } = scope;
      lane.add({ location, journal, fromSeq: push.fromSeq, facts, draining, bytes: sizeOf(facts), resolve, reject });
    });
  }

  /** Takes nothing more, and resolves when what was taken has been answered. */
  async drain(): Promise<void> {
    this.#stopping = true;
    await Promise.all(this.#lanes.map((lane) => lane.idle()));
  }

  #admit(lane: Lane, journal: number): void {
    const { waitingFactsMax, waitingBytesMax, credit } = this.#options;
    const bytes = this.#lanes.reduce((sum, { waiting }) => sum + waiting.bytes, 0);
    if (this.#stopping) throw this.#busy('The hub is stopping.');
    if (this.#waitingFacts >= waitingFactsMax || bytes >= waitingBytesMax) throw this.#busy('Too many facts wait.');
    if (lane.waiting.framesOf(journal) >= credit * WINDOWS_PER_JOURNAL)
      throw this.#busy('This store has enough waiting.');
  }

  get #waitingFacts(): number {
    return this.#lanes.reduce((sum, { waiting }) => sum + waiting.facts, 0);
  }

  /** Mixed (Knuth), so that numbers given in steps do not meet in one lane. */
  #laneOf(location: number): Lane {
    const lane = this.#lanes[(Math.imul(location, 2_654_435_761) >>> 8) % this.#lanes.length];
    if (!lane) throw new RangeError('an intake needs at least one lane');
    return lane;
  }

  #openLane(): Lane {
    const { ledger, clock, mergesInFlight, factsPerMerge, drainingFactsPerJournal, lingerMs } = this.#options;
    const lane: Lane = new Lane({
      clock,
      mergesInFlight,
      factsPerMerge,
      drainingFactsPerJournal,
      lingerMs,
      merge: async (frames, onTurn) => {
        const startedMs = clock.monotonic();
        const outcomes = await mergeIsolated(ledger, frames, onTurn);
        this.#observe(frames, outcomes, clock.monotonic() - startedMs);
        return outcomes;
      },
      committed: (frames, outcomes) => {
        for (const [place, outcome] of outcomes.entries()) {
          const frame = frames[place];
          if (frame) this.#answer(lane, frame, outcome);
        }
      },
      failed: (frames, error) => this.#refuse(lane, frames, error),
    });
    return lane;
  }

  #answer(lane: Lane, frame: WaitingFrame, outcome: FrameOutcome): void {
    if (outcome.isOther === true) return this.#refuseOther(lane, frame);
    frame.resolve(this.#answerOf(outcome));
    if (!outcome.gap) return;
    // What comes after a gap is beyond the watermark too, until the agent has gone back.
    const beyond = lane.waiting.takeWhile(frame.journal, ({ fromSeq }) => fromSeq > outcome.watermark + 1);
    for (const later of beyond) later.resolve(this.#answerOf({ ...outcome, duplicates: 0, quarantined: [] }));
  }

  /** Two agents have the same journal. Who sent this says hello again, compares, and begins an epoch of its own. */
  #refuseOther(lane: Lane, frame: WaitingFrame): void {
    const detail = 'The hub has other facts under these seqs: this journal was copied, or restored from a copy.';
    this.#options.logger.warn({ journal: frame.journal, fromSeq: frame.fromSeq }, 'a journal comes from two agents');
    for (const one of [frame, ...lane.waiting.takeWhile(frame.journal, () => true)]) {
      one.reject(new ShelfwireError('EPOCH_UNKNOWN', detail));
    }
  }

  #answerOf({ watermark, duplicates, quarantined }: FrameOutcome): PushAnswer {
    return {
      ackedSeq: watermark,
      duplicates,
      quarantined: [...quarantined],
      credit: this.credit,
      backOffMs: this.#backOffMs(),
    };
  }

  /** Grows with what waits; spread, so that stores do not come back together. */
  #backOffMs(): number {
    const load = this.#waitingFacts / this.#options.waitingFactsSoft;
    return load <= 1 ? 0 : Math.min(10_000, Math.round(load * 200 * (0.5 + this.#options.random())));
  }

  #refuse(lane: Lane, frames: readonly WaitingFrame[], error: unknown): void {
    this.#options.logger.error(
      { err: error, frames: frames.length },
      'a merge failed; its frames are not acknowledged',
    );
    for (const frame of frames) {
      frame.reject(this.#busy('The facts could not be committed.', error));
      for (const later of lane.waiting.takeWhile(frame.journal, () => true)) {
        later.reject(this.#busy('Facts before these could not be committed.', error));
      }
    }
  }

  #busy(detail: string, cause?: unknown): ShelfwireError {
    const retryAfterMs = Math.round(BUSY_MS * (1 + this.#options.random()));
    return new ShelfwireError('HUB_BUSY', detail, { cause, context: { retryAfterMs } });
  }

  #observe(frames: readonly WaitingFrame[], outcomes: readonly FrameOutcome[], ms: number): void {
    this.#options.observe?.({
      frames: frames.length,
      facts: frames.reduce((sum, { facts }) => sum + facts.length, 0),
      ms,
      duplicates: outcomes.reduce((sum, { duplicates }) => sum + duplicates, 0),
      quarantined: outcomes.reduce((sum, { quarantined }) => sum + quarantined.length, 0),
    });
  }
}

function sizeOf(facts: readonly ReadFact[]): number {
  return facts.reduce((sum, fact) => sum + (fact.ok ? fact.bodyText.length : fact.verbatim.length) + 200, 0);
}
