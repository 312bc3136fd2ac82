import { afterAll, beforeAll, expect, it } from 'vitest';
import { canonicalContent } from '#shared/protocol/content.ts';
import type { FactKind } from '#shared/protocol/fact.ts';
import type { ReadFact } from '#shared/protocol/frame.ts';
import { createCountDecisions } from '#hub/ledger/count-decisions.ts';
import { createLedger } from '#hub/ledger/merge.ts';
import { createTestDatabase, type TestDatabase } from '#test/support/database.ts';
import { policySchema } from './policy.ts';
import { whatIf } from './what-if.ts';

const HOUR_MS = 3_600_000;
const BEGIN = Date.UTC(2026, 0, 5);
const at = (hours: number) => BEGIN + hours * HOUR_MS;
const OPTIONS = {
  from: at(0),
  measuredFrom: at(0),
  to: at(200),
  outages: 'recorded',
  stock: 'ledger',
  channelShare: 0,
  seed: 1,
} as const;
const POLICIES = [
  policySchema.parse({ name: 'none', rule: 'none' }),
  policySchema.parse({ name: 'fixed', rule: 'fixed', units: 9, onlySilent: true }),
];

let database: TestDatabase;
let seq = 0;

beforeAll(async () => {
  database = await createTestDatabase();
  await database.pool.query(`
    INSERT INTO locations (code, name) VALUES ('S1', 'One'), ('S2', 'Two');
    INSERT INTO devices (location_no, name, public_key) VALUES (1, 'a', decode(repeat('01', 32), 'hex'));
    INSERT INTO journals (device_no, epoch, location_no) VALUES (1, 1, 1);
    INSERT INTO channels (code, name) VALUES ('market', 'Market');
    INSERT INTO channel_locations (channel_code, location_no) VALUES ('market', 1)`);
  const facts = [
    fact(-30, 'count', { lines: [{ sku: 'A', quantity: 12 }] }),
    fact(-20, 'sale', sale(2)),
    fact(20, 'sale', sale(1)),
    // Never was: voided later.
    fact(25, 'sale', sale(6), 'till', 'mistake'),
    fact(26, 'void', { voids: 'mistake', reason: 'wrong item' }),
    // The store is silent from here: received a day late.
    fact(50, 'sale', sale(7)),
    fact(60, 'sale', sale(4), 'channel:market'),
    fact(90, 'receipt', { lines: [{ sku: 'A', quantity: 3 }] }),
    fact(120, 'sale', sale(1), 'channel:gone'),
  ];
  await createLedger(database.pool).merge([{ location: 1, journal: 1, fromSeq: 1, facts }]);
  await database.pool.query(
    `UPDATE facts SET received_at = to_timestamp(at / 1000.0) + CASE WHEN at = $1 THEN interval '24 hours' ELSE interval '1 second' END`,
    [at(50)],
  );
});
afterAll(() => database.drop());

const sale = (quantity: number) => ({ currency: 'GBP', lines: [{ sku: 'A', quantity, unitPriceMinor: 100 }] });

function fact(hours: number, kind: FactKind, body: object, source = 'till', key = `k${seq + 1}`): ReadFact {
  const { content, digest } = canonicalContent(kind, body);
  const bodyText = JSON.stringify(content.body);
  seq += 1;
  return { ok: true, seq, at: at(hours), offsetMs: 0, key, correlationId: key, source, content, bodyText, digest };
}

it('replays the ledger as it was known: stock before the period, late facts, orders of channels, nothing voided', async () => {
  const { lines, silentShare, positions } = await whatIf(database.pool, POLICIES, OPTIONS);
  expect(positions).toBe(1);
  expect(silentShare).toBeCloseTo(24 / 200 / 2, 6);
  const of = (policy: string, channel: string | null) =>
    lines.find((line) => line.policy === policy && line.channel === channel);
  // Ten at the begin, one sold: nine are known when four are ordered, and two are there.
  expect(of('none', 'market')).toMatchObject({ orders: 1, cancelledOrders: 1, oversoldUnits: 2, soldUnits: 0 });
  expect(of('none', 'other')).toMatchObject({ orders: 1, cancelledOrders: 0, soldUnits: 1 });
  expect(of('fixed', 'market')).toMatchObject({
    orders: 1,
    cancelledOrders: 0,
    cancelledShare: null,
    refusedInVain: 0,
  });
  expect(of('fixed', null)?.withheldUnits).toBeGreaterThan(0);
  expect(of('none', null)?.withheldUnits).toBe(0);
});

it('takes a share of the sales for orders, the same ones each time, and simulates stock and silences', async () => {
  const options = { ...OPTIONS, channelShare: 0.5, stock: 'simulated', outages: 'nightly' } as const;
  const [first, again] = [
    await whatIf(database.pool, POLICIES, options),
    await whatIf(database.pool, POLICIES, options),
  ];
  expect(again).toEqual(first);
  expect(first.silentShare).toBeGreaterThan(0.9);
});

it('can be ended while it reads', async () => {
  const onRows = (): never => {
    throw new Error('enough');
  };
  await expect(whatIf(database.pool, POLICIES, { ...OPTIONS, onRows })).rejects.toThrow('enough');
  expect(await whatIf(database.pool, POLICIES, OPTIONS)).toMatchObject({ locations: 2 });
});

it('sums up the channels that it shows: without orders of unknown channels nothing is published to them', async () => {
  const shown = async (to: number) => {
    const { lines } = await whatIf(database.pool, POLICIES, { ...OPTIONS, to });
    return lines.filter(({ policy }) => policy === 'fixed');
  };
  for (const [to, channels] of [
    [at(100), ['market']],
    [at(200), ['market', 'other']],
  ] as const) {
    const [whole, ...each] = await shown(to);
    expect(each.map(({ channel }) => channel)).toEqual(channels);
    for (const name of ['publishedUnits', 'withheldUnits', 'orders', 'soldUnits'] as const) {
      expect(whole?.[name]).toBeCloseTo(
        each.reduce((sum, line) => sum + line[name], 0),
        9,
      );
    }
  }
});

const PROMPT = 'UPDATE facts SET received_at = to_timestamp(at / 1000.0) WHERE seq >= $1';

it('takes no count for stock that is held or was rejected, before the period and in it; an approved one it does', async () => {
  const before = await whatIf(database.pool, POLICIES, OPTIONS);
  const { setLimit, decide } = createCountDecisions(database.pool);
  await setLimit({ location: 1, fromAt: at(-25), units: 50, percent: null, by: 'anna' });
  const count = (hours: number) => fact(hours, 'count', { lines: [{ sku: 'A', quantity: 900 }] });
  const facts = [count(-10), count(30)];
  const [opening = 0, within = 0] = facts.map((one) => one.seq);
  await createLedger(database.pool).merge([{ location: 1, journal: 1, fromSeq: opening, facts }]);
  const { rows } = await database.pool.query('SELECT held FROM counts WHERE counted = 900');
  expect(rows).toEqual([{ held: true }, { held: true }]);
  await database.pool.query(PROMPT, [opening]);
  expect(await whatIf(database.pool, POLICIES, OPTIONS)).toEqual(before);
  const place = { location: 1, sku: 'A', journal: 1 };
  await decide({ ...place, seq: opening }, 'rejected', { by: 'anna', note: 'a typing error' });
  await decide({ ...place, seq: within }, 'rejected', { by: 'anna', note: 'a typing error' });
  expect(await whatIf(database.pool, POLICIES, OPTIONS)).toEqual(before);
  const found = count(40);
  await createLedger(database.pool).merge([{ location: 1, journal: 1, fromSeq: found.seq, facts: [found] }]);
  await database.pool.query(PROMPT, [opening]);
  await decide({ ...place, seq: found.seq }, 'approved', { by: 'anna', note: 'a pallet was found' });
  const { lines } = await whatIf(database.pool, POLICIES, OPTIONS);
  expect(lines[0]?.publishedUnits).toBeGreaterThan(500);
});
