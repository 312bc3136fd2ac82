import type { Pool } from 'pg';
import { silentLogger } from '#shared/runtime/logger.ts';
import { followMoves } from '#hub/availability/engine/follow-moves.ts';
import { createLedger } from '#hub/ledger/merge.ts';
import { actOn } from '#hub/orders/act-on-order.ts';
import { followOrder, type Reading } from '#hub/orders/follow-order.ts';
import { canonicalOrder, splitOrder } from '#hub/orders/order/canonical-order.ts';
import { reservationHolds } from '#hub/orders/reservation-holds.ts';
import { applySourcing } from '#hub/orders/sourcing/sourcing-versions.ts';
import type { Act } from '#hub/orders/states/act.ts';
import { takeOrder } from '#hub/orders/take-order.ts';
import { listTasks } from '#hub/orders/tasks/list-tasks.ts';
import { noteAnswers } from '#hub/orders/tasks/note-answers.ts';
import { workOrder, type WorkParts } from '#hub/orders/work/work-effects.ts';
import { followSales } from '#hub/reservations/follow-sales.ts';
import { createReservations } from '#hub/reservations/reservations.ts';
import { beginReservations, teller } from './reservations.ts';

const SAID = { by: 'test', correlationId: 'story' };

/** What of an order makes it one that is collected in store S1. */
export const COLLECT = {
  delivery: { kind: 'collect', store: 'S1' },
  customer: { reference: 'c-1', contact: { name: 'Ada' } },
};

const ORDER = {
  channel: 'web',
  orderedAt: '2026-11-01T10:00:00Z',
  currency: 'EUR',
  taxIncluded: true,
  payment: 'paid',
  delivery: { kind: 'ship', country: 'DE' },
  customer: { reference: 'c-1' },
};

/** Orders at stores S1 to S4 from an empty database on: taken, worked on, and answered by the stores' facts. */
export async function beginStoreOrders(pool: Pool, reservationPool: Pool, clock: { now: number }) {
  await pool.query(
    `TRUNCATE orders, unseen_cancellations, tasks, task_answers, changes, reservations, reservation_holds, reservation_moves, reservation_acts,
       reservation_handovers, reservation_shortfalls RESTART IDENTITY CASCADE`,
  );
  await beginReservations(pool);
  await pool.query(`INSERT INTO channel_locations SELECT 'web', location_no FROM locations`);
  await applySourcing(pool, 'sourcing: 1\n', { by: 'test' });
  const parts: WorkParts = {
    pool,
    now: () => new Date(clock.now),
    keepDays: { ended: 90, open: 365 },
    logger: silentLogger,
    holds: reservationHolds(pool, createReservations(reservationPool)),
  };
  return {
    parts,
    till: teller(pool, createLedger(pool, noteAnswers(followMoves({ holds: followSales() })))),
    /** Line a of sku A, to be shipped unless told otherwise. */
    order: async (id: string, changes: object = {}, units = 3): Promise<number> => {
      const lines = [{ line: 'a', sku: 'A', units, priceMinor: 100 }];
      const whole = { ...ORDER, channelOrderId: id, lines, totalMinor: 100 * units, ...changes };
      const { number } = await takeOrder(parts, splitOrder(canonicalOrder.parse(whole)), SAID);
      await workOrder(parts, number);
      return number;
    },
    /** As the order stands at its channel: by version, asked for unless told otherwise. Gives its number. */
    follow: async (id: string, changes: object, reading: Partial<Reading> = {}): Promise<number | undefined> => {
      const { lines = [] } = changes as { lines?: readonly { units: number; priceMinor: number }[] };
      const totalMinor = lines.reduce((sum, { units, priceMinor }) => sum + units * priceMinor, 0);
      const read = splitOrder(canonicalOrder.parse({ ...ORDER, channelOrderId: id, totalMinor, ...changes }));
      const { number } = await followOrder(parts, read, { version: null, isCurrent: true, ...reading }, SAID);
      if (number !== undefined) await workOrder(parts, number);
      return number;
    },
    act: async (number: number, given: Act): Promise<void> => {
      await actOn(parts, number, given, SAID);
      await workOrder(parts, number);
    },
    /** `STORE STATE`, and of each line `units/picked/handed`, of what replaces it with the sku. */
    tasks: async (): Promise<string[]> => {
      const listed = await listTasks(pool, {}, { after: 0, limit: 100 });
      return listed.map(({ location, state, lines }) => {
        const told = lines.map(({ sku, replaces, units, picked, handed }) => {
          return `${replaces === undefined ? '' : `${sku} `}${units}/${picked}/${handed}`;
        });
        return [location, state, ...told].join(' ');
      });
    },
  };
}
