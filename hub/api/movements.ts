import { readFileSync } from 'node:fs';
import type { Pool } from 'pg';
import { z } from 'zod';
import { condition, seq, sku, storeCode, type Condition } from '#shared/protocol/fields.ts';
import { readCompleteness } from '#hub/availability/completeness.ts';
import { snapshot } from '#hub/db/snapshot.ts';
import { knownTo, natural, pageAnswer, reason, shownFact, shownInstant } from './answers/fields.ts';
import { factId, REASON_COLUMNS, REASON_JOINS, reasonOf, type ReasonRow } from './fact-reason.ts';
import { isoTime } from './instant.ts';
import { knownToOf } from './known-to.ts';
import { requireStore } from './require.ts';
import { pageOf, pageQuery, readCursor } from './page.ts';
import { route, type Route } from './route.ts';

interface MovementRow extends ReasonRow {
  journal_no: number;
  seq: number;
  line: number;
  condition: Condition;
  quantity: number;
  balance: number;
  absorbed_at: number | null;
  absorbed_journal: number;
  absorbed_seq: number;
  absorbed_counted: number;
  absorbed_key: string;
}

const LIST = readFileSync(new URL('./sql/movements.sql', import.meta.url), 'utf8')
  .replace('/*reason-columns*/', REASON_COLUMNS)
  .replace('/*reason-joins*/', REASON_JOINS);

/** (at, journal, seq, reversal, line); the farthest future stands for "from the newest". */
const place = z.tuple([z.int(), z.int32(), seq, z.boolean(), z.int().min(0).max(32_767)]);
const NEWEST = [Number.MAX_SAFE_INTEGER, 2_147_483_647, Number.MAX_SAFE_INTEGER, true, 32_767];

const movement = reason
  .extend({
    line: natural,
    condition,
    quantity: z.int(),
    balance: z.int().describe('onHand after it.'),
    absorbedBy: z
      .strictObject({ fact: shownFact, key: z.string(), at: shownInstant, counted: natural })
      .nullable()
      .describe('The count that already saw its units: it changes what that count expected, not onHand.'),
  })
  .meta({ id: 'Movement' });

/** GET /v1/positions/:location/:sku/movements: every number's reason, newest first. */
export function movementRoutes(pool: Pool): Route[] {
  return [
    route({
      method: 'get',
      path: '/v1/positions/:location/:sku/movements',
      access: 'stock:read',
      summary: 'The movements of a position, newest first, each with its reason and the onHand after it.',
      params: z.strictObject({ location: storeCode, sku }),
      query: z.strictObject(pageQuery),
      answer: pageAnswer(movement).extend({ knownTo }),
      problems: ['NOT_FOUND'],
      async handle({ params, query }) {
        const after = readCursor(query.cursor, place) ?? NEWEST;
        const { rows, completeness } = await snapshot(pool, async (client) => {
          const location = await requireStore(client, params.location);
          const { rows } = await client.query<MovementRow>(LIST, [location, params.sku, ...after, query.limit + 1]);
          return { rows, completeness: await readCompleteness(client, [params.location]) };
        });
        const page = pageOf(rows, query.limit, toMovement, placeOf);
        return { body: { ...page, knownTo: knownToOf(completeness) } };
      },
    }),
  ];
}

function placeOf(row: MovementRow) {
  return [row.at, row.journal_no, row.seq, row.reversal, row.line];
}

function toMovement(row: MovementRow) {
  const { line, condition, quantity, balance } = row;
  const absorbedBy = row.absorbed_at === null ? null : absorberOf(row, row.absorbed_at);
  return { ...reasonOf(row), line, condition, quantity, balance, absorbedBy };
}

/** The count that already saw this movement's units: it changes what that count expected, not onHand (M2). */
function absorberOf(row: MovementRow, at: number) {
  return {
    fact: factId(row.absorbed_journal, row.absorbed_seq),
    key: row.absorbed_key,
    at: isoTime(at),
    counted: row.absorbed_counted,
  };
}
