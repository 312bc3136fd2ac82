import { describe, expect, it } from 'vitest';
import { Batcher, type BatcherOptions } from './batcher.ts';
import { systemClock } from './clock.ts';

function batcher(over: Partial<BatcherOptions<number, number>> = {}) {
  const calls: number[][] = [];
  const instance = new Batcher<number, number>({
    clock: systemClock,
    waitMs: 1,
    sizeMax: 100,
    async run(items) {
      calls.push([...items]);
      return items.map((item) => item * 2);
    },
    ...over,
  });
  return { calls, instance };
}

describe('batcher', () => {
  it('answers calls of one tick by one set-based call, each with its own result', async () => {
    const { calls, instance } = batcher();
    expect(await Promise.all([1, 2, 3].map((item) => instance.call(item)))).toEqual([2, 4, 6]);
    expect(calls).toEqual([[1, 2, 3]]);
  });

  it('keeps to the size limit', async () => {
    const { calls, instance } = batcher({ sizeMax: 2 });
    expect(await Promise.all([1, 2, 3, 4, 5].map((item) => instance.call(item)))).toEqual([2, 4, 6, 8, 10]);
    expect(calls).toEqual([[1, 2], [3, 4], [5]]);
  });

  it('collects what comes while calls are under way', async () => {
    let release = (): void => undefined;
    const gate = new Promise<void>((resolve) => (release = resolve));
    const calls: number[][] = [];
    const { instance } = batcher({
      inFlightMax: 1,
      async run(items) {
        calls.push([...items]);
        if (calls.length === 1) await gate;
        return items;
      },
    });
    const first = instance.call(1);
    await expect.poll(() => calls).toEqual([[1]]);
    const later = [2, 3, 4].map((item) => instance.call(item));
    await new Promise((resolve) => setTimeout(resolve, 5));
    expect(calls).toEqual([[1]]);
    release();
    expect(await Promise.all([first, ...later])).toEqual([1, 2, 3, 4]);
    expect(calls).toEqual([[1], [2, 3, 4]]);
  });

  it('gives a failure of the call to each caller, and goes on', async () => {
    let fail = true;
    const { instance } = batcher({
      async run(items) {
        if (fail) throw new Error('away');
        return items;
      },
    });
    const results = await Promise.allSettled([1, 2].map((item) => instance.call(item)));
    expect(results.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    fail = false;
    expect(await instance.call(3)).toBe(3);
  });

  it('gives one item its own error', async () => {
    const { instance } = batcher({ run: async (items) => items.map((item) => (item === 2 ? new Error('two') : item)) });
    const results = await Promise.allSettled([1, 2, 3].map((item) => instance.call(item)));
    expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
  });

  it('rejects rather than leaves callers waiting when answers are missing', async () => {
    const { instance } = batcher({ run: async () => [1] });
    const results = await Promise.allSettled([1, 2].map((item) => instance.call(item)));
    expect(results.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
  });
});
