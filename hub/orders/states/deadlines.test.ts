import { describe, expect, it } from 'vitest';
import { LANES } from '../order/canonical-order.ts';
import { dueAt, type Standing } from './deadlines.ts';
import { ORDER_STATES } from './order-state.ts';

const standing = (changes: Partial<Standing>): Standing => ({
  state: 'released',
  enteredAt: 1_000,
  lane: 'standard',
  delivery: 'ship',
  promisedBy: null,
  ...changes,
});

describe('when an order is late', () => {
  it('a more urgent lane is never due later', () => {
    for (const state of ORDER_STATES) {
      const dues = LANES.map((lane) => dueAt(standing({ state, lane })));
      expect(dues).toEqual(dues.toSorted((a, b) => (a ?? Infinity) - (b ?? Infinity)));
    }
  });

  it('a promise that comes first counts, until the goods are ready', () => {
    expect(dueAt(standing({ promisedBy: 2_000 }))).toBe(2_000);
    expect(dueAt(standing({ promisedBy: 1e15 }))).toBe(1_000 + 8 * 3_600_000);
    expect(dueAt(standing({ state: 'ready', promisedBy: 2_000 }))).toBe(1_000 + 86_400_000);
    expect(dueAt(standing({ state: 'ready', delivery: 'collect' }))).toBe(1_000 + 7 * 86_400_000);
  });

  it('what has ended is never late', () => {
    for (const state of ['completed', 'cancelled', 'returned'] as const) {
      expect(dueAt(standing({ state, promisedBy: 2_000 }))).toBeNull();
    }
  });
});
