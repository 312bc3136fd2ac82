import type { Random } from '#shared/runtime/random.ts';

/** What goes wrong between a channel and us, each with its chance. */
export interface FaultChances {
  /** It is refused before anything is done. */
  readonly refuse: number;
  /** It is done, and the answer is lost. */
  readonly loseAnswer: number;
  /** Something that is no JSON is answered, and nothing is done. */
  readonly html: number;
  /** Too many requests, without a header. */
  readonly throttle: number;
  /** Answered late, ms at most. */
  readonly delayMs: number;
}

export const NO_FAULTS: FaultChances = { refuse: 0, loseAnswer: 0, html: 0, throttle: 0, delayMs: 0 };

export type Fault = 'refuse' | 'loseAnswer' | 'html' | 'throttle' | undefined;

/** The next fault by a seed: the same seed, the same faults. */
export function nextFault(chances: FaultChances, random: Random): { fault: Fault; delayMs: number } {
  const delayMs = random() * chances.delayMs;
  let left = random();
  for (const fault of ['refuse', 'loseAnswer', 'html', 'throttle'] as const) {
    if (left < chances[fault]) return { fault, delayMs };
    left -= chances[fault];
  }
  return { fault: undefined, delayMs };
}
