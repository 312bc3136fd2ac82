import type { Pool } from 'pg';
import { z } from 'zod';
import { sku, text } from '#shared/protocol/fields.ts';
import { LIMITS } from '#shared/protocol/limits.ts';
import type { Clock } from '#shared/runtime/clock.ts';
import { snapshot } from '#hub/db/snapshot.ts';
import { transaction, withRetries } from '#hub/db/transaction.ts';
import { gtin, price } from '#hub/inbound/items/product-item.ts';
import { enterByHand } from '#hub/inbound/products/enter-by-hand.ts';
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
  price_minor: number | null;
  currency: string | null;
  deleted: boolean;
  updated_at: Date;
}

const LIST = `
  SELECT sku, name, gtin, category, price_minor, currency, deleted, updated_at FROM products
   WHERE sku > $1 AND ($2::text IS NULL OR sku = $2) AND ($3::boolean IS NULL OR deleted = $3)
     AND ($4::text IS NULL OR sku ILIKE $4 OR name ILIKE $4 OR gtin ILIKE $4)
   ORDER BY sku LIMIT $5`;

const product = z.strictObject({
  sku,
  name: text,
  gtin: gtin.nullable().default(null),
  category: text.nullable().default(null),
  price: price.nullable().default(null),
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
    price: price.nullable(),
    deleted: z.boolean(),
    updatedAt: shownInstant,
  })
  .meta({ id: 'Product' });

/** GET and PUT /v1/products. */
export function productRoutes(pool: Pool, clock: Clock): Route[] {
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
      summary: `Creates or changes up to ${PRODUCTS_MAX} products at once: all or none. Of those that a source speaks of, the rules say whom to believe.`,
      bodyBytesMax: LIMITS.requestBytes,
      body: z.strictObject({ products }),
      answer: z.strictObject({ received: natural, changed: natural }),
      async handle({ body: { products } }) {
        const entered = products.map(({ price, ...product }) => {
          return { ...product, priceMinor: price?.minor ?? null, currency: price?.currency ?? null };
        });
        const changed = await withRetries(() =>
          transaction(pool, (client) => enterByHand(client, entered, clock.now())),
        );
        return { body: { received: products.length, changed } };
      },
    }),
  ];
}

function containing(search: string | undefined): string | undefined {
  return search === undefined ? undefined : `%${search.replaceAll(/[\\%_]/g, String.raw`\$&`)}%`;
}

function toProduct({ sku, name, gtin, category, price_minor: minor, currency, deleted, updated_at }: ProductRow) {
  const price = minor === null || currency === null ? null : { minor, currency };
  return { sku, name, gtin, category, price, deleted, updatedAt: isoTime(updated_at) };
}
