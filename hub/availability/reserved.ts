import { joined, literal } from '#hub/db/array-parameter.ts';
import type { Queryable } from '#hub/db/snapshot.ts';

interface Position {
  readonly location_no: number;
  readonly sku: string;
}

const GIVEN = `unnest($1::int[], string_to_array($2, E'\\n')) AS p (location_no, sku)`;

const NOW = `
  SELECT t.location_no, t.sku, t.reserved FROM ${GIVEN}
  JOIN shelf_terms t ON t.sku = p.sku COLLATE "C" AND t.location_no = p.location_no AND t.reserved > 0`;

/** What is reserved now less what has changed since: however long a position has had reservations. */
const THEN = `
  SELECT t.location_no, t.sku, (t.reserved - coalesce((
    SELECT sum(m.change) FROM reservation_moves m
    WHERE m.sku = t.sku AND m.location_no = t.location_no AND m.moved_at > to_timestamp($3::float8 / 1000)
  ), 0))::bigint AS reserved
  FROM ${GIVEN}
  JOIN shelf_terms t ON t.sku = p.sku COLLATE "C" AND t.location_no = p.location_no`;

/** What is reserved at positions: now, or at an earlier instant (ms). */
export async function readReserved(
  client: Queryable,
  positions: readonly Position[],
  at?: number,
): Promise<(position: Position) => number> {
  const places = [literal(positions.map((row) => row.location_no)), joined(positions.map((row) => row.sku))];
  const asked = at === undefined ? { text: NOW, values: places } : { text: THEN, values: [...places, at] };
  const { rows } = await client.query<Position & { reserved: number }>(asked);
  const units = new Map(rows.map((row) => [`${row.location_no} ${row.sku}`, row.reserved]));
  return ({ location_no, sku }) => units.get(`${location_no} ${sku}`) ?? 0;
}
