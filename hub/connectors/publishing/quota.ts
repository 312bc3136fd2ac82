import { z } from 'zod';
import type { Clock } from '#shared/runtime/clock.ts';

/** How much may be spent: `burst` at once, `perSecond` in the long run. */
export interface QuotaRule {
  readonly perSecond: number;
  readonly burst: number;
}

/** What a channel says of its quota, as far as it does. */
export interface QuotaSeen {
  readonly left?: number;
  readonly perSecond?: number;
  readonly burst?: number;
}

const amount = z.number().min(0).max(1e9);
/** As it is kept between hubs; `at` by the wall clock, ms. */
export const keptQuota = z.object({
  /** Below 0 while more was spent than there was, or the channel asked to wait. */
  left: z.number().min(-1e9).max(1e9),
  at: z.number(),
  perSecond: amount.min(1e-6),
  burst: amount.min(1e-6),
  pace: z.number().min(0.01).max(1),
});
export type KeptQuota = z.output<typeof keptQuota>;

/** After a refusal that says nothing we go at half the pace, and with every call that is taken a little faster again. */
const SLOWER = 0.5;
const FASTER = 1.02;
const PACE_MIN = 0.05;

/**
 * What may be spent at a channel (P2).
 *
 * - Never more than the rule allows: what was spent counts at once, and nothing grows in its place before its answer: it may
 *   arrive late, when the channel's own bucket has long been full.
 * - The channel's own word counts more than ours, less what is under way. A refusal without a word makes us slower.
 * - It is kept with the account: who takes over goes on with what is left.
 */
export class Quota {
  readonly #clock: Clock;
  #rule: QuotaRule;
  #left: number;
  #at: number;
  #pace: number;
  #underWay = 0;

  constructor(rule: QuotaRule, clock: Clock, kept?: KeptQuota) {
    this.#clock = clock;
    this.#rule = kept === undefined ? rule : { perSecond: kept.perSecond, burst: kept.burst };
    this.#left = kept?.left ?? rule.burst;
    this.#pace = kept?.pace ?? 1;
    this.#at = clock.monotonic();
    // The wall clock may have stepped: no more than time that could have passed, and nothing is taken away.
    if (kept !== undefined) this.#left = this.#grown(Math.max(0, clock.now() - kept.at));
  }

  /** Whole ms until so much may be spent. What is more than the burst waits for all of it. */
  waitMs(cost: number): number {
    const missing = Math.min(cost, this.#rule.burst) - this.#now();
    return missing <= 0 ? 0 : Math.ceil((missing * 1_000) / (this.#rule.perSecond * this.#pace));
  }

  /** Whole ms until so much will have been there in all, in however many calls. */
  throughMs(cost: number): number {
    return Math.max(0, Math.ceil(((cost - this.#now()) * 1_000) / (this.#rule.perSecond * this.#pace)));
  }

  /** Spends it, whether it is there or not; the answer ends it. */
  spend(cost: number): void {
    this.#left = this.#now() - cost;
    this.#at = this.#clock.monotonic();
    this.#underWay += cost;
  }

  /** What was spent for a call that was not made after all. */
  giveBack(cost: number): void {
    this.#left = this.#now() + cost;
    this.#at = this.#clock.monotonic();
    this.#underWay = Math.max(0, this.#underWay - cost);
  }

  /** The answer to a call of this cost: taken, or refused because it was too many, until so many ms have passed. */
  answered(cost: number, throttled: boolean, retryAfterMs = 0): void {
    const left = this.#now();
    this.#underWay = Math.max(0, this.#underWay - cost);
    this.#at = this.#clock.monotonic();
    this.#pace = throttled ? Math.max(PACE_MIN, this.#pace * SLOWER) : Math.min(1, this.#pace * FASTER);
    this.#left = throttled ? Math.min(0, left) - (retryAfterMs / 1_000) * this.#rule.perSecond * this.#pace : left;
  }

  /** The channel's own word. */
  see({ left, perSecond, burst }: QuotaSeen): void {
    const own = this.#now();
    this.#rule = { perSecond: perSecond ?? this.#rule.perSecond, burst: burst ?? this.#rule.burst };
    this.#left = left === undefined ? own : left - this.#underWay;
    this.#at = this.#clock.monotonic();
  }

  kept(): KeptQuota {
    const { perSecond, burst } = this.#rule;
    return { left: this.#now(), at: this.#clock.now(), perSecond, burst, pace: this.#pace };
  }

  #now(): number {
    return this.#grown(this.#clock.monotonic() - this.#at);
  }

  #grown(ms: number): number {
    const most = this.#rule.burst - this.#underWay;
    return Math.min(most, this.#left + (ms / 1_000) * this.#rule.perSecond * this.#pace);
  }
}
