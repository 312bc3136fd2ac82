import type { Pool } from 'pg';
import { afterAll, afterEach, beforeAll, beforeEach } from 'vitest';
import { actOn } from '#hub/orders/act-on-order.ts';
import type { Holds } from '#hub/orders/holds.ts';
import { canonicalOrder, splitOrder } from '#hub/orders/order/canonical-order.ts';
import { reservationHolds } from '#hub/orders/reservation-holds.ts';
import { applySourcing } from '#hub/orders/sourcing/sourcing-versions.ts';
import type { Act } from '#hub/orders/states/act.ts';
import { sumsOfAll } from '#hub/orders/states/line-units.ts';
import { readOrder } from '#hub/orders/store/stored-order.ts';
import { takeOrder } from '#hub/orders/take-order.ts';
import { workOrder, type WorkParts } from '#hub/orders/work/work-effects.ts';
import { createReservations } from '#hub/reservations/reservations.ts';
import { silentLogger } from '#shared/runtime/logger.ts';
import { createTestDatabase, type TestDatabase } from './database.ts';
import { plain } from './hub-api.ts';
import { auditReservations, beginReservations, openReservationPool, teller } from './reservations.ts';

export const SAID = { by: 'test', correlationId: 'story' };
export const given = (id: string, changes: object = {}) =>
  splitOrder(
    canonicalOrder.parse({
      channel: 'web',
      channelOrderId: id,
      orderedAt: '2026-11-01T10:00:00Z',
      currency: 'EUR',
      taxIncluded: true,
      lines: [{ line: 'a', sku: 'A', units: 3, priceMinor: 100 }],
      totalMinor: 300,
      payment: 'paid',
      delivery: { kind: 'ship', country: 'DE' },
      customer: { reference: 'c-1', contact: { name: 'Ada', address: ['Street 1'] } },
      ...changes,
    }),
  );
export const at = (line: string, units: number, location: string) => ({ line, units, location });
export const units = (quantity: number, sku = 'A') => plain({ sku, quantity });

/** A database for a file of tests, emptied for each, with what works on orders; at the end of each its holds are audited. */
export class OrdersTest {
  database!: TestDatabase;
  reservationPool!: Pool;
  parts!: WorkParts;
  till!: ReturnType<typeof teller>;
  readonly clock = { now: 0 };
  /** Set by tests that break something between the hold and its record. */
  wrap: (holds: Holds) => Holds = (holds) => holds;

  constructor() {
    beforeAll(async () => {
      this.database = await createTestDatabase();
      this.reservationPool = openReservationPool(this.database.url);
    });
    afterAll(async () => {
      await this.reservationPool.end();
      await this.database.drop();
    });
    beforeEach(() => this.#begin());
    afterEach(async () => {
      const { pool } = this.database;
      const wrong = [...(await auditReservations(pool)), ...(await auditOrders(pool))];
      if (wrong.length > 0) throw new Error(`not as it must be: ${JSON.stringify(wrong)}`);
    });
  }

  async #begin(): Promise<void> {
    const { database, clock } = this;
    clock.now = Date.now();
    this.wrap = (holds) => holds;
    await database.clear();
    await beginReservations(database.pool);
    await database.pool.query(`INSERT INTO channel_locations SELECT 'web', location_no FROM locations`);
    await applySourcing(database.pool, 'sourcing: 1\n', { by: 'test' });
    this.till = teller(database.pool);
    const holds = reservationHolds(database.pool, createReservations(this.reservationPool));
    const wrapped = () => this.wrap(holds);
    this.parts = {
      pool: database.pool,
      now: () => new Date(clock.now),
      keepDays: { ended: 90, open: 365 },
      logger: silentLogger,
      get holds() {
        return wrapped();
      },
    };
  }

  readonly order = async (id: string, changes: object = {}): Promise<number> => {
    const { number } = await takeOrder(this.parts, given(id, changes), SAID);
    await workOrder(this.parts, number);
    return number;
  };
  /** What is held back by a lease, or after a failure, is due. */
  readonly hasten = () =>
    this.database.pool.query('UPDATE order_effects SET retry_at = now() WHERE done_at IS NULL AND retry_at > now()');
  readonly act = async (number: number, said: Act, key?: string): Promise<void> => {
    await actOn(this.parts, number, said, { ...SAID, key });
    await workOrder(this.parts, number);
  };
  readonly stateOf = async (number: number) => (await readOrder(this.database.pool, number)).order.state;
  readonly placesOf = async (number: number) => {
    const { order } = await readOrder(this.database.pool, number);
    return order.lines.flatMap(({ line, places }) =>
      places.map(({ location, reserved, picked, handed }) => `${line} ${location} ${reserved}/${picked}/${handed}`),
    );
  };
  readonly open = async (number: number) =>
    (
      await this.database.pool.query<{ kind: string; detail: { amountMinor?: number } }>(
        'SELECT kind, detail FROM order_effects WHERE order_no = $1 AND done_at IS NULL ORDER BY effect_no',
        [number],
      )
    ).rows;
  readonly reservationOf = async (number: number) =>
    (
      await this.database.pool.query<{ reservation_no: number }>(
        'SELECT reservation_no FROM order_holds WHERE order_no = $1',
        [number],
      )
    ).rows[0]!.reservation_no;
}

/** Holds of orders at rest are those of their reservations, and those of their lines. */
async function auditOrders(pool: Pool): Promise<unknown[]> {
  const { rows } = await pool.query<{ order_no: number; held: number }>(`
    SELECT o.order_no, coalesce(sum(h.held), 0)::int AS held FROM orders o
      LEFT JOIN reservations r ON r.reference = o.channel_order_id LEFT JOIN reservation_holds h USING (reservation_no)
     WHERE NOT EXISTS (SELECT FROM order_effects e WHERE e.order_no = o.order_no AND e.stream = 'holds' AND e.done_at IS NULL)
     GROUP BY 1`);
  const wrong: unknown[] = [];
  for (const { order_no: number, held } of rows) {
    const { order } = await readOrder(pool, number);
    const { reserved, picked } = sumsOfAll(order.lines);
    if (reserved + picked !== held) wrong.push({ number, state: order.state, reserved, picked, held });
  }
  return wrong;
}
