import type { PositionDocument } from '#shared/protocol/messages/pull.ts';
import { byPlace, keyColumns, pageColumns, type PlacedRow, type Topic } from './topic.ts';

/**
 * A store's own positions. The watermark of the reader's journal is read by the same statement, so by the same
 * snapshot: the document contains exactly that journal's facts up to it.
 */
const COLUMNS = `p.sku, p.on_hand, p.damaged, p.quarantined, p.anchor_at, p.anchor_journal, p.anchor_seq,
  p.anchor_quantity, j.journal_no, j.watermark`;

/** By a set of keys a reader: PostgreSQL then goes through the index once for each, not once for each key. */
const BY_KEYS = `
  SELECT r.place, ${COLUMNS}
  FROM unnest($1::int[], $2::int[], $3::int[], $4::text[]) AS r (place, location_no, journal_no, keys)
  JOIN journals j ON j.journal_no = r.journal_no
  CROSS JOIN LATERAL (
    SELECT * FROM positions WHERE location_no = r.location_no AND sku = ANY (string_to_array(r.keys, E'\\n'))
  ) p`;

const PAGES = `
  SELECT r.place, ${COLUMNS}
  FROM unnest($1::int[], $2::int[], $3::int[], $4::text[], $5::int[]) AS r (place, location_no, journal_no, after, page)
  JOIN journals j ON j.journal_no = r.journal_no
  CROSS JOIN LATERAL (
    SELECT * FROM positions WHERE location_no = r.location_no AND sku > r.after COLLATE "C" ORDER BY sku LIMIT r.page
  ) p
  ORDER BY r.place, p.sku`;

interface Row extends PlacedRow {
  readonly sku: string;
  readonly on_hand: number;
  readonly damaged: number;
  readonly quarantined: number;
  readonly anchor_at: number | null;
  readonly anchor_journal: number;
  readonly anchor_seq: number;
  readonly anchor_quantity: number;
  readonly journal_no: number;
  readonly watermark: number;
}

export const positions: Topic<'positions'> = {
  scopeOf: ({ location }) => location,
  keyOf: ({ sku }) => sku,
  async byKeys(pool, requests) {
    const { places, locations, journals, keys } = keyColumns(requests);
    const values = [places, locations, journals, keys];
    const { rows } = await pool.query<Row>({ name: 'positions-by-keys', text: BY_KEYS, values });
    return byPlace(rows, requests.length, toDocument);
  },
  async pages(pool, requests) {
    const { places, locations, journals, afters, limits } = pageColumns(requests);
    const values = [places, locations, journals, afters, limits];
    const { rows } = await pool.query<Row>({ name: 'positions-pages', text: PAGES, values });
    return byPlace(rows, requests.length, toDocument);
  },
};

function toDocument(row: Row): PositionDocument {
  const { sku, damaged, quarantined, watermark, anchor_at: at } = row;
  const anchor =
    at === null ? null : { at, journal: row.anchor_journal, seq: row.anchor_seq, quantity: row.anchor_quantity };
  return { sku, onHand: row.on_hand, damaged, quarantined, anchor, journal: row.journal_no, watermark };
}
