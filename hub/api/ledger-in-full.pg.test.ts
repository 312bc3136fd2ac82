import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { systemClock } from '#shared/runtime/clock.ts';
import { createTestDatabase, type TestDatabase } from '#test/support/database.ts';
import { line, merge, plain, readFact, sale, seedStores, startApi, type RunningApi } from '#test/support/hub-api.ts';

const T = 1_700_000_000_000;
const at = (ms: number) => new Date(T + ms).toISOString();

let database: TestDatabase;
let api: RunningApi;
let now: number;

beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());
beforeEach(async () => {
  await database.clear();
  await seedStores(database.pool);
  now = T;
  api = await startApi(database.pool, { clock: { ...systemClock, now: () => now } });
});
afterEach(() => api.stop());

const get = async (path: string) => (await api.call('GET', path)).body;
const post = (path: string, body: unknown) => api.call('POST', path, { body });
const position = async (store: string, sku: string) =>
  (await get(`/v1/positions?location=${store}&sku=${sku}`)).items[0];

const out = (seq: number, ms: number, quantity: number, more: object = {}) =>
  readFact(seq, T + ms, 'transferOut', `out-${seq}`, {
    transfer: 'T1',
    to: 'S2',
    lines: [{ sku: 'A', quantity }],
    ...more,
  });
const into = (seq: number, ms: number, quantity: number, more: object = {}) =>
  readFact(seq, T + ms, 'transferIn', `in-${seq}`, {
    transfer: 'T1',
    from: 'S1',
    lines: [{ sku: 'A', quantity }],
    ...more,
  });

describe('transfers', () => {
  it('M7 shows what is on its way, where, and when it should arrive', async () => {
    await merge(database.pool, 2, 3, [readFact(1, T, 'receipt', 'rec', plain({ sku: 'A', quantity: 1 }))]);
    await merge(database.pool, 1, 1, [out(1, 10, 5, { expectedAt: T + 3_600_000 })]);
    const { items } = await get('/v1/transfers');
    const transfer = {
      id: items[0]!['id'],
      from: 'S1',
      transfer: 'T1',
      places: ['S2'],
      state: 'inTransit',
      beganAt: at(10),
    };
    expect(items).toEqual([{ ...transfer, expectedAt: at(3_600_000), inTransit: 5, discrepancies: 0 }]);
    expect(await position('S2', 'A')).toMatchObject({ onHand: 1, inTransit: 5 });
    expect(await position('S1', 'A')).toMatchObject({ onHand: -5, inTransit: 0 });
    await merge(database.pool, 2, 3, [into(2, 20, 2)]);
    expect(await position('S2', 'A')).toMatchObject({ onHand: 3, inTransit: 3 });
    const { body } = await api.call('GET', `/v1/transfers/${String(items[0]!['id'])}`);
    expect(body['facts']).toMatchObject([
      {
        kind: 'transferOut',
        key: 'out-1',
        location: 'S1',
        place: 'S2',
        voided: false,
        lines: [{ sku: 'A', quantity: 5 }],
      },
      { kind: 'transferIn', key: 'in-2', location: 'S2', place: 'S2', final: false },
    ]);
    expect((await get('/v1/transfers?state=settled')).items).toEqual([]);
    expect((await get('/v1/transfers?state=open&from=S1&to=S2&transfer=T1')).items).toHaveLength(1);
    expect((await get('/v1/transfers?to=S1')).items).toEqual([]);
    expect((await api.call('GET', '/v1/transfers/999')).status).toBe(404);
  });

  it('M7 settles a discrepancy with a reason, once and no more than is open, and keeps who did', async () => {
    await merge(database.pool, 1, 1, [out(1, 10, 5)]);
    await merge(database.pool, 2, 3, [into(1, 20, 2, { final: true })]);
    const [found] = (await get('/v1/transfers?state=discrepancy')).items;
    expect(found).toMatchObject({ inTransit: 0, discrepancies: 3 });
    const path = `/v1/transfers/${String(found!['id'])}/settle`;
    const tooMany = { reason: 'lostOnTheWay', note: 'x', lines: [{ sku: 'A', place: 'S2', units: 4 }] };
    expect((await post(path, tooMany)).status).toBe(409);
    const { status, body } = await post(path, { reason: 'lostOnTheWay', note: 'box 3 was wet' });
    expect(status).toBe(200);
    expect(body).toMatchObject({ state: 'settled', discrepancies: 0, lines: [{ sent: 5, received: 2, settled: 3 }] });
    expect(body['settled']).toMatchObject([{ units: 3, reason: 'lostOnTheWay', note: 'box 3 was wet' }]);
    expect((body['settled'] as { by: string }[])[0]!.by).toMatch(/^writer-/);
    expect((await post(path, { reason: 'other', note: 'again' })).status).toBe(409);
    expect((await api.call('POST', path, { key: api.readKey, body: { reason: 'other', note: 'x' } })).status).toBe(403);
    // Found after all.
    await merge(database.pool, 2, 3, [into(2, 30, 1)]);
    expect((await get('/v1/transfers?state=discrepancy')).items).toMatchObject([{ discrepancies: 1 }]);
  });

  it('M7 settles only with a reason that can be true: what is missing was not received, what is over was not lost', async () => {
    await merge(database.pool, 1, 1, [out(1, 10, 5), out(2, 11, 5, { transfer: 'T2' })]);
    await merge(database.pool, 2, 3, [
      into(1, 20, 2, { final: true }),
      into(2, 30, 4, { transfer: 'T3' }),
      into(3, 31, 4, { transfer: 'T4', lines: [{ sku: 'B', quantity: 4 }] }),
    ]);
    const items = (await get('/v1/transfers')).items;
    const settle = (transfer: string, body: object) => {
      const { id } = items.find((one) => one['transfer'] === transfer)!;
      return post(`/v1/transfers/${String(id)}/settle`, { note: 'looked', ...body });
    };
    const refused = await settle('T1', { reason: 'receivedUnsent' });
    expect(refused).toMatchObject({ status: 409, body: { code: 'CONFLICT' } });
    expect(refused.body['remedy']).toContain('lostOnTheWay, lostAtSource, neverSent, wentElsewhere, other');
    for (const reason of ['lostOnTheWay', 'lostAtSource', 'neverSent'])
      expect((await settle('T3', { reason })).status).toBe(409);
    expect((await settle('T1', { reason: 'neverSent' })).status).toBe(200);
    expect((await settle('T3', { reason: 'receivedUnsent' })).status).toBe(200);
    expect((await settle('T4', { reason: 'other' })).status).toBe(200);
    const coming = await settle('T2', { reason: 'lostOnTheWay' });
    expect(coming.body).toMatchObject({
      code: 'CONFLICT',
      detail: expect.stringContaining('5 units are still in transit'),
    });
    expect(coming.body['remedy']).toContain('`lines`');
    const lines = [{ sku: 'A', place: 'S2', units: 5 }];
    expect((await settle('T2', { reason: 'receivedUnsent', lines })).status).toBe(409);
    expect((await settle('T2', { reason: 'lostOnTheWay', lines })).status).toBe(200);
  });

  it('M7 a third store that receives what was sent to another is an open discrepancy that names both, until it is settled', async () => {
    await database.pool.query(`
      WITH l AS (INSERT INTO locations (code, name) VALUES ('S3', 'Third') RETURNING location_no),
        d AS (INSERT INTO devices (location_no, name, public_key)
          SELECT location_no, 'd', decode(repeat('77', 32), 'hex') FROM l RETURNING device_no, location_no)
      INSERT INTO journals (device_no, epoch, location_no) SELECT device_no, 1, location_no FROM d`);
    const { rows } = await database.pool.query<{ journal: number; location: number }>(`
      SELECT journal_no AS journal, location_no AS location FROM journals ORDER BY 1 DESC LIMIT 1`);
    await merge(database.pool, 1, 1, [out(1, 10, 5)]);
    await merge(database.pool, rows[0]!.location, rows[0]!.journal, [into(1, 20, 5)]);
    // The units are on hand at S3 and nowhere else.
    expect(await position('S2', 'A')).toBeUndefined();
    expect(await position('S3', 'A')).toMatchObject({ onHand: 5, inTransit: 0 });
    const [found] = (await get('/v1/transfers?state=discrepancy')).items;
    expect(found).toMatchObject({ places: ['S2', 'S3'], inTransit: 0, discrepancies: 10 });
    const path = `/v1/transfers/${String(found!['id'])}`;
    expect((await api.call('GET', path)).body['lines']).toMatchObject([
      { place: 'S2', sent: 5, received: 0, inTransit: 0, discrepancy: 5 },
      { place: 'S3', sent: 0, received: 5, inTransit: 0, discrepancy: -5 },
    ]);
    const { body } = await post(`${path}/settle`, { reason: 'wentElsewhere', note: 'the driver mixed boxes up' });
    expect(body).toMatchObject({ state: 'settled', inTransit: 0, discrepancies: 0 });
  });

  it('M7 F1 keeps a transfer of a store that is not known yet, and it belongs to that store once it is there', async () => {
    await merge(database.pool, 1, 1, [out(1, 10, 5, { to: 'NEW' })]);
    await merge(database.pool, 2, 3, [into(1, 20, 2, { from: 'OLD' })]);
    expect((await get('/v1/unknown-stores')).items).toEqual([
      { code: 'NEW', sentFrom: 0, sentTo: 1 },
      { code: 'OLD', sentFrom: 1, sentTo: 0 },
    ]);
    await database.pool.query(`INSERT INTO locations (code, name) VALUES ('NEW', 'New')`);
    expect((await get('/v1/unknown-stores')).items).toMatchObject([{ code: 'OLD' }]);
    const { rows } = await database.pool.query('SELECT location_no, sku, units FROM in_transit');
    expect(rows).toEqual([{ location_no: 3, sku: 'A', units: 5 }]);
  });

  it('M1 M7 two stores that tell of many transfers at once never wait for each other in a circle', async () => {
    const many = (kind: 'transferOut' | 'transferIn', seq: number, ids: readonly number[], from: object) =>
      ids.map((id, place) => {
        const body = { transfer: `T${id}`, ...from, lines: [{ sku: 'A', quantity: 1 }] };
        return readFact(seq + place, T + id, kind, `${kind}-${id}`, body);
      });
    for (let round = 0; round < 10; round += 1) {
      const ids = Array.from({ length: 300 }, (_, id) => round * 300 + id);
      const seq = ids[0]! + 1;
      await Promise.all([
        merge(database.pool, 1, 1, many('transferOut', seq, ids, { to: 'S2' })),
        merge(database.pool, 2, 3, many('transferIn', seq, ids.toReversed(), { from: 'S1' })),
      ]);
    }
    expect((await get('/v1/transfers?state=settled&limit=1000')).items).toHaveLength(1_000);
    expect((await get('/v1/transfers?state=open')).items).toEqual([]);
  });
});

describe('held counts', () => {
  const count = (seq: number, ms: number, quantity: number, more: object = {}) =>
    readFact(seq, T + ms, 'count', `count-${seq}`, { countedBy: 'Ben', ...more, lines: [{ sku: 'A', quantity }] });
  const limit = (body: object) => post('/v1/count-limits', { units: null, percent: null, ...body });

  it('M1 M5 a count beyond the limit waits; approved it is in force from its own instant on, and it is kept who did', async () => {
    expect((await limit({ units: 5 })).status).toBe(201);
    await merge(database.pool, 1, 1, [
      count(1, 10, 10),
      count(2, 20, 30, { type: 'blind' }),
      readFact(3, T + 30, 'sale', 's', sale(line('A', 1))),
    ]);
    expect(await position('S1', 'A')).toMatchObject({ onHand: 9, countHeld: true, anchor: { fact: '1-1' } });
    const { items } = await get('/v1/held-counts');
    expect(items).toMatchObject([
      {
        location: 'S1',
        sku: 'A',
        fact: '1-2',
        countedBy: 'Ben',
        counted: 30,
        expected: 10,
        variance: 20,
        onHand: 9,
        rejected: null,
      },
    ]);
    const path = '/v1/positions/S1/A/counts/1-2';
    expect((await post(`${path}/approve`, { note: 'counted twice' })).status).toBe(200);
    expect(await position('S1', 'A')).toMatchObject({ onHand: 29, countHeld: false, anchor: { fact: '1-2' } });
    expect((await get('/v1/held-counts')).items).toEqual([]);
    expect((await get('/v1/positions/S1/A/counts')).items).toMatchObject([
      { state: 'anchor', type: 'blind', decision: { decision: 'approved', note: 'counted twice' } },
      { state: 'superseded', type: 'cycle', decision: null },
    ]);
    expect((await post(`${path}/reject`, { note: 'no' })).status).toBe(409);
    expect((await post('/v1/positions/S1/A/counts/1-1/approve', { note: 'no' })).status).toBe(409);
    expect((await post('/v1/positions/S1/A/counts/1-9/approve', { note: 'no' })).status).toBe(404);
    expect((await post('/v1/positions/S1/A/counts/x/approve', { note: 'no' })).status).toBe(400);
  });

  it('M1 a rejected count stays out, whatever comes later, and the ledger’s list shows no balance of it', async () => {
    await limit({ location: 'S1', units: 5 });
    await merge(database.pool, 1, 1, [count(1, 10, 10), count(2, 20, 30)]);
    expect(await position('S1', 'A')).toMatchObject({ onHand: 10, countHeld: true });
    await post('/v1/positions/S1/A/counts/1-2/reject', { note: 'the wrong shelf' });
    expect(await position('S1', 'A')).toMatchObject({ onHand: 10, countHeld: false });
    now = T + 1_000;
    const past = `/v1/positions?location=S1&sku=A&at=${at(20)}`;
    expect((await get(past)).items).toMatchObject([{ onHand: 10, countHeld: false }]);
    await merge(database.pool, 1, 1, [readFact(3, T + 15, 'receipt', 'r', plain({ sku: 'A', quantity: 20 }))]);
    expect(await position('S1', 'A')).toMatchObject({ onHand: 30, anchor: { fact: '1-1' } });
    expect((await get('/v1/held-counts?rejected=1')).items).toMatchObject([
      { variance: 0, rejected: { note: 'the wrong shelf' } },
    ]);
    expect((await get('/v1/positions/S1/A/movements')).items).toMatchObject([
      { key: 'r', balance: 30, absorbedBy: null },
    ]);
  });

  it('a position has a count to decide about while any after its anchor waits, and no older one', async () => {
    await limit({ location: 'S1', units: 5 });
    await merge(database.pool, 1, 1, [count(1, 10, 10), count(2, 20, 30), count(3, 30, 50)]);
    await post('/v1/positions/S1/A/counts/1-3/reject', { note: 'the wrong shelf' });
    now = T + 1_000;
    const past = async () => (await get(`/v1/positions?location=S1&at=${at(1_000)}`)).items[0];
    expect([await position('S1', 'A'), await past()]).toMatchObject([{ countHeld: true }, { countHeld: true }]);
    await merge(database.pool, 1, 1, [count(4, 40, 10)]);
    expect([await position('S1', 'A'), await past()]).toMatchObject([{ countHeld: false }, { countHeld: false }]);
  });

  it('M1 a limit judges counts from its instant on, also those that came before it was set, and no earlier ones', async () => {
    await merge(database.pool, 1, 1, [count(1, 10, 10), count(2, 20, 30), count(3, 40, 90)]);
    now = T + 30;
    await limit({ percent: 50 });
    expect(await position('S1', 'A')).toMatchObject({ onHand: 30, countHeld: true });
    expect((await limit({ percent: 400 })).status).toBe(409);
    now = T + 35;
    await limit({ location: 'S1' });
    expect(await position('S1', 'A')).toMatchObject({ onHand: 90, countHeld: false });
    expect((await get('/v1/count-limits')).items).toMatchObject([
      { location: null, fromAt: at(30), percent: 50, units: null },
      { location: 'S1', fromAt: at(35), percent: null },
    ]);
  });
});

describe('adjustments', () => {
  const adjustment = (seq: number, ms: number, code: string | undefined, ...lines: object[]) =>
    readFact(seq, T + ms, 'adjustment', `adj-${seq}`, { reason: 'see code', code, lines });

  it('moves units between conditions without making or losing any', async () => {
    await merge(database.pool, 1, 1, [
      readFact(1, T, 'receipt', 'rec', plain({ sku: 'A', quantity: 10 })),
      adjustment(2, 10, 'damage', { sku: 'A', quantity: 3, to: 'damaged' }),
      adjustment(3, 20, 'correction', { sku: 'A', quantity: 1, condition: 'damaged', to: 'quarantined' }),
    ]);
    expect(await position('S1', 'A')).toMatchObject({ onHand: 7, damaged: 2, quarantined: 1 });
    await merge(database.pool, 1, 1, [readFact(4, T + 30, 'void', 'v', { voids: 'adj-2', reason: 'mistake' })]);
    expect(await position('S1', 'A')).toMatchObject({ onHand: 10, damaged: -1, quarantined: 1 });
  });

  it('are summed by store and code, without voided ones, page by page', async () => {
    await merge(database.pool, 1, 1, [
      adjustment(1, 10, 'theft', { sku: 'A', quantity: -2 }, { sku: 'B', quantity: -1 }),
      adjustment(2, 20, 'found', { sku: 'A', quantity: 4 }),
      adjustment(3, 30, undefined, { sku: 'A', quantity: -5 }),
      adjustment(4, 40, 'theft', { sku: 'A', quantity: -9 }),
      adjustment(5, 50, 'damage', { sku: 'A', quantity: 6, to: 'damaged' }),
      readFact(6, T + 60, 'void', 'v', { voids: 'adj-4', reason: 'mistake' }),
    ]);
    await merge(database.pool, 2, 3, [adjustment(1, 10, 'theft', { sku: 'A', quantity: -1 })]);
    const all = [
      { location: 'S1', code: null, facts: 1, added: 0, removed: 5, moved: 0 },
      { location: 'S1', code: 'damage', facts: 1, added: 0, removed: 0, moved: 6 },
      { location: 'S1', code: 'found', facts: 1, added: 4, removed: 0, moved: 0 },
      { location: 'S1', code: 'theft', facts: 1, added: 0, removed: 3, moved: 0 },
      { location: 'S2', code: 'theft', facts: 1, added: 0, removed: 1, moved: 0 },
    ];
    expect((await get('/v1/adjustments/sums')).items).toEqual(all);
    const seen: unknown[] = [];
    for (let cursor: string | null = ''; cursor !== null;) {
      const page = await get(`/v1/adjustments/sums?limit=2${cursor && `&cursor=${cursor}`}`);
      seen.push(...page.items);
      cursor = page.next;
    }
    expect(seen).toEqual(all);
    const some = await get(`/v1/adjustments/sums?location=S1&from=${at(20)}&until=${at(30)}`);
    expect(some.items).toMatchObject([{ code: 'found' }]);
  });
});

describe('what nobody has entered', () => {
  it('lists skus without a product until it appears; their units count all the same', async () => {
    await database.pool.query(
      `INSERT INTO products (sku, name, deleted) VALUES ('A', 'Apple', false), ('B', 'Brush', true)`,
    );
    await merge(database.pool, 1, 1, [
      readFact(
        1,
        T,
        'receipt',
        'rec',
        plain({ sku: 'A', quantity: 1 }, { sku: 'B', quantity: 2 }, { sku: 'C', quantity: 3 }),
      ),
    ]);
    await merge(database.pool, 2, 3, [readFact(1, T, 'receipt', 'rec', plain({ sku: 'C', quantity: 4 }))]);
    expect((await get('/v1/unknown-skus')).items).toEqual([
      { sku: 'B', positions: 1, onHand: 2, locations: ['S1'] },
      { sku: 'C', positions: 2, onHand: 7, locations: ['S1', 'S2'] },
    ]);
    expect((await get('/v1/unknown-skus?limit=1')).items).toHaveLength(1);
    await database.pool.query(`INSERT INTO products (sku, name) VALUES ('C', 'Candle')`);
    expect((await get('/v1/unknown-skus')).items).toMatchObject([{ sku: 'B' }]);
  });
});

describe('GET /v1/positions of the past', () => {
  it('M1 tells what was there, and what was known then', async () => {
    now = T + 10_000;
    await merge(database.pool, 1, 1, [readFact(1, T, 'receipt', 'rec', plain({ sku: 'A', quantity: 10 }))]);
    await database.pool.query(`UPDATE facts SET received_at = to_timestamp(${(T + 1_000) / 1_000})`);
    await merge(database.pool, 1, 1, [
      readFact(2, T + 10, 'sale', 'late', sale(line('A', 3))),
      readFact(3, T + 5_000, 'sale', 'later', sale(line('A', 1))),
    ]);
    const past = async (query: string) => (await get(`/v1/positions?location=S1&${query}`)).items[0]?.['onHand'];
    expect(await past(`at=${at(2_000)}`)).toBe(7);
    expect(await past(`at=${at(2_000)}&knownAt=${at(2_000)}`)).toBe(10);
    expect(await past(`knownAt=${at(2_000)}`)).toBe(10);
    expect(await past(`at=${at(5)}`)).toBe(10);
    expect(await past(`at=${at(-5)}`)).toBe(0);
    expect((await api.call('GET', '/v1/positions?at=yesterday')).status).toBe(400);
    expect((await api.call('GET', `/v1/positions?negative=1&at=${at(5)}`)).status).toBe(400);
    expect((await api.call('GET', `/v1/positions?at=${at(10_000)}`)).status).toBe(200);
    for (const name of ['at', 'knownAt']) {
      const { status, body } = await api.call('GET', `/v1/positions?${name}=${at(10_001)}`);
      expect([status, body['code']]).toEqual([400, 'REQUEST_INVALID']);
      expect(body['detail']).toContain('lies in the future');
    }
  });
});
