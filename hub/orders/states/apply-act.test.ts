import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { canonicalOrder, splitOrder, type Payment } from '../order/canonical-order.ts';
import type { Act } from './act.ts';
import { applyAct, type Step } from './apply-act.ts';
import { owedMinor, type Effect } from './effects.ts';
import { sumsOfAll, type UnitsAt } from './line-units.ts';
import { milestoneOf } from './milestone.ts';
import { heldUnits, newOrder, type Order } from './order.ts';

const given = (changes: object = {}) =>
  splitOrder(
    canonicalOrder.parse({
      channel: 'web',
      channelOrderId: '1001',
      orderedAt: '2026-11-01T10:00:00Z',
      currency: 'EUR',
      taxIncluded: true,
      lines: [
        { line: 'a', sku: 'A', units: 2, priceMinor: 1_000, taxMinor: 300 },
        { line: 'b', sku: 'B', units: 3, priceMinor: 333, discountMinor: 100 },
      ],
      shipping: { priceMinor: 490 },
      totalMinor: 3_389,
      payment: 'paid',
      delivery: { kind: 'ship', country: 'DE' },
      customer: { reference: 'c-1' },
      ...changes,
    }),
  );
const SKUS = { a: 'A', b: 'B' };
const order = (changes: object = {}, payment: Payment = 'paid') => newOrder(given(changes).content, payment);
const at = (line: string, units: number, location = 'S1'): UnitsAt => ({ line, location, units });
const ALL = [at('a', 2), at('b', 3)];
const accept: Act = { act: 'accept', skus: SKUS };
const reserveAll: Act = { act: 'reserve', parts: ALL };
const collect = { delivery: { kind: 'collect', store: 'S1' }, shipping: { priceMinor: 0 }, totalMinor: 2_899 };

function run(from: Order, ...acts: Act[]): Step {
  let step: Step = { order: from, events: [], effects: [] };
  for (const act of acts) step = applyAct(step.order, act);
  return step;
}
const effect = <Kind extends Effect['kind']>(step: Step, kind: Kind) =>
  step.effects.find((one): one is Extract<Effect, { kind: Kind }> => one.kind === kind);

describe('the way of an order', () => {
  it('that is shipped', () => {
    const accepted = run(order(), accept);
    expect(accepted.order.state).toBe('validated');
    expect(effect(accepted, 'reserve')).toEqual({
      kind: 'reserve',
      lines: [
        { line: 'a', sku: 'A', units: 2 },
        { line: 'b', sku: 'B', units: 3 },
      ],
      avoid: [],
      partial: false,
    });
    const held = applyAct(accepted.order, reserveAll);
    expect(held.events.map(({ event, to }) => `${event} ${to}`)).toEqual(['reserve validated', 'allocate allocated']);
    expect(held.effects.map(({ kind }) => kind)).toEqual(['confirm', 'post', 'tell']);
    const posted = applyAct(held.order, { act: 'post' });
    expect(posted.order.state).toBe('released');
    const picked = applyAct(posted.order, { act: 'pick', parts: [at('a', 2)] });
    expect(picked.order.state).toBe('picking');
    const packed = applyAct(picked.order, { act: 'pick', parts: [at('b', 3)] });
    expect(packed.order.state).toBe('ready');
    const part = applyAct(packed.order, { act: 'hand', parts: [at('a', 2)], hold: 'fulfil' });
    expect(part.order.state).toBe('ready');
    expect(effect(part, 'fulfil')?.parts).toEqual([at('a', 2)]);
    const shipped = applyAct(part.order, { act: 'hand', parts: [at('b', 3)], hold: 'gone' });
    expect(shipped.order.state).toBe('shipped');
    expect(effect(shipped, 'fulfil')).toBeUndefined();
    expect(applyAct(shipped.order, { act: 'deliver' }).order.state).toBe('completed');
  });

  it('waits for its payment, and is released when it comes', () => {
    const waiting = run(order({}, 'pending'), accept, reserveAll, { act: 'post' });
    expect(waiting.order.state).toBe('posted');
    expect(applyAct(waiting.order, { act: 'pay' }).order.state).toBe('released');
    const onHandover = run(order(collect, 'onHandover'), accept, reserveAll, { act: 'post' });
    expect(onHandover.order.state).toBe('released');
  });

  it('whose payment fails gives its holds back, and takes a late payment only to give it back', () => {
    const failed = run(order({}, 'pending'), accept, reserveAll, { act: 'post' }, { act: 'failPayment' });
    expect(failed.order.state).toBe('cancelled');
    expect(effect(failed, 'release')?.parts).toEqual(ALL);
    expect(effect(failed, 'refund')).toBeUndefined();
    expect(failed.effects.map(({ kind }) => kind)).toContain('unpost');
    const late = applyAct(failed.order, { act: 'pay' });
    expect(effect(late, 'refund')).toMatchObject({ amountMinor: 3_389, currency: 'EUR' });
    expect(run(late.order, { act: 'pay' }, { act: 'cancel', reason: 'other' }).effects).toEqual([]);
  });

  it('of which a part is cancelled goes on with the rest, and gives back what that cost', () => {
    const cancel: Act = { act: 'cancel', reason: 'customer', parts: [{ line: 'b', units: 2 }] };
    const step = run(order(), accept, reserveAll, { act: 'post' }, cancel);
    expect(step.order.state).toBe('released');
    expect(effect(step, 'release')?.parts).toEqual([at('b', 2)]);
    // 3 x 333 - 100 = 899 for three; the first two come to 599.
    expect(effect(step, 'refund')).toMatchObject({
      amountMinor: 599,
      lines: [
        { line: 'a', cancelled: 0, returned: 0 },
        { line: 'b', cancelled: 2, returned: 0 },
      ],
    });
    expect(effect(step, 'tell')).toMatchObject({ state: 'released', why: 'customer' });
    const packed = run(step.order, { act: 'pick', parts: [at('a', 2), at('b', 1)] });
    expect(packed.order.state).toBe('ready');
  });

  it('that a store cannot give is looked for elsewhere, and cancelled when it is nowhere', () => {
    const short = run(
      order(),
      accept,
      reserveAll,
      { act: 'post' },
      { act: 'pick', parts: [at('a', 2)] },
      {
        act: 'short',
        gone: 'units',
        parts: [at('b', 3)],
      },
    );
    expect(short.order).toMatchObject({ state: 'picking', avoid: [{ line: 'b', location: 'S1' }] });
    expect(effect(short, 'release')?.parts).toEqual([at('b', 3)]);
    expect(effect(short, 'reserve')).toMatchObject({ lines: [{ line: 'b', units: 3 }], partial: true });
    const elsewhere = applyAct(short.order, { act: 'reserve', parts: [at('b', 2, 'S2')] });
    expect(elsewhere.effects.map(({ kind }) => kind)).toEqual(['confirm']);
    const rest = applyAct(elsewhere.order, { act: 'cancel', reason: 'unavailable', parts: [{ line: 'b', units: 1 }] });
    expect(effect(rest, 'release')).toBeUndefined();
    expect(effect(rest, 'refund')?.amountMinor).toBe(299);
    expect(run(rest.order, { act: 'pick', parts: [at('b', 2, 'S2')] }).order.state).toBe('ready');
    const nowhere = applyAct(short.order, { act: 'cancel', reason: 'unavailable', parts: [{ line: 'b', units: 3 }] });
    expect(nowhere.order.state).toBe('ready');
  });

  it('that nobody collects goes back to stock', () => {
    const ready = run(order(collect), accept, reserveAll, { act: 'post' }, { act: 'pick', parts: ALL });
    expect(ready.order.state).toBe('ready');
    const expired = applyAct(ready.order, { act: 'expire' });
    expect(expired.order.state).toBe('cancelled');
    expect(effect(expired, 'release')?.parts).toEqual(ALL);
    expect(effect(expired, 'refund')?.amountMinor).toBe(2_899);
    const fetched = run(ready.order, { act: 'hand', parts: [at('a', 2)], hold: 'gone' }, { act: 'expire' });
    expect(fetched.order.state).toBe('completed');
    const parcel = run(order(), accept, reserveAll, { act: 'post' }, { act: 'pick', parts: ALL });
    expect(() => applyAct(parcel.order, { act: 'expire' })).toThrow('Only what is to be collected');
  });

  it('that comes back is paid back without its shipping', () => {
    const hand: Act = { act: 'hand', parts: ALL, hold: 'gone' };
    const some = run(order(), accept, reserveAll, hand, { act: 'return', parts: [{ line: 'a', units: 1 }] });
    expect(some.order.state).toBe('shipped');
    expect(effect(some, 'refund')?.amountMinor).toBe(1_000);
    const rest = [
      { line: 'a', units: 1 },
      { line: 'b', units: 3 },
    ];
    const all = applyAct(some.order, { act: 'return', parts: rest });
    expect(all.order).toMatchObject({ state: 'returned', refundedMinor: 2_899 });
  });

  describe('of which a line may be substituted', () => {
    const substitute = (units: number, sku = 'A2', left = false): Act => {
      return { act: 'substitute', parts: [{ ...at('a', units), substitute: sku }], left };
    };
    const released = (changes: object = {}) =>
      run(order({ substitution: 'store', ...changes }), accept, reserveAll, { act: 'post' });

    it('has the other sku in the place of its own, which is held no more; the money stays', () => {
      const step = applyAct(released().order, substitute(2));
      expect(step.order.state).toBe('picking');
      expect(step.order.lines[0]?.places).toEqual([
        { location: 'S1', substitute: 'A2', reserved: 0, picked: 2, handed: 0 },
      ]);
      expect(step.order.avoid).toEqual([{ line: 'a', location: 'S1' }]);
      expect(step.effects.map(({ kind }) => kind)).toEqual(['release', 'holdSubstitutes', 'tell']);
      expect(effect(step, 'release')?.parts).toEqual([at('a', 2)]);
      expect(effect(step, 'holdSubstitutes')?.parts).toEqual([{ ...at('a', 2), substitute: 'A2' }]);
      expect(effect(step, 'tell')?.lines[0]).toMatchObject({ substitutes: [{ sku: 'A2', units: 2 }] });
      const cancelled = applyAct(step.order, { act: 'cancel', reason: 'customer' });
      expect(effect(cancelled, 'release')?.parts).toEqual([{ ...at('a', 2), substitute: 'A2' }, at('b', 3)]);
      expect(effect(cancelled, 'refund')?.amountMinor).toBe(3_389);
    });

    it('takes units that are picked already when there are no others, and is ready still', () => {
      const ready = run(released().order, { act: 'pick', parts: ALL });
      const step = applyAct(ready.order, substitute(1));
      expect(step.order).toMatchObject({ state: 'ready' });
      const own = { act: 'hand', parts: [at('a', 1), at('b', 3)], hold: 'gone' } as const;
      const other = { act: 'hand', parts: [{ ...at('a', 1), substitute: 'A2' }], hold: 'fulfil' } as const;
      const handed = run(step.order, own, other);
      expect(handed.order.state).toBe('shipped');
      expect(effect(handed, 'fulfil')?.parts).toEqual([{ ...at('a', 1), substitute: 'A2' }]);
      expect(run(handed.order, { act: 'return', parts: [{ line: 'a', units: 2 }] }).order.refundedMinor).toBe(2_000);
    });

    it('holds nothing of what has left already', () => {
      expect(applyAct(released().order, substitute(1, 'A2', true)).effects.map(({ kind }) => kind)).toEqual([
        'release',
        'tell',
      ]);
    });

    it('takes none for a line that says so, none that is its own, no more than three, and no units beyond its own', () => {
      const refused = (code: string, changes: object, ...acts: Act[]) =>
        expect(() => run(released(changes).order, ...acts)).toThrow(expect.objectContaining({ code }));
      const [a, b] = given().content.lines;
      refused('ORDER_SUBSTITUTE', { substitution: 'none' }, substitute(1));
      refused('ORDER_SUBSTITUTE', { substitution: undefined }, substitute(1));
      refused('ORDER_SUBSTITUTE', { lines: [{ ...a, substitution: 'none' }, b] }, substitute(1));
      const byLine = released({ substitution: undefined, lines: [{ ...a, substitution: 'store' }, b] });
      expect(applyAct(byLine.order, substitute(1)).order.state).toBe('picking');
      refused('REQUEST_INVALID', {}, substitute(1, 'A'));
      refused('ORDER_UNITS', {}, substitute(3));
      const many = { lines: [{ ...a, units: 4, priceMinor: 500 }, b] };
      const held = run(order({ substitution: 'store', ...many }), accept, {
        act: 'reserve',
        parts: [at('a', 4), at('b', 3)],
      });
      const three = run(held.order, { act: 'post' }, substitute(1, 'A2'), substitute(1, 'A3'), substitute(1, 'A4'));
      expect(() => applyAct(three.order, substitute(1, 'A5'))).toThrow(
        expect.objectContaining({ code: 'ORDER_SUBSTITUTE' }),
      );
      expect(run(three.order, substitute(1, 'A4')).order.lines[0]?.places).toHaveLength(3);
    });

    it('is looked for again when a substitute is not to be had either', () => {
      const short: Act = { act: 'short', gone: 'units', parts: [{ ...at('a', 2), substitute: 'A2' }] };
      const step = run(released().order, substitute(2), short);
      expect(effect(step, 'release')?.parts).toEqual([{ ...at('a', 2), substitute: 'A2' }]);
      expect(effect(step, 'reserve')).toMatchObject({ lines: [{ line: 'a', sku: 'A', units: 2 }] });
    });
  });

  it('that was handed over unpaid raises an alarm when the payment fails', () => {
    const gone = run(order({}, 'pending'), accept, reserveAll, { act: 'hand', parts: ALL, hold: 'gone' });
    expect(gone.order.state).toBe('shipped');
    const failed = applyAct(gone.order, { act: 'failPayment' });
    expect(failed.order.state).toBe('shipped');
    expect(effect(failed, 'alarm')).toBeDefined();
  });

  it('refuses what does not fit, with its code', () => {
    expect(() => run(order(), reserveAll)).toThrow(expect.objectContaining({ code: 'ORDER_TOO_EARLY' }));
    const ended = run(order(), { act: 'cancel', reason: 'customer' });
    expect(ended.order.state).toBe('cancelled');
    expect(() => run(ended.order, reserveAll)).toThrow(expect.objectContaining({ code: 'ORDER_ENDED' }));
  });
});

const line = fc.constantFrom('a', 'b');
const units = fc.integer({ min: 1, max: 3 });
const part = fc.record({ line, units, location: fc.constantFrom('S1', 'S2') });
const parts = fc.array(part, { minLength: 1, maxLength: 2 });
const some = fc.array(fc.record({ line, units }), { minLength: 1, maxLength: 2 });
const instead = fc.constantFrom('A2', 'A3');
const placed = fc.oneof(part, fc.record({ line, units, location: fc.constantFrom('S1', 'S2'), substitute: instead }));
const anyParts = fc.array(placed, { minLength: 1, maxLength: 2 });
const act: fc.Arbitrary<Act> = fc.oneof(
  fc.record({ act: fc.constantFrom('fault', 'wait', 'post', 'expire', 'pay', 'failPayment', 'deliver') }),
  { weight: 4, arbitrary: fc.record({ act: fc.constantFrom('reserve', 'pick'), parts }) },
  {
    weight: 2,
    arbitrary: fc.record({
      act: fc.constant('short'),
      parts: anyParts,
      gone: fc.constantFrom('units', 'hold', 'both'),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      act: fc.constant('hand'),
      parts: anyParts,
      hold: fc.constantFrom('gone', 'fulfil', 'release'),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      act: fc.constant('substitute'),
      parts: fc.array(fc.record({ line, units, location: fc.constantFrom('S1', 'S2'), substitute: instead }), {
        minLength: 1,
        maxLength: 2,
      }),
      left: fc.boolean(),
    }),
  },
  fc.record({ act: fc.constant('cancel'), reason: fc.constant('other'), parts: fc.option(some, { nil: undefined }) }),
  { weight: 2, arbitrary: fc.record({ act: fc.constant('return'), parts: some }) },
);

/** Acts begin somewhere on it. */
const WAY: readonly Act[] = [
  accept,
  reserveAll,
  { act: 'pay' },
  { act: 'post' },
  { act: 'pick', parts: ALL },
  { act: 'hand', parts: ALL, hold: 'gone' },
];

/** The ends that random acts reach more seldom are always among what is tried. */
const ENDS: [Payment, boolean, number, Act[]][] = [
  ['paid', false, 1, [{ act: 'cancel', reason: 'other' }]],
  ['paid', false, 4, [{ act: 'pick', parts: [at('a', 2)] }]],
  ['paid', false, 5, []],
  [
    'paid',
    false,
    6,
    [
      {
        act: 'return',
        parts: [
          { line: 'a', units: 2 },
          { line: 'b', units: 3 },
        ],
      },
    ],
  ],
];

describe('any acts in any order', () => {
  it('keep every unit and every cent accounted for', () => {
    const reached = new Map<string, number>();
    let replaced = 0;
    fc.assert(
      fc.property(
        fc.constantFrom<Payment>('pending', 'paid', 'onHandover'),
        fc.boolean(),
        fc.integer({ min: 1, max: WAY.length }),
        fc.array(act, { maxLength: 30 }),
        (payment, isCollect, begun, acts) => {
          const changes = { substitution: 'store', ...(isCollect && collect) };
          let now = run(order(changes, payment), ...WAY.slice(0, begun)).order;
          let refunded = 0;
          let released: UnitsAt[] = [];
          let held = heldUnits(now);
          for (const one of acts) {
            let step: Step;
            try {
              step = applyAct(now, one);
            } catch {
              continue;
            }
            // A hold is where it was, or given back, or handed over: nothing is lost between two steps.
            released = [...(effect(step, 'release')?.parts ?? [])];
            const gained = one.act === 'reserve' || one.act === 'substitute' ? one.parts : [];
            if (one.act === 'substitute') replaced += 1;
            const isHanded = one.act === 'hand' && one.hold !== 'release';
            const gone = isHanded || (one.act === 'short' && one.gone !== 'units') ? one.parts : [];
            const total = (list: readonly UnitsAt[]) => list.reduce((sum, { units }) => sum + units, 0);
            expect(total(heldUnits(step.order))).toBe(total(held) + total(gained) - total(gone) - total(released));
            refunded += effect(step, 'refund')?.amountMinor ?? 0;
            now = step.order;
            held = heldUnits(now);
            expect(milestoneOf(now)).toBeUndefined();
            expect(now.refundedMinor).toBe(refunded);
            expect(refunded).toBeLessThanOrEqual(now.content.totalMinor);
            const { open, reserved, picked, cancelled, returned } = sumsOfAll(now.lines);
            const isTrue: Record<string, boolean> = {
              owed: now.payment === 'failed' || owedMinor(now) <= refunded,
              cancelled: now.state !== 'cancelled' || cancelled === 5,
              returned: now.state !== 'returned' || cancelled + returned === 5,
              ready: now.state !== 'ready' || open + reserved === 0,
              shipped: now.state !== 'shipped' || open + reserved + picked === 0,
            };
            expect(isTrue).toEqual({ owed: true, cancelled: true, returned: true, ready: true, shipped: true });
          }
          reached.set(now.state, 1 + (reached.get(now.state) ?? 0));
        },
      ),
      { numRuns: 1_500 + ENDS.length, examples: ENDS },
    );
    expect(replaced).toBeGreaterThan(20);
    for (const state of ['cancelled', 'picking', 'ready', 'returned']) expect(reached.get(state)).toBeGreaterThan(0);
  });
});
