import { DatabaseSync } from 'node:sqlite';
import { STORES, type StoreCode } from './rules.ts';
import type { StoreProcess } from './store-process.ts';
import type { Sight } from './watch.ts';

export interface DelayFigures {
  readonly facts: number;
  readonly medianMs: number;
  readonly p95Ms: number;
  readonly worstMs: number;
}

export interface Delays {
  /** Of every fact; outages count in full. */
  readonly all: DelayFigures;
  /** Of the facts that were written while nothing failed and nothing was being caught up. */
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
    for (const { seq, writtenAt } of journalOf(stores[code].databaseFile)) {
      while ((sights[code][place]?.seq ?? Number.POSITIVE_INFINITY) < seq) place++;
      const seenAt = sights[code][place]?.at;
      if (seenAt === undefined) continue;
      all.push(seenAt - writtenAt);
      if (!outages.some(({ from, until }) => writtenAt >= from && writtenAt <= until)) calm.push(seenAt - writtenAt);
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

/** Seq and time of writing of every journaled fact, read from the store's file beside the running agent. */
function journalOf(file: string): { seq: number; writtenAt: number }[] {
  const database = new DatabaseSync(file, { readOnly: true, timeout: 5_000 });
  try {
    const tables = database.prepare("SELECT name FROM sqlite_master WHERE type = 'table' AND name GLOB 'docs_*'").all();
    const journal = tables
      .map(({ name }) => String(name))
      .find((name) => {
        const one = database.prepare(`SELECT doc FROM "${name}" LIMIT 1`).get();
        return one !== undefined && Object.hasOwn(JSON.parse(String(one['doc'])) as object, 'digest');
      });
    if (journal === undefined) return [];
    const read = `SELECT json_extract(doc, '$.seq') AS seq, json_extract(doc, '$._meta.lwt') AS written FROM "${journal}"`;
    return database
      .prepare(read)
      .all()
      .map(({ seq, written }) => ({ seq: Number(seq), writtenAt: Number(written) }))
      .sort((a, b) => a.seq - b.seq);
  } finally {
    database.close();
  }
}
