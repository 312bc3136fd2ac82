import { DatabaseSync } from 'node:sqlite';
import { STORES, type StoreCode } from './rules.ts';
import type { StoreProcess } from './store-process.ts';
import type { Sight } from './watch.ts';

export interface Delays {
  readonly facts: number;
  readonly medianMs: number;
  readonly p95Ms: number;
  readonly worstMs: number;
  /** Most facts that became visible in one second. */
  readonly mostInOneSecond: number;
}

/**
 * From the instant that the agent's storage wrote for a fact, before its fsync, until the first look that found the fact
 * within the hub's committed watermark. Both ends make it too long rather than too short (by a commit of the
 * journal, and by up to 20 ms between two looks and the query itself). Outages count in full.
 */
export function measureDelays(
  stores: Readonly<Record<StoreCode, StoreProcess>>,
  sights: Readonly<Record<StoreCode, readonly Sight[]>>,
): Delays {
  const delays: number[] = [];
  const perSecond = new Map<number, number>();
  for (const code of STORES) {
    let place = 0;
    for (const { seq, writtenAt } of journalOf(stores[code].databaseFile)) {
      while ((sights[code][place]?.seq ?? Number.POSITIVE_INFINITY) < seq) place++;
      const seenAt = sights[code][place]?.at;
      if (seenAt === undefined) continue;
      delays.push(seenAt - writtenAt);
      const second = Math.floor(seenAt / 1000);
      perSecond.set(second, (perSecond.get(second) ?? 0) + 1);
    }
  }
  delays.sort((a, b) => a - b);
  const quantile = (part: number) => delays[Math.min(delays.length - 1, Math.floor(delays.length * part))] ?? Number.NaN;
  return {
    facts: delays.length,
    medianMs: quantile(0.5),
    p95Ms: quantile(0.95),
    worstMs: quantile(1),
    mostInOneSecond: Math.max(0, ...perSecond.values()),
  };
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
