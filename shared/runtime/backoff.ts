import type { Random } from './random.ts';

/** Exponential back-off with full jitter: a random delay in [0, min(max, base * 2^attempt)]. */
export interface BackoffRule {
  readonly baseMs: number;
  readonly maxMs: number;
}

export function backoffMs(rule: BackoffRule, attempt: number, random: Random): number {
  const ceilingMs = Math.min(rule.maxMs, rule.baseMs * 2 ** Math.min(attempt, 30));
  return Math.round(random() * ceilingMs);
}
