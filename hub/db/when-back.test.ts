import { expect, it } from 'vitest';
import { ShelfwireError } from '#shared/protocol/errors.ts';
import { systemClock } from '#shared/runtime/clock.ts';
import { whenBack } from './when-back.ts';

const away = () => new ShelfwireError('DB_UNAVAILABLE', 'away');
/** Waits nothing; each wait is a second. */
function waiting() {
  let now = 0;
  const clock = {
    ...systemClock,
    monotonic: () => now,
    after: (ms: number, then: () => void) => {
      now += Math.max(ms, 1_000);
      queueMicrotask(then);
      return () => undefined;
    },
  };
  return { clock, forMs: 10_000, isOver: () => false };
}

it('is done when the database is back, and not tried again for anything else', async () => {
  let tries = 0;
  const work = async () => {
    if ((tries += 1) < 4) throw away();
    return tries;
  };
  expect(await whenBack(work, waiting())).toBe(4);
  const wrong = async () => {
    tries += 1;
    throw new Error('wrong');
  };
  await expect(whenBack(wrong, waiting())).rejects.toThrow('wrong');
  expect(tries).toBe(5);
});

it('gives up when the time is over, or the hub stops', async () => {
  let tries = 0;
  const never = async () => {
    tries += 1;
    throw away();
  };
  await expect(whenBack(never, waiting())).rejects.toThrow('away');
  expect(tries).toBe(11);
  await expect(whenBack(never, { ...waiting(), isOver: () => true })).rejects.toThrow('away');
  expect(tries).toBe(12);
});
