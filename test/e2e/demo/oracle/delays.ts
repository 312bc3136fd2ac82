import { readJournalFile } from '#test/support/journal-file.ts';
import { STORES, type StoreCode } from '../input/rules.ts';
import type { StoreProcess } from '../live/store-process.ts';
import type { Sight } from '../live/watch.ts';

export interface DelayFigures {
  readonly facts: number;
  readonly medianMs: number;
  readonly p95Ms: number;
  readonly worstMs: number;
}

export interface Delays {
  /** Of every fact; outages count in full. */
  readonly all: DelayFigures;
  /** Of the facts that were written while nothing failed, nothing was being caught up, and nothing failed within a second. */
  readonly calm: DelayFigures;
  /** Most facts that became visible in one second. */
  readonly mostInOneSecond: number;
}

/** A time in which something failed, ms since 1970. */
export interface Outage {
  readonly from: number;
  readonly until: number;
}

/**
 * From the instant that the agent's storage wrote for a fact, before its fsync, until the first look that found the fact
 * within the hub's committed watermark. Both ends make it too long rather than too short (by a commit of the
 * journal, and by up to 20 ms between two looks and the query itself).
 */
export function measureDelays(
  stores: Readonly<Record<StoreCode, StoreProcess>>,
  sights: Readonly<Record<StoreCode, readonly Sight[]>>,
  outages: readonly Outage[],
): Delays {
  const all: number[] = [];
  const calm: number[] = [];
  const perSecond = new Map<number, number>();
  for (const code of STORES) {
    let place = 0;
    for (const { seq, writtenAt } of readJournalFile(stores[code].data)) {
      while ((sights[code][place]?.seq ?? Number.POSITIVE_INFINITY) < seq) place++;
      const seenAt = sights[code][place]?.at;
      if (seenAt === undefined) continue;
      all.push(seenAt - writtenAt);
      if (!outages.some(({ from, until }) => writtenAt >= from - 1_000 && writtenAt <= until))
        calm.push(seenAt - writtenAt);
      const second = Math.floor(seenAt / 1000);
      perSecond.set(second, (perSecond.get(second) ?? 0) + 1);
    }
  }
  return { all: figuresOf(all), calm: figuresOf(calm), mostInOneSecond: Math.max(0, ...perSecond.values()) };
}

function figuresOf(delays: number[]): DelayFigures {
  delays.sort((a, b) => a - b);
  const quantile = (part: number) => delays[Math.min(delays.length - 1, Math.floor(delays.length * part))] ?? 0;
  return { facts: delays.length, medianMs: quantile(0.5), p95Ms: quantile(0.95), worstMs: quantile(1) };
}
