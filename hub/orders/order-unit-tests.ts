import { expect, it } from 'vitest';
import { readIdempotencyKey } from '#hub/api/idempotency-key.ts';
import { mendShortfalls } from '#hub/reservations/mend-shortfalls.ts';
import { fewestParcels } from '#hub/reservations/sourcing.ts';
import { at, units, type OrdersTest } from '#test/support/orders-test.ts';
import { soldOf, stockOf } from '#test/support/reservations.ts';
import { followHolds } from './work/follow-holds.ts';
import { expireUncollected } from './work/look-again.ts';
import { workEffects } from './work/work-effects.ts';

/** Units that are handed over, are missing, or went another way. */
export function orderUnitTests(here: OrdersTest): void {
  const { order, act, stateOf, placesOf, open, reservationOf, clock } = here;

  it('M6 a sale at the till that names the hold hands them over, once', async () => {
    await here.till.tell(1, 'receipt', units(9));
    const number = await order('1');
    const reservation = await reservationOf(number);
    await here.till.tell(1, 'sale', soldOf('A', 2, reservation));
    expect(await followHolds(here.parts)).toBe(1);
    expect([await stateOf(number), await placesOf(number)]).toEqual(['picking', ['a S1 1/0/2']]);
    expect(await followHolds(here.parts)).toBe(0);
    await here.till.tell(1, 'sale', soldOf('A', 1, reservation));
    await followHolds(here.parts);
    expect(await stateOf(number)).toBe('shipped');
    expect((await stockOf(here.database.pool)).shelves).toEqual({ S1: [6, 0] });
  });

  it('M6 an order that cannot be read any more keeps none behind it from being followed', async () => {
    await here.till.tell(1, 'receipt', units(9));
    const numbers = [await order('1'), await order('2')];
    for (const number of numbers) await here.till.tell(1, 'sale', soldOf('A', 3, await reservationOf(number)));
    await here.database.pool.query(`UPDATE orders SET avoid = '{}' WHERE order_no = $1`, [numbers[0]]);
    expect(await followHolds(here.parts)).toBe(1);
    expect(await stateOf(numbers[1] ?? 0)).toBe('shipped');
    await here.database.pool.query(`UPDATE orders SET avoid = '[]' WHERE order_no = $1`, [numbers[0]]);
    expect(await followHolds(here.parts)).toBe(1);
  });

  it('handed over without such a sale are held no more', async () => {
    await here.till.tell(1, 'receipt', units(9));
    const number = await order('1');
    await act(number, { act: 'hand', parts: [at('a', 3, 'S1')], hold: 'fulfil' });
    expect([await stateOf(number), (await stockOf(here.database.pool)).shelves]).toEqual(['shipped', { S1: [9, 0] }]);
    expect(await followHolds(here.parts)).toBe(0);
  });

  it('that a store cannot find come from another one', async () => {
    await here.till.tell(1, 'receipt', units(9));
    await here.till.tell(2, 'receipt', units(2));
    const number = await order('1');
    await act(number, { act: 'pick', parts: [at('a', 1, 'S1')] });
    await act(number, { act: 'short', parts: [at('a', 2, 'S1')], gone: 'units' });
    expect([await stateOf(number), await placesOf(number)]).toEqual(['picking', ['a S1 0/1/0', 'a S2 2/0/0']]);
    await act(number, { act: 'short', parts: [at('a', 1, 'S2')], gone: 'units' });
    // Nowhere else: that unit is cancelled, and given back.
    expect(await placesOf(number)).toEqual(['a S1 0/1/0', 'a S2 1/0/0']);
    expect((await open(number)).flatMap(({ detail }) => detail.amountMinor ?? [])).toEqual([100]);
  });

  it('that a store has sold to others come from another one, or are cancelled', async () => {
    await here.till.tell(1, 'receipt', units(3));
    const number = await order('1');
    const waiting = await order('2', { onUnavailable: 'wait' });
    await here.till.tell(2, 'receipt', units(1));
    await here.till.tell(1, 'sale', soldOf('A', 2));
    await mendShortfalls(here.reservationPool, fewestParcels);
    expect(await followHolds(here.parts)).toBe(1);
    await workEffects(here.parts);
    expect([await stateOf(number), await placesOf(number)]).toEqual(['released', ['a S1 1/0/0', 'a S2 1/0/0']]);
    expect(await stateOf(waiting)).toBe('validated');
    expect((await stockOf(here.database.pool)).shelves).toEqual({ S1: [1, 1], S2: [1, 1] });
  });

  it('that a customer collects are never moved to another store', async () => {
    await here.till.tell(1, 'receipt', units(3));
    const number = await order('1', { delivery: { kind: 'collect', store: 'S1' }, customer: { reference: 'c' } });
    await here.till.tell(2, 'receipt', units(9));
    await here.till.tell(1, 'sale', soldOf('A', 1));
    await mendShortfalls(here.reservationPool, fewestParcels);
    await followHolds(here.parts);
    await workEffects(here.parts);
    expect(await placesOf(number)).toEqual(['a S1 2/0/0']);
    expect((await stockOf(here.database.pool)).shelves).toEqual({ S1: [2, 2], S2: [9, 0] });
  });

  it('that nobody collects go back to stock', async () => {
    await here.till.tell(1, 'receipt', units(3));
    const number = await order('1', { delivery: { kind: 'collect', store: 'S1' }, customer: { reference: 'c' } });
    await act(number, { act: 'pick', parts: [at('a', 3, 'S1')] });
    expect(await stateOf(number)).toBe('ready');
    await expireUncollected(here.parts);
    expect(await stateOf(number)).toBe('ready');
    clock.now += 8 * 86_400_000;
    await expireUncollected(here.parts);
    await workEffects(here.parts);
    expect([await stateOf(number), (await stockOf(here.database.pool)).shelves]).toEqual(['cancelled', { S1: [3, 0] }]);
  });

  it('R2 no key that a client can send stands in the way of what the hub itself says of an order', async () => {
    await here.till.tell(1, 'receipt', units(3));
    const number = await order('1', { delivery: { kind: 'collect', store: 'S1' }, customer: { reference: 'c' } });
    await act(number, { act: 'pick', parts: [at('a', 3, 'S1')] });
    clock.now += 8 * 86_400_000;
    await expireUncollected(here.parts);
    const { rows } = await here.database.pool.query<{ key: string }>(
      `SELECT key FROM order_events WHERE order_no = $1 AND said_by = 'hub' AND key IS NOT NULL`,
      [number],
    );
    expect(rows).toHaveLength(1);
    for (const { key } of rows) expect(() => readIdempotencyKey(key)).toThrow();
  });
}
