import { setTimeout as delay } from 'node:timers/promises';
import { Client } from 'pg';
import { runningDatabaseUrl } from '#hub/cli/running-database.ts';
import { compareFacts, compareQuarantine, type FactVerdict, type QuarantineVerdict } from './compare-facts.ts';
import * as stock from './compare-stock.ts';
import { countHubQuarantine, readHeldCounts, readHeldFacts } from './held-facts.ts';
import type { HubProcess } from '#test/support/hub-process.ts';
import { byStore, type Plan } from '../input/plan.ts';
import { STORES, type StoreCode } from '../input/rules.ts';
import { foldShelves } from './shelves.ts';
import type { StoreProcess } from '../live/store-process.ts';

export const CHANNEL = 'WEB';

/** What the comparison of one store found. */
export interface StoreVerdict {
  readonly rows: number;
  /** Input rows that are neither in a right fact nor in quarantine. */
  readonly rowsUnaccounted: number;
  readonly rowsInQuarantine: number;
  readonly facts: FactVerdict;
  readonly quarantine: QuarantineVerdict;
  readonly positions: stock.NumbersVerdict;
  readonly counts: stock.NumbersVerdict;
  /** The store's own view of its stock. */
  readonly ownView: stock.NumbersVerdict;
  readonly negative: number;
}

export interface Verdict {
  readonly stores: Readonly<Record<StoreCode, StoreVerdict>>;
  readonly availability: stock.NumbersVerdict;
  readonly hubQuarantine: number;
  /** What a channel over all stores may sell, and units that orders hold, by sku. */
  readonly sellable: ReadonlyMap<string, number>;
  readonly held: ReadonlyMap<string, number>;
}

type HeldUnits = stock.HeldUnits;

const OWN_VIEW_MS_MAX = 15_000;

/** Compares everything that can be seen at the hub and in the stores with what the input says. */
export async function verify(
  plan: Plan,
  hub: HubProcess,
  stores: Readonly<Record<StoreCode, StoreProcess>>,
): Promise<Verdict> {
  const url = await runningDatabaseUrl(hub.data);
  if (url === undefined) throw new Error('PostgreSQL does not run');
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    const shelves = byStore((store) => foldShelves(plan.facts[store]));
    const verdicts: Partial<Record<StoreCode, StoreVerdict>> = {};
    for (const store of STORES) verdicts[store] = await verifyStore(plan, hub, stores[store], client, shelves[store]);
    const positions = await hub.list<HeldUnits>('/v1/positions');
    const sellable = stock.sellableOf(shelves, positions);
    const offered = await hub.list<{ sku: string; available: number }>(`/v1/channels/${CHANNEL}/availability`);
    return {
      stores: verdicts as Record<StoreCode, StoreVerdict>,
      availability: stock.compareNumbers(sellable, new Map(offered.map(({ sku, available }) => [sku, available]))),
      hubQuarantine: await countHubQuarantine(client),
      sellable,
      held: stock.heldOf(positions),
    };
  } finally {
    await client.end();
  }
}

async function verifyStore(
  plan: Plan,
  hub: HubProcess,
  store: StoreProcess,
  client: Client,
  shelves: ReturnType<typeof foldShelves>,
): Promise<StoreVerdict> {
  const { code } = store;
  const facts = compareFacts(plan.facts[code], await readHeldFacts(client, code));
  const refusals = plan.refusals.filter((refusal) => refusal.store === code);
  const quarantine = compareQuarantine(refusals, await store.quarantine());
  const inFacts = new Set(facts.right.flatMap(({ rows }) => rows.map((row) => row.number)));
  const inQuarantine = new Set(quarantine.found.flatMap(({ rows }) => rows));
  const held = await hub.list<{ sku: string; onHand: number }>(`/v1/positions?location=${code}`);
  const onHand = stock.onHandOf(shelves);
  return {
    rows: plan.rows[code],
    rowsUnaccounted: plan.rows[code] - new Set([...inFacts, ...inQuarantine]).size,
    rowsInQuarantine: inQuarantine.size,
    facts,
    quarantine,
    positions: stock.compareNumbers(onHand, new Map(held.map((position) => [position.sku, position.onHand]))),
    counts: stock.compareNumbers(stock.varianceOf(shelves), stock.heldVariance(await readHeldCounts(client, code))),
    ownView: await compareOwnView(store, onHand),
    negative: held.filter((position) => position.onHand < 0).length,
  };
}

/** Positions come down by themselves, a moment after the facts went up: asked until they agree, for some seconds. */
async function compareOwnView(store: StoreProcess, onHand: ReadonlyMap<string, number>): Promise<stock.NumbersVerdict> {
  const giveUpAt = performance.now() + OWN_VIEW_MS_MAX;
  for (;;) {
    const items = await store.stock();
    // The list has every product; those that this store never had are none of its positions.
    const seen = items.filter(({ sku, onHand: units }) => onHand.has(sku) || units !== 0);
    const verdict = stock.compareNumbers(onHand, new Map(seen.map((item) => [item.sku, item.onHand])));
    if (verdict.wrong.length === 0 || performance.now() > giveUpAt) return verdict;
    await delay(250);
  }
}

/** Everything that is not as it must be, in words; empty is what we want to see. */
export function problemsOf(verdict: Verdict): string[] {
  const some = (what: string, list: readonly string[]) =>
    list.length === 0 ? [] : [`${list.length} ${what}: ${list.slice(0, 5).join('; ')}`];
  return [
    ...STORES.flatMap((code) => {
      const { facts, quarantine, positions, counts, ownView, rowsUnaccounted } = verdict.stores[code];
      return [
        ...some('facts lost', facts.lost),
        ...some('facts doubled', facts.doubled),
        ...some('facts with other content', facts.different),
        ...some('facts that nobody sent', facts.unexpected),
        ...some(
          'not in quarantine',
          quarantine.missing.map(({ code, why }) => `${code} (${why})`),
        ),
        ...some(
          'unexpected in quarantine',
          quarantine.unexpected.map(({ code, detail }) => `${code} ${detail}`),
        ),
        ...some('wrong positions', positions.wrong),
        ...some('wrong counts', counts.wrong),
        ...some("wrong in the store's own view", ownView.wrong),
        ...(facts.gaps === 0 ? [] : [`${facts.gaps} gaps in the seqs`]),
        ...(rowsUnaccounted === 0 ? [] : [`${rowsUnaccounted} input rows unaccounted for`]),
      ].map((text) => `${code}: ${text}`);
    }),
    ...some('wrong availabilities', verdict.availability.wrong),
    ...(verdict.hubQuarantine === 0 ? [] : [`${verdict.hubQuarantine} facts in the hub's quarantine`]),
  ];
}
