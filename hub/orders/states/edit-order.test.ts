import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { canonicalOrder, soldBy, splitOrder, type OrderContent, type Payment } from '../order/canonical-order.ts';
import type { Act } from './act.ts';
import { applyAct, type Step } from './apply-act.ts';
import { canBeEdited, isOver } from './edit-order.ts';
import type { Effect } from './effects.ts';
import { sumsOf, sumsOfAll, type LineUnits, type UnitsAt } from './line-units.ts';
import { milestoneOf } from './milestone.ts';
import { newOrder, type Order } from './order.ts';

const PRICE = 100;
interface Given {
  readonly [line: string]: number | readonly [units: number, calledOff: number];
}

/** Lines by name; a pair: so many, of which so many are called off. */
function content(units: Given, changes: object = {}): OrderContent {
  const lines = Object.entries(units).map(([line, given]) => {
    const [all, calledOff] = typeof given === 'number' ? [given, 0] : given;
    return { line, sku: line.toUpperCase(), units: all, priceMinor: PRICE, ...(calledOff > 0 && { calledOff }) };
  });
  return splitOrder(
    canonicalOrder.parse({
      channel: 'web',
      channelOrderId: '1',
      orderedAt: '2026-11-01T10:00:00Z',
      currency: 'EUR',
      taxIncluded: true,
      lines,
      shipping: { priceMinor: 50 },
      totalMinor: lines.reduce((sum, line) => sum + line.units * line.priceMinor, 50),
      payment: 'paid',
      delivery: { kind: 'ship', country: 'DE' },
      customer: { reference: 'c' },
      ...changes,
    }),
  ).content;
}
const SKUS = { a: 'A', b: 'B', c: 'C' };
const at = (line: string, units: number, location = 'S1'): UnitsAt => ({ line, location, units });
const edit = (to: OrderContent, more: Partial<Extract<Act, { act: 'edit' }>> = {}): Act => ({
  act: 'edit',
  content: to,
  payment: 'paid',
  skus: SKUS,
  canGoThere: true,
  isReaddressed: false,
  ...more,
});
function run(from: Order, ...acts: Act[]): Step {
  let step: Step = { order: from, events: [], effects: [] };
  for (const act of acts) step = applyAct(step.order, act);
  return step;
}
const begun = (units: Given, changes: object = {}, payment: Payment = 'paid') =>
  run(newOrder(content(units, changes), payment), { act: 'accept', skus: SKUS }).order;
/** Two of a and three of b, held at two stores and released. */
const HELD = [at('a', 2), at('b', 1), at('b', 2, 'S2')];
const released = run(begun({ a: 2, b: 3 }), { act: 'reserve', parts: HELD }, { act: 'post' }).order;
const picking = run(released, { act: 'pick', parts: HELD }).order;
const effect = <Kind extends Effect['kind']>(step: Step, kind: Kind) =>
  step.effects.find((one): one is Extract<Effect, { kind: Kind }> => one.kind === kind);
const kinds = ({ effects }: Step) => effects.map(({ kind }) => kind);
const lineOf = ({ order }: Step, name: string): LineUnits => order.lines.find(({ line }) => line === name)!;

describe('an edit at the channel', () => {
  it('takes units out: their holds are given back, nothing is told or refunded', () => {
    for (const to of [content({ a: 2, b: 1 }), content({ a: 2, b: [3, 2] })]) {
      const step = run(released, edit(to));
      expect(kinds(step)).toEqual(['release']);
      expect(effect(step, 'release')?.parts).toEqual([at('b', 1), at('b', 1, 'S2')]);
      expect(lineOf(step, 'b')).toMatchObject({ ordered: 3, cancelled: 2, calledOff: 2 });
      expect(step.edited).toMatchObject({ takenOut: [{ line: 'b', units: 2 }], added: [], unfollowed: [] });
      expect(step.order.refundedMinor).toBe(0);
    }
  });

  it('takes a line out that it does not name any more, also from who has picked it, and the rest goes on', () => {
    const step = run(picking, edit(content({ a: 2 })));
    expect(step.order.state).toBe('ready');
    expect(step.order.content.lines.map(({ line }) => line)).toEqual(['a', 'b']);
    expect(step.order.content.totalMinor).toBe(550);
    expect(lineOf(step, 'b')).toMatchObject({ cancelled: 3, calledOff: 3, places: [] });
  });

  it('takes everything out: the order ends, and neither money nor word goes to the channel', () => {
    const step = run(released, edit(content({ a: [2, 2], b: [3, 3] })));
    expect(step.order.state).toBe('cancelled');
    expect(kinds(step)).toEqual(['release', 'unpost']);
  });

  it('adds units and lines, which are looked for; what is added again after it was taken out is the same units', () => {
    const more = run(released, edit(content({ a: 5, b: 3, c: 1 })));
    expect(effect(more, 'reserve')?.lines).toEqual([
      { line: 'a', sku: 'A', units: 3 },
      { line: 'c', sku: 'C', units: 1 },
    ]);
    expect(more.order.state).toBe('released');
    const back = run(released, edit(content({ a: 2, b: [3, 2] })), edit(content({ a: 2, b: 3 })));
    expect(lineOf(back, 'b')).toMatchObject({ ordered: 3, cancelled: 0 });
    expect(sumsOf(lineOf(back, 'b')).open).toBe(2);
    // Shopify counts what is added again as ordered anew.
    const anew = run(released, edit(content({ a: 2, b: [3, 2] })), edit(content({ a: 2, b: [5, 2] })));
    expect(lineOf(anew, 'b')).toEqual(lineOf(back, 'b'));
  });

  it('that only says what we cancelled ourselves takes nothing out once more', () => {
    const ours: Act = { act: 'cancel', reason: 'unavailable', parts: [{ line: 'b', units: 2 }] };
    const step = run(released, ours, edit(content({ a: 2, b: [3, 2] })));
    expect(step.edited).toEqual({ takenOut: [], added: [], isMoved: false, isChanged: false, unfollowed: [] });
    expect(lineOf(step, 'b')).toMatchObject({ cancelled: 2, ordered: 3 });
    expect(lineOf(step, 'b').calledOff).toBeUndefined();
    expect(step.order.refundedMinor).toBe(200);
    // One more is one more.
    expect(run(step.order, edit(content({ a: 2, b: [3, 3] }))).edited?.takenOut).toEqual([{ line: 'b', units: 1 }]);
  });

  it('of units that have left is for people, once; what came back is not', () => {
    const handed = run(picking, { act: 'hand', parts: [at('a', 2)], hold: 'gone' }).order;
    const step = run(handed, edit(content({ a: [2, 2], b: [3, 1] })));
    expect(effect(step, 'alarm')).toEqual({
      kind: 'alarm',
      code: 'ORDER_EDIT_UNFOLLOWED',
      unfollowed: [{ why: 'left', line: 'a', units: 2 }],
    });
    expect(step.edited?.takenOut).toEqual([{ line: 'b', units: 1 }]);
    expect(kinds(run(step.order, edit(content({ a: [2, 2], b: [3, 2] }))))).toEqual(['release']);
    const returned = run(handed, { act: 'return', parts: [{ line: 'a', units: 2 }] }).order;
    expect(kinds(run(returned, edit(content({ a: [2, 2], b: 3 }))))).toEqual([]);
  });

  it('of what is over adds nothing, and is for people', () => {
    const shipped = run(picking, { act: 'hand', parts: HELD, hold: 'gone' }).order;
    const cancelled = run(released, { act: 'cancel', reason: 'other' }).order;
    for (const over of [shipped, cancelled]) {
      const step = run(over, edit(content({ a: 3, b: 3, c: 1 })));
      expect(step.order.state).toBe(over.state);
      expect(kinds(step)).toEqual(['alarm']);
      expect(step.edited?.unfollowed).toEqual([
        { why: 'over', line: 'a', units: 1 },
        { why: 'over', line: 'c', units: 1 },
      ]);
      expect(step.order.refundedMinor).toBe(over.refundedMinor);
      // Taken back there, it is as it was.
      expect(kinds(run(step.order, edit(content({ a: 2, b: 3 }))))).toEqual([]);
    }
  });

  it('to another place has what is held looked for there, while nobody has touched it', () => {
    const collect = { delivery: { kind: 'collect', store: 'S2' } };
    const step = run(released, edit(content({ a: 2, b: 3 }, collect)));
    expect(effect(step, 'release')?.parts).toEqual(HELD);
    expect(effect(step, 'reserve')?.lines.map(({ units }) => units)).toEqual([2, 3]);
    expect(step.order.content.delivery).toEqual(collect.delivery);
    for (const [from, more] of [
      [picking, {}],
      [released, { canGoThere: false }],
    ] as const) {
      const stays = run(from, edit(content({ a: 2, b: 3 }, collect), more));
      expect(stays.edited?.unfollowed).toEqual([{ why: 'delivery' }]);
      expect(stays.order.content.delivery).toEqual({ kind: 'ship', country: 'DE' });
      expect(stays.order.lines).toEqual(from.lines);
    }
    // Another country is no other place to hold units at.
    const abroad = run(picking, edit(content({ a: 2, b: 3 }, { delivery: { kind: 'ship', country: 'FR' } })));
    expect(abroad.edited).toMatchObject({ isMoved: false, isChanged: true, unfollowed: [] });
  });

  it('to another address is for people once it is packed', () => {
    expect(run(picking, edit(picking.content, { isReaddressed: true })).edited?.unfollowed).toEqual([
      { why: 'address' },
    ]);
    expect(kinds(run(released, edit(released.content, { isReaddressed: true })))).toEqual([]);
  });

  it('of the product of a line is not followed', () => {
    const other = { lines: [{ line: 'a', sku: 'Z', units: 4, priceMinor: PRICE }], totalMinor: 450 };
    const step = run(begun({ a: 2 }), edit(content({ a: 2 }, other)));
    expect(step.edited?.unfollowed).toEqual([{ why: 'product', line: 'a' }]);
    expect(lineOf(step, 'a').ordered).toBe(2);
  });

  it('makes nothing due by itself, whatever its prices, and later refunds are of the new ones', () => {
    const ours: Act = { act: 'cancel', reason: 'unavailable', parts: [{ line: 'a', units: 1 }] };
    const before = run(released, ours);
    expect(effect(before, 'refund')?.amountMinor).toBe(100);
    const dear = { lines: [{ line: 'a', sku: 'A', units: 2, priceMinor: 150 }], totalMinor: 350 };
    const step = run(before.order, edit(content({ a: 2 }, dear)));
    expect(effect(step, 'refund')).toBeUndefined();
    expect(effect(run(step.order, ours), 'refund')?.amountMinor).toBe(150 + 50);
  });

  it('that is dearer and not paid yet goes to no store before it is', () => {
    const step = run(released, edit(content({ a: 4, b: 3 }), { payment: 'pending' }));
    expect(step.order).toMatchObject({ state: 'posted', payment: 'pending' });
    const paid = run(step.order, { act: 'pay' });
    expect(paid.order.state).toBe('released');
    // An authorization that has run out is no edit.
    expect(run(released, edit(content({ a: 2, b: 2 }), { payment: 'pending' })).order.payment).toBe('paid');
  });

  it('is told from another order under its id', () => {
    const known = content({ a: 2 });
    expect(canBeEdited(known, content({ a: 1, b: 1 }), false)).toBe(true);
    expect(canBeEdited(known, content({ b: 1 }), false)).toBe(false);
    expect(canBeEdited(known, content({ b: 1 }), true)).toBe(true);
    expect(canBeEdited(known, content({ a: 1 }, { currency: 'USD' }), true)).toBe(false);
    const many = Object.fromEntries(Array.from({ length: 500 }, (_, place) => [`l${place}`, 1]));
    expect(canBeEdited(known, content(many), true)).toBe(false);
  });

  it('before it was seen is in the order as it comes', () => {
    const first = content({ a: [3, 1], b: [1, 1] });
    expect(sumsOfAll(begun({ a: [3, 1], b: [1, 1] }).lines)).toMatchObject({ open: 2, cancelled: 2 });
    expect(soldBy(first).lines.map(({ line, units }) => [line, units])).toEqual([['a', 2]]);
  });
});

const count = fc.integer({ min: 0, max: 4 });
const wanted = fc.record({ a: count, b: count, c: count }).filter(({ a, b, c }) => a + b + c > 0);
const named = ({ a, b, c }: { a: number; b: number; c: number }): Given =>
  Object.fromEntries(Object.entries({ a, b, c }).filter(([, units]) => units > 0));
const step = fc.oneof(
  { weight: 3, arbitrary: fc.record({ to: wanted }) },
  { weight: 4, arbitrary: fc.constantFrom('reserve' as const, 'pick' as const, 'hand' as const, 'hand' as const) },
);

it('any edits between the steps of an order: what is given is what was wanted last, but for what had left, and no money is due', () => {
  let [ended, left] = [0, 0];
  fc.assert(
    fc.property(wanted, fc.array(step, { minLength: 4, maxLength: 16 }), (first, steps) => {
      let order = begun(named(first));
      let last: { readonly a: number; readonly b: number; readonly c: number } = first;
      let [told, over] = [0, false];
      const take = (act: Act): void => {
        const taken = applyAct(order, act);
        order = taken.order;
        told += taken.edited?.unfollowed.length ?? 0;
        expect(effect(taken, 'refund')).toBeUndefined();
        expect(milestoneOf(order)).toBeUndefined();
      };
      for (const one of steps) {
        if (typeof one === 'object') {
          over ||= isOver(order);
          take(edit(content(named(one.to))));
          last = one.to;
          continue;
        }
        const parts = order.lines.flatMap((line) => {
          const { open, reserved, picked } = sumsOf(line);
          const units = { reserve: open, pick: reserved, hand: picked }[one];
          return units === 0 ? [] : [at(line.line, one === 'hand' ? 1 : units)];
        });
        if (parts.length === 0) continue;
        if (one === 'reserve' || order.state !== 'allocated') {
          if (applies(order, one, parts))
            take(one === 'hand' ? { act: 'hand', parts, hold: 'gone' } : { act: one, parts });
        }
        if (order.state === 'allocated') take({ act: 'post' });
      }
      for (const line of order.lines) {
        const { open, reserved, picked, handed, cancelled } = sumsOf(line);
        for (const part of [open, reserved, picked, handed, cancelled]) expect(part).toBeGreaterThanOrEqual(0);
        expect(cancelled).toBe(line.calledOff ?? 0);
        const given = open + reserved + picked + handed;
        const want = last[line.line as 'a'];
        // When nothing is given for it any more, nothing is followed any more.
        const isTrue = { over, same: given === want, left: told > 0 && given > want && given === handed };
        expect(Object.values(isTrue)).toContain(true);
      }
      if (told > 0 && !over) left += 1;
      if (['shipped', 'cancelled', 'ready'].includes(order.state)) ended += 1;
    }),
    { numRuns: 1_000 },
  );
  expect(ended).toBeGreaterThan(20);
  expect(left).toBeGreaterThan(20);
});

function applies(order: Order, name: 'reserve' | 'pick' | 'hand', parts: readonly UnitsAt[]): boolean {
  try {
    applyAct(order, name === 'hand' ? { act: 'hand', parts, hold: 'gone' } : { act: name, parts });
    return true;
  } catch {
    return false;
  }
}
