import { z } from 'zod';
import type { Clock } from '#shared/runtime/clock.ts';
import { orderItem } from './order-answer.ts';
import type { Rest } from './rest.ts';
import { searchPairs, type Filter } from './search.ts';

/** Orders of one page; more lines than this many orders have do not come to a large answer. */
const PAGE = 200;
/** So long a sum serves the calls that are made meanwhile. An order that is newer makes it too small: which is safe. */
const FRESH_MS = 2_000;
/** Of all others nothing is reserved any more. */
const OPEN_STATES = 'new,pending_payment,payment_review,processing,holded';

const item = orderItem.pick({
  item_id: true,
  parent_item_id: true,
  sku: true,
  product_type: true,
  qty_ordered: true,
  qty_invoiced: true,
  qty_shipped: true,
  qty_canceled: true,
  qty_refunded: true,
});
const page = z.object({
  items: z.array(z.object({ entity_id: z.int(), items: z.array(item).default([]) })).nullable(),
});
const FIELDS =
  'items[entity_id,items[item_id,parent_item_id,sku,product_type,qty_ordered,qty_invoiced,qty_shipped,qty_canceled,qty_refunded]]';
type Item = z.output<typeof item>;

/** Kinds of products that have no quantity of their own: their parts do. */
const WITHOUT_STOCK = new Set(['configurable', 'bundle', 'grouped']);

/** Units that the shop has promised in orders and not shipped: what it takes off a source's quantity to know what it can sell. */
export interface Reserved {
  units(): Promise<ReadonlyMap<string, number>>;
  /** An order was changed there. */
  forget(): void;
}

export function createReserved(rest: Rest, storeIds: readonly number[], clock: Clock): Reserved {
  let known: { readonly at: number; readonly units: Promise<ReadonlyMap<string, number>> } | undefined;
  return {
    units() {
      if (known !== undefined && clock.monotonic() - known.at < FRESH_MS) return known.units;
      const units = readReserved(rest, storeIds);
      const mine = { at: clock.monotonic(), units };
      known = mine;
      units.catch(() => {
        if (known === mine) known = undefined;
      });
      return units;
    },
    forget() {
      known = undefined;
    },
  };
}

/** By the number of the order, so that those which come and go meanwhile move none to another page. */
async function readReserved(rest: Rest, storeIds: readonly number[]): Promise<ReadonlyMap<string, number>> {
  const units = new Map<string, number>();
  for (let after = 0; ;) {
    const groups: Filter[][] = [
      [{ field: 'state', is: 'in', value: OPEN_STATES }],
      [{ field: 'entity_id', is: 'gt', value: after }],
      ...(storeIds.length === 0 ? [] : [[{ field: 'store_id', is: 'in' as const, value: storeIds.join(',') }]]),
    ];
    const search = searchPairs({ groups, sort: ['entity_id'], pageSize: PAGE, fields: FIELDS });
    await rest.pay();
    const orders = (await rest.get('orders', search, page)).items ?? [];
    for (const { items } of orders) addReserved(units, items);
    const last = orders.at(-1);
    if (last === undefined || orders.length < PAGE) return units;
    after = last.entity_id;
  }
}

/**
 * What one order's lines have reserved. A line of a configurable product or a bundle is shipped by its parent's line, so
 * what became of that counts too: rather too little is taken to be reserved than too much, since it is added to what is sent.
 */
export function addReserved(units: Map<string, number>, items: readonly Item[]): void {
  const byId = new Map(items.map((one) => [one.item_id, one]));
  for (const one of items) {
    if (WITHOUT_STOCK.has(one.product_type)) continue;
    const parent = one.parent_item_id === undefined ? undefined : byId.get(one.parent_item_id);
    const left = Math.min(openOf(one), parent === undefined ? Infinity : shareOf(parent) * one.qty_ordered);
    if (left > 0) units.set(one.sku, (units.get(one.sku) ?? 0) + left);
  }
}

/** A product that is not shipped leaves the source when it is paid for. */
function openOf({ qty_ordered, qty_shipped, qty_invoiced, qty_canceled, qty_refunded, product_type }: Item): number {
  const isShipped = product_type !== 'virtual' && product_type !== 'downloadable';
  // What was given back without having left was given free; what had left was not reserved any more.
  const gone = isShipped ? qty_shipped + qty_canceled + unshippedRefunds() : qty_invoiced + qty_canceled;
  return Math.max(0, qty_ordered - gone);

  function unshippedRefunds(): number {
    return Math.min(qty_refunded, Math.max(0, qty_ordered - qty_shipped - qty_canceled));
  }
}

const shareOf = (item: Item): number => (item.qty_ordered > 0 ? openOf(item) / item.qty_ordered : 0);
