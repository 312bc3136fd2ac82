import type { Pool } from 'pg';
import { expect, it, onTestFinished } from 'vitest';
import type { IncomingFrame } from './incoming.ts';
import { createLedger } from './merge.ts';

it('X2 a merge that fails while its connection breaks is told once, and to its caller', async () => {
  const unhandled: unknown[] = [];
  const listen = (reason: unknown) => void unhandled.push(reason);
  process.on('unhandledRejection', listen);
  onTestFinished(() => void process.off('unhandledRejection', listen));
  const client = {
    query: (query: string | object) =>
      query === 'BEGIN' ? Promise.resolve() : Promise.reject(new Error('Connection terminated unexpectedly')),
    release: () => undefined,
  };
  const pool = { connect: () => Promise.resolve(client) } as unknown as Pool;
  const frame = (fromSeq: number): IncomingFrame => ({ location: 1, journal: 1, fromSeq, facts: [] });
  await expect(createLedger(pool).merge([frame(1), frame(9)])).rejects.toThrow('with a gap');
  await new Promise((resolve) => void setImmediate(resolve));
  expect(unhandled).toEqual([]);
});
