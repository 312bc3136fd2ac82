import type { PoolClient } from 'pg';
import type { HoldChange, HoldReason } from '#hub/availability/engine/change-pools.ts';
import { literal } from '#hub/db/array-parameter.ts';
import type { Hold, Reservation } from './act.ts';

/** A reservation as it was read under its lock, and as it is to be. */
export interface ChangedReservation {
  readonly before: Reservation;
  readonly after: Reservation;
}

/** By how much an act changes what is reserved, for changePools. */
export function heldChanges({ before, after }: ChangedReservation, why: HoldReason): HoldChange[] {
  const { reservation } = after;
  return after.holds.flatMap(({ location, sku, held }, place) => {
    const change = held - (before.holds[place]?.held ?? 0);
    return change === 0 ? [] : [{ location, sku, change, reservation, why }];
  });
}

const SAVE = `
  UPDATE reservations r SET state = n.state, expires_at = n.expires_at, confirmed_at = n.confirmed_at, ended_at = n.ended_at
  FROM unnest($1::bigint[], $2::reservation_state[], $3::bigint[], $4::bigint[], $5::bigint[])
    AS n (no, state, expires_at, confirmed_at, ended_at)
  WHERE r.reservation_no = n.no
    AND (r.state, r.expires_at, r.confirmed_at, r.ended_at)
      IS DISTINCT FROM (n.state, n.expires_at, n.confirmed_at, n.ended_at)`;

const SAVE_HOLDS = `
  UPDATE reservation_holds h SET units = n.units, told = n.told, handed = n.handed, held = n.held, short = n.short
  FROM unnest($1::bigint[], $2::smallint[], $3::int[], $4::int[], $5::int[], $6::int[], $7::int[], $8::int[])
    AS n (no, line, location_no, units, told, handed, held, short)
  WHERE h.reservation_no = n.no AND h.line = n.line AND h.location_no = n.location_no`;

/** Writes what has changed of reservations and their holds. */
export async function saveReservations(client: PoolClient, changed: readonly ChangedReservation[]): Promise<void> {
  if (changed.length === 0) return;
  const all = changed.map(({ after }) => after);
  await client.query({
    name: 'save-reservations',
    text: SAVE,
    values: [
      literal(all.map(({ reservation }) => reservation)),
      literal(all.map(({ state }) => state)),
      literal(all.map(({ expiresAt }) => expiresAt)),
      literal(all.map(({ confirmedAt }) => confirmedAt)),
      literal(all.map(({ endedAt }) => endedAt)),
    ],
  });
  const holds = changed.flatMap(({ before, after }) =>
    after.holds.flatMap((hold, place) => {
      const was = before.holds[place];
      if (was === undefined) throw new Error(`reservation ${after.reservation} has a hold that it had not`);
      return isSame(was, hold) ? [] : [{ ...hold, reservation: after.reservation }];
    }),
  );
  if (holds.length === 0) return;
  await client.query({
    name: 'save-holds',
    text: SAVE_HOLDS,
    values: [
      literal(holds.map(({ reservation }) => reservation)),
      literal(holds.map(({ line }) => line)),
      literal(holds.map(({ location }) => location)),
      literal(holds.map(({ units }) => units)),
      literal(holds.map(({ told }) => told)),
      literal(holds.map(({ handed }) => handed)),
      literal(holds.map(({ held }) => held)),
      literal(holds.map(({ short }) => short)),
    ],
  });
}

function isSame(one: Hold, other: Hold): boolean {
  const fields = ['units', 'told', 'handed', 'held', 'short'] as const;
  return fields.every((field) => one[field] === other[field]);
}
