import type { PoolClient } from 'pg';
import type { Queryable } from '#hub/db/snapshot.ts';
import type { Weighed } from './weigh.ts';

/** Only what really changes is written, and offered to the stores, in the same transaction; categories and prices stay here. */
const SAVE = `
  WITH given AS (
    SELECT * FROM unnest($1::text[], $2::text[], $3::text[], $4::boolean[], $5::text[], $6::bigint[], $7::text[])
                    AS g (sku, name, gtin, deleted, category, price_minor, currency)
  ), saved AS (
    INSERT INTO products (sku, name, gtin, deleted, category, price_minor, currency)
    SELECT sku, name, gtin, deleted, category, price_minor, currency FROM given ORDER BY sku COLLATE "C"
    ON CONFLICT (sku) DO UPDATE
      SET name = excluded.name, gtin = excluded.gtin, deleted = excluded.deleted, category = excluded.category,
          price_minor = excluded.price_minor, currency = excluded.currency, updated_at = now()
      WHERE (products.name, products.gtin, products.deleted, products.category, products.price_minor, products.currency)
            IS DISTINCT FROM (excluded.name, excluded.gtin, excluded.deleted, excluded.category, excluded.price_minor, excluded.currency)
    RETURNING sku
  ), announced AS (
    INSERT INTO changes (topic, scope, keys)
    SELECT 'products', 0, array_agg(sku ORDER BY sku) FROM saved HAVING count(*) > 0
  )
  SELECT sku FROM saved`;

/** Writes products as they are to be; gives those that changed. */
export async function saveProducts(client: Queryable | PoolClient, products: readonly Weighed[]): Promise<Set<string>> {
  if (products.length === 0) return new Set();
  const { rows } = await client.query<{ sku: string }>(SAVE, [
    products.map((item) => item.sku),
    products.map((item) => item.name),
    products.map((item) => item.gtin),
    products.map((item) => item.deleted),
    products.map((item) => item.category),
    products.map((item) => item.priceMinor),
    products.map((item) => item.currency),
  ]);
  return new Set(rows.map((row) => row.sku));
}
