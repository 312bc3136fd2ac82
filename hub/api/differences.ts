import type { Pool } from 'pg';
import { z } from 'zod';
import { sku, storeCode, text } from '#shared/protocol/fields.ts';
import { snapshot } from '#hub/db/snapshot.ts';
import { TOWARDS } from '#hub/reconcile/comparison.ts';
import {
  approveDifference,
  CAUSES,
  DIFFERENCE_STATES,
  ignoreDifference,
  listDifferences,
  reopenDifference,
  requireDifference,
  type Difference,
} from '#hub/reconcile/differences.ts';
import { pageAnswer } from './answers/fields.ts';
import { differenceShown } from './answers/reconcile.ts';
import { isoTime, isoTimeOrNull } from './instant.ts';
import { pageOf, pageQuery, readCursor } from './page.ts';
import { route, type Route } from './route.ts';

const one = z.strictObject({
  difference: z
    .string()
    .regex(/^[1-9]\d{0,14}$/, 'must be the number of a difference')
    .transform(Number),
});

/** /v1/differences: what differs, why by our guess, and what was decided about it. */
export function differenceRoutes(pool: Pool): Route[] {
  const put = (name: 'ignore' | 'reopen', act: typeof ignoreDifference, summary: string): Route =>
    route({
      method: 'post',
      path: `/v1/differences/:difference/${name}`,
      access: 'reconcile:write',
      summary,
      params: one,
      body: z.strictObject({ note: text }),
      answer: differenceShown,
      problems: ['NOT_FOUND', 'CONFLICT'],
      async handle({ params, body, caller, keep, log }) {
        const decided = { by: caller?.name ?? 'nobody', note: body.note };
        const shown = await act(pool, params.difference, decided, (client, shown) =>
          keep(client, { body: toDifference(shown) }),
        );
        log.info({ difference: params.difference, by: caller?.name, act: name }, 'a difference was decided on');
        return { body: toDifference(shown) };
      },
    });
  return [
    route({
      method: 'get',
      path: '/v1/differences',
      access: 'reconcile:read',
      summary:
        'Differences in the order in which they were first seen: of a comparison, in a state, with a cause, of a location or sku.',
      query: z.strictObject({
        ...pageQuery,
        comparison: storeCode.optional(),
        state: z.enum(DIFFERENCE_STATES).optional(),
        cause: z.enum(CAUSES).optional(),
        location: storeCode.optional(),
        sku: sku.optional(),
      }),
      answer: pageAnswer(differenceShown),
      async handle({ query: { cursor, limit, comparison, state, cause, location, sku } }) {
        const after = readCursor(cursor, z.int().min(0)) ?? 0;
        const rows = await snapshot(pool, (client) =>
          listDifferences(client, { comparison, state, cause, location, sku }, { after, limit: limit + 1 }),
        );
        return { body: pageOf(rows, limit, toDifference, (row) => row.difference) };
      },
    }),
    route({
      method: 'get',
      path: '/v1/differences/:difference',
      access: 'reconcile:read',
      summary: 'One difference.',
      params: one,
      answer: differenceShown,
      problems: ['NOT_FOUND'],
      handle: async ({ params }) => ({
        body: toDifference(await snapshot(pool, (client) => requireDifference(client, params.difference))),
      }),
    }),
    route({
      method: 'post',
      path: '/v1/differences/:difference/approve',
      access: 'reconcile:write',
      summary: 'Corrects a difference, once: `ours` corrects the other side, `theirs` our stock by an adjustment.',
      params: one,
      body: z.strictObject({
        towards: z.enum(TOWARDS).optional().describe('As its comparison says unless given.'),
        note: text.optional(),
      }),
      answer: differenceShown,
      problems: ['NOT_FOUND', 'CONFLICT', 'RECONCILE_NOT_CORRECTABLE', 'RECONCILE_SETTINGS_INVALID'],
      async handle({ params, body, caller, keep, log }) {
        const decided = { by: caller?.name ?? 'nobody', note: body.note ?? null, towards: body.towards };
        const shown = await approveDifference(pool, params.difference, decided, (client, shown) =>
          keep(client, { body: toDifference(shown) }),
        );
        log.info({ difference: params.difference, by: caller?.name }, 'a difference is corrected');
        return { body: toDifference(shown) };
      },
    }),
    put('ignore', ignoreDifference, 'Leaves a difference as it is, with the reason, until it changes.'),
    put('reopen', reopenDifference, 'Takes back that a difference is ignored.'),
  ];
}

function toDifference({
  evidence,
  firstSeenAt,
  lastSeenAt,
  decidedAt,
  correctedAt,
  endedAt,
  ...difference
}: Difference) {
  const { documents, ...rest } = evidence;
  return {
    ...difference,
    evidence: { ...rest, ...(documents !== undefined && { documents: [...documents] }) },
    firstSeenAt: isoTime(firstSeenAt),
    lastSeenAt: isoTime(lastSeenAt),
    decidedAt: isoTimeOrNull(decidedAt),
    correctedAt: isoTimeOrNull(correctedAt),
    endedAt: isoTimeOrNull(endedAt),
  };
}
