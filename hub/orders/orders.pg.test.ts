import { describe, expect, it } from 'vitest';
import { createReservations } from '#hub/reservations/reservations.ts';
import { given, units, SAID, OrdersTest } from '#test/support/orders-test.ts';
import { stockOf } from '#test/support/reservations.ts';
import { reservationHolds } from './reservation-holds.ts';
import { customerOrders, eraseCustomer, eraseExpired } from './store/personal-data.ts';
import { takeOrder } from './take-order.ts';
import { workEffects, type WorkParts } from './work/work-effects.ts';
import { takenOrderTests } from './taken-order-tests.ts';
import { orderUnitTests } from './order-unit-tests.ts';
import { killedHubTests } from './killed-hub-tests.ts';

const here = new OrdersTest();
const { order, stateOf } = here;

describe('an order', () => {
  takenOrderTests(here);
});
describe('what becomes of the units of an order', () => {
  orderUnitTests(here);
});
describe('a hub that is killed', () => {
  killedHubTests(here);
});

it('R1 many orders for the last units, worked on by two hubs at once: what is promised is there, and the rest is cancelled', async () => {
  await here.till.tell(1, 'receipt', units(20));
  await here.till.tell(2, 'receipt', units(11));
  const numbers = await Promise.all(
    Array.from({ length: 30 }, async (_, n) => (await takeOrder(here.parts, given(`${n}`), SAID)).number),
  );
  const other: WorkParts = {
    ...here.parts,
    holds: reservationHolds(here.database.pool, createReservations(here.reservationPool)),
  };
  await Promise.all([workEffects(here.parts), workEffects(other), workEffects(here.parts)]);
  await here.hasten();
  await workEffects(here.parts);
  const states = await Promise.all(numbers.map(stateOf));
  expect(states.filter((state) => state === 'released')).toHaveLength(10);
  expect(states.filter((state) => state === 'cancelled')).toHaveLength(20);
  const { shelves } = await stockOf(here.database.pool);
  expect(Object.values(shelves).reduce((sum, [, reserved]) => sum + reserved, 0)).toBe(30);
});

describe('personal data', () => {
  const who = { channel: 'web', reference: 'c-1' };
  const kept = () => customerOrders(here.database.pool, who, { after: 0, limit: 10 });

  it('is exported and erased by reference, of open orders once they have ended', async () => {
    await here.till.tell(1, 'receipt', units(3));
    const open = await order('1');
    const ended = await order('2');
    expect([await stateOf(open), await stateOf(ended)]).toEqual(['released', 'cancelled']);
    expect(await kept()).toMatchObject([{ order: open, contact: { name: 'Ada' } }, { order: ended }]);
    expect(await eraseCustomer(here.database.pool, who)).toEqual({ erased: 1, kept: 1 });
    expect((await kept()).map(({ order }) => order)).toEqual([open]);
    // Sent again, the order is still the same, and nothing of the customer comes back.
    expect(await takeOrder(here.parts, given('2'), SAID)).toEqual({ number: ended, isNew: false });
    expect(await kept()).toHaveLength(1);
    const everything = await here.database.pool.query(
      `SELECT json_agg(o)::text || (SELECT json_agg(e)::text FROM order_events e) AS text FROM orders o WHERE order_no = $1`,
      [ended],
    );
    expect(everything.rows[0].text).not.toMatch(/Ada|Street|c-1/);
  });

  it('is erased when its time is over', async () => {
    await order('1');
    here.clock.now += 89 * 86_400_000;
    expect(await eraseExpired(here.database.pool, here.parts.now())).toBe(0);
    here.clock.now += 2 * 86_400_000;
    expect(await eraseExpired(here.database.pool, here.parts.now())).toBe(1);
    expect(await kept()).toEqual([]);
  });
});

it('sells from a channel that is there only', async () => {
  await expect(takeOrder(here.parts, given('1', { channel: 'none' }), SAID)).rejects.toThrow(
    'there is no channel "none"',
  );
});
