import type { Pool } from 'pg';
import { z } from 'zod';
import { sku, storeCode } from '#shared/protocol/fields.ts';
import { readCompleteness } from '#hub/availability/completeness.ts';
import { snapshot } from '#hub/db/snapshot.ts';
import { knownTo, pageAnswer, reason } from './answers/fields.ts';
import { REASON_COLUMNS, REASON_JOINS, reasonOf, type ReasonRow } from './fact-reason.ts';
import { knownToOf } from './known-to.ts';
import { pageOf, pageQuery, readCursor } from './page.ts';
import { route, type Route } from './route.ts';

interface ShortfallRow extends ReasonRow {
  location_no: number;
  location: string;
  sku: string;
  on_hand: number;
  quantity: number;
}

/**
 * Positions are walked store by store: an index of the negative ones would cost each sale an entry in every index of its
 * position. Then each negative position is followed from its anchor to the movement that took it below zero for the last time. */
const LIST = `
  WITH short AS (
    SELECT p.location_no, p.sku, p.on_hand, l.code AS location,
           coalesce(p.anchor_at, -1) AS anchor_at, coalesce(p.anchor_journal, 0) AS anchor_journal,
           coalesce(p.anchor_seq, 0) AS anchor_seq, coalesce(p.anchor_quantity, 0) AS anchor_quantity
      FROM locations l
      CROSS JOIN LATERAL (
        SELECT * FROM positions
         WHERE location_no = l.location_no AND on_hand < 0 AND (location_no, sku) > ($2::int, $3::text)
         ORDER BY sku LIMIT $4
      ) p
     WHERE l.location_no >= $2 AND ($1::text IS NULL OR l.code = $1)
     ORDER BY l.location_no, p.sku LIMIT $4
  )
  SELECT short.location_no, short.location, short.sku, short.on_hand, m.quantity, ${REASON_COLUMNS}
    FROM short
    CROSS JOIN LATERAL (
      SELECT walked.* FROM (
        SELECT x.*, short.anchor_quantity + sum(x.quantity) OVER (ORDER BY at, journal_no, seq, reversal, line) AS balance
          FROM movements x
         WHERE x.location_no = short.location_no AND x.sku = short.sku AND x.condition = 'sellable'
           AND (x.at, x.journal_no, x.seq) > (short.anchor_at, short.anchor_journal, short.anchor_seq)
      ) walked
       WHERE balance < 0 AND balance - quantity >= 0
       ORDER BY at DESC, journal_no DESC, seq DESC, reversal DESC, line DESC LIMIT 1
    ) m
    ${REASON_JOINS}
   ORDER BY short.location_no, short.sku`;

const place = z.tuple([z.int32(), sku]);

const shortfall = z
  .strictObject({
    location: z.string(),
    sku: z.string(),
    onHand: z.int(),
    causedBy: reason.extend({ quantity: z.int() }),
  })
  .meta({ id: 'Shortfall' });

/** GET /v1/shortfalls: where onHand is below zero, and the fact that caused it (M4). */
export function shortfallRoutes(pool: Pool): Route[] {
  return [
    route({
      method: 'get',
      path: '/v1/shortfalls',
      access: 'stock:read',
      summary: 'Positions below zero, each with the fact that took it there.',
      query: z.strictObject({ ...pageQuery, location: storeCode.optional() }),
      answer: pageAnswer(shortfall).extend({ knownTo }),
      async handle({ query }) {
        const [location, after] = readCursor(query.cursor, place) ?? [0, ''];
        const { rows, completeness } = await snapshot(pool, async (client) => {
          const { rows } = await client.query<ShortfallRow>(LIST, [query.location, location, after, query.limit + 1]);
          return {
            rows,
            completeness: await readCompleteness(
              client,
              rows.map((row) => row.location),
            ),
          };
        });
        const page = pageOf(rows, query.limit, toShortfall, (row) => [row.location_no, row.sku]);
        return { body: { ...page, knownTo: knownToOf(completeness) } };
      },
    }),
  ];
}

function toShortfall(row: ShortfallRow) {
  const { location, sku, on_hand: onHand, quantity } = row;
  return { location, sku, onHand, causedBy: { ...reasonOf(row), quantity } };
}
