import type { Clock } from '#shared/runtime/clock.ts';

/** Facts carry instants between 2000 and 2100; a dead clock battery (1970) must not make them unreadable. */
const AT_MIN = 946_684_800_000;
const AT_MAX = 4_102_444_800_000;

/**
 * The time that facts are given (S5): system time plus the offset to the hub measured at the last handshake.
 *
 * - never runs backwards, also over restarts: it begins at the journal's highest `at`
 * - moves only by `advance`, after a commit: a failed append leaves no trace
 * - equal readings are fine: facts of one instant are ordered by journal and seq
 */
export class HybridClock {
  readonly #clock: Clock;
  #last: number;
  #offsetMs: number;

  constructor(clock: Clock, start: { lastAt: number; offsetMs: number }) {
    this.#clock = clock;
    this.#last = Math.max(AT_MIN, start.lastAt);
    this.#offsetMs = start.offsetMs;
  }

  /** Hub time minus system time as last measured, ms. */
  get offsetMs(): number {
    return this.#offsetMs;
  }

  measured(offsetMs: number): void {
    this.#offsetMs = Math.round(offsetMs);
  }

  /** The instant of a live fact that is appended now. */
  now(): number {
    return Math.min(AT_MAX, Math.max(this.#last, Math.round(this.#clock.now()) + this.#offsetMs));
  }

  /** No later reading is before `at`. */
  advance(at: number): void {
    this.#last = Math.max(this.#last, Math.min(AT_MAX, at));
  }
}

/** `at` of a fact: the reading for a live one; an imported one keeps its own time, capped at the reading. */
export function instantOf(occurredAt: number | undefined, reading: number): number {
  return occurredAt === undefined ? reading : Math.min(occurredAt, reading);
}
