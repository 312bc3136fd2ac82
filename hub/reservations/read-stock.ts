import type { Queryable } from '#hub/db/snapshot.ts';
import { joined } from '#hub/db/array-parameter.ts';
import type { ExclusiveShare, Share } from '#shared/stock/ats.ts';
import type { Shelf, Stock } from './decide.ts';

interface Row {
  readonly sku: string;
  readonly holdback: (number | null)[] | null;
  readonly cap: (number | null)[] | null;
  readonly min_publish: (number | null)[] | null;
  readonly inbound: (number | null)[] | null;
  readonly location_no: number;
  readonly code: string;
  readonly on_hand: number;
  readonly reserved: number;
  readonly withheld: (number | null)[];
  readonly allocated: boolean;
  readonly exclusive_slot: number[] | null;
  readonly exclusive_units: (number | null)[] | null;
  readonly exclusive_percent: (number | null)[] | null;
  readonly shared_units: (number | null)[] | null;
  readonly shared_percent: (number | null)[] | null;
}

const STOCK = `
  SELECT a.sku, a.holdback, a.cap, a.min_publish, a.inbound, t.location_no, l.code, p.on_hand, t.reserved, t.withheld,
    t.allocated, t.exclusive_slot, t.exclusive_units, t.exclusive_percent, t.shared_units, t.shared_percent
  FROM availability a
  JOIN shelf_terms t ON t.sku = a.sku
  JOIN positions p ON p.location_no = t.location_no AND p.sku = t.sku
  JOIN locations l ON l.location_no = t.location_no
  WHERE a.sku = ANY (string_to_array($1, E'\\n') COLLATE "C")
  ORDER BY a.sku, t.location_no`;

/** Skus under their locks, and the codes of the locations that carry them. */
export interface LockedStock {
  readonly stocks: readonly Stock[];
  readonly codes: ReadonlyMap<number, string>;
}

/** Reads skus. Whoever holds their locks is told what the last holder has committed. */
export async function readStock(client: Queryable, skus: readonly string[]): Promise<LockedStock> {
  const { rows } = await client.query<Row>({ name: 'read-stock', text: STOCK, values: [joined(skus)] });
  const stocks = [...Map.groupBy(rows, ({ sku }) => sku).values()].flatMap((own): Stock[] => {
    const [first] = own;
    if (first === undefined) return [];
    const { sku, holdback, cap, min_publish: minPublish, inbound } = first;
    const shelves = own.map(toShelf);
    return [
      { sku, shelves, holdback: holdback ?? [], cap: cap ?? [], minPublish: minPublish ?? [], inbound: inbound ?? [] },
    ];
  });
  return { stocks, codes: new Map(rows.map(({ location_no, code }) => [location_no, code])) };
}

function toShelf(row: Row): Shelf {
  const { location_no: location, on_hand: onHand, reserved, withheld } = row;
  const shelf = { location, onHand, reserved, withheld };
  return row.allocated
    ? { ...shelf, exclusives: exclusivesOf(row), shared: sharedOf(row) }
    : { ...shelf, exclusives: [], shared: [] };
}

function exclusivesOf({ exclusive_slot, exclusive_units, exclusive_percent }: Row): ExclusiveShare[] {
  return (exclusive_slot ?? []).map((slot, place) => {
    const units = exclusive_units?.[place] ?? null;
    const share: Share = units === null ? { percent: exclusive_percent?.[place] ?? 0 } : { units };
    return { channel: String(slot), share };
  });
}

function sharedOf({ withheld, shared_units, shared_percent }: Row): (Share | undefined)[] {
  const slots = Math.max(withheld.length, shared_units?.length ?? 0, shared_percent?.length ?? 0);
  return Array.from({ length: slots }, (_, place) => {
    const units = shared_units?.[place] ?? null;
    const percent = shared_percent?.[place] ?? null;
    if (units !== null) return { units };
    return percent === null ? undefined : { percent };
  });
}
