import { setTimeout } from 'node:timers/promises';
import type { Pool } from 'pg';
import { followMoves } from '#hub/availability/engine/follow-moves.ts';
import { createLedger } from '#hub/ledger/merge.ts';
import { expireDue } from '#hub/reservations/expire.ts';
import { followSales } from '#hub/reservations/follow-sales.ts';
import { mendShortfalls } from '#hub/reservations/mend-shortfalls.ts';
import { createReservations } from '#hub/reservations/reservations.ts';
import { fewestParcels } from '#hub/reservations/sourcing.ts';
import { seededRandom } from '#shared/runtime/random.ts';
import { asking, soldOf, teller } from './reservations.ts';

/** One hub's part in a fight for the last units of two skus. */
export interface Fight {
  readonly clients: number;
  readonly skus: readonly [string, string];
  /** Of its keys. */
  readonly name: string;
  readonly seed: number;
  /** Whose till it has; the next fact has this seq. */
  readonly location: number;
  readonly fromSeq: number;
}

/**
 * Each client reserves what it can, asks again with the same key, then confirms, releases, fulfils by a sale over the till,
 * or forgets it. Tells what was granted, as soon as it is.
 */
export async function fight(pool: Pool, of: Fight, granted: (key: string) => void): Promise<void> {
  const reservations = createReservations(pool);
  const ledger = createLedger(pool, followMoves({ holds: followSales() }));
  const till = teller(pool);
  const random = seededRandom(of.seed);
  let seq = of.fromSeq;
  let selling = Promise.resolve();
  /** One till: a fact after the other. */
  const sell = (sku: string, units: number, reservation: number): Promise<void> => {
    const sold = selling.then(async () => {
      const fact = {
        ...till.fact(of.location, 'sale', soldOf(sku, units, reservation)),
        seq,
        key: `${of.name}-s${seq}`,
      };
      seq += 1;
      await ledger.merge([{ location: of.location, journal: of.location, fromSeq: fact.seq, facts: [fact] }]);
    });
    selling = sold.catch(() => undefined);
    return sold;
  };
  const once = async (client: number): Promise<void> => {
    for (let turn = 0; turn < 2; turn += 1) {
      const key = `${of.name}-${client}-${turn}`;
      const sku = of.skus[random() < 0.7 ? 0 : 1];
      const lines = [{ line: 1, sku, units: 1 + Math.floor(random() * 2) }];
      const asked = asking(key, { lines, mode: random() < 0.5 ? 'all' : 'partial', ttlSeconds: 5 });
      const answer = await reservations.reserve(asked).catch(coded);
      if (answer === undefined) continue;
      granted(key);
      const again = await reservations.reserve(asked);
      if (again.reservation !== answer.reservation) throw new Error(`${key} got two reservations`);
      const { reservation } = answer;
      const held = answer.lines.reduce((sum, line) => sum + line.reserved, 0);
      const roll = random();
      if (roll < 0.3) await reservations.act({ reservation, act: { kind: 'confirm' } }).catch(coded);
      else if (roll < 0.5) await reservations.act({ reservation, act: { kind: 'release' } }).catch(coded);
      else if (roll < 0.8) await sell(sku, held, reservation);
    }
  };
  const run = { fighting: true };
  const sweep = async (): Promise<void> => {
    for (; run.fighting; await setTimeout(20)) {
      await expireDue(pool);
      await mendShortfalls(pool, fewestParcels, 0);
    }
  };
  const sweeping = sweep();
  await Promise.all(Array.from({ length: of.clients }, (_, client) => once(client)));
  run.fighting = false;
  await sweeping;
}

/** What is refused with a code is part of the fight; anything else is a bug. */
function coded(error: unknown): undefined {
  const { code } = error as { code?: string };
  if (code === 'RESERVATION_SHORT' || code === 'RESERVATION_ENDED') return undefined;
  throw error;
}
