import type { Pool } from 'pg';
import { z } from 'zod';
import { seq, sku, storeCode, text } from '#shared/protocol/fields.ts';
import type { CountDecision } from '#shared/stock/count-limit.ts';
import { snapshot } from '#hub/db/snapshot.ts';
import type { CountDecisions } from '#hub/ledger/count-decisions.ts';
import { decidedCount, heldCount } from './answers/counts.ts';
import { pageAnswer } from './answers/fields.ts';
import { factId } from './fact-reason.ts';
import { isoTime } from './instant.ts';
import { keeping } from './keeping.ts';
import { flag, pageOf, pageQuery, readCursor } from './page.ts';
import { requireStore } from './require.ts';
import { route, type Route } from './route.ts';

interface HeldRow {
  location_no: number;
  location: string;
  sku: string;
  at: number;
  journal_no: number;
  seq: number;
  counted: number;
  expected: number;
  variance: number;
  key: string;
  source: string;
  countedBy: string | null;
  on_hand: number;
  decided_by: string | null;
  decided_at: Date | null;
  note: string | null;
}

const LIST = `
  SELECT c.location_no, l.code AS location, c.sku, c.at, c.journal_no, c.seq, c.counted, c.expected, c.variance,
         f.key, f.source, f.body::json ->> 'countedBy' AS "countedBy", p.on_hand, d.decided_by, d.decided_at, d.note
    FROM counts c
    JOIN locations l ON l.location_no = c.location_no
    JOIN facts f ON f.location_no = c.location_no AND f.journal_no = c.journal_no AND f.seq = c.seq
    JOIN positions p ON p.location_no = c.location_no AND p.sku = c.sku
    LEFT JOIN count_decisions d
      ON (d.location_no, d.sku, d.at, d.journal_no, d.seq) = (c.location_no, c.sku, c.at, c.journal_no, c.seq)
   WHERE c.held AND NOT c.voided AND ($1::text IS NULL OR l.code = $1) AND (d.decision IS NOT NULL) = $2
     AND (c.location_no, c.sku, c.at, c.journal_no, c.seq) > ($3::int, $4::text, $5::bigint, $6::int, $7::bigint)
   ORDER BY c.location_no, c.sku, c.at, c.journal_no, c.seq LIMIT $8`;

const place = z.tuple([z.int32(), sku, z.int(), z.int32(), seq]);
const fact = z
  .string()
  .regex(/^[1-9]\d{0,8}-[1-9]\d{0,14}$/, 'must be a fact like 3-17')
  .transform((id) => id.split('-').map(Number) as [number, number]);
const count = z.strictObject({ location: storeCode, sku, fact });

/** Counts beyond their limit: listed, approved, rejected (M1: positions are a function of facts and decisions). */
export function heldCountRoutes(pool: Pool, decisions: CountDecisions): Route[] {
  const decided = (word: string, decision: CountDecision, summary: string): Route =>
    route({
      method: 'post',
      path: `/v1/positions/:location/:sku/counts/:fact/${word}`,
      access: 'stock:write',
      summary,
      params: count,
      body: z.strictObject({ note: text }),
      answer: decidedCount,
      problems: ['NOT_FOUND', 'CONFLICT'],
      async handle({ params, body, caller, keep, log }) {
        const location = await requireStore(pool, params.location);
        const [journal, seq] = params.fact;
        const by = caller?.name ?? '';
        const place = { location, sku: params.sku, journal, seq };
        const fact = factId(journal, seq);
        const answer = {
          body: { location: params.location, sku: params.sku, fact, decision, by, note: body.note },
        };
        await keeping(
          keep,
          (within) => decisions.decide(place, decision, { by, note: body.note }, within),
          async () => answer,
        );
        log.info({ location: params.location, sku: params.sku, fact, decision }, 'a count was decided');
        return answer;
      },
    });
  return [
    route({
      method: 'get',
      path: '/v1/held-counts',
      access: 'stock:read',
      summary:
        'Counts that are not in force because their variance is beyond the limit; with rejected=1 those that were rejected.',
      query: z.strictObject({ ...pageQuery, location: storeCode.optional(), rejected: flag.default(false) }),
      answer: pageAnswer(heldCount),
      async handle({ query }) {
        const after = readCursor(query.cursor, place) ?? [0, '', 0, 0, 0];
        const filters = [query.location, query.rejected, ...after, query.limit + 1];
        const { rows } = await snapshot(pool, (client) => client.query<HeldRow>(LIST, filters));
        return { body: pageOf(rows, query.limit, toHeldCount, placeOf) };
      },
    }),
    decided('approve', 'approved', 'Lets a held count in: it is in force from its own instant on.'),
    decided('reject', 'rejected', 'Leaves a held count out for good.'),
  ];
}

function placeOf(row: HeldRow) {
  return [row.location_no, row.sku, row.at, row.journal_no, row.seq];
}

function toHeldCount(row: HeldRow) {
  const { location, sku, key, source, countedBy, counted, expected, variance } = row;
  return {
    location,
    sku,
    fact: factId(row.journal_no, row.seq),
    key,
    source,
    countedBy,
    at: isoTime(row.at),
    counted,
    expected,
    variance,
    onHand: row.on_hand,
    rejected: row.decided_at === null ? null : { at: isoTime(row.decided_at), by: row.decided_by, note: row.note },
  };
}
