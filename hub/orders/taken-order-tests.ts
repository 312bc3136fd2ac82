import { expect, it } from 'vitest';
import { EVENT_TYPES } from '#hub/outbox/event-types.ts';
import { plain } from '#test/support/hub-api.ts';
import { given, at, units, SAID, type OrdersTest } from '#test/support/orders-test.ts';
import { stockOf } from '#test/support/reservations.ts';
import { EMPTY_OUTBOX, makeWebhook } from '#test/support/webhooks.ts';
import { applySourcing } from './sourcing/sourcing-versions.ts';
import { type Act } from './states/act.ts';
import { readOrder } from './store/stored-order.ts';
import { takeOrder } from './take-order.ts';
import { lookAgain, lookAgainAt } from './work/look-again.ts';
import { workEffects, workOrder } from './work/work-effects.ts';

/** Orders as they come in, wait, are said something of, are cancelled. */
export function takenOrderTests(here: OrdersTest): void {
  const { order, act, stateOf, placesOf, open, clock } = here;

  it('is taken in, held where the rules say, and released to the stores', async () => {
    await here.till.tell(1, 'receipt', units(2));
    await here.till.tell(2, 'receipt', units(9));
    await applySourcing(here.database.pool, 'sourcing: 1\nlocations: [{code: S2, closed: true}]\n', { by: 'test' });
    await here.till.tell(3, 'receipt', units(4));
    const number = await order('1');
    expect([await stateOf(number), await placesOf(number)]).toEqual(['released', ['a S3 3/0/0']]);
    expect((await stockOf(here.database.pool)).shelves).toEqual({ S1: [2, 0], S2: [9, 0], S3: [4, 3] });
    const { rows } = await here.database.pool.query(`SELECT state::text FROM reservations`);
    expect(rows).toEqual([{ state: 'confirmed' }]);
  });

  it('tells webhooks where it stands after each step that moves it, without a gap, and nothing personal', async () => {
    await here.database.pool.query(EMPTY_OUTBOX);
    await makeWebhook(here.database.pool, 'http://127.0.0.1:9/', ['order.changed']);
    await here.till.tell(1, 'receipt', plain({ sku: 'A', quantity: 5 }));
    const number = await order('told');
    await act(number, { act: 'cancel', reason: 'customer' });
    const { rows } = await here.database.pool.query<{ data: Record<string, unknown> }>(
      'SELECT data FROM outbox_entries ORDER BY waiting_since, entry_no',
    );
    const states = await here.database.pool.query<{ state: string }>('SELECT state FROM orders');
    const told = rows.map(({ data }) => [data['before'], data['state']]);
    expect(told[0]).toEqual([null, 'received']);
    // Each begins where the one before ended, up to where the order stands.
    expect(told.slice(1).map(([before]) => before)).toEqual(told.slice(0, -1).map(([, state]) => state));
    expect(told.at(-1)![1]).toBe(states.rows[0]!.state);
    expect(states.rows[0]!.state).toBe('cancelled');
    for (const { data } of rows) {
      expect(EVENT_TYPES['order.changed'].data.safeParse(data).error).toBeUndefined();
      expect(data).toMatchObject({ order: number, channel: 'web', channelOrderId: 'told' });
    }
  });

  it('comes twice and is the same, comes with other content and is kept beside it, coded', async () => {
    await here.till.tell(1, 'receipt', units(9));
    const [first, second] = await Promise.all([
      takeOrder(here.parts, given('1'), SAID),
      takeOrder(here.parts, given('1'), SAID),
    ]);
    expect([first.number, first.isNew !== second.isNew]).toEqual([second.number, true]);
    const other = given('1', { lines: [{ line: 'a', sku: 'A', units: 2, priceMinor: 150 }] });
    for (let times = 0; times < 2; times += 1) {
      await expect(takeOrder(here.parts, other, SAID)).rejects.toThrow(
        expect.objectContaining({ code: 'ORDER_REUSED' }),
      );
    }
    const moved = given('1', { customer: { reference: 'c-1', contact: { name: 'Ada', address: ['Street 2'] } } });
    await expect(takeOrder(here.parts, moved, SAID)).rejects.toThrow('with other content');
    const { rows } = await here.database.pool.query(
      `SELECT content -> 'lines' -> 0 ->> 'units' AS units FROM order_conflicts ORDER BY 1`,
    );
    expect(rows).toEqual([{ units: '2' }, { units: '3' }]);
    await workEffects(here.parts);
    expect((await stockOf(here.database.pool)).shelves).toEqual({ S1: [9, 3] });
  });

  it('whose payment comes with a second sending goes on by it', async () => {
    await here.till.tell(1, 'receipt', units(9));
    const number = await order('1', { payment: 'pending' });
    expect(await stateOf(number)).toBe('posted');
    await takeOrder(here.parts, given('1'), SAID);
    expect(await stateOf(number)).toBe('released');
  });

  it('of an unknown product waits for it, and goes on when it is there', async () => {
    await here.till.tell(1, 'receipt', units(9, 'NEW'));
    const number = await order('1', { lines: [{ line: 'a', channelSku: 'X1', units: 3, priceMinor: 100 }] });
    expect(await readOrder(here.database.pool, number)).toMatchObject({
      order: { state: 'received' },
      problem: { code: 'ORDER_NAME_UNKNOWN', detail: 'Line a: web has no listing "X1".' },
    });
    await here.database.pool.query(`INSERT INTO listings (channel_no, channel_sku, sku) VALUES (1, 'X1', 'A')`);
    await here.till.tell(1, 'receipt', units(9));
    await lookAgainAt(here.database.pool, number, here.parts.now());
    await workOrder(here.parts, number);
    expect(await readOrder(here.database.pool, number)).toMatchObject({ order: { state: 'released' }, problem: null });
  });

  it('of what is not there is cancelled, or takes a part, or waits until it comes', async () => {
    await here.till.tell(1, 'receipt', units(2));
    const whole = await order('1');
    expect(await stateOf(whole)).toBe('cancelled');
    expect((await open(whole)).map(({ kind, detail }) => [kind, detail.amountMinor])).toEqual([
      ['refund', 300],
      ['tell', undefined],
    ]);
    const part = await order('2', { partial: true, lines: [{ line: 'a', sku: 'A', units: 3, priceMinor: 100 }] });
    expect([await stateOf(part), await placesOf(part)]).toEqual(['released', ['a S1 2/0/0']]);
    const waiting = await order('3', { onUnavailable: 'wait' });
    expect(await readOrder(here.database.pool, waiting)).toMatchObject({
      order: { state: 'validated' },
      problem: { code: 'ORDER_UNAVAILABLE', detail: 'Units that are nowhere to be had: line a: 3.' },
    });
    await here.till.tell(2, 'receipt', units(3));
    clock.now += 61_000;
    await lookAgain(here.database.pool, here.parts.now());
    await workEffects(here.parts);
    expect([await stateOf(waiting), await placesOf(waiting)]).toEqual(['released', ['a S2 3/0/0']]);
  });

  it('is told once what is said under one key, and refuses another thing under it', async () => {
    await here.till.tell(1, 'receipt', units(9));
    const number = await order('1');
    const pick: Act = { act: 'pick', parts: [at('a', 1, 'S1')] };
    await act(number, pick, 'k1');
    await act(number, pick, 'k1');
    expect(await placesOf(number)).toEqual(['a S1 2/1/0']);
    await expect(act(number, { ...pick, parts: [at('a', 2, 'S1')] }, 'k1')).rejects.toThrow(
      expect.objectContaining({ code: 'KEY_REUSED' }),
    );
  });

  it('that is cancelled in part or whole gives its units back', async () => {
    await here.till.tell(1, 'receipt', units(9));
    const number = await order('1');
    await act(number, { act: 'pick', parts: [at('a', 1, 'S1')] });
    await act(number, { act: 'cancel', reason: 'customer', parts: [{ line: 'a', units: 1 }] });
    expect([await placesOf(number), (await stockOf(here.database.pool)).shelves]).toEqual([
      ['a S1 1/1/0'],
      { S1: [9, 2] },
    ]);
    await act(number, { act: 'cancel', reason: 'customer' });
    expect([await stateOf(number), (await stockOf(here.database.pool)).shelves]).toEqual(['cancelled', { S1: [9, 0] }]);
    await act(number, { act: 'cancel', reason: 'customer' });
    const refunds = (await open(number)).flatMap(({ detail }) => detail.amountMinor ?? []);
    expect(refunds).toEqual([100, 200]);
  });

  it('keeps what was said of it for good', async () => {
    const number = await order('1');
    await expect(here.database.pool.query('DELETE FROM order_events')).rejects.toThrow('is history');
    const { rows } = await here.database.pool.query<{ act: string }>(
      'SELECT act FROM order_events WHERE order_no = $1 ORDER BY event_no',
      [number],
    );
    expect(rows.map(({ act }) => act)).toEqual(['receive', 'accept', 'cancel']);
  });
}
