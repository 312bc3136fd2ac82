import type { PoolClient } from 'pg';
import type { Held, HeldLine } from '../holds.ts';
import { together, type UnitsAt } from '../states/line-units.ts';

/** A reservation's line that holds units of an order's line. */
interface HoldRow {
  readonly reservation: number;
  readonly reservation_line: number;
  readonly line: string;
  readonly location: string;
  readonly left: number;
}

const INSERT = `
  INSERT INTO order_holds (reservation_no, reservation_line, order_no, line, location, units)
  SELECT $1, reservation_line, $2, line, location, units
    FROM unnest($3::smallint[], $4::text[], $5::text[], $6::int[]) AS h (reservation_line, line, location, units)
  ON CONFLICT (reservation_no, reservation_line, location) DO UPDATE SET units = order_holds.units + excluded.units`;
const INSERT_PARCELS = `
  INSERT INTO order_parcels (location, asked_at, order_no) SELECT location, $2, $3 FROM unnest($1::text[]) AS location
  ON CONFLICT DO NOTHING`;

/** Keeps what is held for an order, by its own lines: `lines` says which line of the reservation is for which of it. */
export async function keepHolds(
  client: PoolClient,
  number: number,
  { reservation, lines: held }: Held,
  lines: readonly (readonly [number, string])[],
  now: Date,
): Promise<UnitsAt[]> {
  const ownLines = new Map(lines);
  const parts = held.flatMap(({ line, location, units }) => {
    const own = ownLines.get(line);
    return own === undefined || units === 0 ? [] : [{ reservationLine: line, line: own, location, units }];
  });
  if (parts.length === 0) return [];
  await client.query(INSERT, [
    reservation,
    number,
    parts.map(({ reservationLine }) => reservationLine),
    parts.map(({ line }) => line),
    parts.map(({ location }) => location),
    parts.map(({ units }) => units),
  ]);
  await client.query(INSERT_PARCELS, [[...new Set(parts.map(({ location }) => location))], now, number]);
  return parts.map(({ line, location, units }) => ({ line, location, units }));
}

const LEFT = `
  SELECT reservation_no AS reservation, reservation_line, line, location, units - released - handed AS left
    FROM order_holds WHERE order_no = $1 AND released + handed < units ORDER BY reservation_no, reservation_line, location`;
const COUNT = `
  UPDATE order_holds h SET released = released + CASE WHEN $5 THEN 0 ELSE g.units END,
         handed = handed + CASE WHEN $5 THEN g.units ELSE 0 END
    FROM unnest($1::bigint[], $2::smallint[], $3::text[], $4::int[]) AS g (reservation_no, reservation_line, location, units)
   WHERE (h.reservation_no, h.reservation_line, h.location) = (g.reservation_no, g.reservation_line, g.location)`;

/** What of which reservation. */
export interface HoldPart extends HeldLine {
  readonly reservation: number;
}

/**
 * Which holds end when units of lines do, and counts them as ended: whoever then ends the reservations may be killed
 * before, and will find what he was about to do.
 */
export async function endHolds(
  client: PoolClient,
  number: number,
  parts: readonly UnitsAt[],
  how: 'released' | 'handed',
): Promise<HoldPart[]> {
  const { rows } = await client.query<HoldRow>(LEFT, [number]);
  const left = rows.map((row) => ({ ...row }));
  const ended: HoldPart[] = [];
  for (const { line, location, units } of together(parts)) {
    let rest = units;
    for (const hold of left) {
      if (hold.line !== line || hold.location !== location) continue;
      const taken = Math.min(rest, hold.left);
      if (taken === 0) continue;
      hold.left -= taken;
      rest -= taken;
      ended.push({ reservation: hold.reservation, line: hold.reservation_line, location, units: taken });
    }
  }
  await countEnded(client, ended, how);
  return ended;
}

/** Each hold at most once. */
export async function countEnded(
  client: PoolClient,
  ended: readonly HoldPart[],
  how: 'released' | 'handed',
): Promise<void> {
  if (ended.length === 0) return;
  await client.query(COUNT, [
    ended.map(({ reservation }) => reservation),
    ended.map(({ line }) => line),
    ended.map(({ location }) => location),
    ended.map(({ units }) => units),
    how === 'handed',
  ]);
}

const UNCONFIRMED = `
  SELECT DISTINCT reservation_no AS reservation FROM order_holds
   WHERE order_no = $1 AND confirmed_at IS NULL AND released + handed < units`;

export async function unconfirmedHolds(client: Pick<PoolClient, 'query'>, number: number): Promise<number[]> {
  const { rows } = await client.query<{ reservation: number }>(UNCONFIRMED, [number]);
  return rows.map(({ reservation }) => reservation);
}

export async function markConfirmed(client: Pick<PoolClient, 'query'>, reservation: number, now: Date): Promise<void> {
  await client.query('UPDATE order_holds SET confirmed_at = $2 WHERE reservation_no = $1', [reservation, now]);
}

/** Units of the order that a reservation still holds. */
export async function holdsIn(client: PoolClient, number: number, reservation: number): Promise<UnitsAt[]> {
  const { rows } = await client.query<HoldRow>(LEFT, [number]);
  return rows
    .filter((row) => row.reservation === reservation)
    .map(({ line, location, left }) => ({ line, location, units: left }));
}

/** A hold as the order knows it, and as it is. */
export interface OrderHold {
  readonly line: string;
  readonly hold: Omit<HoldPart, 'units'>;
  readonly units: number;
  readonly released: number;
  readonly handed: number;
  readonly held: number;
  readonly handedOver: number;
  readonly short: number;
}

interface OrderHoldRow extends Omit<OrderHold, 'hold'> {
  readonly reservation: number;
  readonly reservation_line: number;
  readonly location: string;
}

/** Also where a reservation has units that the order knows nothing of: of a line its lines are all the same. */
const HOLDS = `
  WITH own AS (
    SELECT o.reservation_no, o.reservation_line, l.location_no, o.line, o.units, o.released, o.handed
      FROM order_holds o JOIN locations l ON l.code = o.location WHERE o.order_no = $1
  ), mine AS (
    SELECT DISTINCT reservation_no, reservation_line, line FROM own
  ), there AS (
    SELECT h.reservation_no, h.line AS reservation_line, h.location_no, m.line, h.held, h.handed, h.short
      FROM mine m JOIN reservation_holds h ON h.reservation_no = m.reservation_no AND h.line = m.reservation_line
  )
  SELECT reservation_no AS reservation, reservation_line, l.code AS location, coalesce(own.line, there.line) AS line,
         coalesce(own.units, 0) AS units, coalesce(own.released, 0) AS released, coalesce(own.handed, 0) AS handed,
         coalesce(there.held, 0) AS held, coalesce(there.handed, 0) AS "handedOver", coalesce(there.short, 0) AS short
    FROM own FULL JOIN there USING (reservation_no, reservation_line, location_no) JOIN locations l USING (location_no)
   ORDER BY reservation_no, reservation_line, l.code`;

export async function holdsOf(client: PoolClient, number: number): Promise<OrderHold[]> {
  const { rows } = await client.query<OrderHoldRow>(HOLDS, [number]);
  return rows.map(({ reservation, reservation_line: line, location, ...hold }) => ({
    ...hold,
    hold: { reservation, line, location },
  }));
}
