import { backoffMs, type BackoffRule } from '#shared/runtime/backoff.ts';
import type { Random } from '#shared/runtime/random.ts';

export interface RetryRule extends BackoffRule {
  /** Tries in all; after the last the message is a dead letter. */
  readonly attempts: number;
}

/** With full jitter about four hours, at most nine. */
export const RETRIES: RetryRule = { baseMs: 5_000, maxMs: 10_800_000, attempts: 14 };

/** What a receiver may ask for at most. */
const RETRY_AFTER_MS_MAX = 86_400_000;

/**
 * How long to wait after so many failed attempts: what the receiver asked for, or more by jitter (O2). Undefined: that was
 * the last one.
 */
export function nextDelayMs(
  rule: RetryRule,
  failed: number,
  askedMs: number | undefined,
  random: Random,
): number | undefined {
  if (failed >= rule.attempts) return undefined;
  return (askedMs ?? 0) + backoffMs(rule, failed - 1, random);
}

/** What Retry-After asks for, seconds or a date. */
export function retryAfterMs(header: string | undefined, now: number): number | undefined {
  if (header === undefined) return undefined;
  const ms = /^\d{1,9}$/.test(header) ? Number(header) * 1_000 : Date.parse(header) - now;
  return Number.isNaN(ms) ? undefined : Math.min(Math.max(0, ms), RETRY_AFTER_MS_MAX);
}
