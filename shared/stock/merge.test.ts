import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { canonicalContent } from '#shared/protocol/content.ts';
import type { FactKind } from '#shared/protocol/fact.ts';
import { BASE_AT, history } from '#test/support/histories.ts';
import { naiveFold } from '#test/support/naive-fold.ts';
import { Inventory, type MergeableFact } from './merge.ts';

function fact(seq: number, ms: number, kind: FactKind, body: object, key = `k${seq}`, journal = 1): MergeableFact {
  const { content, digest } = canonicalContent(kind, body);
  return { location: 1, order: { at: BASE_AT + ms, journal, seq }, key, digest, content };
}
const lines = (quantity: number) => [{ sku: 'APPLE', quantity }];
const sale = (seq: number, ms: number, quantity = 1) =>
  fact(seq, ms, 'sale', { currency: 'GBP', lines: [{ sku: 'APPLE', quantity, unitPriceMinor: 100 }] });
const count = (seq: number, ms: number, quantity: number) => fact(seq, ms, 'count', { lines: lines(quantity) });
const receipt = (seq: number, ms: number, quantity: number) => fact(seq, ms, 'receipt', { lines: lines(quantity) });
const voids = (seq: number, ms: number, key: string) => fact(seq, ms, 'void', { voids: key, reason: 'mistake' });

function merged(...facts: MergeableFact[]): Inventory {
  const inventory = new Inventory();
  for (const one of facts) inventory.merge(one);
  return inventory;
}
const onHand = (inventory: Inventory) => inventory.position(1, 'APPLE')?.onHand;
const variances = (inventory: Inventory) =>
  inventory.history(1, 'APPLE')?.counts.map((placed) => placed.counted - placed.expected);

/** Everything that can be seen of an inventory, in a comparable form. */
function picture(inventory: Inventory, of: Iterable<string>): Record<string, unknown> {
  return Object.fromEntries(
    [...of].map((name) => {
      const [location, sku] = name.split(' ') as [string, string];
      const seen = inventory.history(Number(location), sku);
      const { onHand, damaged, quarantined } = seen?.state ?? { onHand: 0, damaged: 0, quarantined: 0 };
      const counts = seen?.counts.map((placed) => `${placed.counted}/${placed.expected}`) ?? [];
      return [name, { onHand, damaged, quarantined, counts }];
    }),
  );
}

describe('M1 a position is a function of the set of facts', () => {
  it('M1 M2 M3 M5 any permutation and duplication equals the naive fold', () => {
    fc.assert(
      fc.property(
        history.chain((facts) =>
          fc.tuple(fc.constant(facts), fc.shuffledSubarray([...facts, ...facts], { minLength: facts.length * 2 })),
        ),
        ([facts, delivered]) => {
          const expected = naiveFold(facts);
          const inventory = merged(...delivered);
          expect(picture(inventory, expected.keys())).toEqual(Object.fromEntries(expected));
          expect(new Set(inventory.positions().keys())).toEqual(new Set(expected.keys()));
        },
      ),
      { numRuns: 2_000 },
    );
  });
});

describe('F4 the same key', () => {
  it('F4 with the same content is a duplicate, with other content it is never merged', () => {
    const inventory = merged(sale(1, 0, 2));
    expect(inventory.merge(sale(1, 0, 2))).toBe('duplicate');
    expect(inventory.merge({ ...sale(2, 5, 2), key: 'k1' })).toBe('duplicate');
    expect(inventory.merge({ ...sale(3, 5, 3), key: 'k1' })).toBe('KEY_REUSED');
    expect(onHand(inventory)).toBe(-2);
  });
});

describe('counts and what happened around them', () => {
  it('M2 a backdated receipt before a count leaves the counted number alone (erpnext#54295)', () => {
    const inventory = merged(count(1, 100, 1));
    inventory.merge(receipt(2, 50, 41));
    expect(onHand(inventory)).toBe(1);
    expect(inventory.history(1, 'APPLE')?.absorberOf({ at: BASE_AT + 50, journal: 1, seq: 2 })?.order.seq).toBe(1);
    expect(variances(inventory)).toEqual([1 - 41]);
  });

  it('M2 in the same millisecond the seq decides what the count has seen', () => {
    const inventory = merged(sale(3, 10, 4), count(2, 10, 20), sale(1, 10, 7));
    expect(onHand(inventory)).toBe(16);
    expect(variances(inventory)).toEqual([27]);
  });

  it('M3 a late count older than the anchor changes history only, a newer one becomes the anchor', () => {
    const inventory = merged(count(5, 100, 10), sale(6, 150, 3));
    inventory.merge(count(4, 50, 99));
    expect(onHand(inventory)).toBe(7);
    inventory.merge(count(7, 120, 20));
    expect(onHand(inventory)).toBe(17);
    expect(inventory.position(1, 'APPLE')?.anchor?.order.seq).toBe(7);
  });

  it('M4 merging goes below zero and names the fact that did it', () => {
    const inventory = merged(count(1, 0, 3), sale(2, 10, 2), sale(4, 30, 2), sale(3, 20, 1));
    expect(onHand(inventory)).toBe(-2);
    expect(inventory.history(1, 'APPLE')?.shortfall?.order.seq).toBe(4);
  });

  it('M5 the variance of a count follows late facts', () => {
    const inventory = merged(receipt(1, 0, 10), count(3, 100, 8));
    expect(variances(inventory)).toEqual([-2]);
    inventory.merge(sale(2, 50, 2));
    expect(variances(inventory)).toEqual([0]);
    expect(onHand(inventory)).toBe(8);
  });
});

describe('F1 corrections', () => {
  it('F1 a void takes a fact back as if it had never been, also when it comes first', () => {
    const facts = [count(1, 0, 10), sale(2, 10, 4), voids(3, 20, 'k2'), voids(4, 30, 'k2')];
    expect(onHand(merged(...facts))).toBe(10);
    expect(onHand(merged(...facts.toReversed()))).toBe(10);
  });

  it('F1 a voided count gives way to the one before it', () => {
    const inventory = merged(count(1, 0, 10), sale(2, 10, 4), count(3, 20, 50), sale(4, 30, 1));
    expect(onHand(inventory)).toBe(49);
    inventory.merge(voids(5, 40, 'k3'));
    expect(onHand(inventory)).toBe(5);
  });
});
