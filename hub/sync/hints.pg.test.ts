import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Collection } from '#shared/protocol/messages/pull.ts';
import type { Clock } from '#shared/runtime/clock.ts';
import type { Part } from '#shared/runtime/lifecycle.ts';
import { silentLogger } from '#shared/runtime/logger.ts';
import { createTestDatabase, type TestDatabase } from '#test/support/database.ts';
import { ManualClock } from '#test/support/manual-clock.ts';
import { startHints } from './hints.ts';

const TICK_MS = 1;
/** So long that no number of looks fills it. */
const INTERVAL_MS = 1_000_000_000;

let database: TestDatabase;
let clock: ManualClock;
let hints: Part;
let told: string[];
let lookEnded: () => void;

beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());

beforeEach(() => {
  clock = new ManualClock();
  told = [];
  hints = startHints({
    pool: database.pool,
    clock: noticing(clock),
    logger: silentLogger,
    tickMs: TICK_MS,
    intervalMs: INTERVAL_MS,
    send: (scope, collection) => told.push(`${scope} ${collection}`),
  });
});
afterEach(() => hints.stop());

/** A look that has ended asks to be called again. */
function noticing(manual: ManualClock): Clock {
  return {
    now: () => manual.now(),
    monotonic: () => manual.monotonic(),
    after(delayMs, call) {
      if (delayMs === TICK_MS) lookEnded();
      return manual.after(delayMs, call);
    },
  };
}

async function look(): Promise<void> {
  const ended = new Promise<void>((resolve) => (lookEnded = resolve));
  clock.pass(TICK_MS);
  await ended;
}

/** Looks until this was told: transactions of other databases of the cluster hold the feed back too. */
async function lookUntilTold(hint: string): Promise<void> {
  const looked = async (): Promise<string[]> => {
    await look();
    return told;
  };
  await expect.poll(looked, { interval: 1 }).toContain(hint);
}

async function change(scope: number, topic: Collection): Promise<void> {
  await database.pool.query(`INSERT INTO changes (topic, scope, keys) VALUES ($1, $2, '{A}')`, [topic, scope]);
}

describe('hints', () => {
  it('the first look tells everybody of everything, those after it only what has changed, and whom it concerns', async () => {
    await look();
    expect(told.splice(0).sort()).toEqual(['0 positions', '0 products', '0 storeConfig', '0 tasks']);
    clock.pass(INTERVAL_MS);
    await change(7, 'positions');
    await lookUntilTold('7 positions');
    await change(0, 'products');
    await lookUntilTold('0 products');
    expect(told).toEqual(['7 positions', '0 products']);
  });

  it('tells of changes without end at most once an interval, and of the last one for sure', async () => {
    await look();
    told.splice(0);
    for (let time = 0; time < 3; time += 1) {
      await change(7, 'positions');
      await change(100 + time, 'positions');
      // Then the change before it has been seen as well.
      await lookUntilTold(`${100 + time} positions`);
    }
    expect(told).toEqual(['7 positions', '100 positions', '101 positions', '102 positions']);
    clock.pass(INTERVAL_MS);
    expect(told.slice(4)).toEqual(['7 positions']);
    clock.pass(INTERVAL_MS);
    expect(told).toHaveLength(5);
  });
});
