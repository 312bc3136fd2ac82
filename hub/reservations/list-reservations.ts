import type { Queryable } from '#hub/db/snapshot.ts';
import { literal } from '#hub/db/array-parameter.ts';
import type { Hold } from './act.ts';
import type { AnsweredLine, ReservationState } from './reservation.ts';
import { viewOf, type ReservationView } from './view.ts';

/** A reservation with what it was asked for. Instants: ms since 1970. */
export interface ListedReservation extends ReservationView {
  readonly key: string;
  readonly channel: string;
  readonly reference: string | null;
  readonly createdAt: number;
  readonly confirmedAt: number | null;
  readonly endedAt: number | null;
  /** As the first answer had it. */
  readonly asked: readonly AnsweredLine[];
}

export interface ReservationFilter {
  readonly channel?: string | undefined;
  readonly state?: ReservationState | undefined;
  readonly reference?: string | undefined;
  readonly reservation?: number | undefined;
  /** The number below which the page begins. */
  readonly before?: number | undefined;
  readonly limit: number;
}

interface Row {
  readonly reservation: number;
  readonly state: ReservationState;
  readonly expiresAt: number;
  readonly confirmedAt: number | null;
  readonly endedAt: number | null;
  readonly key: string;
  readonly channel: string;
  readonly reference: string | null;
  readonly createdAt: number;
  readonly asked: readonly AnsweredLine[];
}

const LIST = `
  SELECT r.reservation_no AS reservation, r.state::text AS state, r.expires_at AS "expiresAt",
    r.confirmed_at AS "confirmedAt", r.ended_at AS "endedAt", r.key, c.code AS channel, r.reference,
    r.created_at AS "createdAt", r.answer -> 'lines' AS asked
  FROM reservations r JOIN channels c ON c.channel_no = r.channel_no
  WHERE ($1::smallint IS NULL OR r.channel_no = $1)
    AND ($2::reservation_state IS NULL OR r.state = $2) AND ($3::text IS NULL OR r.reference = $3)
    AND ($4::bigint IS NULL OR r.reservation_no = $4) AND ($5::bigint IS NULL OR r.reservation_no < $5)
  ORDER BY r.reservation_no DESC LIMIT $6`;

const HOLDS = `
  SELECT h.reservation_no AS reservation, h.line, h.location_no AS location, l.code, h.sku, h.units, h.told, h.handed,
    h.held, h.short
  FROM reservation_holds h JOIN locations l USING (location_no)
  WHERE h.reservation_no = ANY ($1::bigint[]) ORDER BY h.reservation_no, h.line, h.location_no`;

/** Looked up first: PostgreSQL plans better for a channel that it knows. */
async function slotOf(client: Queryable, channel: string): Promise<number | undefined> {
  const text = 'SELECT channel_no AS slot FROM channels WHERE code = $1';
  return (await client.query<{ slot: number }>(text, [channel])).rows[0]?.slot;
}

const NOW = 'SELECT (extract(epoch FROM clock_timestamp()) * 1000)::bigint AS now';

/** The youngest first. In a snapshot of the caller. */
export async function listReservations(client: Queryable, filter: ReservationFilter): Promise<ListedReservation[]> {
  const { channel, state, reference, reservation, before, limit } = filter;
  const slot = channel === undefined ? null : await slotOf(client, channel);
  if (slot === undefined) return [];
  const values = [slot, state ?? null, reference ?? null, reservation ?? null, before ?? null, limit];
  const { rows } = await client.query<Row>(LIST, values);
  const holds = Map.groupBy(
    (await client.query<Hold & { reservation: number }>(HOLDS, [literal(rows.map((row) => row.reservation))])).rows,
    (row) => row.reservation,
  );
  const now = (await client.query<{ now: number }>(NOW)).rows[0]?.now ?? 0;
  return rows.map(({ key, channel, reference, createdAt, asked, ...row }) => ({
    ...viewOf({ ...row, holds: holds.get(row.reservation) ?? [] }, now),
    key,
    channel,
    reference,
    createdAt,
    confirmedAt: row.confirmedAt,
    endedAt: row.endedAt,
    asked,
  }));
}
