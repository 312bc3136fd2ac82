import type { Client } from 'pg';
import { readJournalFile } from '#test/support/journal-file.ts';
import type { Plan } from '../input/plan.ts';
import { STORES, type StoreCode } from '../input/rules.ts';
import type { StoreProcess } from '../live/store-process.ts';
import type { Outside, Shop } from './outside.ts';

export interface ShopVerdict {
  readonly title: string;
  readonly equal: number;
  readonly differing: readonly string[];
  readonly orders: number;
  /** Orders that the hub has, each once. */
  readonly taken: number;
  /** Orders of which the channel knows everything that it is to be told. */
  readonly told: number;
  readonly refused: readonly string[];
}

export interface ErpVerdict {
  readonly documents: number;
  readonly ofOrders: number;
  readonly missing: readonly string[];
  readonly unexpected: readonly string[];
  readonly outOfOrder: readonly string[];
  /** Under one key with another content. */
  readonly changed: readonly string[];
  readonly dead: number;
}

export interface OutsideVerdict {
  readonly shops: readonly ShopVerdict[];
  readonly erp: ErpVerdict;
  /** Units of orders that are held nowhere, or held for nobody. */
  readonly holds: readonly string[];
}

interface OrderRow {
  readonly channel: string;
  readonly id: string;
  readonly state: string;
  readonly effects: number;
}

const ORDERS = `
  SELECT o.channel, o.channel_order_id AS id, o.state::text AS state,
    (SELECT count(*)::int FROM order_effects e WHERE e.order_no = o.order_no AND e.done_at IS NULL
      AND e.kind IN ('tell', 'refund')) AS effects
  FROM orders o`;
const DEAD = `SELECT count(*)::int AS dead FROM erp_documents WHERE state NOT IN ('posted', 'waiting')`;

/** Holds what channels and ERP have against what the input says, and against what customers ordered. */
export async function judgeOutside(
  plan: Plan,
  outside: Outside,
  stores: Readonly<Record<StoreCode, StoreProcess>>,
  client: Client,
  expected: { readonly sellable: ReadonlyMap<string, number>; readonly held: ReadonlyMap<string, number> },
): Promise<OutsideVerdict> {
  const orders = (await client.query<OrderRow>(ORDERS)).rows;
  const { rows } = await client.query<{ dead: number }>(DEAD);
  return {
    shops: outside.shops.map((shop) => judgeShop(shop, outside.skus, orders, expected.sellable)),
    erp: { ...judgeErp(plan, outside, stores), dead: rows[0]?.dead ?? 0 },
    holds: judgeHolds(outside, orders, expected.held),
  };
}

function judgeShop(
  { code, title, channel, orders: placed }: Shop,
  skus: readonly string[],
  orders: readonly OrderRow[],
  sellable: ReadonlyMap<string, number>,
): ShopVerdict {
  const differing = skus.flatMap((sku) => {
    const [says, must] = [channel.says(sku), sellable.get(sku) ?? 0];
    return says === must ? [] : [`${sku} says ${says}, must be ${must}`];
  });
  const own = new Map(orders.filter((order) => order.channel === code).map((order) => [order.id, order]));
  const known = placed.filter(({ id }) => own.has(id));
  const told = known.filter(({ id }) => {
    const order = own.get(id);
    return order?.effects === 0 && (order.state === 'cancelled') === channel.toldOf(id).cancelled;
  });
  return {
    title,
    equal: skus.length - differing.length,
    differing,
    orders: placed.length,
    taken: own.size === placed.length ? known.length : -own.size,
    told: told.length,
    refused: channel.violations,
  };
}

/** Documents of facts must be there once, by store in the order of its journal. */
function judgeErp(
  plan: Plan,
  { erp }: Outside,
  stores: Readonly<Record<StoreCode, StoreProcess>>,
): Omit<ErpVerdict, 'dead'> {
  const had = erp.documents;
  const missing: string[] = [];
  const unexpected: string[] = [];
  const outOfOrder: string[] = [];
  for (const store of STORES) {
    const seq = new Map(readJournalFile(stores[store].data).map((entry) => [`${store}/${entry.key}`, entry.seq]));
    const facts = plan.facts[store].filter(({ kind }) => kind !== 'count').map(({ key }) => `${store}/${key}`);
    // What counts found has keys of its own: how much that is shows in the stock.
    const mine = had.filter((key) => key.startsWith(`${store}/`) && !key.startsWith(`${store}/variance/`));
    const [expected, got] = [new Set(facts), new Set(mine)];
    missing.push(...facts.filter((key) => !got.has(key)));
    unexpected.push(...mine.filter((key) => !expected.has(key)));
    outOfOrder.push(...mine.filter((key, place) => (seq.get(key) ?? 0) < (seq.get(mine[place - 1] ?? '') ?? 0)));
  }
  const ofOrders = had.filter((key) => key.startsWith('order/')).length;
  return { documents: had.length, ofOrders, missing, unexpected, outOfOrder, changed: erp.problems };
}

/** Each order that stands holds its units in some store, and nothing else is held. */
function judgeHolds({ shops }: Outside, orders: readonly OrderRow[], held: ReadonlyMap<string, number>): string[] {
  const standing = new Set(
    orders.filter(({ state }) => state !== 'cancelled').map(({ channel, id }) => `${channel} ${id}`),
  );
  const wanted = new Map<string, number>();
  for (const { code, orders: placed } of shops) {
    for (const { id, sku, units } of placed) {
      if (standing.has(`${code} ${id}`)) wanted.set(sku, (wanted.get(sku) ?? 0) + units);
    }
  }
  return [...new Set([...wanted.keys(), ...held.keys()])].flatMap((sku) => {
    const [is, must] = [held.get(sku) ?? 0, wanted.get(sku) ?? 0];
    return is === must ? [] : [`${is} units of ${sku} are held, ordered are ${must}`];
  });
}

/** Everything that is not as it must be, in words. */
export function outsideProblems({ shops, erp, holds }: OutsideVerdict): string[] {
  const some = (what: string, list: readonly string[]) =>
    list.length === 0 ? [] : [`${list.length} ${what}: ${list.slice(0, 5).join('; ')}`];
  return [
    ...shops.flatMap((shop) => [
      ...some(`${shop.title}: listings that say another number`, shop.differing),
      ...some(`${shop.title}: calls against its rules`, shop.refused),
      ...(shop.taken === shop.orders
        ? []
        : [`${shop.title}: ${shop.orders} orders, of which the hub has ${shop.taken}`]),
      ...(shop.told === shop.orders ? [] : [`${shop.title}: ${shop.orders} orders, told of ${shop.told}`]),
    ]),
    ...some('orders with other holds', holds),
    ...some('documents that the ERP has not', erp.missing),
    ...some('documents that nobody sent', erp.unexpected),
    ...some('documents out of order', erp.outOfOrder),
    ...some('documents that came with another content', erp.changed),
    ...(erp.dead === 0 ? [] : [`${erp.dead} documents were set aside`]),
  ];
}
