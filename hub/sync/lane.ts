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
  /** Calls `onTurn` when a later merge of the same stores would come after this one. */
  merge(frames: readonly WaitingFrame[], onTurn: () => void): Promise<readonly FrameOutcome[]>;
  /** A merge has committed; outcomes in the frames' order. */
  committed(frames: readonly WaitingFrame[], outcomes: readonly FrameOutcome[]): void;
  /** A merge has failed: nothing of it is acknowledged. */
  failed(frames: readonly WaitingFrame[], error: unknown): void;
}

/** Others are selling when a live merge began within this time. */
const LIVE_MS = 200;
/** Then a backlog comes in merges of this share of their size, */
const SHARE_BESIDE_LIVE = 0.125;
/** and rests so many times as long as the last one took, */
const REST_BESIDE_LIVE = 3;
/** but not longer. */
const REST_MS_MAX = 1_000;

/**
 * One partition of the stores. Draining frames have at most one of the lane's merges, live ones may have all and
 * are first: a selling store never waits behind a backlog, and a backlog always goes on. While nobody sells, the next
 * merge of a backlog is begun behind the one under way: when its turn comes it is ready, and PostgreSQL never idles.
 */
export class Lane {
  readonly waiting = new WaitingFrames();
  readonly #options: LaneOptions;
  #live = 0;
  /** The one under way, and one that follows it. */
  #draining = 0;
  /** Frames of the latest of them, when it has its turn: another merge would follow it. */
  #ahead: readonly WaitingFrame[] = [];
  #due = false;
  /** When live frames were last merged, monotonic ms. */
  #liveAtMs = Number.NEGATIVE_INFINITY;
  /** A backlog has had its share and waits. */
  #resting = false;
  /** Takes back the end of the rest that is set. */
  #endRest: () => void = () => undefined;
  #whenIdle: (() => void)[] = [];

  constructor(options: LaneOptions) {
    this.#options = options;
  }

  get inFlight(): number {
    return this.#live + this.#draining;
  }

  /** One that follows takes no merge from the others. */
  get #mayMerge(): boolean {
    return this.#live + Math.min(this.#draining, 1) < this.#options.mergesInFlight;
  }

  add(frame: WaitingFrame): void {
    this.waiting.add(frame);
    this.#startSoon();
  }

  #startSoon(): void {
    if (this.#due || this.waiting.facts === 0 || (!this.#mayMerge && !this.#mayFollow)) return;
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
    while (this.#mayMerge) {
      const mayDrain = this.#draining === 0 && !this.#resting;
      // When both wait, each has a share of the merges.
      let draining = mayDrain && this.#live > 0;
      let frames = this.#take(draining ? 'draining' : 'live');
      if (frames.length === 0 && mayDrain) {
        draining = !draining;
        frames = this.#take(draining ? 'draining' : 'live');
      }
      if (frames.length === 0) break;
      if (!draining) this.#liveAtMs = this.#options.clock.monotonic();
      void this.#merge(frames, draining);
    }
    if (this.#mayFollow) this.#follow();
  }

  get #mayFollow(): boolean {
    return this.#draining === 1 && this.#ahead.length > 0 && !this.#resting && !this.sells;
  }

  #follow(): void {
    const frames = this.waiting.takeBehind(this.#ahead, { factsPerJournal: this.#options.drainingFactsPerJournal });
    if (frames.length > 0) void this.#merge(frames, true);
  }

  /** While others sell, a backlog leaves them most of the time. */
  #rest(tookMs: number): void {
    const { clock } = this.#options;
    if (!this.sells) return;
    this.#endRest();
    this.#endRest = clock.after(Math.min(tookMs * REST_BESIDE_LIVE, REST_MS_MAX), () => {
      this.#endRest = () => undefined;
      this.#resting = false;
      this.#startMerges();
    });
    this.#resting = true;
  }

  /** Whether stores sell now, beside any backlog. */
  get sells(): boolean {
    return this.#options.clock.monotonic() - this.#liveAtMs <= LIVE_MS;
  }

  #take(urgency: 'live' | 'draining'): WaitingFrame[] {
    const { factsPerMerge, drainingFactsPerJournal } = this.#options;
    const share = this.sells ? SHARE_BESIDE_LIVE : 1;
    const factsPerJournal = urgency === 'draining' ? Math.ceil(drainingFactsPerJournal * share) : factsPerMerge;
    return this.waiting.take(urgency, { facts: factsPerMerge, factsPerJournal });
  }

  async #merge(frames: WaitingFrame[], draining: boolean): Promise<void> {
    const startedMs = this.#options.clock.monotonic();
    if (draining) {
      this.#draining += 1;
      this.#ahead = [];
    } else {
      this.#live += 1;
    }
    try {
      const outcomes = await this.#options.merge(frames, () => {
        if (!draining) return;
        this.#ahead = frames;
        this.#startSoon();
      });
      if (outcomes.length !== frames.length) throw new Error('the ledger answered another number of frames');
      this.#options.committed(frames, outcomes);
    } catch (error) {
      this.#options.failed(frames, error);
    } finally {
      if (draining) this.#draining -= 1;
      else this.#live -= 1;
      if (this.#ahead === frames) this.#ahead = [];
      if (draining) this.#rest(this.#options.clock.monotonic() - startedMs);
      this.waiting.release(frames);
      // Others join what sells meanwhile; a backlog is together already.
      if (draining) this.#startMerges();
      else this.#startSoon();
      this.#tellIdle();
    }
  }

  #tellIdle(): void {
    if (this.inFlight > 0 || this.waiting.facts > 0) return;
    const waiting = this.#whenIdle;
    this.#whenIdle = [];
    for (const resolve of waiting) resolve();
  }
}
