import type { Pool } from 'pg';
import { LOCKS } from '#hub/db/advisory-locks.ts';
import { transaction, withRetries } from '#hub/db/transaction.ts';
import { performActs } from './perform-acts.ts';

/** Reservations of one transaction: while it holds their skus, merges of them wait. */
const BATCH = 200;

const MINE = `SELECT pg_try_advisory_xact_lock(${LOCKS.expireReservations}) AS mine`;

const DUE = `
  SELECT reservation_no AS reservation FROM reservations
  WHERE state = 'pending' AND expires_at <= coalesce($1::bigint, (extract(epoch FROM clock_timestamp()) * 1000)::bigint)
  ORDER BY expires_at LIMIT ${BATCH}`;

/**
 * Ends reservations whose time is over and gives their units back, however long no hub has run. Gives how many.
 *
 * @param now ms since 1970; absent: by PostgreSQL's clock
 */
export async function expireDue(pool: Pool, now?: number): Promise<number> {
  let total = 0;
  for (;;) {
    const ended = await withRetries(() =>
      transaction(pool, async (client) => {
        if ((await client.query<{ mine: boolean }>(MINE)).rows[0]?.mine !== true) return 0;
        const { rows } = await client.query<{ reservation: number }>(DUE, [now ?? null]);
        if (rows.length === 0) return 0;
        const acts = rows.map(({ reservation }) => ({ reservation, act: { kind: 'expire' } as const }));
        await performActs(client, acts, now ?? null);
        return acts.length;
      }),
    );
    total += ended;
    if (ended < BATCH) return total;
  }
}
