import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startJobRunner } from '#hub/availability/what-if/jobs/job-runner.ts';
import { systemClock } from '#shared/runtime/clock.ts';
import type { Part } from '#shared/runtime/lifecycle.ts';
import { silentLogger } from '#shared/runtime/logger.ts';
import { createTestDatabase, type TestDatabase } from '#test/support/database.ts';
import { startApi, type RunningApi } from '#test/support/hub-api.ts';
import { emptyTables } from '#test/support/empty-tables.ts';
import { seedSales } from '#test/support/what-if-sales.ts';

let database: TestDatabase;
let api: RunningApi;
let runner: Part | undefined;

beforeAll(async () => {
  database = await createTestDatabase();
  await seedSales(database.pool);
});
afterAll(() => database.drop());
beforeEach(async () => {
  await database.pool.query(emptyTables('what_if_jobs', 'api_keys'));
  api = await startApi(database.pool);
});
afterEach(async () => {
  await runner?.stop();
  runner = undefined;
  await api.stop();
});

const PATH = '/v1/what-if-jobs';
const NONE = { name: 'none', rule: 'none' };
const SHORT = {
  from: '2026-01-10T00:00:00Z',
  to: '2026-01-20T02:00:00+02:00',
  policies: [NONE, { name: '<b>&"</b>', rule: 'lagBuffer', epsilon: 0.02, channels: { market: { epsilon: 0.01 } } }],
  channelShare: 0.3,
};
const LONG = {
  ...SHORT,
  from: '2025-01-10T00:00:00Z',
  to: '2026-02-10T00:00:00Z',
  outages: 'random',
  policies: Array.from({ length: 20 }, (_, place) => ({ name: `p${place}`, rule: 'lagBuffer', epsilon: 0.01 })),
};
const post = (body: unknown, path = PATH) => api.call('POST', path, { body });
const cancel = (job: number) => api.call('POST', `${PATH}/${job}/cancel`);
const get = async (job: number) => (await api.call('GET', `${PATH}/${job}`)).body;
const reaches = (job: number, field: string, value: string) =>
  expect.poll(async () => (await get(job))[field], { interval: 50 }).toBe(value);
function startRunner(): void {
  const { pool, url: databaseUrl } = database;
  runner = startJobRunner({ pool, databaseUrl, clock: systemClock, logger: silentLogger, limits: { lookEveryMs: 20 } });
}

describe(PATH, () => {
  it('takes a job, shows it, and its report as JSON, page and picture', async () => {
    const made = await post(SHORT);
    expect(made.status).toBe(202);
    expect(made.headers.get('Location')).toBe(`${PATH}/1`);
    expect(made.body).toMatchObject({
      job: 1,
      state: 'waiting',
      progress: 0,
      createdBy: `writer-${api.id}`,
      request: { ...SHORT, from: '2026-01-10T00:00:00.000Z', to: '2026-01-20T00:00:00.000Z', learnDays: 56, seed: 1 },
    });
    const early = await api.call('GET', `${PATH}/1/page`);
    expect(early).toMatchObject({ status: 409, body: { code: 'WHAT_IF_NOT_DONE', detail: /waiting/ } });
    startRunner();
    await reaches(1, 'state', 'done');
    expect(await get(1)).toMatchObject({ progress: 1, error: null, report: { locations: 2, positions: 800 } });
    const page = await api.call('GET', `${PATH}/1/page`, { key: api.readKey });
    expect(page.headers.get('Content-Type')).toBe('text/html; charset=utf-8');
    expect(page.text).toMatch(/^<!doctype html>.*<svg .*&lt;b&gt;.*<\/html>\n$/s);
    expect(page.text).not.toMatch(/<b>|<script|style=|href=|src=/);
    const picture = await api.call('GET', `${PATH}/1/page.svg`, { key: api.readKey });
    expect(picture.headers.get('Content-Type')).toBe('image/svg+xml; charset=utf-8');
    expect(picture.text).toMatch(/^<svg .*<\/svg>\n$/s);
  });

  it('lets nothing but its own style sheets be used by a page', async () => {
    await post(SHORT);
    startRunner();
    await reaches(1, 'state', 'done');
    for (const path of ['page', 'page.svg']) {
      const { headers, text } = await api.call('GET', `${PATH}/1/${path}`);
      const policy = headers.get('Content-Security-Policy') ?? '';
      expect(policy).toMatch(/^default-src 'none'; .*frame-ancestors 'none'; sandbox$/);
      expect(policy).not.toMatch(/unsafe|script/);
      const styles = [...text.matchAll(/<style>(.*?)<\/style>/gs)].map(([, style]) => style!);
      expect(styles.length).toBeGreaterThan(0);
      for (const style of styles) {
        const digest = await crypto.subtle.digest('SHA-256', Buffer.from(style));
        expect(policy).toContain(`'sha256-${Buffer.from(digest).toString('base64')}'`);
      }
    }
  });

  it('lists jobs by pages, the newest first, without their reports', async () => {
    for (let job = 1; job <= 3; job += 1) await post(SHORT);
    const first = await api.call('GET', `${PATH}?limit=2`, { key: api.readKey });
    expect(first.body.items.map(({ job }) => job)).toEqual([3, 2]);
    expect(first.body.items[0]).not.toHaveProperty('report');
    const second = await api.call('GET', `${PATH}?limit=2&cursor=${first.body.next}`);
    expect(second.body).toMatchObject({ items: [{ job: 1 }], next: null });
  });

  it('cancels: at once what waits, and what runs', async () => {
    await post(LONG);
    expect(await cancel(1)).toMatchObject({ status: 200, body: { state: 'cancelled', finishedAt: /Z$/ } });
    expect((await cancel(1)).status).toBe(200);
    await post(LONG);
    startRunner();
    await reaches(2, 'phase', 'replaying');
    expect((await cancel(2)).body).toMatchObject({ state: 'cancelled', phase: null });
    await post({ ...SHORT, policies: [NONE] });
    await reaches(3, 'state', 'done');
    expect(await cancel(3)).toMatchObject({ status: 409, body: { code: 'CONFLICT', detail: /is done/ } });
    expect(await get(2)).toMatchObject({ state: 'cancelled', report: null });
  });

  it('leaves the hub free to answer while a job runs', async () => {
    await post(LONG);
    startRunner();
    await reaches(1, 'phase', 'replaying');
    const times: number[] = [];
    for (let round = 0; round < 40; round += 1) {
      const at = performance.now();
      expect((await api.call('GET', '/health', { key: null })).status).toBe(200);
      times.push(performance.now() - at);
    }
    expect(await get(1)).toMatchObject({ state: 'running', report: null });
    expect(times.sort((a, b) => a - b)[20]).toBeLessThan(1_000);
  });

  it('refuses what is wrong, and says where', async () => {
    const wrong: [object, RegExp][] = [
      [{ to: SHORT.from }, /to: must be later than from/],
      [{ to: '2027-06-01T00:00:00Z' }, /to: must be at most 400 days after from/],
      [
        { from: new Date(Date.now() - 86_400_000).toISOString(), to: new Date(Date.now() + 60_000).toISOString() },
        /to: .* lies in the future/,
      ],
      [{ to: '2200-01-01T00:00:00Z' }, /to: must be between 2000 and 2100/],
      [{ from: '2026-01-10' }, /from: must be an instant like/],
      [{ policies: [] }, /policies: /],
      [{ policies: [...LONG.policies, NONE] }, /policies: /],
      [{ policies: [NONE, NONE] }, /policies: names must differ/],
      [{ policies: [{ ...NONE, name: 'a\u0000' }] }, /policies.0.name: must be printable/],
      [{ policies: [{ ...NONE, channels: { 'a\u0000': {} } }] }, /policies.0.channels/],
      [{ policies: [{ name: 'x', rule: 'lagBuffer', epsilon: 0.9 }] }, /policies.0.epsilon/],
      [{ channelShare: 2 }, /channelShare/],
      [{ learnDays: 731 }, /learnDays/],
      [{ outages: 'solar' }, /outages/],
      [{ policy: 1 }, /policy/],
    ];
    for (const [field, detail] of wrong) {
      const { status, body } = await post({ ...SHORT, ...field });
      expect({ field, status, body }).toMatchObject({ field, status: 400, body: { code: 'REQUEST_INVALID', detail } });
    }
    expect((await api.call('GET', PATH)).body.items).toEqual([]);
  });

  it('says what is not there, and that too many wait', async () => {
    for (const path of ['1', '1/page', '1/page.svg']) {
      expect(await api.call('GET', `${PATH}/${path}`)).toMatchObject({ status: 404, body: { remedy: /lists those/ } });
    }
    expect((await cancel(1)).body).toMatchObject({ code: 'NOT_FOUND' });
    expect((await api.call('GET', `${PATH}/x`)).body).toMatchObject({ code: 'REQUEST_INVALID' });
    await database.pool.query(
      "INSERT INTO what_if_jobs (request, created_by) SELECT '{}', 'me' FROM generate_series(1, 20)",
    );
    expect(await post(SHORT)).toMatchObject({
      status: 429,
      body: { code: 'WHAT_IF_QUEUE_FULL', remedy: /cancel one/ },
    });
  });
});
