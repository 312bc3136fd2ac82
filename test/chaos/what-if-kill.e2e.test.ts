import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, it } from 'vitest';
import { askForJob, findJob } from '#hub/availability/what-if/jobs/job-list.ts';
import { jobRequest, pastOf } from '#hub/availability/what-if/jobs/job-request.ts';
import { whatIf } from '#hub/availability/what-if/what-if.ts';
import { createTestDatabase } from '#test/support/database.ts';
import { HubProcess } from '#test/support/hub-process.ts';
import { seedSales } from '#test/support/what-if-sales.ts';

const REQUEST = jobRequest.parse({
  from: '2026-01-10T00:00:00Z',
  to: '2026-03-01T00:00:00Z',
  outages: 'nightly',
  channelShare: 0.5,
  policies: Array.from({ length: 10 }, (_, place) => ({ name: `p${place}`, rule: 'lagBuffer', epsilon: 0.01 })),
});

const cleanups: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).toReversed()) await cleanup();
});

it('a hub killed with -9 while it runs a what-if job: another hub runs it, and its report is the same', async () => {
  const root = await mkdtemp(join(tmpdir(), 'shelfwire-chaos-'));
  cleanups.push(() => rm(root, { recursive: true, force: true }));
  const database = await createTestDatabase();
  cleanups.push(() => database.drop());
  const { pool, url } = database;
  await seedSales(pool);
  const hubs = [await HubProcess.prepare(root, url), await HubProcess.prepare(root, url)] as const;
  for (const { program } of hubs) cleanups.push(() => program.stop());

  await hubs[0].start();
  const { job } = await askForJob(pool, REQUEST, 'me');
  await expect.poll(async () => (await findJob(pool, job)).phase, { interval: 20 }).toBe('replaying');
  await hubs[0].program.killHard();
  await hubs[1].start();
  expect(await findJob(pool, job)).toMatchObject({ state: 'running' });
  // As if the lease had passed, most of it: nobody beats any more.
  await pool.query("UPDATE what_if_jobs SET beat_at = beat_at - interval '12 seconds'");
  await expect.poll(async () => (await findJob(pool, job)).state, { interval: 200 }).toBe('done');
  expect((await pool.query('SELECT run, lost FROM what_if_jobs')).rows).toEqual([{ run: 2, lost: 1 }]);
  expect((await findJob(pool, job)).report).toEqual(await whatIf(pool, REQUEST.policies, pastOf(REQUEST)));
  expect(hubs[1].program.crashes).toEqual([]);
});
