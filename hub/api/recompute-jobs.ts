import type { Pool } from 'pg';
import { z } from 'zod';
import { listJobs, type JobEntry } from '#hub/availability/engine/list-jobs.ts';
import { snapshot } from '#hub/db/snapshot.ts';
import { natural, pageAnswer, shownInstant } from './answers/fields.ts';
import { isoTime, isoTimeOrNull } from './instant.ts';
import { pageOf, pageQuery, readCursor } from './page.ts';
import { route, type Route } from './route.ts';

const recomputeJob = z
  .strictObject({
    job: natural,
    kind: z.enum(['rules', 'silence', 'demand']),
    reason: z.string(),
    location: z.string().nullable(),
    rulesVersion: z.int().nullable(),
    createdAt: shownInstant,
    startedAt: shownInstant.nullable(),
    finishedAt: shownInstant.nullable(),
    superseded: z.boolean(),
    done: natural.describe('Skus.'),
    total: natural.nullable(),
    attempts: natural,
    error: z.string().nullable(),
    retryAt: shownInstant.nullable(),
  })
  .meta({ id: 'RecomputeJob' });

/** GET /v1/recompute-jobs: what was, is or will be made anew, and how far it is. */
export function recomputeJobRoutes(pool: Pool): Route[] {
  return [
    route({
      method: 'get',
      path: '/v1/recompute-jobs',
      access: 'availability:read',
      summary: 'Recomputes of availability, the newest first, with their progress in skus.',
      query: z.strictObject(pageQuery),
      answer: pageAnswer(recomputeJob),
      async handle({ query }) {
        const before = readCursor(query.cursor, z.int32()) ?? null;
        const rows = await snapshot(pool, (client) => listJobs(client, before, query.limit + 1));
        return { body: pageOf(rows, query.limit, toItem, (row) => row.job) };
      },
    }),
  ];
}

function toItem({ createdAt, startedAt, finishedAt, retryAt, ...job }: JobEntry) {
  return {
    ...job,
    createdAt: isoTime(createdAt),
    startedAt: isoTimeOrNull(startedAt),
    finishedAt: isoTimeOrNull(finishedAt),
    retryAt: isoTimeOrNull(retryAt),
  };
}
