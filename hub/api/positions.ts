import type { Pool } from 'pg';
import { z } from 'zod';
import { sku, storeCode } from '#shared/protocol/fields.ts';
import { ShelfwireError } from '#shared/protocol/errors.ts';
import type { Clock } from '#shared/runtime/clock.ts';
import { readCompleteness } from '#hub/availability/completeness.ts';
import { readReserved } from '#hub/availability/reserved.ts';
import { snapshot } from '#hub/db/snapshot.ts';
import { readPositionsAt, type PositionRow } from '#hub/ledger/positions-at.ts';
import { knownTo, natural, pageAnswer, shownFact, shownInstant } from './answers/fields.ts';
import { factId } from './fact-reason.ts';
import { isoInstant, isoTime, requirePast } from './instant.ts';
import { knownToOf } from './known-to.ts';
import { flag, pageOf, pageQuery, readCursor } from './page.ts';
import { route, type Route } from './route.ts';

/** Store by store, each by its key: a filter on what is there never reads the whole chain at once. */
const LIST = `
  SELECT p.*, l.code AS location, coalesce(coming.units, 0)::bigint AS in_transit,
         p.held AND EXISTS (
           SELECT FROM counts c
            WHERE c.location_no = p.location_no AND c.sku = p.sku AND c.held AND NOT c.voided
              AND (c.at, c.journal_no, c.seq) > (coalesce(p.anchor_at, 0), coalesce(p.anchor_journal, 0), coalesce(p.anchor_seq, 0))
              AND NOT EXISTS (
                SELECT FROM count_decisions d
                 WHERE (d.location_no, d.sku, d.at, d.journal_no, d.seq) = (c.location_no, c.sku, c.at, c.journal_no, c.seq))
         ) AS undecided
    FROM locations l
    CROSS JOIN LATERAL (
      SELECT * FROM positions
       WHERE location_no = l.location_no
         AND ($2::text IS NULL OR sku = $2)
         AND ($3::boolean IS NULL OR (on_hand < 0) = $3)
         AND (location_no, sku) > ($4::int, $5::text)
       ORDER BY sku LIMIT $6
    ) p
    LEFT JOIN LATERAL (
      SELECT sum(t.in_transit) AS units FROM transfer_lines t
       WHERE t.place = l.code AND t.sku = p.sku AND t.in_transit > 0
    ) coming ON true
   WHERE l.location_no >= $4 AND ($1::text IS NULL OR l.code = $1)
   ORDER BY l.location_no, p.sku LIMIT $6`;

const place = z.tuple([z.int32(), sku]);

const position = z
  .strictObject({
    location: z.string(),
    sku: z.string(),
    onHand: z.int(),
    reserved: natural,
    damaged: z.int(),
    quarantined: z.int(),
    inTransit: z.int(),
    anchor: z.strictObject({ fact: shownFact, at: shownInstant, quantity: natural }).nullable(),
    countHeld: z.boolean(),
  })
  .meta({ id: 'Position' });

/**
 * GET /v1/positions: onHand, reserved, damaged, quarantined, inTransit and anchor, with what each location's numbers rest on. `at` asks
 * for an earlier instant as it looks today, `knownAt` for what the hub knew then; knownTo is always of now.
 */
export function positionRoutes(pool: Pool, clock: Clock): Route[] {
  return [
    route({
      method: 'get',
      path: '/v1/positions',
      access: 'stock:read',
      summary:
        'Positions, each with its anchor, and up to which fact of which device they are complete; now, or at an earlier instant.',
      query: z.strictObject({
        ...pageQuery,
        location: storeCode.optional(),
        sku: sku.optional(),
        negative: flag.optional(),
        at: isoInstant.optional(),
        knownAt: isoInstant.optional(),
      }),
      answer: pageAnswer(position).extend({ knownTo }),
      async handle({ query }) {
        const [location, after] = readCursor(query.cursor, place) ?? [0, ''];
        const { at, knownAt } = query;
        requirePast('at', at, clock.now());
        requirePast('knownAt', knownAt, clock.now());
        const isPast = at !== undefined || knownAt !== undefined;
        if (isPast && query.negative !== undefined)
          throw new ShelfwireError('REQUEST_INVALID', 'In the query: negative: it cannot be asked of the past.');
        const filters = [query.location, query.sku, query.negative, location, after, query.limit + 1];
        const past = {
          location: query.location,
          sku: query.sku,
          after: [location, after],
          rows: query.limit + 1,
        } as const;
        const { rows, reserved, completeness } = await snapshot(pool, async (client) => {
          const rows = isPast
            ? await readPositionsAt(client, { ...past, at, knownAt })
            : (await client.query<PositionRow>(LIST, filters)).rows;
          return {
            rows,
            reserved: await readReserved(
              client,
              rows,
              isPast ? Math.min(at ?? Infinity, knownAt ?? Infinity) : undefined,
            ),
            completeness: await readCompleteness(
              client,
              rows.map((row) => row.location),
            ),
          };
        });
        const page = pageOf(
          rows,
          query.limit,
          (row) => toPosition(row, reserved(row)),
          (row) => [row.location_no, row.sku],
        );
        return { body: { ...page, knownTo: knownToOf(completeness) } };
      },
    }),
  ];
}

function toPosition(row: PositionRow, reserved: number) {
  const { location, sku, on_hand: onHand, damaged, quarantined, in_transit: inTransit, undecided: countHeld } = row;
  const anchor = row.anchor_at === null ? null : anchorOf(row, row.anchor_at);
  return { location, sku, onHand, reserved, damaged, quarantined, inTransit, anchor, countHeld };
}

function anchorOf(row: PositionRow, at: number) {
  return { fact: factId(row.anchor_journal, row.anchor_seq), at: isoTime(at), quantity: row.anchor_quantity };
}
