import type { Pool } from 'pg';
import { createReservations, type Reservations } from '#hub/reservations/reservations.ts';
import { reservationRequest } from '#hub/reservations/reservation.ts';
import { openPool } from '#hub/db/pool.ts';
import { serve } from './bench-process.ts';

export interface Load {
  readonly clients: number;
  readonly ms: number;
  /** Any of so many skus; 1: all want the same. */
  readonly skus: number;
}

export interface Rate {
  readonly perSecond: number;
  readonly medianMs: number;
}

let pool: Pool;
let raw: Pool;
let reservations: Reservations;
let keys = 0;

/** So many at once, each one after the other. */
async function measure({ clients, ms, skus }: Load, once: (sku: number) => Promise<unknown>): Promise<Rate> {
  const took: number[] = [];
  const startedAt = performance.now();
  const client = async (): Promise<void> => {
    while (performance.now() < startedAt + ms) {
      const begunAt = performance.now();
      await once(1 + Math.floor(Math.random() * skus));
      took.push(performance.now() - begunAt);
    }
  };
  await Promise.all(Array.from({ length: clients }, client));
  const perSecond = (took.length * 1_000) / (performance.now() - startedAt);
  return { perSecond, medianMs: took.sort((a, b) => a - b)[took.length >> 1] ?? 0 };
}

const commands = {
  async start({ url, rawConnections }: { url: string; rawConnections: number }): Promise<void> {
    pool = openPool(url, { max: 6, applicationName: 'bench-reservations', pipeline: true });
    raw = openPool(url, { max: rawConnections, applicationName: 'bench-raw' });
    reservations = createReservations(pool);
  },
  /** One unit each, as the hub does it: validated, under a key of its own. */
  reserve: (load: Load): Promise<Rate> =>
    measure(load, (sku) => {
      keys += 1;
      const lines = [{ line: 1, sku: `SKU-${sku}`, units: 1 }];
      const request = reservationRequest.parse({ channel: 'C0', lines });
      return reservations.reserve({ ...request, key: `${process.pid}-${keys}` });
    }),
  /** The ceiling: one guarded row, a transaction each, and nothing written down. */
  raw: (load: Load): Promise<Rate> =>
    measure(load, (sku) =>
      raw.query({
        name: 'raw',
        text: 'UPDATE raw_stock SET q = q - $2 WHERE sku = $1 AND q >= $2',
        values: [`SKU-${sku}`, 1],
      }),
    ),
};
export type ReserveCommands = typeof commands;

serve(commands, async () => {
  await Promise.all([pool.end(), raw.end()]);
});
