import type { Pool } from 'pg';
import { z } from 'zod';
import { sku, text } from '#shared/protocol/fields.ts';
import { LIMITS } from '#shared/protocol/limits.ts';
import { snapshot } from '#hub/db/snapshot.ts';
import { withRetries } from '#hub/db/transaction.ts';
import { natural, pageAnswer, shownInstant } from './answers/fields.ts';
import { isoTime } from './instant.ts';
import { flag, pageOf, pageQuery, readCursor } from './page.ts';
import { route, type Route } from './route.ts';

const PRODUCTS_MAX = 5_000;

interface ProductRow {
  sku: string;
  name: string;
  gtin: string | null;
  category: string | null;
  deleted: boolean;
  updated_at: Date;
}

const LIST = `
  SELECT sku, name, gtin, category, deleted, updated_at FROM products
   WHERE sku > $1 AND ($2::text IS NULL OR sku = $2) AND ($3::boolean IS NULL OR deleted = $3)
     AND ($4::text IS NULL OR sku ILIKE $4 OR name ILIKE $4 OR gtin ILIKE $4)
   ORDER BY sku LIMIT $5`;

/** Only what really changes is written, and offered to the stores, in the same transaction; categories stay here. */
const SAVE = `
  WITH given AS (
    SELECT * FROM unnest($1::text[], $2::text[], $3::text[], $4::boolean[], $5::text[])
                    AS g (sku, name, gtin, deleted, category)
  ), saved AS (
    INSERT INTO products (sku, name, gtin, deleted, category)
    SELECT sku, name, gtin, deleted, category FROM given ORDER BY sku COLLATE "C"
    ON CONFLICT (sku) DO UPDATE
      SET name = excluded.name, gtin = excluded.gtin, deleted = excluded.deleted, category = excluded.category,
          updated_at = now()
      WHERE (products.name, products.gtin, products.deleted, products.category)
            IS DISTINCT FROM (excluded.name, excluded.gtin, excluded.deleted, excluded.category)
    RETURNING sku
  ), announced AS (
    INSERT INTO changes (topic, scope, keys)
    SELECT 'products', 0, array_agg(sku ORDER BY sku) FROM saved HAVING count(*) > 0
  )
  SELECT count(*) AS changed FROM saved`;

const product = z.strictObject({
  sku,
  name: text,
  gtin: z
    .string()
    .regex(/^\d{4,14}$/, 'must be 4 to 14 digits')
    .nullable()
    .default(null),
  category: text.nullable().default(null),
  deleted: z.boolean().default(false),
});

const products = z
  .array(product)
  .min(1)
  .max(PRODUCTS_MAX)
  .refine((list) => new Set(list.map((item) => item.sku)).size === list.length, 'each sku once');

const productShown = z
  .strictObject({
    sku: z.string(),
    name: z.string(),
    gtin: z.string().nullable(),
    category: z.string().nullable(),
    deleted: z.boolean(),
    updatedAt: shownInstant,
  })
  .meta({ id: 'Product' });

/** GET and PUT /v1/products. */
export function productRoutes(pool: Pool): Route[] {
  return [
    route({
      method: 'get',
      path: '/v1/products',
      access: 'products:read',
      summary: 'Products by sku; `search` finds a part of sku, name or GTIN.',
      query: z.strictObject({ ...pageQuery, sku: sku.optional(), search: text.optional(), deleted: flag.optional() }),
      answer: pageAnswer(productShown),
      async handle({ query }) {
        const after = readCursor(query.cursor, sku) ?? '';
        const filters = [after, query.sku, query.deleted, containing(query.search), query.limit + 1];
        const { rows } = await snapshot(pool, (client) => client.query<ProductRow>(LIST, filters));
        return { body: pageOf(rows, query.limit, toProduct, (row) => row.sku) };
      },
    }),
    route({
      method: 'put',
      path: '/v1/products',
      access: 'products:write',
      summary: `Creates or changes up to ${PRODUCTS_MAX} products at once: all or none.`,
      bodyBytesMax: LIMITS.requestBytes,
      body: z.strictObject({ products }),
      answer: z.strictObject({ received: natural, changed: natural }),
      async handle({ body: { products } }) {
        const columns = [
          products.map((item) => item.sku),
          products.map((item) => item.name),
          products.map((item) => item.gtin),
          products.map((item) => item.deleted),
          products.map((item) => item.category),
        ];
        const { rows } = await withRetries(() => pool.query<{ changed: number }>(SAVE, columns));
        return { body: { received: products.length, changed: rows[0]?.changed ?? 0 } };
      },
    }),
  ];
}

function containing(search: string | undefined): string | undefined {
  return search === undefined ? undefined : `%${search.replaceAll(/[\\%_]/g, String.raw`\$&`)}%`;
}

function toProduct({ sku, name, gtin, category, deleted, updated_at }: ProductRow) {
  return { sku, name, gtin, category, deleted, updatedAt: isoTime(updated_at) };
}
