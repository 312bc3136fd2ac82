import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { transaction } from '#hub/db/transaction.ts';
import { createApiKey } from './api-keys.ts';
import { createTestDatabase, type TestDatabase } from '#test/support/database.ts';
import { merge, readFact, seedStores, startApi, type RunningApi } from '#test/support/hub-api.ts';
import { ACTS_KEPT_HOURS, doOnce, pruneActs, type Act } from './acts.ts';

const T = 1_700_000_000_000;
const SETTLE = '/v1/transfers/1/settle';
const twoOf = (units: number) => ({ reason: 'lostOnTheWay', note: 'wet', lines: [{ sku: 'A', place: 'S2', units }] });

let database: TestDatabase;
let api: RunningApi;
let tokens = 0;

beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());
beforeEach(async () => {
  await database.clear();
  await seedStores(database.pool);
  const createToken = async () => ({ token: `swt_secret_${(tokens += 1)}`, expiresAt: T });
  const absent = () => Promise.reject(new Error('not part of this test'));
  api = await startApi(database.pool, { sync: { enrol: absent, createToken, revokeDevice: absent } });
  await merge(database.pool, 1, 1, [
    readFact(1, T, 'transferOut', 'out', { transfer: 'T1', to: 'S2', lines: [{ sku: 'A', quantity: 50 }] }),
  ]);
});
afterEach(() => api.stop());

const settle = (idempotencyKey: string | null, units = 2, key = api.writeKey) =>
  api.call('POST', SETTLE, { body: twoOf(units), idempotencyKey, key });
async function settledUnits(): Promise<unknown> {
  const { rows } = await database.pool.query('SELECT coalesce(sum(units), 0)::int AS units FROM transfer_settlements');
  return rows[0]?.units;
}
const age = (seconds: number) =>
  database.pool.query('UPDATE api_acts SET begun_at = begun_at - make_interval(secs => $1)', [seconds]);

describe('a POST with an Idempotency-Key', () => {
  it('acts once, and gives the first answer again', async () => {
    const first = await settle('k1');
    expect([first.status, first.headers.get('Idempotency-Replayed')]).toEqual([200, null]);
    await settle('k2', 3);
    const again = await settle('k1');
    expect([again.status, again.headers.get('Idempotency-Replayed')]).toEqual([200, 'true']);
    expect(again.text).toBe(first.text);
    expect(await settledUnits()).toBe(5);
  });

  it('gives status and headers again as well', async () => {
    const body = { from: '2026-01-10T00:00:00Z', to: '2026-01-20T00:00:00Z', policies: [{ name: 'n', rule: 'none' }] };
    const post = () => api.call('POST', '/v1/what-if-jobs', { body, idempotencyKey: 'job' });
    const [first, again] = [await post(), await post()];
    expect([first.status, again.status]).toEqual([202, 202]);
    expect(again.headers.get('Location')).toBe('/v1/what-if-jobs/1');
    expect((await api.call('GET', '/v1/what-if-jobs')).body.items).toHaveLength(1);
  });

  it('is refused with another body or at another address, and changes nothing', async () => {
    await settle('k1');
    const other = await settle('k1', 3);
    expect([other.status, other.body['code']]).toEqual([422, 'IDEMPOTENCY_KEY_REUSED']);
    const elsewhere = await api.call('POST', '/v1/transfers/2/settle', { body: twoOf(2), idempotencyKey: 'k1' });
    expect(elsewhere.body['code']).toBe('IDEMPOTENCY_KEY_REUSED');
    expect(await settledUnits()).toBe(2);
  });

  it('is of its API key alone', async () => {
    await settle('k1');
    const another = await createApiKey(database.pool, 'another', ['write']);
    const { status, headers } = await settle('k1', 2, another);
    expect([status, headers.get('Idempotency-Replayed')]).toEqual([200, null]);
    expect(await settledUnits()).toBe(4);
  });

  it('acts once when it is sent sixteen times at once', async () => {
    const answers = await Promise.all(Array.from({ length: 16 }, () => settle('k1')));
    const refused = answers.filter(({ status }) => status !== 200);
    expect(answers.length - refused.length).toBeGreaterThan(0);
    for (const { body, headers } of refused) {
      expect(body['code']).toBe('IDEMPOTENCY_IN_PROGRESS');
      expect(headers.get('Retry-After')).toBe('1');
    }
    expect(new Set(answers.filter(({ status }) => status === 200).map(({ text }) => text)).size).toBe(1);
    expect(await settledUnits()).toBe(2);
  });

  it('may be tried again under the same key after it was refused', async () => {
    expect((await settle('k1', 51)).body['code']).toBe('CONFLICT');
    expect((await settle('k1', 2)).status).toBe(200);
  });

  it('is needed where a repeated request would act twice', async () => {
    expect((await settle(null)).body).toMatchObject({ status: 400, code: 'IDEMPOTENCY_KEY_REQUIRED' });
    expect((await settle('x'.repeat(121))).body['code']).toBe('REQUEST_INVALID');
    expect(await settledUnits()).toBe(0);
    const limit = { units: 5, percent: null };
    expect((await api.call('POST', '/v1/count-limits', { body: limit, idempotencyKey: null })).status).toBe(201);
  });

  it('X1 gives a secret again to who asked for it, and the database does not hold it', async () => {
    const ask = () => api.call('POST', '/v1/stores/S1/tokens', { body: {}, idempotencyKey: 't' });
    const [first, again] = [await ask(), await ask()];
    expect(again.body).toEqual(first.body);
    expect(again.headers.get('Cache-Control')).toBe('no-store');
    const { rows } = await database.pool.query<{ all: string }>(
      `SELECT string_agg(encode(answer, 'escape') || convert_from(digest, 'latin1'), ' ') AS all FROM api_acts`,
    );
    expect(rows[0]!.all.length).toBeGreaterThan(50);
    expect(rows[0]!.all).not.toContain('swt_secret');
  });

  it('is forgotten after its time, and not before', async () => {
    await settle('k1');
    await age(ACTS_KEPT_HOURS * 3_600 - 60);
    await pruneActs(database.pool);
    expect((await settle('k1')).headers.get('Idempotency-Replayed')).toBe('true');
    await age(120);
    await pruneActs(database.pool);
    expect((await settle('k1')).headers.get('Idempotency-Replayed')).toBeNull();
  });
});

describe('acts whose hub dies', () => {
  const act = (): Act => ({ apiKey: 'a', secret: 'swk_x', idempotencyKey: 'k', content: 'POST /x' });
  const effect = 'INSERT INTO locations (code, name) VALUES ($1, $1)';
  async function effects(): Promise<unknown[]> {
    const { rows } = await database.pool.query<{ code: string }>(
      `SELECT code FROM locations WHERE code LIKE 'E%' ORDER BY code`,
    );
    return rows.map(({ code }) => code);
  }
  const within = (code: string) => (keep: Parameters<Parameters<typeof doOnce>[2]>[0]) =>
    transaction(database.pool, async (client) => {
      await client.query(effect, [code]);
      await keep(client, { body: { code } });
      return { body: { code } };
    });
  const never = () => new Promise<never>(() => undefined);

  it('are taken for under way until their run has had its time, then they are done anew', async () => {
    void doOnce(database.pool, act(), never);
    await expect.poll(async () => (await database.pool.query('SELECT FROM api_acts')).rowCount).toBe(1);
    await age(80);
    await expect(doOnce(database.pool, act(), within('E1'))).rejects.toMatchObject({ code: 'IDEMPOTENCY_IN_PROGRESS' });
    await age(20);
    await expect(doOnce(database.pool, act(), within('E1'))).resolves.toEqual({ body: { code: 'E1' } });
    await expect(doOnce(database.pool, act(), within('E2'))).resolves.toMatchObject({ body: { code: 'E1' } });
    expect(await effects()).toEqual(['E1']);
  });

  it('leave the answer where they left the effect, so nothing is done twice', async () => {
    // The hub is killed right behind the commit: nobody hears of it.
    void doOnce(database.pool, act(), async (keep) => within('E1')(keep).then(never));
    await expect.poll(effects).toEqual(['E1']);
    await age(200);
    const again = await doOnce(database.pool, act(), within('E2'));
    expect(again).toMatchObject({ body: { code: 'E1' }, headers: { 'Idempotency-Replayed': 'true' } });
    expect(await effects()).toEqual(['E1']);
  });

  it('cannot finish once another has taken them over: what they did is rolled back', async () => {
    let goOn = (): void => undefined;
    const stopped = new Promise<void>((resolve) => (goOn = resolve));
    let begun = false;
    const slow = doOnce(database.pool, act(), async (keep) => {
      begun = true;
      await stopped;
      return within('E1')(keep);
    });
    await expect.poll(() => begun).toBe(true);
    await age(200);
    await doOnce(database.pool, act(), within('E2'));
    goOn();
    await expect(slow).rejects.toMatchObject({ code: 'IDEMPOTENCY_IN_PROGRESS' });
    expect(await effects()).toEqual(['E2']);
  });
});
