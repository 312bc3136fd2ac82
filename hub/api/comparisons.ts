import type { Pool } from 'pg';
import { z } from 'zod';
import { storeCode } from '#shared/protocol/fields.ts';
import { transaction } from '#hub/db/transaction.ts';
import { snapshot } from '#hub/db/snapshot.ts';
import { comparisonBody } from '#hub/reconcile/comparison.ts';
import { listComparisons, putComparison, requireComparison, type Comparison } from '#hub/reconcile/comparisons.ts';
import { askForRun, listRuns, readSeries, requireRun, type Run } from '#hub/reconcile/runs.ts';
import { pageAnswer } from './answers/fields.ts';
import { comparisonShown, runShown, seriesPoint } from './answers/reconcile.ts';
import { isoInstant, isoTime, isoTimeOrNull } from './instant.ts';
import { pageOf, pageQuery, readCursor } from './page.ts';
import { route, type Route } from './route.ts';
import { toError } from './webhooks.ts';

const one = z.strictObject({ comparison: storeCode });
const runNumber = z
  .string()
  .regex(/^[1-9]\d{0,14}$/, 'must be the number of a run')
  .transform(Number);
const SERIES_MAX = 1_000;
const DAY_MS = 86_400_000;

/** /v1/comparisons: what is held against what, when, and how that went. */
export function comparisonRoutes(pool: Pool): Route[] {
  return [
    route({
      method: 'get',
      path: '/v1/comparisons',
      access: 'reconcile:read',
      summary: 'All comparisons.',
      query: z.strictObject(pageQuery),
      answer: pageAnswer(comparisonShown),
      async handle({ query }) {
        const after = readCursor(query.cursor, z.int32()) ?? 0;
        const rows = await snapshot(pool, (client) => listComparisons(client, after, query.limit + 1));
        return { body: pageOf(rows, query.limit, toComparison, (row) => row.number) };
      },
    }),
    route({
      method: 'get',
      path: '/v1/comparisons/:comparison',
      access: 'reconcile:read',
      summary: 'One comparison.',
      params: one,
      answer: comparisonShown,
      problems: ['NOT_FOUND'],
      handle: async ({ params }) => ({
        body: toComparison(await snapshot(pool, (client) => requireComparison(client, params.comparison))),
      }),
    }),
    route({
      method: 'put',
      path: '/v1/comparisons/:comparison',
      access: 'reconcile:write',
      summary: 'Makes a comparison, or sets one anew: what with, when, and who decides that a difference is corrected.',
      params: one,
      body: comparisonBody,
      bodyBytesMax: 1024 * 1024,
      answer: comparisonShown,
      problems: ['RECONCILE_NOT_CORRECTABLE', 'RECONCILE_LIMIT', 'CONFLICT'],
      async handle({ params, body, caller, log }) {
        const put = await putComparison(pool, params.comparison, body, caller?.name ?? 'nobody');
        log.info({ comparison: put.code, by: caller?.name }, 'a comparison was set');
        return { body: toComparison(put) };
      },
    }),
    route({
      method: 'post',
      path: '/v1/comparisons/:comparison/run',
      access: 'reconcile:write',
      summary: 'Asks for a run; while one is not finished that one is the answer.',
      params: one,
      body: z.strictObject({}),
      answer: runShown,
      statuses: [202],
      problems: ['NOT_FOUND'],
      async handle({ params, caller, keep }) {
        const asked = await transaction(pool, async (client) => {
          const { number } = await requireComparison(client, params.comparison);
          const run = await requireRun(client, await askForRun(client, number, caller?.name ?? 'nobody'));
          await keep(client, accepted(run));
          return run;
        });
        return accepted(asked);
      },
    }),
    route({
      method: 'get',
      path: '/v1/comparisons/:comparison/series',
      access: 'reconcile:read',
      summary: `Runs that were done in a period as points of a chart, in the order of time; the newest ${SERIES_MAX} of them.`,
      params: one,
      query: z.strictObject({
        /** By default 30 days ago. */
        from: isoInstant.optional(),
        until: isoInstant.optional(),
      }),
      answer: z.strictObject({ points: z.array(seriesPoint) }),
      problems: ['NOT_FOUND'],
      async handle({ params, query }) {
        const { until = Date.now() + DAY_MS, from = until - 31 * DAY_MS } = query;
        const points = await snapshot(pool, async (client) => {
          const { number } = await requireComparison(client, params.comparison);
          return readSeries(client, number, { from: new Date(from), until: new Date(until), most: SERIES_MAX });
        });
        return { body: { points: points.map(({ at, ...point }) => ({ at: isoTime(at), ...point })) } };
      },
    }),
    route({
      method: 'get',
      path: '/v1/comparison-runs',
      access: 'reconcile:read',
      summary: 'Runs of all comparisons or of one, the newest first.',
      query: z.strictObject({ ...pageQuery, comparison: storeCode.optional() }),
      answer: pageAnswer(runShown),
      problems: ['NOT_FOUND'],
      async handle({ query: { cursor, limit, comparison: code } }) {
        const before = readCursor(cursor, z.int().min(1)) ?? null;
        const rows = await snapshot(pool, async (client) => {
          const comparison = code === undefined ? null : (await requireComparison(client, code)).number;
          return listRuns(client, { comparison, before, limit: limit + 1 });
        });
        return { body: pageOf(rows, limit, toRun, (row) => row.run) };
      },
    }),
    route({
      method: 'get',
      path: '/v1/comparison-runs/:run',
      access: 'reconcile:read',
      summary: 'One run: how far it is, what it found.',
      params: z.strictObject({ run: runNumber }),
      answer: runShown,
      problems: ['NOT_FOUND'],
      handle: async ({ params }) => ({ body: toRun(await snapshot(pool, (client) => requireRun(client, params.run))) }),
    }),
  ];
}

function accepted(run: Run) {
  return { status: 202, headers: { Location: `/v1/comparison-runs/${run.run}` }, body: toRun(run) };
}

function toComparison({ createdAt, nextAt, settings, ...comparison }: Comparison) {
  return { ...comparison, settings: { ...settings }, createdAt: isoTime(createdAt), nextAt: isoTimeOrNull(nextAt) };
}

function toRun({ askedAt, beganAt, finishedAt, error, phase, ...run }: Run) {
  return {
    ...run,
    phase: phase as 'reading' | 'comparing' | null,
    askedAt: isoTime(askedAt),
    beganAt: isoTimeOrNull(beganAt),
    finishedAt: isoTimeOrNull(finishedAt),
    error: error && toError(error),
  };
}
