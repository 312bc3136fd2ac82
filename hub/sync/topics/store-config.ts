import type { StoreConfigDocument } from '#shared/protocol/messages/pull.ts';
import { byPlace, keyColumns, pageColumns, type PlacedRow, type Topic } from './topic.ts';

const BY_KEYS = `
  SELECT r.place, c.name, c.value, l.code AS store
  FROM unnest($1::int[], $2::int[], $3::text[]) AS r (place, location_no, keys)
  JOIN store_config c ON c.location_no = r.location_no AND c.name = ANY (string_to_array(r.keys, E'\\n'))
  JOIN locations l ON l.location_no = r.location_no`;

const PAGES = `
  SELECT r.place, c.name, c.value, l.code AS store
  FROM unnest($1::int[], $2::int[], $3::text[], $4::int[]) AS r (place, location_no, after, page)
  JOIN locations l ON l.location_no = r.location_no
  CROSS JOIN LATERAL (
    SELECT name, value FROM store_config
    WHERE location_no = r.location_no AND name > r.after COLLATE "C" ORDER BY name LIMIT r.page
  ) c
  ORDER BY r.place, c.name`;

type Row = StoreConfigDocument & PlacedRow;

/** A store's own settings. */
export const storeConfig: Topic<'storeConfig'> = {
  scopeOf: ({ location }) => location,
  keyOf: ({ name }) => name,
  async byKeys(pool, requests) {
    const { places, locations, keys } = keyColumns(requests);
    const values = [places, locations, keys];
    const { rows } = await pool.query<Row>({ name: 'store-config-by-keys', text: BY_KEYS, values });
    return byPlace(rows, requests.length, toDocument);
  },
  async pages(pool, requests) {
    const { places, locations, afters, limits } = pageColumns(requests);
    const values = [places, locations, afters, limits];
    const { rows } = await pool.query<Row>({ name: 'store-config-pages', text: PAGES, values });
    return byPlace(rows, requests.length, toDocument);
  },
};

function toDocument({ name, value, store }: Row): StoreConfigDocument {
  return { name, value, store };
}
