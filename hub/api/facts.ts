import type { Pool } from 'pg';
import { z } from 'zod';
import { key, seq, storeCode } from '#shared/protocol/fields.ts';
import type { FactKind } from '#shared/protocol/fact.ts';
import { snapshot } from '#hub/db/snapshot.ts';
import { factKind, natural, pageAnswer, shownFact, shownInstant } from './answers/fields.ts';
import { quarantined } from './answers/quarantine.ts';
import { factId } from './fact-reason.ts';
import { isoTime } from './instant.ts';
import { pageOf, pageQuery, readCursor } from './page.ts';
import { QUARANTINE_COLUMNS, toQuarantineItem, type QuarantineRow } from './quarantine-item.ts';
import { route, type Route } from './route.ts';

const QUARANTINED_MAX = 100;

interface FactRow {
  location_no: number;
  location: string;
  device: number;
  journal_no: number;
  seq: number;
  at: number;
  offset_ms: number;
  received_at: Date;
  kind: FactKind;
  key: string;
  correlation_id: string;
  source: string;
  body: string;
  voidedBy: string | null;
}

/** By key in each location (the key is unique there), and by correlation id over all. */
const FIND = `
  WITH named AS (
    SELECT f.* FROM locations l JOIN facts f ON f.location_no = l.location_no AND f.key = $1
    UNION
    SELECT f.* FROM facts f WHERE f.correlation_id = $1
  )
  SELECT n.location_no, l.code AS location, j.device_no AS device, n.journal_no, n.seq, n.at, n.offset_ms, n.received_at,
         n.kind, n.key, coalesce(n.correlation_id, n.key) AS correlation_id, n.source, n.body, b.key AS "voidedBy"
    FROM named n
    JOIN locations l ON l.location_no = n.location_no
    JOIN journals j ON j.journal_no = n.journal_no
    LEFT JOIN voids v ON v.location_no = n.location_no AND v.target_key = n.key
    LEFT JOIN facts b ON b.location_no = v.location_no AND b.journal_no = v.journal_no AND b.seq = v.seq
   WHERE ($2::text IS NULL OR l.code = $2) AND (n.location_no, n.journal_no, n.seq) > ($3::int, $4::int, $5::bigint)
   ORDER BY n.location_no, n.journal_no, n.seq LIMIT $6`;

const FIND_QUARANTINED = `
  SELECT ${QUARANTINE_COLUMNS}
   WHERE q.key = $1 AND ($2::text IS NULL OR l.code = $2) ORDER BY q.quarantine_no DESC LIMIT ${QUARANTINED_MAX}`;

const place = z.tuple([z.int32(), z.int32(), seq]);

const factShown = z
  .strictObject({
    fact: shownFact,
    location: z.string(),
    device: natural,
    seq: natural,
    kind: factKind,
    key: z.string(),
    correlationId: z.string(),
    source: z.string(),
    at: shownInstant,
    offsetMs: z.int(),
    receivedAt: shownInstant,
    voidedBy: z.string().nullable().describe('Key of the fact that took it back.'),
    body: z.unknown().describe("As the fact's kind has it: shared/protocol/facts."),
  })
  .meta({ id: 'Fact' });
const factsFound = pageAnswer(factShown).extend({ quarantined: z.array(quarantined) });

/** GET /v1/facts/:key: where is this sale now? By key or correlation id, merged or set aside. */
export function factRoutes(pool: Pool): Route[] {
  return [
    route({
      method: 'get',
      path: '/v1/facts/:key',
      access: 'stock:read',
      summary: 'The facts with this key or correlation id, and what is in quarantine under this key.',
      params: z.strictObject({ key }),
      query: z.strictObject({ ...pageQuery, location: storeCode.optional() }),
      answer: factsFound,
      async handle({ params, query }) {
        const after = readCursor(query.cursor, place) ?? [0, 0, 0];
        const { facts, quarantined } = await snapshot(pool, async (client) => {
          const find = [params.key, query.location, ...after, query.limit + 1];
          const facts = (await client.query<FactRow>(FIND, find)).rows;
          const aside = [params.key, query.location];
          return { facts, quarantined: (await client.query<QuarantineRow>(FIND_QUARANTINED, aside)).rows };
        });
        const page = pageOf(facts, query.limit, toFact, (row) => [row.location_no, row.journal_no, row.seq]);
        return { body: { ...page, quarantined: quarantined.map(toQuarantineItem) } };
      },
    }),
  ];
}

function toFact(row: FactRow) {
  const { location, device, seq, kind, key, source, voidedBy } = row;
  return {
    fact: factId(row.journal_no, seq),
    location,
    device,
    seq,
    kind,
    key,
    correlationId: row.correlation_id,
    source,
    at: isoTime(row.at),
    offsetMs: row.offset_ms,
    receivedAt: isoTime(row.received_at),
    voidedBy,
    body: JSON.parse(row.body) as unknown,
  };
}
