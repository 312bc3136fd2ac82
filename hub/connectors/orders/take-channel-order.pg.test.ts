import type { Pool } from 'pg';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { readIdempotencyKey } from '#hub/api/idempotency-key.ts';
import { createOrders } from '#hub/orders/orders.ts';
import { readTrail } from '#hub/orders/store/list-orders.ts';
import { readOrder } from '#hub/orders/store/stored-order.ts';
import { createTestDatabase, type TestDatabase } from '#test/support/database.ts';
import { plain } from '#test/support/hub-api.ts';
import { openReservationPool } from '#test/support/reservations.ts';
import { beginStoreOrders } from '#test/support/store-orders.ts';
import type { ChannelOrder } from '../connector.ts';
import { takeChannelOrder } from './take-channel-order.ts';

let database: TestDatabase;
let reservationPool: Pool;
type StoreOrders = Awaited<ReturnType<typeof beginStoreOrders>>;
let at: StoreOrders;
beforeAll(async () => {
  database = await createTestDatabase({ max: 12 });
  reservationPool = openReservationPool(database.url);
});
afterAll(async () => {
  await reservationPool.end();
  await database.drop();
});
beforeEach(async () => {
  at = await beginStoreOrders(database.pool, reservationPool, { now: Date.now() });
  await at.till.tell(1, 'receipt', plain({ sku: 'A', quantity: 9 }));
});

const order = {
  orderedAt: '2026-11-01T10:00:00Z',
  currency: 'EUR',
  taxIncluded: true,
  lines: [{ line: 'a', sku: 'A', units: 3, priceMinor: 100 }],
  totalMinor: 300,
  payment: 'paid',
  delivery: { kind: 'ship', country: 'DE' },
  customer: { reference: 'c-1' },
};
/** As the channel has it now. */
const said = (version: number, more: Partial<ChannelOrder> = {}) =>
  takeChannelOrder(
    { orders: createOrders(at.parts) },
    'web',
    { id: '1', order, version, cancelled: null, ...more },
    { isCurrent: true, correlationId: 'story' },
  );
const kindsOf = async () => (await readTrail(database.pool, 1)).effects.map(({ kind }) => kind);
const stateOf = async () => (await readOrder(database.pool, 1)).order.state;

describe('an order that is cancelled at its channel', () => {
  it("O2 is not paid back once more: what was paid for it is the channel's affair", async () => {
    await said(1);
    await said(2, { order: null, cancelled: 'customer' });
    expect(await stateOf()).toBe('cancelled');
    expect(await kindsOf()).toContain('release');
    expect(await kindsOf()).not.toContain('refund');
  });

  it('O2 is paid back where its customer has asked for it, and that is for us to do', async () => {
    await said(1);
    await said(2, { cancelAsked: 'customer' });
    expect(await stateOf()).toBe('cancelled');
    expect(await kindsOf()).toContain('refund');
  });

  it('O2 is cancelled once, whatever its channel says of the reason by and by', async () => {
    await said(1);
    for (const [version, cancelled] of [
      [2, 'other'],
      [3, 'customer'],
    ] as const)
      expect(await said(version, { order: null, cancelled })).toBeUndefined();
    expect((await readTrail(database.pool, 1)).effects.filter(({ kind }) => kind === 'release')).toHaveLength(1);
  });

  it('R2 is cancelled under a key that no client can have taken', async () => {
    await said(1);
    await said(2, { cancelAsked: 'customer' });
    await said(3, { order: null, cancelled: 'customer' });
    const { rows } = await database.pool.query<{ key: string }>('SELECT key FROM order_events WHERE key IS NOT NULL');
    expect(rows).toHaveLength(2);
    for (const { key } of rows) expect(() => readIdempotencyKey(key)).toThrow();
  });
});
