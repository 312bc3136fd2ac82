import { hash } from 'node:crypto';
import { isIPv6 } from 'node:net';
import { ShelfwireError } from '#shared/protocol/errors.ts';
import type { Clock } from '#shared/runtime/clock.ts';
import type { RateRule, TokenBucket } from '#shared/runtime/token-bucket.ts';
import { Buckets } from './buckets.ts';

const ADDRESSES_MAX = 10_000;
const TRUSTED_MAX = 1_000;

/**
 * Bounds attempts by network address. Keys and tokens cannot be guessed (256 bits); this bounds the work and the
 * noise that somebody who tries can cause.
 */
export class Attempts {
  readonly #buckets: Buckets;
  /** Hashes of the credentials that were good when they were last used. */
  readonly #trusted = new Set<string>();
  readonly #rule: RateRule;

  constructor(rule: RateRule, clock: Clock) {
    this.#rule = rule;
    this.#buckets = new Buckets(ADDRESSES_MAX, clock);
  }

  /** Takes one attempt; throws RATE_LIMITED when none is left. `at` keeps apart what of an address must not hold up the rest. */
  take(address: string | undefined, at = ''): void {
    refuseWhile(this.#bucket(address, at).take());
  }

  /** Throws RATE_LIMITED, with `retryAfterMs` in its context, when no attempt is left. */
  check(address: string | undefined, at = ''): void {
    refuseWhile(this.#bucket(address, at).waitMs());
  }

  /** Whether this credential was good when it was last used: it need not wait for others of its address. */
  isTrusted(secret: string | undefined): boolean {
    return secret !== undefined && this.#trusted.has(hash('sha256', secret));
  }

  trust(secret: string | undefined): void {
    if (secret === undefined) return;
    if (this.#trusted.size >= TRUSTED_MAX) this.#trusted.clear();
    this.#trusted.add(hash('sha256', secret));
  }

  distrust(secret: string | undefined): void {
    if (secret !== undefined) this.#trusted.delete(hash('sha256', secret));
  }

  #bucket(address: string | undefined, at: string): TokenBucket {
    return this.#buckets.of(networkOf(address ?? 'unknown') + at, this.#rule);
  }
}

function refuseWhile(retryAfterMs: number): void {
  if (retryAfterMs === 0) return;
  throw new ShelfwireError('RATE_LIMITED', 'Too many attempts from this address.', { context: { retryAfterMs } });
}

/** One household has a whole /64 of IPv6: the first four of its eight groups are the client. */
function networkOf(address: string): string {
  const plain = address.replace(/^::ffff:/i, '');
  if (!isIPv6(plain)) return plain;
  const [head = '', tail] = plain.split('::');
  const groups = head === '' ? [] : head.split(':');
  const after = tail === undefined || tail === '' ? [] : tail.split(':');
  const zeros = tail === undefined ? 0 : 8 - groups.length - after.length;
  return [...groups, ...Array<string>(Math.max(0, zeros)).fill('0'), ...after].slice(0, 4).join(':');
}
