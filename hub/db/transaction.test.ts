import fc from 'fast-check';
import { DatabaseError } from 'pg';
import { describe, expect, it } from 'vitest';
import { ShelfwireError } from '#shared/protocol/errors.ts';
import type { Clock } from '#shared/runtime/clock.ts';
import { isRetryable, RETRYABLE_SQLSTATES, toHubError } from './sqlstates.ts';
import { withRetries } from './transaction.ts';

function databaseError(code: string): DatabaseError {
  const error = new DatabaseError('something', 9, 'error');
  error.code = code;
  return error;
}

/** A clock on which every wait is over at once and is written down. */
function recordingClock(): { clock: Clock; waits: number[] } {
  const waits: number[] = [];
  const clock: Clock = {
    now: () => 0,
    monotonic: () => 0,
    after(delayMs, call) {
      waits.push(delayMs);
      queueMicrotask(call);
      return () => undefined;
    },
  };
  return { clock, waits };
}

describe('withRetries', () => {
  it('does passing failures again and gives the result', async () => {
    const { clock, waits } = recordingClock();
    const failures = [databaseError('40001'), databaseError('40P01'), new Error('Connection terminated unexpectedly')];
    const work = () => {
      const failure = failures.shift();
      return failure === undefined ? Promise.resolve('done') : Promise.reject(failure);
    };
    await expect(withRetries(work, { clock, random: () => 0.5 })).resolves.toBe('done');
    expect(waits).toEqual([25, 50, 100]);
  });

  it('throws what does not pass at once, unchanged', async () => {
    const { clock, waits } = recordingClock();
    const failure = databaseError('23505');
    await expect(withRetries(() => Promise.reject(failure), { clock })).rejects.toBe(failure);
    expect(waits).toEqual([]);
  });

  it('gives up after its attempts with the last error', async () => {
    const { clock, waits } = recordingClock();
    let tries = 0;
    const work = () => {
      tries += 1;
      return Promise.reject(databaseError('57P01'));
    };
    await expect(withRetries(work, { clock, attempts: 3 })).rejects.toMatchObject({ code: 'DB_UNAVAILABLE' });
    expect([tries, waits.length]).toEqual([3, 2]);
  });

  it('never waits longer than the ceiling', async () => {
    await fc.assert(
      fc.asyncProperty(fc.double({ min: 0, max: 0.999, noNaN: true }), async (fraction) => {
        const { clock, waits } = recordingClock();
        const options = { clock, random: () => fraction, attempts: 12, backoff: { baseMs: 10, maxMs: 300 } };
        await withRetries(() => Promise.reject(databaseError('40001')), options).catch(() => undefined);
        expect(waits).toHaveLength(11);
        expect(Math.max(...waits)).toBeLessThanOrEqual(300);
      }),
      { numRuns: 20 },
    );
  });
});

describe('errors of PostgreSQL', () => {
  it('each retryable state is retryable, and says why', () => {
    for (const [code, reason] of Object.entries(RETRYABLE_SQLSTATES)) {
      expect(isRetryable(databaseError(code))).toBe(true);
      expect(reason).toMatch(/\w/);
    }
    for (const code of ['23505', '42601', '22P02', '53100', '25006'])
      expect(isRetryable(databaseError(code))).toBe(false);
  });

  it('a failure to reach the server becomes DB_UNAVAILABLE and keeps its cause', () => {
    const refused = Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' });
    const attempts = Object.assign(new AggregateError([refused], ''), { code: 'ECONNREFUSED' });
    const gone = new Error('Connection terminated due to connection timeout');
    for (const cause of [refused, attempts, gone, databaseError('57P03'), databaseError('08006')]) {
      const error = toHubError(cause);
      expect(error).toBeInstanceOf(ShelfwireError);
      expect(error).toMatchObject({ code: 'DB_UNAVAILABLE', cause });
      expect(isRetryable(error)).toBe(true);
    }
    const other = databaseError('23505');
    expect(toHubError(other)).toBe(other);
  });
});
