import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { canonicalOrder, splitOrder } from '../order/canonical-order.ts';
import type { Act } from '../states/act.ts';
import { applyAct } from '../states/apply-act.ts';
import { newOrder, type Order } from '../states/order.ts';
import { beyondOrder, isHandOver, toHand, toPick, toReplace, type Answer } from './answer.ts';

const given = splitOrder(
  canonicalOrder.parse({
    channel: 'web',
    channelOrderId: '1',
    orderedAt: '2026-11-01T10:00:00Z',
    currency: 'EUR',
    taxIncluded: true,
    lines: [{ line: 'a', sku: 'A', units: 5, priceMinor: 100 }],
    totalMinor: 500,
    payment: 'paid',
    delivery: { kind: 'ship', country: 'DE' },
    customer: { reference: 'c' },
    substitution: 'store',
  }),
).content;
const released = (
  [
    { act: 'accept', skus: { a: 'A' } },
    { act: 'reserve', parts: [{ line: 'a', location: 'S1', units: 5 }] },
    { act: 'post' },
  ] satisfies Act[]
).reduce((order: Order, act) => applyAct(order, act).order, newOrder(given, 'paid'));

const says = (step: Answer['step'], quantity: number, sku = 'A2', voided = false): Answer => {
  return { step, lines: [{ line: 'a', sku, quantity }], voided };
};

/** As take-answers tells them, without what holds of theirs do. */
function told(order: Order, answers: readonly Answer[]): Order {
  let now = order;
  const act = (given: Act & { readonly parts: readonly unknown[] }): void => {
    if (given.parts.length > 0) now = applyAct(now, given).order;
  };
  for (const [place, answer] of answers.entries()) {
    const before = answers.slice(0, place);
    act({ act: 'substitute', parts: toReplace(now, 'S1', before, answer), left: isHandOver(answer.step) });
    if (answer.step === 'picked') act({ act: 'pick', parts: toPick(now, 'S1', [...before, answer]) });
    const left = answer.lines.map(({ quantity: units, ...one }) => ({ ...one, units }));
    if (isHandOver(answer.step)) act({ act: 'hand', parts: toHand(now, 'S1', left), hold: 'gone' });
  }
  return now;
}

describe('substitutes in answers', () => {
  it('M1 come to the same in whichever order picking and handing over are heard of', () => {
    const answers = [
      says('picked', 2),
      says('picked', 1, 'A'),
      says('shipped', 1),
      says('shipped', 1, 'A'),
      says('picked', 1, 'A3'),
      says('shipped', 1, 'A3'),
    ];
    const expected = told(released, answers).lines[0]?.places;
    expect(expected).toEqual([
      { location: 'S1', reserved: 1, picked: 0, handed: 1 },
      { location: 'S1', substitute: 'A2', reserved: 0, picked: 1, handed: 1 },
      { location: 'S1', substitute: 'A3', reserved: 0, picked: 0, handed: 1 },
    ]);
    const anyOrder = fc.shuffledSubarray(answers, { minLength: answers.length });
    fc.assert(
      fc.property(anyOrder, (order) => {
        expect(told(released, order).lines[0]?.places).toEqual(expected);
      }),
    );
  });

  it('replace no more than the order has there, and nothing when they are void', () => {
    expect(toReplace(released, 'S1', [], says('picked', 9))).toMatchObject([{ units: 5 }]);
    expect(toReplace(released, 'S2', [], says('picked', 1))).toEqual([]);
    expect(toReplace(released, 'S1', [], says('picked', 1, 'A2', true))).toEqual([]);
    expect(toReplace(released, 'S1', [], says('picked', 1, 'A'))).toEqual([]);
    const lines = [2, 9].map((quantity, place) => ({ line: 'a', sku: `X${place}`, quantity }));
    expect(toReplace(released, 'S1', [], { step: 'picked', lines, voided: false })).toMatchObject([
      { substitute: 'X0', units: 2 },
      { substitute: 'X1', units: 3 },
    ]);
  });

  it('that the order does not have are beyond it', () => {
    const order = told(released, [says('shipped', 2)]);
    expect(beyondOrder(order, 'S1', [says('shipped', 2)], [])).toEqual([]);
    expect(beyondOrder(order, 'S1', [says('shipped', 3)], [])).toEqual([{ line: 'a', sku: 'A2', units: 1 }]);
    expect(beyondOrder(order, 'S1', [says('shipped', 3)], [{ line: 'a', sku: 'A2', units: 3 }])).toEqual([]);
    expect(beyondOrder(order, 'S1', [says('shipped', 1, 'A')], [])).toEqual([{ line: 'a', sku: 'A', units: 1 }]);
  });
});
