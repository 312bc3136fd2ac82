import type { PoolClient } from 'pg';
import type { Held, HeldLine } from '../holds.ts';
import { isSamePlace, placeName, together, type UnitsAt } from '../states/line-units.ts';

/** A reservation's line that holds units of an order's line. */
interface HoldRow {
  readonly reservation: number;
  readonly reservation_line: number;
  readonly line: string;
  readonly location: string;
  readonly substitute: string | null;
  readonly left: number;
}

const INSERT = `
  INSERT INTO order_holds (reservation_no, reservation_line, order_no, line, location, units, substitute)
  SELECT $1, reservation_line, $2, line, location, units, substitute
    FROM unnest($3::smallint[], $4::text[], $5::text[], $6::int[], $7::text[])
      AS h (reservation_line, line, location, units, substitute)
  ON CONFLICT (reservation_no, reservation_line, location) DO UPDATE SET units = order_holds.units + excluded.units`;
const INSERT_PARCELS = `
  INSERT INTO order_parcels (location, asked_at, order_no) SELECT location, $2, $3 FROM unnest($1::text[]) AS location
  ON CONFLICT DO NOTHING`;

/** A line of an order, of which a line of a reservation holds units; perhaps of what replaces its sku. */
export type HeldFor = readonly [reservationLine: number, line: string, substitute?: string | undefined];

/** Keeps what is held for an order, by its own lines: `lines` says which line of the reservation is for which of it. */
export async function keepHolds(
  client: PoolClient,
  number: number,
  { reservation, lines: held }: Held,
  lines: readonly HeldFor[],
  now: Date,
): Promise<UnitsAt[]> {
  const ownLines = new Map(lines.map((own) => [own[0], own]));
  const parts = held.flatMap(({ line: reservationLine, location, units }) => {
    const own = ownLines.get(reservationLine);
    if (own === undefined || units === 0) return [];
    const [, line, substitute] = own;
    return [{ reservationLine, line, ...placeName({ location, substitute }), units }];
  });
  if (parts.length === 0) return [];
  await client.query(INSERT, [
    reservation,
    number,
    parts.map(({ reservationLine }) => reservationLine),
    parts.map(({ line }) => line),
    parts.map(({ location }) => location),
    parts.map(({ units }) => units),
    parts.map(({ substitute }) => substitute ?? null),
  ]);
  await client.query(INSERT_PARCELS, [[...new Set(parts.map(({ location }) => location))], now, number]);
  return parts.map(({ line, units, ...place }) => ({ line, ...placeName(place), units }));
}

const LEFT = `
  SELECT reservation_no AS reservation, reservation_line, line, location, substitute, units - released - handed AS left
    FROM order_holds WHERE order_no = $1 AND released + handed < units ORDER BY reservation_no, reservation_line, location`;
/** What can end of them: not what sales that named it have taken, of which the order may not have heard yet (M6). */
const TO_END = `
  SELECT * FROM (
    SELECT o.reservation_no AS reservation, o.reservation_line, o.line, o.location, o.substitute,
           o.units - o.released - greatest(o.handed, coalesce(h.handed, 0)) AS left
      FROM order_holds o JOIN locations l ON l.code = o.location
      LEFT JOIN reservation_holds h
        ON (h.reservation_no, h.line, h.location_no) = (o.reservation_no, o.reservation_line, l.location_no)
     WHERE o.order_no = $1 AND o.released + o.handed < o.units
  ) AS own WHERE own.left > 0 ORDER BY reservation, reservation_line, location`;
const COUNT = `
  UPDATE order_holds h
     SET handed = CASE WHEN $5 THEN least(h.units, h.handed + g.units) ELSE h.handed END,
         released = CASE WHEN $5 THEN least(h.released, h.units - least(h.units, h.handed + g.units)) ELSE h.released + g.units END
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
  const { rows } = await client.query<HoldRow>(TO_END, [number]);
  const left = rows.map((row) => ({ ...row }));
  const ended: HoldPart[] = [];
  for (const part of together(parts)) {
    let rest = part.units;
    for (const hold of left) {
      if (hold.line !== part.line || !isSamePlace(placeOf(hold), part)) continue;
      const taken = Math.min(rest, hold.left);
      if (taken === 0) continue;
      hold.left -= taken;
      rest -= taken;
      const { reservation, reservation_line: line, location } = hold;
      ended.push({ reservation, line, location, units: taken });
    }
  }
  await countEnded(client, ended, how);
  return ended;
}

/** Each hold at most once. What was sold at the moment when it was to be released was not released. */
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
    .map((row) => ({ line: row.line, ...placeOf(row), units: row.left }));
}

const placeOf = ({ location, substitute }: Pick<HoldRow, 'location' | 'substitute'>) =>
  placeName({ location, substitute: substitute ?? undefined });

/** A hold as the order knows it, and as it is. */
export interface OrderHold {
  readonly line: string;
  readonly substitute: string | null;
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
    SELECT o.reservation_no, o.reservation_line, l.location_no, o.line, o.substitute, o.units, o.released, o.handed
      FROM order_holds o JOIN locations l ON l.code = o.location WHERE o.order_no = $1
  ), mine AS (
    SELECT DISTINCT reservation_no, reservation_line, line, substitute FROM own
  ), there AS (
    SELECT h.reservation_no, h.line AS reservation_line, h.location_no, m.line, m.substitute, h.held, h.handed, h.short
      FROM mine m JOIN reservation_holds h ON h.reservation_no = m.reservation_no AND h.line = m.reservation_line
  )
  SELECT reservation_no AS reservation, reservation_line, l.code AS location, coalesce(own.line, there.line) AS line,
         coalesce(own.substitute, there.substitute) AS substitute,
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
