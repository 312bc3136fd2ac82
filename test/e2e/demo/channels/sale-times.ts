import type { Client } from 'pg';
import { readJournalFile } from '#test/support/journal-file.ts';
import { STORES, type StoreCode } from '../input/rules.ts';
import type { StoreProcess } from '../live/store-process.ts';
import type { Outage } from '../oracle/delays.ts';
import type { Confirmed } from './channel-watch.ts';

export interface SaleTimes {
  readonly sales: number;
  readonly medianMs: number;
  readonly p95Ms: number;
  /** Of those that were written while nothing failed, and not in the second before. */
  readonly calm: { readonly sales: number; readonly medianMs: number; readonly p95Ms: number };
}

const SALES = `
  SELECT l.code, f.key, (extract(epoch FROM f.received_at) * 1000)::float8 AS "receivedAt",
    ARRAY(SELECT DISTINCT x.line ->> 'sku' FROM json_array_elements(f.body::json -> 'lines') AS x (line)) AS skus
  FROM facts f JOIN locations l USING (location_no) WHERE f.kind = 'sale'`;

interface Sale {
  readonly code: StoreCode;
  readonly key: string;
  readonly receivedAt: number;
  readonly skus: readonly string[];
}

/**
 * From the instant that a till's sale was written to the store's journal until the channel had confirmed the first number
 * that was worked out after the hub had the sale, for each listed sku of it. A sale that changed no number counts until the
 * next one that did, so it is too long rather than too short; what nothing followed is left out.
 */
export async function saleTimes(
  client: Client,
  stores: Readonly<Record<StoreCode, StoreProcess>>,
  confirmed: readonly Confirmed[],
  outages: readonly Outage[],
): Promise<ReadonlyMap<number, SaleTimes>> {
  const writtenAt = new Map(
    STORES.flatMap((code) =>
      readJournalFile(stores[code].data).map((entry): [string, number] => [`${code} ${entry.key}`, entry.writtenAt]),
    ),
  );
  const bySku = new Map<string, { receivedAt: number; writtenAt: number }[]>();
  for (const { code, key, receivedAt, skus } of (await client.query<Sale>(SALES)).rows) {
    const at = writtenAt.get(`${code} ${key}`);
    if (at === undefined) continue;
    for (const sku of skus) bySku.set(sku, [...(bySku.get(sku) ?? []), { receivedAt, writtenAt: at }]);
  }
  const ofAccount = Map.groupBy(confirmed, ({ account }) => account);
  return new Map([...ofAccount].map(([account, list]) => [account, timesOf(bySku, list, outages)]));
}

function timesOf(
  bySku: ReadonlyMap<string, readonly { receivedAt: number; writtenAt: number }[]>,
  confirmed: readonly Confirmed[],
  outages: readonly Outage[],
): SaleTimes {
  const all: number[] = [];
  const calm: number[] = [];
  for (const [sku, list] of Map.groupBy(confirmed, (one) => one.sku)) {
    for (const { receivedAt, writtenAt } of bySku.get(sku) ?? []) {
      const next = list.find(({ of }) => of >= receivedAt);
      if (next === undefined) continue;
      all.push(next.at - writtenAt);
      if (!outages.some(({ from, until }) => writtenAt >= from - 1_000 && writtenAt <= until)) {
        calm.push(next.at - writtenAt);
      }
    }
  }
  return { ...figures(all), calm: figures(calm) };
}

function figures(values: number[]): { sales: number; medianMs: number; p95Ms: number } {
  values.sort((a, b) => a - b);
  const quantile = (part: number) => values[Math.min(values.length - 1, Math.floor(values.length * part))] ?? 0;
  return { sales: values.length, medianMs: quantile(0.5), p95Ms: quantile(0.95) };
}
