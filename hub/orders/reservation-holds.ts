import type { Pool } from 'pg';
import { ShelfwireError } from '#shared/protocol/errors.ts';
import { snapshot } from '#hub/db/snapshot.ts';
import { offerOf } from '#hub/reservations/decide.ts';
import { readStock } from '#hub/reservations/read-stock.ts';
import type { Reservations } from '#hub/reservations/reservations.ts';
import type { Holds } from './holds.ts';

const SLOT = 'SELECT channel_no AS slot FROM channels WHERE code = $1 AND removed_at IS NULL';
const BY_KEY = 'SELECT reservation_no AS reservation FROM reservations WHERE key = $1';

/** The reservations as the orders know them. */
export function reservationHolds(pool: Pool, reservations: Reservations): Holds {
  return {
    candidates: (channel, skus) =>
      snapshot(pool, async (client) => {
        const byLocation = new Map<string, Map<string, number>>();
        const { rows } = await client.query<{ slot: number }>(SLOT, [channel]);
        const slot = rows[0]?.slot;
        if (slot === undefined) return byLocation;
        const { stocks, codes } = await readStock(client, skus);
        for (const stock of stocks) {
          const { candidates, reservable } = offerOf(stock, slot);
          for (const { location, units } of candidates) {
            const code = codes.get(location);
            const there = Math.min(units, reservable);
            if (code === undefined || there === 0) continue;
            byLocation.set(code, (byLocation.get(code) ?? new Map<string, number>()).set(stock.sku, there));
          }
        }
        return byLocation;
      }),
    async reserve(request) {
      const { reservation, lines } = await reservations.reserve({ ...request, lines: [...request.lines] });
      const held = lines.flatMap(({ line, parts }) => parts.map(({ location, units }) => ({ line, location, units })));
      return { reservation, lines: held };
    },
    async confirm(reservation) {
      await reservations.act({ reservation, act: { kind: 'confirm' } });
    },
    async release(reservation, lines, key) {
      await giving(() => reservations.act({ reservation, key, act: { kind: 'release', lines } }));
    },
    async releaseAll(key) {
      const { rows } = await pool.query<{ reservation: number }>(BY_KEY, [key]);
      for (const { reservation } of rows)
        await giving(() => reservations.act({ reservation, act: { kind: 'release' } }));
    },
    async fulfil(reservation, lines, key) {
      const told = await giving(() => reservations.act({ reservation, key, act: { kind: 'fulfil', lines } }));
      if (told) return;
      // Handed over elsewhere than held, as when the hold has moved: it goes where it is.
      for (const { line, units, location } of lines) {
        const anywhere = { kind: 'fulfil', lines: [{ line, units }] } as const;
        await giving(() => reservations.act({ reservation, key: `${key}-${line}-${location}`, act: anywhere }));
      }
    },
  };
}

/** What has ended holds nothing that could be given back, and what is fulfilled was handed over: false. */
async function giving(act: () => Promise<unknown>): Promise<boolean> {
  try {
    await act();
    return true;
  } catch (error) {
    const isOver = error instanceof ShelfwireError && (error.code === 'RESERVATION_ENDED' || error.code === 'CONFLICT');
    if (!isOver) throw error;
    return false;
  }
}
