import { expect, it } from 'vitest';
import { expireDue } from '#hub/reservations/expire.ts';
import { given, units, SAID, type OrdersTest } from '#test/support/orders-test.ts';
import { stockOf } from '#test/support/reservations.ts';
import { actOn } from './act-on-order.ts';
import { readOrder } from './store/stored-order.ts';
import { takeOrder } from './take-order.ts';
import { claimEffects } from './work/effect-queue.ts';
import { workEffects } from './work/work-effects.ts';

/** What a hub had begun, and another finds. */
export function killedHubTests(here: OrdersTest): void {
  const { order, act, stateOf, placesOf, clock } = here;

  const broken = () => new Error('killed');

  it('between the hold and its record finds the same hold again', async () => {
    await here.till.tell(1, 'receipt', units(9));
    here.wrap = (holds) => ({
      ...holds,
      reserve: async (request) => {
        await holds.reserve(request);
        throw broken();
      },
    });
    const number = await order('1');
    expect([await stateOf(number), (await stockOf(here.database.pool)).shelves]).toEqual(['validated', { S1: [9, 3] }]);
    here.wrap = (holds) => holds;
    await here.hasten();
    await workEffects(here.parts);
    expect([await stateOf(number), (await stockOf(here.database.pool)).shelves]).toEqual(['released', { S1: [9, 3] }]);
  });

  it('while the order is cancelled meanwhile, gives back what it finds', async () => {
    await here.till.tell(1, 'receipt', units(9));
    here.wrap = (holds) => ({
      ...holds,
      reserve: async (request) => {
        await holds.reserve(request);
        throw broken();
      },
    });
    const number = await order('1');
    here.wrap = (holds) => holds;
    await actOn(here.parts, number, { act: 'cancel', reason: 'customer' }, SAID);
    await here.hasten();
    await workEffects(here.parts);
    expect([await stateOf(number), (await stockOf(here.database.pool)).shelves]).toEqual(['cancelled', { S1: [9, 0] }]);
  });

  it('after it gave units back and before it wrote that down, gives back no more', async () => {
    await here.till.tell(1, 'receipt', units(9));
    const number = await order('1');
    here.wrap = (holds) => ({
      ...holds,
      release: async (...what) => {
        await holds.release(...what);
        throw broken();
      },
    });
    await act(number, { act: 'cancel', reason: 'customer', parts: [{ line: 'a', units: 1 }] });
    here.wrap = (holds) => holds;
    await here.hasten();
    await workEffects(here.parts);
    expect([await placesOf(number), (await stockOf(here.database.pool)).shelves]).toEqual([
      ['a S1 2/0/0'],
      { S1: [9, 2] },
    ]);
    // What it believes to hold is what it holds.
    await act(number, { act: 'cancel', reason: 'customer' });
    expect((await stockOf(here.database.pool)).shelves).toEqual({ S1: [9, 0] });
  });

  it('so long that its holds expired, looks for others', async () => {
    await here.till.tell(1, 'receipt', units(9));
    here.wrap = (holds) => ({ ...holds, confirm: () => Promise.reject(broken()) });
    const number = await order('1');
    await here.database.pool.query('UPDATE reservations SET expires_at = 1');
    await expireDue(here.reservationPool);
    here.wrap = (holds) => holds;
    await here.hasten();
    await workEffects(here.parts);
    const { rows } = await here.database.pool.query(`SELECT state::text FROM reservations ORDER BY 1`);
    expect(rows.map(({ state }) => state)).toEqual(['confirmed', 'expired']);
    expect([await stateOf(number), await placesOf(number)]).toEqual(['released', ['a S1 3/0/0']]);
  });

  it('works on the most urgent lane first, whatever came before', async () => {
    const lanes = ['standard', 'marketplace', 'sameDay'];
    for (const lane of lanes) await takeOrder(here.parts, given(lane, { promise: { lane } }), SAID);
    const claimed: number[] = [];
    for (let turn = 0; turn < lanes.length; turn += 1) {
      const [effect] = await claimEffects(here.database.pool, { order: null, limit: 1 });
      claimed.push(effect!.order);
    }
    const ids = await Promise.all(
      claimed.map(async (number) => (await readOrder(here.database.pool, number)).order.content.channelOrderId),
    );
    expect(ids).toEqual(lanes.toReversed());
  });

  it('holds up no other order by one that fails', async () => {
    await here.till.tell(1, 'receipt', units(9));
    here.wrap = (holds) => ({
      ...holds,
      reserve: (request) => (request.reference === '1' ? Promise.reject(broken()) : holds.reserve(request)),
    });
    await takeOrder(here.parts, given('1'), SAID);
    const { number } = await takeOrder(here.parts, given('2'), SAID);
    await workEffects(here.parts);
    expect(await stateOf(number)).toBe('released');
  });

  it('does again what failed when it is time by the clock of the database, whatever its own says', async () => {
    await here.till.tell(1, 'receipt', units(9));
    const real = clock.now;
    clock.now += 365 * 86_400_000;
    here.wrap = (holds) => ({ ...holds, reserve: () => Promise.reject(broken()) });
    const number = await order('1');
    await order('2');
    clock.now = real;
    here.wrap = (holds) => holds;
    await workEffects(here.parts);
    expect(await stateOf(number)).toBe('validated');
    // It was tried once, so it waits for a second.
    await expect
      .poll(async () => (await workEffects(here.parts), [await stateOf(number), await stateOf(2)]), { timeout: 3_000 })
      .toEqual(['released', 'released']);
  });
}
