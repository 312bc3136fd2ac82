import { z } from 'zod';
import { sleep, type Clock } from '#shared/runtime/clock.ts';
import { keptQuota, Quota, type KeptQuota, type QuotaRule } from './quota.ts';

export type KeptQuotas = Readonly<Record<string, KeptQuota>>;

const keptQuotas = z.record(z.string(), keptQuota);

/** There is nothing left of a bucket for a while: nothing was done. */
export class QuotaWait extends Error {
  readonly waitMs: number;
  constructor(waitMs: number) {
    super(`the quota is used up for ${waitMs} ms`);
    this.waitMs = waitMs;
  }
}

/** For less than that whoever wants something waits where it is; for more it leaves, and comes back. */
const WAIT_HERE_MS = 2_000;
/** Where others than it may have something to spend. */
const WAIT_BESIDE_MS = 250;

/** The buckets of a channel by their names (P2): each is spent, throttled and kept apart from the others. */
export class Quotas {
  readonly #clock: Clock;
  readonly #byName: ReadonlyMap<string, Quota>;

  /** `kept` is what the account's row has: buckets that it does not know begin full; one without a name is that of a kind with one. */
  constructor(rules: Readonly<Record<string, QuotaRule>>, clock: Clock, kept: unknown = null) {
    this.#clock = clock;
    const known = readKept(kept, Object.keys(rules));
    this.#byName = new Map(Object.entries(rules).map(([name, rule]) => [name, new Quota(rule, clock, known[name])]));
  }

  get isOne(): boolean {
    return this.#byName.size === 1;
  }

  of(name: string): Quota {
    const quota = this.#byName.get(name);
    if (quota === undefined) throw new Error(`the kind has no bucket "${name}"`);
    return quota;
  }

  /** Waits until so much is there; throws QuotaWait when that is not soon. */
  async admit(name: string, cost: number, signal?: AbortSignal): Promise<void> {
    const quota = this.of(name);
    for (;;) {
      const waitMs = quota.waitMs(cost);
      if (waitMs === 0) return;
      if (waitMs > (this.isOne ? WAIT_HERE_MS : WAIT_BESIDE_MS) || signal?.aborted) throw new QuotaWait(waitMs);
      await sleep(this.#clock, waitMs);
    }
  }

  /** Waits as `admit` and spends it, for a request whose answer nobody else reports. */
  async pay(name: string, cost: number, signal?: AbortSignal): Promise<void> {
    await this.admit(name, cost, signal);
    this.of(name).spend(cost);
    this.of(name).answered(cost, false);
  }

  kept(): KeptQuotas {
    return Object.fromEntries([...this.#byName].map(([name, quota]) => [name, quota.kept()]));
  }
}

/** Rows that were written before buckets had names have one without. */
function readKept(kept: unknown, names: readonly string[]): KeptQuotas {
  const byName = keptQuotas.safeParse(kept);
  if (byName.success) return byName.data;
  const one = keptQuota.safeParse(kept);
  const [only, ...others] = names;
  return one.success && only !== undefined && others.length === 0 ? { [only]: one.data } : {};
}
