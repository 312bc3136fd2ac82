import type { PoolClient } from 'pg';
import type { HeldLine, HoldRequest } from '../holds.ts';
import type { UnitsAt } from '../states/line-units.ts';

/** A reservation's line that holds units of an order's line. */
interface HoldRow {
  readonly reservation: string;
  readonly reservation_line: number;
  readonly line: string;
  readonly location: string;
  readonly left: number;
}

const INSERT = `
  INSERT INTO order_holds (reservation, reservation_line, order_no, line, location, units)
  SELECT $1, reservation_line, $2, line, location, units
    FROM unnest($3::smallint[], $4::text[], $5::text[], $6::int[]) AS h (reservation_line, line, location, units)
  ON CONFLICT DO NOTHING`;
const INSERT_PARCELS = `
  INSERT INTO order_parcels (location, asked_at, order_no) SELECT location, $2, $3 FROM unnest($1::text[]) AS location
  ON CONFLICT DO NOTHING`;

/** What a request was granted, by the order's own lines. */
export async function keepHolds(
  client: PoolClient,
  number: number,
  { request, lines }: { request: HoldRequest; lines: readonly string[] },
  held: readonly HeldLine[],
  now: Date,
): Promise<UnitsAt[]> {
  const parts = held.flatMap(({ line, units }) => {
    const wanted = request.lines[line - 1];
    const own = lines[line - 1];
    return wanted === undefined || own === undefined || units === 0
      ? []
      : [{ reservationLine: line, line: own, location: wanted.location, units }];
  });
  if (parts.length === 0) return [];
  await client.query(INSERT, [
    request.key,
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
  SELECT reservation, reservation_line, line, location, units - released - handed AS left
    FROM order_holds WHERE order_no = $1 AND released + handed < units ORDER BY reservation, reservation_line`;
const COUNT = `
  UPDATE order_holds h SET released = released + CASE WHEN $4 THEN 0 ELSE g.units END,
         handed = handed + CASE WHEN $4 THEN g.units ELSE 0 END
    FROM unnest($1::text[], $2::smallint[], $3::int[]) AS g (reservation, reservation_line, units)
   WHERE h.reservation = g.reservation AND h.reservation_line = g.reservation_line`;

/** What of which reservation. */
export interface HoldPart extends HeldLine {
  readonly reservation: string;
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
  for (const { line, location, units } of parts) {
    let rest = units;
    for (const hold of left) {
      if (hold.line !== line || hold.location !== location) continue;
      const taken = Math.min(rest, hold.left);
      if (taken === 0) continue;
      hold.left -= taken;
      rest -= taken;
      ended.push({ reservation: hold.reservation, line: hold.reservation_line, units: taken });
    }
  }
  const sums = together(ended);
  const columns = [sums.map((one) => one.reservation), sums.map(({ line }) => line), sums.map(({ units }) => units)];
  await client.query(COUNT, [...columns, how === 'handed']);
  return sums;
}

function together(parts: readonly HoldPart[]): HoldPart[] {
  const sums = new Map<string, HoldPart>();
  for (const part of parts) {
    const name = `${part.line} ${part.reservation}`;
    sums.set(name, { ...part, units: part.units + (sums.get(name)?.units ?? 0) });
  }
  return [...sums.values()];
}

const UNCONFIRMED = `
  SELECT DISTINCT reservation FROM order_holds
   WHERE order_no = $1 AND confirmed_at IS NULL AND released + handed < units`;

export async function unconfirmedHolds(client: Pick<PoolClient, 'query'>, number: number): Promise<string[]> {
  const { rows } = await client.query<{ reservation: string }>(UNCONFIRMED, [number]);
  return rows.map(({ reservation }) => reservation);
}

export async function markConfirmed(client: Pick<PoolClient, 'query'>, reservation: string, now: Date): Promise<void> {
  await client.query('UPDATE order_holds SET confirmed_at = $2 WHERE reservation = $1', [reservation, now]);
}

/** Units of the order that a reservation still holds. */
export async function holdsIn(client: PoolClient, number: number, reservation: string): Promise<UnitsAt[]> {
  const { rows } = await client.query<HoldRow>(LEFT, [number]);
  return rows
    .filter((row) => row.reservation === reservation)
    .map(({ line, location, left }) => ({ line, location, units: left }));
}
