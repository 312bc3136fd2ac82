import type { Pool, PoolClient } from 'pg';
import { changePools, type HoldChange } from '#hub/availability/engine/change-pools.ts';
import { lockSkus } from '#hub/availability/engine/sku-locks.ts';
import type { SqlShape } from '#hub/availability/engine/slot-sql.ts';
import { joined, literal } from '#hub/db/array-parameter.ts';
import { transaction, withRetries } from '#hub/db/transaction.ts';
import { Shelves } from './decide.ts';
import { moveShort, type MovePlan, type ShortPosition } from './move-short.ts';
import { readStock } from './read-stock.ts';
import type { Sourcing } from './sourcing.ts';

/** Skus of one transaction: while it holds them, merges of them wait. */
const SKUS_A_TURN = 50;

/** Those that were never looked at first; the others again, since units may have come. */
const OPEN = `
  SELECT DISTINCT sku FROM (
    SELECT sku FROM reservation_shortfalls
    WHERE resolved_at IS NULL AND (looked_at IS NULL OR looked_at < clock_timestamp() - make_interval(secs => $1))
    ORDER BY looked_at NULLS FIRST, shortfall_no LIMIT $2) AS first
  ORDER BY sku`;

/** $1 skus. Positions with an open shortfall, as they are under the lock. */
const POSITIONS = `
  SELECT s.sku, s.location_no AS location, greatest(0, t.reserved - greatest(0, p.on_hand))::bigint AS units
  FROM reservation_shortfalls s
  JOIN shelf_terms t ON t.sku = s.sku AND t.location_no = s.location_no
  JOIN positions p ON p.location_no = s.location_no AND p.sku = s.sku
  WHERE s.resolved_at IS NULL AND s.sku = ANY (string_to_array($1, E'\\n') COLLATE "C")
  ORDER BY s.sku, s.location_no`;

/** $1-$3 positions and how many units each lacks. The youngest that is not confirmed gives way first, then the youngest. */
const HOLDS = `
  SELECT sku, location_no AS location, reservation_no AS reservation, line, slot, held
  FROM (
    SELECT h.sku, h.location_no, h.reservation_no, h.line, r.channel_no AS slot, h.held, m.units,
      r.state = 'pending' AS pending,
      sum(h.held) OVER (PARTITION BY h.sku, h.location_no
        ORDER BY (r.state = 'pending') DESC, h.reservation_no DESC, h.line DESC) - h.held AS before
    FROM unnest(string_to_array($1, E'\\n'), $2::int[], $3::bigint[]) AS m (sku, location_no, units)
    JOIN reservation_holds h ON h.sku = m.sku COLLATE "C" AND h.location_no = m.location_no AND h.held > 0
    JOIN reservations r USING (reservation_no)
  ) AS h
  WHERE before < units
  ORDER BY sku, location_no, pending DESC, reservation_no DESC, line DESC`;

/**
 * Looks again at every open shortfall: moves what is reserved where too few units are to other locations of its channel,
 * and marks as short what finds none. Whose units are there again by then is mended. Gives how many skus it looked at.
 *
 * @param againAfterSeconds those that were looked at before are left alone so long
 */
export async function mendShortfalls(pool: Pool, source: Sourcing, againAfterSeconds = 15): Promise<number> {
  let total = 0;
  for (;;) {
    const open = await pool.query<{ sku: string }>(OPEN, [againAfterSeconds, SKUS_A_TURN]);
    const skus = open.rows.map(({ sku }) => sku);
    if (skus.length === 0) return total;
    await withRetries(() =>
      transaction(pool, async (client) => {
        await client.query(`SELECT set_config('enable_seqscan', 'off', true)`);
        await mendSkus(client, skus, source, { shape: await lockSkus(client, skus), inMerge: false });
      }),
    );
    total += skus.length;
    if (againAfterSeconds === 0) return total;
  }
}

/**
 * The same of skus whose locks are held. What a reservation holds in all stays as it is, so its own row need not be locked.
 */
export async function mendSkus(
  client: PoolClient,
  skus: readonly string[],
  source: Sourcing,
  { shape, inMerge }: { shape: SqlShape; inMerge: boolean },
): Promise<void> {
  const positions = await readPositions(client, skus);
  const shelves = new Shelves((await readStock(client, skus)).stocks);
  const plans = positions.map((position) => ({ ...position, ...moveShort(shelves, position, source) }));
  const holds = await save(client, plans);
  await changePools(client, [], holds, { shape, inMerge });
}

interface PositionRow {
  readonly sku: string;
  readonly location: number;
  readonly units: number;
}
type HoldRow = ShortPosition['holds'][number] & Omit<PositionRow, 'units'>;

async function readPositions(client: PoolClient, skus: readonly string[]): Promise<ShortPosition[]> {
  const { rows } = await client.query<PositionRow>(POSITIONS, [joined(skus)]);
  const values = [
    joined(rows.map(({ sku }) => sku)),
    literal(rows.map(({ location }) => location)),
    literal(rows.map(({ units }) => units)),
  ];
  const holds = Map.groupBy(
    (await client.query<HoldRow>(HOLDS, values)).rows,
    ({ sku, location }) => `${location} ${sku}`,
  );
  return rows.map((row) => ({ ...row, holds: holds.get(`${row.location} ${row.sku}`) ?? [] }));
}

/** $1-$6: number, line, from, to, sku, units. */
const MOVE = `
  WITH m AS MATERIALIZED (
    SELECT * FROM unnest($1::bigint[], $2::smallint[], $3::int[], $4::int[], string_to_array($5, E'\\n'), $6::int[])
      AS m (no, line, from_no, to_no, sku, units)
  ), away AS (
    UPDATE reservation_holds h SET units = h.units - gone.units, held = h.held - gone.units
    FROM (SELECT no, line, from_no, sum(units)::int AS units FROM m GROUP BY no, line, from_no) AS gone
    WHERE h.reservation_no = gone.no AND h.line = gone.line AND h.location_no = gone.from_no
  )
  INSERT INTO reservation_holds AS h (reservation_no, line, location_no, sku, units, held)
  SELECT no, line, to_no, sku, sum(units), sum(units) FROM m GROUP BY no, line, to_no, sku
  ON CONFLICT (reservation_no, line, location_no) DO UPDATE SET
    units = h.units + excluded.units, held = h.held + excluded.held`;

/** $1-$2 positions; $3-$6 what is short there: number, line, location, units. */
const MARK = `
  UPDATE reservation_holds h SET short = coalesce(n.units, 0)
  FROM unnest(string_to_array($1, E'\\n'), $2::int[]) AS m (sku, location_no)
  JOIN reservation_holds own ON own.sku = m.sku COLLATE "C" AND own.location_no = m.location_no AND own.held > 0
  LEFT JOIN unnest($3::bigint[], $4::smallint[], $5::int[], $6::int[]) AS n (no, line, location_no, units)
    ON n.no = own.reservation_no AND n.line = own.line AND n.location_no = own.location_no
  WHERE (h.reservation_no, h.line, h.location_no) = (own.reservation_no, own.line, own.location_no)
    AND h.short <> coalesce(n.units, 0)`;

/** $1-$4: sku, location_no, units moved, units short. */
const CLOSE = `
  UPDATE reservation_shortfalls s SET looked_at = clock_timestamp(), moved = s.moved + n.moved, short = n.short,
    resolved_at = CASE WHEN n.short = 0 THEN clock_timestamp() END
  FROM unnest(string_to_array($1, E'\\n'), $2::int[], $3::bigint[], $4::bigint[]) AS n (sku, location_no, moved, short)
  WHERE s.sku = n.sku COLLATE "C" AND s.location_no = n.location_no AND s.resolved_at IS NULL`;

async function save(client: PoolClient, plans: readonly (ShortPosition & MovePlan)[]): Promise<HoldChange[]> {
  const moved = plans.flatMap(({ sku, location: from, moved }) => moved.map((part) => ({ ...part, sku, from })));
  if (moved.length > 0) {
    await client.query(MOVE, [
      literal(moved.map(({ reservation }) => reservation)),
      literal(moved.map(({ line }) => line)),
      literal(moved.map(({ from }) => from)),
      literal(moved.map(({ to }) => to)),
      joined(moved.map(({ sku }) => sku)),
      literal(moved.map(({ units }) => units)),
    ]);
  }
  const short = plans.flatMap(({ location, short }) => short.map((part) => ({ ...part, location })));
  const places = [joined(plans.map(({ sku }) => sku)), literal(plans.map(({ location }) => location))];
  await client.query(MARK, [
    ...places,
    literal(short.map(({ reservation }) => reservation)),
    literal(short.map(({ line }) => line)),
    literal(short.map(({ location }) => location)),
    literal(short.map(({ units }) => units)),
  ]);
  const sum = (list: readonly { readonly units: number }[]): number =>
    list.reduce((total, { units }) => total + units, 0);
  await client.query(CLOSE, [
    ...places,
    literal(plans.map(({ moved }) => sum(moved))),
    literal(plans.map(({ short }) => sum(short))),
  ]);
  return moved.flatMap(({ reservation, sku, from, to, units }): HoldChange[] => [
    { location: from, sku, change: -units, reservation, why: 'movedAway' },
    { location: to, sku, change: units, reservation, why: 'movedHere' },
  ]);
}
