import type { Product } from '#shared/protocol/messages/pull.ts';
import { byPlace, keyColumns, pageColumns, type PlacedRow, type Topic } from './topic.ts';

/** Products are every store's: scope 0. One that is no longer there at all is told as deleted. */
const BY_KEYS = `
  SELECT r.place, k.key AS sku, coalesce(p.name, '') AS name, p.gtin, coalesce(p.deleted, true) AS deleted
  FROM unnest($1::int[], $2::text[]) AS r (place, keys)
  CROSS JOIN LATERAL unnest(string_to_array(r.keys, E'\\n')) AS k (key)
  LEFT JOIN products p ON p.sku = k.key`;

const PAGES = `
  SELECT r.place, p.sku, p.name, p.gtin, p.deleted
  FROM unnest($1::int[], $2::text[], $3::int[]) AS r (place, after, page)
  CROSS JOIN LATERAL (
    SELECT sku, name, gtin, deleted FROM products WHERE sku > r.after COLLATE "C" ORDER BY sku LIMIT r.page
  ) p
  ORDER BY r.place, p.sku`;

type Row = Product & PlacedRow;

export const products: Topic<'products'> = {
  scopeOf: () => 0,
  keyOf: ({ sku }) => sku,
  async byKeys(pool, requests) {
    const { places, keys } = keyColumns(requests);
    const { rows } = await pool.query<Row>({ name: 'products-by-keys', text: BY_KEYS, values: [places, keys] });
    return byPlace(rows, requests.length, toDocument);
  },
  async pages(pool, requests) {
    const { places, afters, limits } = pageColumns(requests);
    const { rows } = await pool.query<Row>({ name: 'products-pages', text: PAGES, values: [places, afters, limits] });
    return byPlace(rows, requests.length, toDocument);
  },
};

function toDocument({ sku, name, gtin, deleted }: Row): Product {
  return { sku, name, gtin, deleted };
}
