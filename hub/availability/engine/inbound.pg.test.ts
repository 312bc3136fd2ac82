import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { snapshot } from '#hub/db/snapshot.ts';
import type { Ledger } from '#hub/ledger/incoming.ts';
import { createLedger } from '#hub/ledger/merge.ts';
import type { InboundChange } from '#hub/ledger/moves.ts';
import { createTransferSettlements } from '#hub/ledger/settlements.ts';
import { BEGIN_AVAILABILITY, requestRules } from '#test/support/availability.ts';
import { createTestDatabase, type TestDatabase } from '#test/support/database.ts';
import { line, plain, readFact, sale } from '#test/support/hub-api.ts';
import { HISTORIES_LIMIT, historyRuns } from '#test/support/long-form.ts';
import { rulesOf } from '#test/support/rules-documents.ts';
import { explain } from '../explain/explain.ts';
import { findDrift } from './drift.ts';
import { sweepInbound } from './follow-inbound.ts';
import { followMoves } from './follow-moves.ts';
import { runJobs } from './recompute-jobs.ts';

const HOUR_MS = 3_600_000;
const T = 1_790_000_000_000;

let database: TestDatabase;
let ledger: Ledger;
const clock = { now: T };
const seqs = new Map<number, number>();
const told: InboundChange[][] = [];

beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());
beforeEach(begin);

async function begin(): Promise<void> {
  await database.pool.query(BEGIN_AVAILABILITY);
  const follow = followMoves({ now: () => clock.now });
  ledger = createLedger(database.pool, {
    async moved(client, change) {
      told.push([...change.inbound]);
      await follow.moved(client, change);
    },
  });
  clock.now = T;
  seqs.clear();
  told.length = 0;
}

/** One fact of the store of this number, whose journal has it too. */
async function tell(location: number, kind: string, body: object, at = T): Promise<void> {
  const seq = (seqs.get(location) ?? 0) + 1;
  seqs.set(location, seq);
  const facts = [readFact(seq, at, kind, `k${location}-${seq}`, body)];
  await ledger.merge([{ location, journal: location, fromSeq: seq, facts }]);
}
const units = (quantity: number, sku = 'A') => plain({ sku, quantity });
const send = (quantity: number, more: object = {}, at = T) =>
  tell(1, 'transferOut', { transfer: 'T', to: 'S2', ...units(quantity), ...more }, at);
const take = (quantity: number, more: object = {}) =>
  tell(2, 'transferIn', { transfer: 'T', from: 'S1', ...units(quantity), ...more });

const channel = (code: string, locations: readonly string[], inboundHorizonHours: number) => {
  return { code, name: code, locations, inboundHorizonHours };
};
async function rule(channels: object[], transitHours = 48): Promise<void> {
  await requestRules(database.pool, rulesOf({ transitHours, channels }), T);
  await runJobs(database.pool);
}
async function inbound(sku = 'A'): Promise<{ inbound: number[] | null; pool: number[] }> {
  const { rows } = await database.pool.query<{ inbound: number[] | null; pool: number[] }>(
    'SELECT inbound, pool FROM availability WHERE sku = $1',
    [sku],
  );
  return rows[0]!;
}
const drift = () => snapshot(database.pool, (client) => findDrift(client));
const NONE = { numbers: [], positions: [], behind: [], reserved: [] };
/** As the hub does it again and again; another hub, or one that has just begun, knows no less. */
async function wait(until: number): Promise<number> {
  clock.now = until;
  return sweepInbound(database.pool, until);
}

describe('units on their way', () => {
  it(
    'A1 M7 a transfer adds no more than its units to a channel, whatever is told of it first',
    HISTORIES_LIMIT,
    async () => {
      const told = fc.array(
        fc.record({
          way: fc.constantFrom('out', 'out', 'in', 'in', 'time'),
          quantity: fc.integer({ min: 1, max: 6 }),
          final: fc.boolean(),
        }),
        { minLength: 2, maxLength: 8 },
      );
      await fc.assert(
        fc.asyncProperty(told, fc.constantFrom(0, 24, 200), async (list, transitHours) => {
          await begin();
          await rule([channel('both', ['S1', 'S2'], 100), channel('there', ['S2'], 100)], transitHours);
          await tell(1, 'count', units(100), T - 1);
          await tell(2, 'count', units(100), T - 1);
          let [sent, received] = [0, 0];
          for (const { way, quantity, final } of list) {
            if (way === 'time') await wait(clock.now + quantity * 20 * HOUR_MS);
            else if (way === 'out') {
              sent += quantity;
              await send(quantity);
            } else {
              received += quantity;
              await take(quantity, final ? { final } : {});
            }
            const { pool } = await inbound();
            // Each unit is on hand here, on its way, or on hand there. Nobody has sent what is received beyond it, yet.
            expect(pool[0]).toBeLessThanOrEqual(200 + Math.max(0, received - sent));
            expect(pool[1]).toBeLessThanOrEqual(100 + Math.max(sent, received));
            expect(pool[1]! + 100 - sent).toBe(pool[0]);
            expect(await drift()).toEqual(NONE);
          }
        }),
        historyRuns(25),
      );
    },
  );

  it('A1 count from when they arrive within the horizon until they are overdue, by the hours of the rules', async () => {
    await rule([channel('soon', ['S2'], 12), channel('week', ['S2'], 168), channel('never', ['S2'], 0)]);
    await send(5);
    expect((await inbound()).inbound).toEqual([0, 5, 0]);
    expect(await wait(T + 36 * HOUR_MS - 1)).toBe(0);
    expect(await wait(T + 36 * HOUR_MS)).toBe(1);
    expect(await inbound()).toEqual({ inbound: [5, 5, 0], pool: [5, 5, 0] });
    expect(await wait(T + 96 * HOUR_MS)).toBe(0);
    expect(await wait(T + 96 * HOUR_MS + 1)).toBe(1);
    expect(await inbound()).toEqual({ inbound: [0, 0, 0], pool: [0, 0, 0] });
    expect(await wait(T + 1_000 * HOUR_MS)).toBe(0);
    expect(await drift()).toEqual(NONE);
  });

  it('A1 arrive when their sender says, whatever the rules say', async () => {
    await rule([channel('web', ['S2'], 12)]);
    await send(5, { expectedAt: T + 100 * HOUR_MS });
    expect((await inbound()).inbound).toEqual([0]);
    expect(await wait(T + 88 * HOUR_MS - 1)).toBe(0);
    expect(await wait(T + 88 * HOUR_MS)).toBe(1);
    expect((await inbound()).inbound).toEqual([5]);
  });

  it('A1 are looked at again only where time changes something', async () => {
    await rule([channel('web', ['S2'], 12)]);
    await send(5);
    await tell(1, 'transferOut', { transfer: 'U', to: 'S2', expectedAt: T + HOUR_MS, ...units(2, 'B') });
    await tell(2, 'receipt', units(9, 'C'));
    const { rows } = await database.pool.query(
      'SELECT sku FROM availability WHERE inbound_until IS NOT NULL ORDER BY sku',
    );
    expect(rows.map((row) => row.sku)).toEqual(['A', 'B']);
    const position = await database.pool.query<{ at: number }>('SELECT max(position) AS at FROM changes');
    expect(await wait(T + 36 * HOUR_MS)).toBe(1);
    const feed = await database.pool.query('SELECT keys FROM changes WHERE position > $1', [position.rows[0]!.at]);
    expect(feed.rows).toEqual([{ keys: ['A'] }]);
  });

  it('A1 follow horizons, transit hours and locations of the rules', async () => {
    await rule([channel('web', ['S2'], 0)]);
    await send(5);
    expect((await inbound()).inbound).toBeNull();
    await rule([channel('web', ['S2'], 48)]);
    expect((await inbound()).inbound).toEqual([5]);
    await rule([channel('web', ['S2'], 48)], 49);
    expect((await inbound()).inbound).toEqual([0]);
    await rule([channel('web', ['S1', 'S3'], 48)]);
    expect((await inbound()).inbound).toBeNull();
    expect(await drift()).toEqual(NONE);
  });

  it('A1 belong to a store that is not known yet once it is there and sold from', async () => {
    await rule([channel('web', ['S2'], 48)]);
    await send(5, { to: 'NEW' });
    expect((await inbound()).inbound).toBeNull();
    await database.pool.query(`INSERT INTO locations (code, name) VALUES ('NEW', 'New')`);
    expect(await drift()).toEqual(NONE);
    await rule([channel('web', ['S2', 'NEW'], 48)]);
    expect((await inbound()).inbound).toEqual([5]);
  });

  it('A1 M7 end with a final receipt, a void, and when they are written off', async () => {
    await rule([channel('web', ['S2'], 48)]);
    await send(5);
    await take(2);
    expect(await inbound()).toEqual({ inbound: [3], pool: [5] });
    await take(1, { final: true });
    expect(await inbound()).toEqual({ inbound: null, pool: [3] });
    await send(4, { transfer: 'U' });
    expect(await inbound()).toEqual({ inbound: [4], pool: [7] });
    await tell(1, 'void', { voids: 'k1-2', reason: 'mistake' });
    expect(await inbound()).toEqual({ inbound: null, pool: [3] });
    await send(6, { transfer: 'V' });
    const { rows } = await database.pool.query<{ no: number }>(
      `SELECT transfer_no AS no FROM transfers WHERE transfer = 'V'`,
    );
    const lines = [{ sku: 'A', place: 'S2', units: 4 }];
    const settled = { lines, reason: 'lostOnTheWay', note: 'wet', by: 'anna' } as const;
    await createTransferSettlements(database.pool, followMoves({ now: () => clock.now })).settle(rows[0]!.no, settled);
    expect(await inbound()).toEqual({ inbound: [2], pool: [5] });
    expect(await drift()).toEqual(NONE);
  });

  it('a merge tells of what is on its way only where a transfer changes it', async () => {
    await rule([channel('web', ['S2'], 48)]);
    await tell(1, 'receipt', units(9));
    await tell(1, 'sale', sale(line('A', 1)));
    await send(5);
    await take(2);
    await take(3, { final: true });
    await take(1);
    const there = [{ place: 'S2', sku: 'A' }];
    expect(told).toEqual([[], [], there, there, there, []]);
    const { rows } = await database.pool.query('SELECT count(*)::int AS looks FROM inbound_looks');
    // The last of them left nothing to look at.
    expect(rows).toEqual([{ looks: 1 }]);
  });

  it('A1 a missed look is found: inbound that is not what transfers come to, and one that is never due', async () => {
    await rule([channel('web', ['S2'], 48)]);
    await send(5);
    await database.pool.query('UPDATE availability SET inbound = ARRAY[4]');
    expect((await drift()).numbers).toMatchObject([{ sku: 'A', inbound: 4, inboundExpected: 5 }]);
    await database.pool.query('UPDATE availability SET inbound = ARRAY[5], inbound_until = NULL');
    expect((await drift()).numbers).toMatchObject([{ sku: 'A', inbound: 5, inboundExpected: 5 }]);
  });

  it('A1 are explained with the transfers behind them, also those that do not count, now and in the past', async () => {
    await rule([channel('web', ['S2', 'S3'], 48)]);
    await send(5);
    await send(7, { transfer: 'late', to: 'S3', expectedAt: T + 500 * HOUR_MS });
    const before = await databaseNow();
    // Instants are asked for by the millisecond.
    await database.pool.query('SELECT pg_sleep(0.002)');
    await take(2);
    const ask = (at: number) =>
      snapshot(database.pool, (client) => explain(client, { sku: 'A', channel: 'web', at, movementsMax: 3 }));
    const coming = { from: 'S1', transfer: 'T', to: 'S2', leftAt: T, expectedAt: null, arrivesAt: T + 48 * HOUR_MS };
    const late = { transfer: 'late', to: 'S3', units: 7, belief: 'later', arrivesAt: T + 500 * HOUR_MS };
    expect(await ask(await databaseNow())).toMatchObject({
      inbound: 3,
      ats: 5,
      inboundAsOf: T,
      onTheWay: [{ ...coming, units: 3, belief: 'counted' }, late],
    });
    expect(await ask(before)).toMatchObject({
      inbound: 5,
      ats: 5,
      onTheWay: [{ ...coming, units: 5, belief: 'counted' }, late],
    });
    const then = await databaseNow();
    await database.pool.query('SELECT pg_sleep(0.002)');
    await wait(T + 97 * HOUR_MS);
    expect(await ask(await databaseNow())).toMatchObject({ inbound: 0, onTheWay: [{ belief: 'overdue' }, late] });
    expect(await ask(then)).toMatchObject({ inbound: 3, inboundAsOf: T });
  });
});

async function databaseNow(): Promise<number> {
  const { rows } = await database.pool.query<{ at: number }>(
    'SELECT (extract(epoch FROM clock_timestamp()) * 1000)::float8 AS at',
  );
  return rows[0]!.at;
}
