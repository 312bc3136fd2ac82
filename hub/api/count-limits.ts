import type { Pool } from 'pg';
import { z } from 'zod';
import { storeCode } from '#shared/protocol/fields.ts';
import { LIMITS } from '#shared/protocol/limits.ts';
import type { Clock } from '#shared/runtime/clock.ts';
import { CHAIN } from '#shared/stock/count-limit.ts';
import { snapshot } from '#hub/db/snapshot.ts';
import type { CountDecisions } from '#hub/ledger/count-decisions.ts';
import { countLimit, countLimitSet } from './answers/counts.ts';
import { pageAnswer } from './answers/fields.ts';
import { isoTime } from './instant.ts';
import { keeping } from './keeping.ts';
import { pageOf, pageQuery, readCursor } from './page.ts';
import { requireStore } from './require.ts';
import { route, type Route } from './route.ts';

interface LimitRow {
  location_no: number;
  location: string | null;
  from_at: number;
  units: number | null;
  percent: number | null;
  set_by: string;
  set_at: Date;
}

const LIST = `
  SELECT x.location_no, l.code AS location, x.from_at, x.units, x.percent, x.set_by, x.set_at
    FROM count_limits x LEFT JOIN locations l ON l.location_no = x.location_no
   WHERE (x.location_no, x.from_at) > ($1::int, $2::bigint)
   ORDER BY x.location_no, x.from_at LIMIT $3`;

const place = z.tuple([z.int32(), z.int()]);
const limit = z.strictObject({
  /** Absent: for every store that has none of its own. */
  location: storeCode.optional(),
  /** Units up and down that need no approval; null: units do not matter. */
  units: z.int().min(0).max(LIMITS.quantityPerLine).nullable(),
  /** Of what was expected; null: the share does not matter. With both null no count is held. */
  percent: z.int().min(0).max(10_000).nullable(),
});

/** How far a count may lie from what was expected before somebody has to approve it. */
export function countLimitRoutes(pool: Pool, decisions: CountDecisions, clock: Clock): Route[] {
  return [
    route({
      method: 'get',
      path: '/v1/count-limits',
      access: 'stock:read',
      summary: 'Limits of counts, the chain first, each from its instant on; those of earlier stay in the list.',
      query: z.strictObject(pageQuery),
      answer: pageAnswer(countLimit),
      async handle({ query }) {
        const after = readCursor(query.cursor, place) ?? [-1, 0];
        const list = [...after, query.limit + 1];
        const { rows } = await snapshot(pool, (client) => client.query<LimitRow>(LIST, list));
        return { body: pageOf(rows, query.limit, toLimit, (row) => [row.location_no, row.from_at]) };
      },
    }),
    route({
      method: 'post',
      path: '/v1/count-limits',
      access: 'stock:write',
      summary: 'Sets the limit of a store, or of the chain, for counts from now on. A count is held beyond both parts.',
      body: limit,
      answer: countLimitSet,
      statuses: [201],
      problems: ['NOT_FOUND', 'CONFLICT'],
      async handle({ body: { location: code, units, percent }, caller, keep, log }) {
        const location = code === undefined ? CHAIN : await requireStore(pool, code);
        const fromAt = clock.now();
        const limit = { location, fromAt, units, percent, by: caller?.name ?? '' };
        const answer = { status: 201, body: { location: code ?? null, fromAt: isoTime(fromAt), units, percent } };
        await keeping(
          keep,
          (within) => decisions.setLimit(limit, within),
          async () => answer,
        );
        log.info({ location: code, units, percent }, 'a limit of counts was set');
        return answer;
      },
    }),
  ];
}

function toLimit({ location, from_at: fromAt, units, percent, set_by: by, set_at: at }: LimitRow) {
  return { location, fromAt: isoTime(fromAt), units, percent, by, at: isoTime(at) };
}
