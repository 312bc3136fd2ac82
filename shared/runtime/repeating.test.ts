import { describe, expect, it } from 'vitest';
import { silentLogger } from '#shared/runtime/logger.ts';
import { ManualClock } from '#test/support/manual-clock.ts';
import { startRepeating } from './repeating.ts';

const settle = () => new Promise((resolve) => setImmediate(resolve));

describe('repeating', () => {
  it('goes on after a failure, later, and not after its stop', async () => {
    const clock = new ManualClock();
    let turns = 0;
    const part = startRepeating({
      name: 'test',
      clock,
      logger: silentLogger,
      everyMs: 100,
      afterFailureMs: 1_000,
      async turn() {
        turns += 1;
        if (turns === 2) throw new Error('away');
      },
    });
    const pass = async (ms: number): Promise<number> => {
      clock.pass(ms);
      await settle();
      return turns;
    };
    expect([await pass(99), await pass(1), await pass(100), await pass(999), await pass(1)]).toEqual([0, 1, 2, 2, 3]);
    await part.stop();
    expect(await pass(5_000)).toBe(3);
  });
});
