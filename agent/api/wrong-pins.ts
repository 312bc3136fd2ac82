import { isIPv6 } from 'node:net';
import type { Clock } from '#shared/runtime/clock.ts';
import { TokenBucket, type RateRule } from '#shared/runtime/token-bucket.ts';

const ADDRESSES_MAX = 1_000;
const REMEMBERED_MS = 3_600_000;
const REMEMBERED_MAX = 500;

export interface WrongPinRules {
  /** Of one address. */
  readonly each: RateRule;
  /** Of all addresses together. */
  readonly all: RateRule;
}

/** At the machine itself, from whomever: a million wrong PINs take weeks. */
export const PINS_AT_MACHINE: WrongPinRules = {
  each: { perSecond: 1 / 5, burst: 10 },
  all: { perSecond: 1 / 5, burst: 10 },
};

/** From the network, where nobody sees who tries: some 2,900 a day of all devices together. */
export const PINS_FROM_NETWORK: WrongPinRules = {
  each: { perSecond: 1 / 60, burst: 5 },
  all: { perSecond: 1 / 30, burst: 30 },
};

/** Slows wrong PINs down, by the address that they come from and altogether. What is refused here tells nothing of a PIN. */
export class WrongPins {
  readonly #rules: WrongPinRules;
  readonly #clock: Clock;
  readonly #all: TokenBucket;
  readonly #each = new Map<string, TokenBucket>();
  #seen: { readonly at: number; readonly from: string }[] = [];

  constructor(rules: WrongPinRules, clock: Clock) {
    this.#rules = rules;
    this.#clock = clock;
    this.#all = new TokenBucket(rules.all, clock);
  }

  /** Ms until a PIN of this address is looked at; 0: now. */
  waitMs(address: string): number {
    return Math.max(this.#all.waitMs(), this.#each.get(networkOf(address))?.waitMs() ?? 0);
  }

  /** One was wrong. */
  count(address: string): void {
    const from = networkOf(address);
    this.#all.take();
    this.#forget();
    const bucket = this.#each.get(from) ?? new TokenBucket(this.#rules.each, this.#clock);
    this.#each.set(from, bucket);
    bucket.take();
    this.#seen.push({ at: this.#clock.monotonic(), from });
  }

  /** Wrong PINs of the last hour, at most 500 of them, and where they came from. */
  recent(): { readonly count: number; readonly addresses: readonly string[] } {
    this.#forget();
    return { count: this.#seen.length, addresses: [...new Set(this.#seen.map(({ from }) => from))] };
  }

  #forget(): void {
    const since = this.#clock.monotonic() - REMEMBERED_MS;
    this.#seen = this.#seen.filter(({ at }) => at > since).slice(-REMEMBERED_MAX);
    if (this.#each.size < ADDRESSES_MAX) return;
    // None is forgotten early; the rule for all of them bounds how many there are.
    for (const [address, bucket] of this.#each) if (bucket.isFull) this.#each.delete(address);
  }
}

/** Who has one address of IPv6 has all of its /64; IPv4 within IPv6 is IPv4. */
export function networkOf(address: string): string {
  const plain = address.replace(/^::ffff:(?=\d+\.)/i, '');
  if (!isIPv6(plain)) return plain;
  const [head = '', tail] = plain.split('%')[0]?.split('::') ?? [];
  const left = head === '' ? [] : head.split(':');
  const right = tail === undefined || tail === '' ? [] : tail.split(':');
  const zeros = tail === undefined ? 0 : 8 - left.length - right.length;
  const groups = [...left, ...Array.from({ length: zeros }, () => '0'), ...right];
  return `${groups.slice(0, 4).join(':')}::/64`;
}
