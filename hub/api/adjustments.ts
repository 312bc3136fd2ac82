import { readFileSync } from 'node:fs';
import type { Pool } from 'pg';
import { z } from 'zod';
import { storeCode } from '#shared/protocol/fields.ts';
import { snapshot } from '#hub/db/snapshot.ts';
import { natural, pageAnswer } from './answers/fields.ts';
import { isoInstant } from './instant.ts';
import { pageOf, pageQuery, readCursor } from './page.ts';
import { route, type Route } from './route.ts';

interface SumRow {
  location_no: number;
  location: string;
  code: string;
  facts: number;
  added: number;
  removed: number;
  moved: number;
}

const LIST = readFileSync(new URL('./sql/adjustment-sums.sql', import.meta.url), 'utf8');
const place = z.tuple([z.int32(), z.string().max(32)]);

const adjustmentSum = z
  .strictObject({
    location: z.string(),
    code: z.string().nullable().describe('Null: the till gave none.'),
    facts: natural,
    added: natural,
    removed: natural,
    moved: natural,
  })
  .meta({ id: 'AdjustmentSum' });

/** GET /v1/adjustments/sums: what was adjusted for which reason. */
export function adjustmentRoutes(pool: Pool): Route[] {
  return [
    route({
      method: 'get',
      path: '/v1/adjustments/sums',
      access: 'stock:read',
      summary: 'Units that adjustments added, removed, or moved into another condition, by store and reason code.',
      query: z.strictObject({
        ...pageQuery,
        location: storeCode.optional(),
        /** From this instant on. */
        from: isoInstant.optional(),
        /** Before this instant. */
        until: isoInstant.optional(),
      }),
      answer: pageAnswer(adjustmentSum),
      async handle({ query }) {
        const after = readCursor(query.cursor, place) ?? [0, ''];
        const { location, from = 0, until = Number.MAX_SAFE_INTEGER } = query;
        const filters = [location, from, until, ...after, query.limit + 1];
        const { rows } = await snapshot(pool, (client) => client.query<SumRow>(LIST, filters));
        return { body: pageOf(rows, query.limit, toSum, (row) => [row.location_no, row.code]) };
      },
    }),
  ];
}

/** The empty code: the till gave none. */
function toSum({ location, code, facts, added, removed, moved }: SumRow) {
  return { location, code: code === '' ? null : code, facts, added, removed, moved };
}
