import { describe, expect, it } from 'vitest';
import { backoffMs } from './backoff.ts';
import { Lifecycle, startTogether } from './lifecycle.ts';
import { silentLogger } from './logger.ts';
import { seededRandom } from './random.ts';

describe('back-off', () => {
  it('is jittered over the whole of a doubling span, up to its ceiling', () => {
    const rule = { baseMs: 100, maxMs: 1_000 };
    expect([0, 1, 2, 3, 4, 60].map((attempt) => backoffMs(rule, attempt, () => 1))).toEqual([
      100, 200, 400, 800, 1_000, 1_000,
    ]);
    expect(backoffMs(rule, 5, () => 0)).toBe(0);
  });
});

describe('seeded random', () => {
  it('gives the same numbers in [0, 1) for the same seed, spread evenly', () => {
    const [a, b] = [seededRandom(7), seededRandom(7)];
    const numbers = Array.from({ length: 10_000 }, () => a());
    expect(numbers).toEqual(numbers.map(() => b()));
    expect(numbers.every((number) => number >= 0 && number < 1)).toBe(true);
    expect(numbers.reduce((sum, number) => sum + number, 0) / numbers.length).toBeCloseTo(0.5, 1);
  });
});

describe('lifecycle', () => {
  it('stops parts once, last first, also past one that fails or hangs', async () => {
    const stopped: string[] = [];
    const lifecycle = new Lifecycle(silentLogger, 20);
    const part = (name: string, stop: () => Promise<void>) => lifecycle.add({ name, stop });
    part('database', async () => void stopped.push('database'));
    part('broken', () => Promise.reject(new Error('no')));
    part('hanging', () => new Promise<void>(() => {}));
    part('server', async () => void stopped.push('server'));
    await Promise.all([lifecycle.stop('test'), lifecycle.stop('again')]);
    expect(stopped).toEqual(['server', 'database']);
  });

  it('leaves nothing running when a start fails, and throws what it failed of', async () => {
    const stopped: string[] = [];
    const started = startTogether(silentLogger, async (lifecycle) => {
      lifecycle.add({ name: 'database', stop: async () => void stopped.push('database') });
      throw new Error('port taken');
    });
    await expect(started).rejects.toThrow('port taken');
    expect(stopped).toEqual(['database']);
  });
});
