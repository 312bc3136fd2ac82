import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createTestDatabase, type TestDatabase } from '#test/support/database.ts';
import { makeLocation, makeSource, testInbound } from '#test/support/inbound.ts';
import { seedStores } from '#test/support/hub-api.ts';
import type { Inbound } from '../inbound.ts';

const T = 1_700_000_000_000;

let database: TestDatabase;
let inbound: Inbound;
const pool = () => database.pool;

beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());
beforeEach(async () => {
  await database.clear();
  await seedStores(pool());
  await makeLocation(pool(), 'W1');
  inbound = testInbound(pool());
});

const statement = (key: string, lines: readonly (readonly [string, number])[], location = 'W1', asOf = T) => ({
  key,
  location,
  asOf,
  lines: lines.map(([sku, quantity]) => ({ sku, quantity })),
});
const rows = async (text: string) => (await pool().query(text)).rows as unknown[];
const positions = () =>
  rows(
    `SELECT l.code AS location, p.sku, p.on_hand FROM positions p JOIN locations l USING (location_no) ORDER BY 1, 2`,
  );

describe('stock as a source states it', () => {
  it('F4 M2 count: it is the anchor of what it names; what moved after it counts, the same again does not', async () => {
    await makeSource(inbound, { code: 'wms', settings: { stock: 'count' } });
    const receipt = (key: string, occurredAt: number) => ({
      kind: 'receipt',
      location: 'W1',
      key,
      body: { occurredAt, lines: [{ sku: 'A', quantity: 5 }] },
    });
    await inbound.facts('wms', [receipt('before', T - 1), receipt('after', T + 1)]);
    const told = statement('s1', [
      ['A', 40],
      ['B', 1],
      ['A', 2],
      ['C', -3],
    ]);
    expect(await inbound.stock('wms', told)).toMatchObject({ status: 'taken', use: 'count', rejectedLines: 1 });
    expect(await inbound.stock('wms', told)).toMatchObject({ status: 'duplicate' });
    expect(await positions()).toEqual([
      { location: 'W1', sku: 'A', on_hand: 47 },
      { location: 'W1', sku: 'B', on_hand: 1 },
    ]);
    expect(await rows('SELECT code, times FROM inbound_rejects')).toEqual([{ code: 'INBOUND_INVALID', times: 2 }]);
    expect(await inbound.stock('wms', statement('s1', [['A', 7]]))).toMatchObject({
      status: 'quarantined',
      code: 'KEY_REUSED',
    });
    expect(await inbound.stock('wms', statement('s0', [['A', 7]], 'W1', T - 1_000))).toMatchObject({ status: 'taken' });
    expect(await positions()).toContainEqual({ location: 'W1', sku: 'A', on_hand: 47 });
  });

  it('F5 X2 a sum that is too large for a count is a reject of its own; the rest counts, and the same again changes nothing', async () => {
    await makeSource(inbound, { code: 'wms', settings: { stock: 'count' } });
    const told = statement('s1', [
      ['A', 1_000_000],
      ['A', 1],
      ['B', 1_000_000],
    ]);
    expect(await inbound.stock('wms', told)).toMatchObject({ status: 'taken', rejectedLines: 1 });
    expect(await inbound.stock('wms', told)).toMatchObject({ status: 'duplicate', rejectedLines: 1 });
    expect(await positions()).toEqual([{ location: 'W1', sku: 'B', on_hand: 1_000_000 }]);
    expect(await rows('SELECT code, times FROM inbound_rejects')).toEqual([{ code: 'INBOUND_INVALID', times: 2 }]);
  });

  it('never overwrites a store with an agent, whatever its settings say: the statement is kept to be compared with', async () => {
    await makeSource(inbound, { code: 'erp', settings: { stock: 'count' } });
    const answer = await inbound.stock('erp', statement('s1', [['A', 40]], 'S1'));
    expect(answer).toMatchObject({ status: 'taken', use: 'compareOnly', hasAgent: true });
    expect(await positions()).toEqual([]);
    expect(
      await rows('SELECT source_code, location, sku, quantity, as_of, statement_key FROM stock_statements'),
    ).toEqual([{ source_code: 'erp', location: 'S1', sku: 'A', quantity: 40, as_of: T, statement_key: 's1' }]);
  });

  it('F4 F5 compareOnly and ignore move nothing; another statement under the same key is refused and kept', async () => {
    await makeSource(inbound, { code: 'erp', settings: { stockAt: { S2: 'ignore' } } });
    const told = statement('s1', [
      ['A', 3],
      ['B', -1],
      ['A', 1],
    ]);
    expect(await inbound.stock('erp', told)).toMatchObject({ status: 'taken', use: 'compareOnly', hasAgent: false });
    expect(await inbound.stock('erp', told)).toMatchObject({ status: 'duplicate' });
    const other = statement('s1', [['A', 5]]);
    expect(await inbound.stock('erp', other)).toMatchObject({ status: 'rejected', code: 'INBOUND_STATEMENT_REUSED' });
    expect(await inbound.stock('erp', statement('s2', [['A', 5]], 'S2'))).toMatchObject({ status: 'ignored' });
    expect(await positions()).toEqual([]);
    expect(await rows('SELECT sku, quantity FROM stock_statements ORDER BY sku')).toEqual([
      { sku: 'A', quantity: 4 },
      { sku: 'B', quantity: -1 },
    ]);
    const [reject] = (await pool().query<{ verbatim: Buffer }>('SELECT verbatim FROM inbound_rejects')).rows;
    expect(JSON.parse(String(reject?.verbatim))).toEqual(other);
  });

  it('a statement of many skus is cut into counts that are the same when it comes again', async () => {
    await makeSource(inbound, { code: 'wms', settings: { stock: 'count' } });
    const lines = Array.from({ length: 2_000 }, (_, place) => [`SKU-${place}`, place] as const);
    expect(await inbound.stock('wms', statement('big', lines))).toMatchObject({ status: 'taken', lines: 2_000 });
    expect(await inbound.stock('wms', statement('big', lines.toReversed()))).toMatchObject({ status: 'duplicate' });
    expect(await rows(`SELECT count(*)::int AS facts FROM facts WHERE kind = 'count'`)).toEqual([{ facts: 3 }]);
    expect(await rows('SELECT sum(on_hand)::int AS units FROM positions')).toEqual([{ units: 1_999_000 }]);
  });

  it('S5 a statement ahead of its time is none of the future, and is the same when it is told again', async () => {
    await makeSource(inbound, { code: 'wms', settings: { stock: 'count' } });
    const ahead = statement('s1', [['A', 1]], 'W1', Date.now() + 86_400_000);
    expect(await inbound.stock('wms', ahead)).toMatchObject({ status: 'taken' });
    expect(await inbound.stock('wms', ahead)).toMatchObject({ status: 'duplicate' });
  });
});
