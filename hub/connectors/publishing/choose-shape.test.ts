import { expect, it } from 'vitest';
import type { CallShape } from '../connector.ts';
import { chooseNow, chooseShape } from './choose-shape.ts';

const SINGLE: CallShape = { name: 'single', quota: 'patches', itemsMax: 1, cost: () => 1 };
const BATCH: CallShape = { name: 'batch', quota: 'patches', itemsMax: 25, cost: () => 5 };
const FEED: CallShape = { name: 'feed', quota: 'feeds', itemsMax: 10_000, cost: () => 1, laterMs: 300_000 };
/** 5 patches a second from 10; a feed every two minutes. */
const RATES: Readonly<Record<string, readonly [number, number]>> = { patches: [5, 10], feeds: [1 / 120, 5] };
const around = {
  callsAtOnce: 4,
  throughMs(quota: string, cost: number) {
    const [perSecond, left] = RATES[quota]!;
    return Math.max(0, ((cost - left) * 1_000) / perSecond);
  },
};

it('sends by what is through first: single calls, then batches, then a feed', () => {
  const shape = (waiting: number) => chooseShape([SINGLE, BATCH, FEED], waiting, around).shape.name;
  expect([1, 4].map(shape)).toEqual(['single', 'single']);
  expect([25, 500, 7_000, 10_000].map(shape)).toEqual(['batch', 'batch', 'batch', 'batch']);
  expect([12_000, 20_000].map(shape)).toEqual(['feed', 'feed']);
});

it('leaves to single calls as many of the most urgent as are through before the feed is', () => {
  const { shape, leaves, beside } = chooseShape([SINGLE, FEED], 20_000, around);
  expect([shape.name, beside?.name]).toEqual(['feed', 'single']);
  // 5/s over the five minutes that a feed takes, and 10 at once.
  expect(leaves).toBeGreaterThan(1_480);
  expect(leaves).toBeLessThanOrEqual(1_510);
  expect(chooseShape([SINGLE, FEED], leaves, around).shape.name).toBe('single');
  expect(chooseShape([SINGLE, BATCH], 20_000, around)).toEqual({ shape: BATCH, leaves: 0 });
});

it('while the feed cannot be paid sends what it leaves to single calls', () => {
  const isPaid = (quota: string) => quota !== 'feeds';
  const { leaves } = chooseShape([SINGLE, FEED], 20_000, around);
  expect(chooseNow([SINGLE, FEED], 20_000, { ...around, isPaid })).toEqual({ shape: SINGLE, leaves: 0 });
  expect(chooseNow([SINGLE, FEED], 20_000, { ...around, isPaid: () => true })).toMatchObject({ shape: FEED, leaves });
  expect(chooseNow([FEED], 20_000, { ...around, isPaid })).toEqual({ shape: FEED, leaves: 0 });
});

it('of two that are through at once takes the cheaper, and the one with fewer in a call, whatever their order', () => {
  const free = { callsAtOnce: 4, throughMs: () => 0 };
  const large: CallShape = { ...SINGLE, name: 'large', itemsMax: 2, cost: (items) => items };
  for (const shapes of [
    [large, SINGLE],
    [SINGLE, large],
  ] as const) {
    expect(chooseShape(shapes, 4, free).shape.name).toBe('single');
  }
  const dear: CallShape = { ...SINGLE, name: 'dear', cost: () => 2 };
  expect(chooseShape([dear, SINGLE], 3, free).shape.name).toBe('single');
});
