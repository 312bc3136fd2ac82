import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { canonicalContent } from '#shared/protocol/content.ts';
import type { FactKind } from '#shared/protocol/fact.ts';
import { BASE_AT, judgedHistory, type JudgedHistory } from '#test/support/histories.ts';
import { pictureOf, transfersOf } from '#test/support/inventory-picture.ts';
import { historyRuns } from '#test/support/long-form.ts';
import { naiveFold } from '#test/support/naive-fold.ts';
import { naiveTransfers } from '#test/support/naive-transfers.ts';
import { Inventory, type MergeableFact } from './merge.ts';
import type { TransferLine } from './transfer.ts';

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

/** Every act of a history as a step, doubled and in any order. */
const steps = ({ facts, verdicts, writeOffs }: JudgedHistory) => {
  const tellings = [...facts, ...facts].map((fact) => (inventory: Inventory) => void inventory.merge(fact));
  const decisions = verdicts.map((verdict) => (inventory: Inventory) => inventory.decide(verdict));
  const settlings = writeOffs.map((one) => (inventory: Inventory) => inventory.writeOff(one));
  return [...tellings, ...decisions, ...settlings];
};
const delivered = judgedHistory.chain((judged) => {
  const all = steps(judged);
  return fc.tuple(fc.constant(judged), fc.shuffledSubarray(all, { minLength: all.length }));
});
const RUNS = historyRuns(3_000);

function deliver({ limits }: JudgedHistory, order: readonly ((inventory: Inventory) => void)[]): Inventory {
  const inventory = new Inventory({ limits });
  for (const step of order) step(inventory);
  return inventory;
}

describe('M1 positions and transfers are functions of the sets of facts and decisions', () => {
  it('M1 M2 M3 M5 positions: any permutation and duplication equals the naive fold', () => {
    fc.assert(
      fc.property(delivered, ([judged, order]) => {
        const expected = naiveFold(judged.facts, judged);
        const inventory = deliver(judged, order);
        expect(pictureOf(inventory, expected.keys())).toEqual(Object.fromEntries(expected));
        expect(new Set(inventory.positions().keys())).toEqual(new Set(expected.keys()));
      }),
      RUNS,
    );
  });

  it('M4 a shortfall is there exactly where onHand is below zero, and its movement is the last that crossed it', () => {
    fc.assert(
      fc.property(delivered, ([judged, order]) => {
        const inventory = deliver(judged, order);
        for (const name of inventory.positions().keys()) {
          const [location, sku] = name.split(' ') as [string, string];
          const { state, shortfall, movements } = inventory.history(Number(location), sku)!;
          expect(shortfall !== undefined).toBe(state.onHand < 0);
          if (!shortfall) continue;
          const after = movements.slice(movements.indexOf(shortfall) + 1).filter((one) => one.condition === 'sellable');
          const then = after.reduceRight((balance, one) => {
            expect(balance).toBeLessThan(0);
            return balance - one.quantity;
          }, state.onHand);
          expect(then).toBeLessThan(0);
          expect(then - shortfall.quantity).toBeGreaterThanOrEqual(0);
        }
      }),
      RUNS,
    );
  });

  it('M1 M7 transfers: any permutation and duplication equals boxes crossed out by hand', () => {
    fc.assert(
      fc.property(delivered, ([judged, order]) => {
        const expected = naiveTransfers(judged.facts, judged.writeOffs);
        expect(transfersOf(deliver(judged, order))).toEqual(expected);
      }),
      RUNS,
    );
  });

  it('M7 every unit that was sent or received is in exactly one place', () => {
    fc.assert(
      fc.property(delivered, ([judged, order]) => {
        const inventory = deliver(judged, order);
        for (const [id, lines] of inventory.transfers()) {
          for (const [sku, places] of Map.groupBy(lines, (line) => line.sku)) {
            const sum = (read: (line: TransferLine) => number) => places.reduce((all, line) => all + read(line), 0);
            const somewhere = sum((line) => line.received + line.inTransit + line.discrepancy + line.writtenOff);
            expect(somewhere, `${id} ${sku}`).toBe(sum((line) => line.sent));
            for (const { received, inTransit, discrepancy, writtenOff, sent } of places)
              expect(received + inTransit + discrepancy + writtenOff, `${id} ${sku}`).toBe(sent);
            for (const line of places) expect(line.inTransit).toBeGreaterThanOrEqual(0);
            for (const line of places)
              expect(line.inTransit).toBeLessThanOrEqual(Math.max(0, line.sent - line.received));
          }
        }
      }),
      RUNS,
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

describe('counts that are held', () => {
  const limits = [{ location: 0, fromAt: BASE_AT, units: 5, percent: null }];
  const states = (inventory: Inventory) => inventory.history(1, 'APPLE')?.counts.map(({ state }) => state);
  const limited = (...facts: MergeableFact[]) => {
    const inventory = new Inventory({ limits });
    for (const one of facts) inventory.merge(one);
    return inventory;
  };

  it('M1 a count beyond the limit changes nothing until it is approved', () => {
    const inventory = limited(count(1, 0, 10), count(2, 10, 20), sale(3, 20, 1));
    expect([onHand(inventory), states(inventory)]).toEqual([9, ['inForce', 'held']]);
    const order = { at: BASE_AT + 10, journal: 1, seq: 2 };
    inventory.decide({ location: 1, sku: 'APPLE', order, decision: 'approved' });
    expect([onHand(inventory), states(inventory)]).toEqual([19, ['inForce', 'inForce']]);
    inventory.decide({ location: 1, sku: 'APPLE', order, decision: 'rejected' });
    expect([onHand(inventory), states(inventory)]).toEqual([9, ['inForce', 'rejected']]);
  });

  it('M1 the first count of a position is never held: there is nothing to compare it with', () => {
    const inventory = limited(sale(1, 0, 3), count(2, 10, 40), count(3, 20, 50));
    expect([onHand(inventory), states(inventory)]).toEqual([40, ['inForce', 'held']]);
  });

  it('M1 a late fact that explains the variance lets a held count in, and one that makes it takes it out', () => {
    const inventory = limited(count(1, 0, 10), count(4, 100, 20), count(5, 200, 21));
    // Not one of the two builds on the other: a held count is no ground to stand on.
    expect([onHand(inventory), states(inventory)]).toEqual([10, ['inForce', 'held', 'held']]);
    inventory.merge(receipt(2, 50, 9));
    expect([onHand(inventory), states(inventory)]).toEqual([21, ['inForce', 'inForce', 'inForce']]);
    inventory.merge(sale(3, 150, 7));
    expect([onHand(inventory), states(inventory)]).toEqual([13, ['inForce', 'inForce', 'held']]);
  });
});

describe('M7 transfers', () => {
  const at = (location: number, fact: MergeableFact) => ({ ...fact, location });
  const out = (seq: number, quantity: number, to = 'S2') =>
    at(1, fact(seq, seq, 'transferOut', { transfer: 'T1', to, lines: lines(quantity) }));
  const into = (seq: number, quantity: number, final?: true, location = 2) =>
    at(
      location,
      fact(seq, seq, 'transferIn', { transfer: 'T1', from: 'S1', final, lines: lines(quantity) }, `i${seq}`, 2),
    );
  const shown = (inventory: Inventory) =>
    inventory
      .transfers()
      .get('S1 T1')
      ?.map(({ place, inTransit, discrepancy }) => [place, inTransit, discrepancy]);

  it('M7 units are on the way until they arrive, in parts and in any order', () => {
    expect(shown(merged(out(1, 5)))).toEqual([['S2', 5, 0]]);
    expect(shown(merged(out(1, 5), into(2, 2)))).toEqual([['S2', 3, 0]]);
    expect(shown(merged(into(2, 2)))).toEqual([['S2', 0, -2]]);
    expect(shown(merged(into(2, 2), into(3, 3), out(1, 5)))).toEqual([['S2', 0, 0]]);
  });

  it('M7 what a final receipt lacks is missing, and what is over is a surplus', () => {
    expect(shown(merged(out(1, 5), into(2, 2, true)))).toEqual([['S2', 0, 3]]);
    expect(shown(merged(out(1, 5), into(2, 2, true), into(3, 3)))).toEqual([['S2', 0, 0]]);
    expect(shown(merged(out(1, 5), into(2, 7)))).toEqual([['S2', 0, -2]]);
  });

  it('M7 what arrives at a third store does not come any more, and is open at both until it is settled', () => {
    const inventory = merged(out(1, 5), into(2, 4, undefined, 3));
    expect(shown(inventory)).toEqual([
      ['S2', 1, 4],
      ['S3', 0, -4],
    ]);
    for (const [place, units] of [
      ['S2', 4],
      ['S3', -4],
    ] as const)
      inventory.writeOff({ from: 'S1', transfer: 'T1', sku: 'APPLE', place, units });
    expect(shown(inventory)).toEqual([
      ['S2', 1, 0],
      ['S3', 0, 0],
    ]);
  });

  it('M7 what a third store received and takes back is on its way again', () => {
    const voidIn = { ...fact(9, 9, 'void', { voids: 'i2', reason: 'mistake' }, 'v', 2), location: 3 };
    expect(shown(merged(out(1, 5), into(2, 4, undefined, 3), voidIn))).toContainEqual(['S2', 5, 0]);
  });

  it('M7 F1 a void of either side is as if it had never been', () => {
    const voidOut = voids(9, 9, 'k1');
    expect(shown(merged(voidOut, out(1, 5), into(2, 2)))).toEqual([['S2', 0, -2]]);
    const voidIn = { ...fact(9, 9, 'void', { voids: 'i2', reason: 'mistake' }, 'v', 2), location: 2 };
    expect(shown(merged(out(1, 5), into(2, 2, true), voidIn))).toEqual([['S2', 5, 0]]);
  });

  it('M7 a surplus that was settled and whose receipt is taken back is a discrepancy, not units on their way', () => {
    const inventory = merged(into(2, 2));
    inventory.writeOff({ from: 'S1', transfer: 'T1', sku: 'APPLE', place: 'S2', units: -2 });
    expect(shown(inventory)).toEqual([['S2', 0, 0]]);
    inventory.merge({ ...fact(9, 9, 'void', { voids: 'i2', reason: 'mistake' }, 'v', 2), location: 2 });
    expect(shown(inventory)).toEqual([['S2', 0, 2]]);
  });

  it('M7 a write-off settles what is missing, and what comes after all is a surplus', () => {
    const inventory = merged(out(1, 5), into(2, 2, true));
    inventory.writeOff({ from: 'S1', transfer: 'T1', sku: 'APPLE', place: 'S2', units: 3 });
    expect(shown(inventory)).toEqual([['S2', 0, 0]]);
    inventory.merge(into(3, 1));
    expect(shown(inventory)).toEqual([['S2', 0, -1]]);
  });
});
