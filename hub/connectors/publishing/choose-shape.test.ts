import { expect, it } from 'vitest';
import type { CallShape } from '../connector.ts';
import { chooseShape } from './choose-shape.ts';

const SINGLE: CallShape = { name: 'single', quota: 'q', itemsMax: 1, cost: () => 1 };
const BATCH: CallShape = { name: 'batch', quota: 'q', itemsMax: 25, cost: (items) => 5 + items / 10 };
const FEED: CallShape = { name: 'feed', quota: 'q', itemsMax: 10_000, cost: () => 300 };

it('sends single ones while that is cheapest, then batches, then a feed', () => {
  const shape = (waiting: number) => chooseShape([SINGLE, BATCH, FEED], waiting).name;
  expect([1, 4, 5].map(shape)).toEqual(['single', 'single', 'single']);
  expect([6, 25, 500].map(shape)).toEqual(['batch', 'batch', 'batch']);
  expect([2_000, 20_000].map(shape)).toEqual(['feed', 'feed']);
});

it('of two that cost the same takes the one with fewer in a call, whatever their order', () => {
  const large: CallShape = { ...SINGLE, name: 'large', itemsMax: 2, cost: (items) => items };
  expect(chooseShape([large, SINGLE], 10).name).toBe('single');
  expect(chooseShape([SINGLE, large], 10).name).toBe('single');
});
