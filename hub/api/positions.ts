import type { Pool } from 'pg';
import { z } from 'zod';
import { sku, storeCode } from '#shared/protocol/fields.ts';
import { readCompleteness } from '#hub/availability/completeness.ts';
import { snapshot } from '#hub/db/snapshot.ts';
import { factId } from './fact-reason.ts';
import { isoTime } from './instant.ts';
import { knownToOf } from './known-to.ts';
import { flag, pageOf, pageQuery, readCursor } from './page.ts';
import { route, type Route } from './route.ts';

interface PositionRow {
  location_no: number;
  location: string;
  sku: string;
  on_hand: number;
  damaged: number;
  quarantined: number;
  anchor_at: number | null;
  anchor_journal: number;
  anchor_seq: number;
  anchor_quantity: number;
}

const LIST = `
  SELECT p.*, l.code AS location
    FROM positions p JOIN locations l ON l.location_no = p.location_no
   WHERE ($1::text IS NULL OR l.code = $1)
     AND ($2::text IS NULL OR p.sku = $2)
     AND ($3::boolean IS NULL OR (p.on_hand < 0) = $3)
     AND (p.location_no, p.sku) > ($4::int, $5::text)
   ORDER BY p.location_no, p.sku LIMIT $6`;

const place = z.tuple([z.int32(), sku]);

/** GET /v1/positions: onHand, damaged, quarantined and anchor, with what each location's numbers rest on. */
export function positionRoutes(pool: Pool): Route[] {
  return [
    route({
      method: 'get',
      path: '/v1/positions',
      access: 'read',
      summary: 'Positions, each with its anchor, and up to which fact of which device they are complete.',
      query: z.strictObject({
        ...pageQuery,
        location: storeCode.optional(),
        sku: sku.optional(),
        negative: flag.optional(),
      }),
      async handle({ query }) {
        const [location, after] = readCursor(query.cursor, place) ?? [0, ''];
        const filters = [query.location, query.sku, query.negative, location, after, query.limit + 1];
        const { rows, completeness } = await snapshot(pool, async (client) => {
          const { rows } = await client.query<PositionRow>(LIST, filters);
          return {
            rows,
            completeness: await readCompleteness(
              client,
              rows.map((row) => row.location),
            ),
          };
        });
        const page = pageOf(rows, query.limit, toPosition, (row) => [row.location_no, row.sku]);
        return { body: { ...page, knownTo: knownToOf(completeness) } };
      },
    }),
  ];
}

function toPosition(row: PositionRow) {
  const { location, sku, on_hand: onHand, damaged, quarantined } = row;
  const anchor = row.anchor_at === null ? null : anchorOf(row, row.anchor_at);
  return { location, sku, onHand, damaged, quarantined, anchor };
}

function anchorOf(row: PositionRow, at: number) {
  return { fact: factId(row.anchor_journal, row.anchor_seq), at: isoTime(at), quantity: row.anchor_quantity };
}
