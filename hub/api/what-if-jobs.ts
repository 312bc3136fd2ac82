import type { Pool } from 'pg';
import { z } from 'zod';
import { ShelfwireError } from '#shared/protocol/errors.ts';
import type { Clock } from '#shared/runtime/clock.ts';
import { askForJob, cancelJob, findJob, listJobs, type JobEntry } from '#hub/availability/what-if/jobs/job-list.ts';
import { jobRequest } from '#hub/availability/what-if/jobs/job-request.ts';
import { snapshot } from '#hub/db/snapshot.ts';
import { pageAnswer } from './answers/fields.ts';
import { whatIfJob, whatIfJobInFull } from './answers/what-if.ts';
import { isoTime, isoTimeOrNull } from './instant.ts';
import { pageOf, pageQuery, readCursor } from './page.ts';
import { route, type Route } from './route.ts';
import { whatIfReportRoutes } from './what-if-reports.ts';

/** In an address. */
const jobNumber = z
  .string()
  .regex(/^[1-9]\d{0,8}$/, 'must be the number of a job')
  .transform(Number);
const one = z.strictObject({ job: jobNumber });

/** Past periods replayed under other policies: asked for, watched, cancelled. */
export function whatIfJobRoutes(pool: Pool, clock: Clock): Route[] {
  return [
    route({
      method: 'post',
      path: '/v1/what-if-jobs',
      access: 'rules:write',
      idempotencyKey: 'required',
      summary: 'Asks for a replay of a past period under other policies; it is run when its turn comes.',
      body: jobRequest,
      answer: whatIfJob,
      statuses: [202],
      problems: ['WHAT_IF_QUEUE_FULL'],
      async handle({ body, caller, keep, log }) {
        requirePastPeriod(body.to, clock.now());
        const job = await askForJob(pool, body, caller?.name ?? 'nobody', (client, job) => keep(client, accepted(job)));
        log.info({ job: job.job }, 'a what-if job was asked for');
        return accepted(job);
      },
    }),
    route({
      method: 'get',
      path: '/v1/what-if-jobs',
      access: 'rules:read',
      summary: 'What-if jobs that are kept, the newest first, without their reports.',
      query: z.strictObject(pageQuery),
      answer: pageAnswer(whatIfJob),
      async handle({ query }) {
        const before = readCursor(query.cursor, z.int32()) ?? null;
        const rows = await snapshot(pool, (client) => listJobs(client, before, query.limit + 1));
        return { body: pageOf(rows, query.limit, toItem, (row) => row.job) };
      },
    }),
    route({
      method: 'get',
      path: '/v1/what-if-jobs/:job',
      access: 'rules:read',
      summary: 'One what-if job: how far it is, its report when it is done, why when it failed.',
      params: one,
      answer: whatIfJobInFull,
      problems: ['NOT_FOUND'],
      async handle({ params }) {
        const { report, ...job } = await snapshot(pool, (client) => findJob(client, params.job));
        return { body: { ...toItem(job), report } };
      },
    }),
    route({
      method: 'post',
      path: '/v1/what-if-jobs/:job/cancel',
      access: 'rules:write',
      summary: 'Ends a what-if job that waits or runs.',
      params: one,
      answer: whatIfJob,
      problems: ['NOT_FOUND', 'CONFLICT'],
      async handle({ params, log }) {
        const job = await cancelJob(pool, params.job);
        log.info({ job: job.job }, 'a what-if job was cancelled');
        return { body: toItem(job) };
      },
    }),
    ...whatIfReportRoutes(pool, one),
  ];
}

/** Throws REQUEST_INVALID: a replay of what has not happened would report too little of everything. */
function requirePastPeriod(to: string, now: number): void {
  if (Date.parse(to) <= now) return;
  throw new ShelfwireError('REQUEST_INVALID', `In the body: to: ${to} lies in the future.`, {
    remedy: `Name an instant up to ${isoTime(now)}, the hub's time.`,
  });
}

function accepted(job: JobEntry) {
  return { status: 202, headers: { Location: `/v1/what-if-jobs/${job.job}` }, body: toItem(job) };
}

function toItem({ createdAt, startedAt, finishedAt, ...job }: JobEntry) {
  return {
    ...job,
    createdAt: isoTime(createdAt),
    startedAt: isoTimeOrNull(startedAt),
    finishedAt: isoTimeOrNull(finishedAt),
  };
}
