import type { Pool } from 'pg';
import { z } from 'zod';
import { seq, sku, storeCode } from '#shared/protocol/fields.ts';
import type { CountDecision } from '#shared/stock/count-limit.ts';
import { snapshot } from '#hub/db/snapshot.ts';
import { count } from './answers/counts.ts';
import { pageAnswer } from './answers/fields.ts';
import { factId } from './fact-reason.ts';
import { isoTime } from './instant.ts';
import { pageOf, pageQuery, readCursor } from './page.ts';
import { requireStore } from './require.ts';
import { route, type Route } from './route.ts';

interface CountRow {
  at: number;
  journal_no: number;
  seq: number;
  counted: number;
  expected: number;
  variance: number;
  voided: boolean;
  held: boolean;
  inForce: boolean;
  type: string | null;
  scope: string | null;
  decision: CountDecision | null;
  decided_by: string | null;
  decided_at: Date;
  note: string | null;
  key: string;
  correlationId: string;
  source: string;
}

const LIST = `
  SELECT c.at, c.journal_no, c.seq, c.counted, c.expected, c.variance, c.voided, c.held,
         coalesce((p.anchor_at, p.anchor_journal, p.anchor_seq) = (c.at, c.journal_no, c.seq), false) AS "inForce",
         f.key, coalesce(f.correlation_id, f.key) AS "correlationId", f.source,
         f.body::json ->> 'type' AS type, f.body::json ->> 'scope' AS scope,
         d.decision, d.decided_by, d.decided_at, d.note
    FROM counts c
    JOIN facts f ON f.location_no = c.location_no AND f.journal_no = c.journal_no AND f.seq = c.seq
    LEFT JOIN positions p ON p.location_no = c.location_no AND p.sku = c.sku
    LEFT JOIN count_decisions d
      ON (d.location_no, d.sku, d.at, d.journal_no, d.seq) = (c.location_no, c.sku, c.at, c.journal_no, c.seq)
   WHERE c.location_no = $1 AND c.sku = $2 AND (c.at, c.journal_no, c.seq) < ($3::bigint, $4::int, $5::bigint)
   ORDER BY c.at DESC, c.journal_no DESC, c.seq DESC LIMIT $6`;

const place = z.tuple([z.int(), z.int32(), seq]);
const NEWEST = [Number.MAX_SAFE_INTEGER, 2_147_483_647, Number.MAX_SAFE_INTEGER];

/** GET /v1/positions/:location/:sku/counts: what was seen, what was expected then, and the difference (M5). */
export function countRoutes(pool: Pool): Route[] {
  return [
    route({
      method: 'get',
      path: '/v1/positions/:location/:sku/counts',
      access: 'stock:read',
      summary: 'The counts of a position, newest first, each with its variance and state; inForce marks the anchor.',
      params: z.strictObject({ location: storeCode, sku }),
      query: z.strictObject(pageQuery),
      answer: pageAnswer(count),
      problems: ['NOT_FOUND'],
      async handle({ params, query }) {
        const after = readCursor(query.cursor, place) ?? NEWEST;
        const rows = await snapshot(pool, async (client) => {
          const location = await requireStore(client, params.location);
          return (await client.query<CountRow>(LIST, [location, params.sku, ...after, query.limit + 1])).rows;
        });
        return { body: pageOf(rows, query.limit, toCount, (row) => [row.at, row.journal_no, row.seq]) };
      },
    }),
  ];
}

/** A voided count is as if it had never been: it has no expectation and no variance. */
function toCount(row: CountRow) {
  const { counted, voided, inForce, key, correlationId, source } = row;
  return {
    fact: factId(row.journal_no, row.seq),
    key,
    correlationId,
    source,
    at: isoTime(row.at),
    counted,
    expected: voided ? null : row.expected,
    variance: voided ? null : row.variance,
    voided,
    inForce,
    type: row.type ?? 'cycle',
    scope: row.scope,
    state: stateOf(row),
    decision: row.decision === null ? null : decisionOf(row, row.decision),
  };
}

/** `superseded`: a later count is the anchor. */
function stateOf({ voided, held, inForce, decision }: CountRow): z.output<typeof count>['state'] {
  if (voided) return 'voided';
  if (held) return decision === 'rejected' ? 'rejected' : 'held';
  return inForce ? 'anchor' : 'superseded';
}

function decisionOf({ decided_by: by, decided_at: at, note }: CountRow, decision: CountDecision) {
  return { decision, by, at: isoTime(at), note };
}
