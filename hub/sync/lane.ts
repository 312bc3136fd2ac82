import type { FrameOutcome } from '#hub/ledger/incoming.ts';
import type { Clock } from '#shared/runtime/clock.ts';
import { WaitingFrames, type WaitingFrame } from './waiting-frames.ts';

export interface LaneOptions {
  readonly clock: Clock;
  /** Merges under way at once. */
  readonly mergesInFlight: number;
  readonly factsPerMerge: number;
  /** Of a store that drains a backlog while nobody sells; less beside others. */
  readonly drainingFactsPerJournal: number;
  /** How long the first frame of a merge waits for others, ms. */
  readonly lingerMs: number;
  merge(frames: readonly WaitingFrame[]): Promise<readonly FrameOutcome[]>;
  /** A merge has committed; outcomes in the frames' order. */
  committed(frames: readonly WaitingFrame[], outcomes: readonly FrameOutcome[]): void;
  /** A merge has failed: nothing of it is acknowledged. */
  failed(frames: readonly WaitingFrame[], error: unknown): void;
}

/** Others are selling when a live merge began within this time. */
const LIVE_MS = 200;
/** Then a backlog comes in merges of this share of their size. */
const SHARE_BESIDE_LIVE = 0.125;

/**
 * One partition of the stores. Draining frames have at most one of the lane's merges, live ones may have all and
 * are first: a selling store never waits behind a backlog, and a backlog always goes on.
 */
export class Lane {
  readonly waiting = new WaitingFrames();
  readonly #options: LaneOptions;
  #inFlight = 0;
  #draining = false;
  #due = false;
  /** When live frames were last merged, monotonic ms. */
  #liveAtMs = Number.NEGATIVE_INFINITY;
  /** A backlog has had its share and waits. */
  #resting = false;
  #whenIdle: (() => void)[] = [];

  constructor(options: LaneOptions) {
    this.#options = options;
  }

  get inFlight(): number {
    return this.#inFlight;
  }

  add(frame: WaitingFrame): void {
    this.waiting.add(frame);
    this.#startSoon();
  }

  #startSoon(): void {
    if (this.#due || this.waiting.facts === 0 || this.#inFlight >= this.#options.mergesInFlight) return;
    this.#due = true;
    this.#options.clock.after(this.#options.lingerMs, () => {
      this.#due = false;
      this.#startMerges();
    });
  }

  /** Resolves when nothing waits and nothing is being merged. */
  idle(): Promise<void> {
    return new Promise((resolve) => {
      this.#whenIdle.push(resolve);
      this.#tellIdle();
    });
  }

  #startMerges(): void {
    const { clock, mergesInFlight } = this.#options;
    while (this.#inFlight < mergesInFlight) {
      const mayDrain = !this.#draining && !this.#resting;
      // When both wait, each has a share of the merges.
      let draining = mayDrain && this.#inFlight > 0;
      let frames = this.#take(draining ? 'draining' : 'live');
      if (frames.length === 0 && mayDrain) {
        draining = !draining;
        frames = this.#take(draining ? 'draining' : 'live');
      }
      if (frames.length === 0) return;
      if (draining) this.#draining = true;
      else this.#liveAtMs = clock.monotonic();
      this.#inFlight += 1;
      void this.#merge(frames, draining);
    }
  }

  /** While others sell, a backlog leaves them as much time as it has taken. */
  #rest(tookMs: number): void {
    const { clock } = this.#options;
    if (!this.#othersSell()) return;
    this.#resting = true;
    clock.after(tookMs, () => {
      this.#resting = false;
      this.#startMerges();
    });
  }

  #othersSell(): boolean {
    return this.#options.clock.monotonic() - this.#liveAtMs <= LIVE_MS;
  }

  #take(urgency: 'live' | 'draining'): WaitingFrame[] {
    const { factsPerMerge, drainingFactsPerJournal } = this.#options;
    const share = this.#othersSell() ? SHARE_BESIDE_LIVE : 1;
    const factsPerJournal = urgency === 'draining' ? Math.ceil(drainingFactsPerJournal * share) : factsPerMerge;
    return this.waiting.take(urgency, { facts: factsPerMerge, factsPerJournal });
  }

  async #merge(frames: WaitingFrame[], draining: boolean): Promise<void> {
    const startedMs = this.#options.clock.monotonic();
    try {
      const outcomes = await this.#options.merge(frames);
      if (outcomes.length !== frames.length) throw new Error('the ledger answered another number of frames');
      this.#options.committed(frames, outcomes);
    } catch (error) {
      this.#options.failed(frames, error);
    } finally {
      this.#inFlight -= 1;
      if (draining) {
        this.#draining = false;
        this.#rest(this.#options.clock.monotonic() - startedMs);
      }
      this.waiting.release(frames);
      // Others join what sells meanwhile; a backlog is together already.
      if (draining) this.#startMerges();
      else this.#startSoon();
      this.#tellIdle();
    }
  }

  #tellIdle(): void {
    if (this.#inFlight > 0 || this.waiting.facts > 0) return;
    const waiting = this.#whenIdle;
    this.#whenIdle = [];
    for (const resolve of waiting) resolve();
  }
}
