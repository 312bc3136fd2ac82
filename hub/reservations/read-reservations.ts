import type { PoolClient } from 'pg';
import { literal } from '#hub/db/array-parameter.ts';
import type { Hold, Reservation } from './act.ts';

interface HoldRow extends Hold {
  readonly reservation: number;
}

/** In the order of their numbers, after the locks of their skus: see sku-locks.ts. */
const LOCK = `
  SELECT reservation_no AS reservation, state::text AS state, expires_at AS "expiresAt",
    confirmed_at AS "confirmedAt", ended_at AS "endedAt"
  FROM reservations WHERE reservation_no = ANY ($1::bigint[]) ORDER BY reservation_no FOR UPDATE`;

const HOLDS = `
  SELECT h.reservation_no AS reservation, h.line, h.location_no AS location, l.code, h.sku, h.units, h.told, h.handed,
    h.held, h.short
  FROM reservation_holds h JOIN locations l USING (location_no)
  WHERE h.reservation_no = ANY ($1::bigint[]) ORDER BY h.reservation_no, h.line, h.location_no`;

/** Locks reservations, then reads them with their holds. */
export async function lockReservations(
  client: PoolClient,
  numbers: readonly number[],
): Promise<Map<number, Reservation>> {
  const values = [literal([...new Set(numbers)])];
  const locked = await client.query<Omit<Reservation, 'holds'>>({ name: 'lock-reservations', text: LOCK, values });
  const holds = await client.query<HoldRow>({ name: 'read-holds', text: HOLDS, values });
  const byReservation = Map.groupBy(holds.rows, ({ reservation }) => reservation);
  return new Map(
    locked.rows.map((row) => [row.reservation, { ...row, holds: byReservation.get(row.reservation) ?? [] }]),
  );
}
