import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { systemClock } from '#shared/runtime/clock.ts';
import type { Part } from '#shared/runtime/lifecycle.ts';
import { silentLogger } from '#shared/runtime/logger.ts';
import { createTestDatabase, type TestDatabase } from '#test/support/database.ts';
import { emptyTables } from '#test/support/empty-tables.ts';
import { seedSales } from '#test/support/what-if-sales.ts';
import { whatIf } from '../what-if.ts';
import { beat, claimJob, finishJob, releaseJob, sessionOf, type Claim } from './job-claims.ts';
import { askForJob, cancelJob, findJob, listJobs, pruneJobs } from './job-list.ts';
import { jobRequest, pastOf, type JobRequest } from './job-request.ts';
import { startJobRunner, type RunnerLimits } from './job-runner.ts';

let database: TestDatabase;
let runners: Part[] = [];

beforeAll(async () => {
  database = await createTestDatabase();
  await seedSales(database.pool);
});
afterAll(() => database.drop());
beforeEach(async () => {
  await database.pool.query(emptyTables('what_if_jobs'));
  runners = [];
});
afterEach(async () => {
  await Promise.all(runners.map((runner) => runner.stop()));
});

const policies = (count: number) =>
  Array.from({ length: count }, (_, place) => ({
    name: `p${place}`,
    rule: 'lagBuffer',
    epsilon: 0.01 + place / 1_000,
  }));
const SHORT = jobRequest.parse({
  from: '2026-01-10T00:00:00Z',
  to: '2026-01-20T00:00:00Z',
  policies: [{ name: 'none', rule: 'none' }, ...policies(1)],
  outages: 'nightly',
  channelShare: 0.5,
});
/** Many minutes. */
const LONG = jobRequest.parse({ ...SHORT, to: '2027-01-10T00:00:00Z', stock: 'simulated', policies: policies(20) });

const QUICK = { lookEveryMs: 20, beatEveryMs: 50 };
function startRunner(limits: Partial<RunnerLimits> = {}): Part {
  const { pool, url: databaseUrl } = database;
  const parts = { pool, databaseUrl, clock: systemClock, logger: silentLogger };
  const runner = startJobRunner({ ...parts, limits: { ...QUICK, ...limits } });
  runners.push(runner);
  return runner;
}
const ask = (request: JobRequest) => askForJob(database.pool, request, 'me');
const find = (job: number) => findJob(database.pool, job);
const stateOf = async (job: number) => (await find(job)).state;
const reaches = (job: number, state: string) => expect.poll(() => stateOf(job), { interval: 20 }).toBe(state);
const replays = (job: number) => expect.poll(async () => (await find(job)).phase, { interval: 20 }).toBe('replaying');
const sessions = async (job: number, run = 1) => {
  const select = 'SELECT FROM pg_stat_activity WHERE application_name = $1';
  return (await database.pool.query(select, [sessionOf({ job, run })])).rowCount;
};
const claimed = async (leaseMs = 60_000): Promise<Claim> => {
  const claim = await claimJob(database.pool, leaseMs);
  if (!claim) throw new Error('no job is there to be taken');
  return claim;
};

describe('a what-if job', () => {
  it('gives the report that whatIf() gives, one job after the other, the oldest first', async () => {
    const [first, second] = [await ask(SHORT), await ask({ ...SHORT, seed: 2 })];
    expect(first).toMatchObject({ state: 'waiting', progress: 0, phase: null, startedAt: null, createdBy: 'me' });
    expect(first.request).toEqual(SHORT);
    startRunner();
    await reaches(second.job, 'done');
    const done = await find(first.job);
    expect(done).toMatchObject({ state: 'done', progress: 1, phase: null, error: null });
    expect(done.report).toEqual(await whatIf(database.pool, SHORT.policies, pastOf(SHORT)));
    expect(done.report?.lines.some(({ orders }) => orders > 0)).toBe(true);
    expect(done.finishedAt!.getTime()).toBeLessThanOrEqual((await find(second.job)).startedAt!.getTime());
  });

  it('ends at once when it is cancelled, with its session, and the next one runs', async () => {
    const { job } = await ask(LONG);
    startRunner();
    await replays(job);
    expect(await sessions(job)).toBe(1);
    const next = await ask(SHORT);
    const cancelledAt = performance.now();
    expect(await cancelJob(database.pool, job)).toMatchObject({ state: 'cancelled', phase: null });
    await expect.poll(() => sessions(job), { interval: 20 }).toBe(0);
    // To its end it would take 15 s.
    expect(performance.now() - cancelledAt).toBeLessThan(6_000);
    await reaches(next.job, 'done');
    expect(await cancelJob(database.pool, job)).toMatchObject({ state: 'cancelled', error: null });
    await expect(cancelJob(database.pool, next.job)).rejects.toMatchObject({ code: 'CONFLICT' });
    await expect(cancelJob(database.pool, 99)).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });

  it('is given back by a hub that stops, and done by another', async () => {
    const { job } = await ask(LONG);
    await replaysIn(startRunner(), job);
    expect(await find(job)).toMatchObject({ state: 'waiting', progress: 0, startedAt: null });
    // PostgreSQL ends a session a moment after its client has.
    await expect.poll(() => sessions(job), { interval: 20 }).toBe(0);
    expect(await claimed()).toMatchObject({ job, run: 2, lost: 0 });
  });

  it('of a runner that died is begun anew by another hub, once it was silent for the lease', async () => {
    const { job } = await ask(SHORT);
    await claimed();
    expect(await claimJob(database.pool, 60_000)).toBeUndefined();
    startRunner({ leaseMs: 2_000 });
    startRunner({ leaseMs: 2_000 });
    await reaches(job, 'done');
    const { rows } = await database.pool.query('SELECT run, lost FROM what_if_jobs');
    expect(rows).toEqual([{ run: 2, lost: 1 }]);
    expect((await find(job)).report).toEqual(await whatIf(database.pool, SHORT.policies, pastOf(SHORT)));
  });

  it('is of its last runner alone: one that was given up can write nothing of it', async () => {
    const { job } = await ask(SHORT);
    const givenUp = await claimed();
    const last = await claimed(0);
    expect(last).toMatchObject({ job, run: 2, lost: 1 });
    const error = { code: 'INTERNAL', detail: 'x', remedy: 'y' } as const;
    expect(await beat(database.pool, givenUp, { phase: 'replaying', part: 0.9 })).toBe(false);
    expect(await finishJob(database.pool, givenUp, { error })).toBe(false);
    await releaseJob(database.pool, givenUp, { isLost: true });
    expect(await find(job)).toMatchObject({ state: 'running', phase: 'reading', progress: 0 });
    expect(await beat(database.pool, last, { phase: 'replaying', part: 0.5 })).toBe(true);
    expect(await finishJob(database.pool, last, { error })).toBe(true);
    expect(await find(job)).toMatchObject({ state: 'failed', error, progress: 0.5 });
  });

  it('that keeps losing its runner fails', async () => {
    const { job } = await ask(LONG);
    for (const lost of [0, 1, 2]) {
      const claim = await claimed();
      expect(claim).toMatchObject({ run: lost + 1, lost });
      await releaseJob(database.pool, claim, { isLost: true });
    }
    startRunner();
    await reaches(job, 'failed');
    expect((await find(job)).error).toMatchObject({ code: 'WHAT_IF_RUNNER_LOST', remedy: /logs/ });
  });

  it.for([
    ['WHAT_IF_OUT_OF_MEMORY', { memoryMb: 12 }],
    ['WHAT_IF_TOO_LONG', { runMsMax: 300 }],
  ] as const)('fails with %s, and the hub goes on', async ([code, limits]) => {
    const { job } = await ask(LONG);
    startRunner(limits);
    await reaches(job, 'failed');
    expect((await find(job)).error).toMatchObject({ code, remedy: /fewer policies/ });
    // PostgreSQL ends a session a moment after its client has.
    await expect.poll(() => sessions(job), { interval: 20 }).toBe(0);
  });

  it('whose thread goes down by a bug, or whose request cannot be read any more, fails with a code', async () => {
    const stored = [await ask(SHORT), await ask(SHORT), await ask(SHORT)];
    await database.pool.query(
      `UPDATE what_if_jobs SET request = replace(request::text, 'nightly', 'solar')::json WHERE job_no = 1`,
    );
    startRunner();
    await reaches(stored[2]!.job, 'done');
    expect((await find(1)).error).toMatchObject({ code: 'REQUEST_INVALID', detail: /outages/ });
    await database.pool.query('ALTER TABLE voids RENAME TO gone');
    try {
      const broken = await ask(SHORT);
      await reaches(broken.job, 'failed');
      expect((await find(broken.job)).error).toMatchObject({ code: 'WHAT_IF_CRASHED' });
    } finally {
      await database.pool.query('ALTER TABLE gone RENAME TO voids');
    }
  });
});

describe('the list of jobs', () => {
  it('takes twenty that wait, from many at once', async () => {
    const asked = await Promise.allSettled(Array.from({ length: 30 }, () => ask(SHORT)));
    expect(asked.filter(({ status }) => status === 'fulfilled')).toHaveLength(20);
    await expect(ask(SHORT)).rejects.toMatchObject({ code: 'WHAT_IF_QUEUE_FULL' });
    await cancelJob(database.pool, (await listJobs(database.pool, null, 1))[0]!.job);
    expect(await ask(SHORT)).toMatchObject({ state: 'waiting' });
  });

  it('keeps the newest 200 that have ended, for 90 days, and all others', async () => {
    await ask(SHORT);
    await database.pool.query(
      `INSERT INTO what_if_jobs (state, request, created_by, finished_at)
       SELECT 'cancelled', '{}', 'me', now() - CASE WHEN n > 240 THEN interval '91 days' ELSE interval '1 day' END
         FROM generate_series(1, 250) n`,
    );
    await pruneJobs(database.pool);
    const kept = await listJobs(database.pool, null, 1_000);
    expect(kept.map(({ job }) => job)).toEqual([...Array.from({ length: 190 }, (_, place) => 241 - place), 1]);
  });
});

/** Waits until the job is being replayed, and stops the hub. */
async function replaysIn(runner: Part, job: number): Promise<void> {
  await replays(job);
  await runner.stop();
}
