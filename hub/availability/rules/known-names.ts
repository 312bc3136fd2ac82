import type { Queryable } from '#hub/db/snapshot.ts';
import type { KnownNames } from './check-references.ts';
import type { RulesDocument } from './rules-document.ts';

/** For so many unknown skus a near one is looked for; the others are told without. */
const SUGGESTED_MAX = 50;
const NEIGHBOURS = 20;

const UNKNOWN_SKUS = `
  SELECT s.sku FROM unnest($1::text[]) AS s (sku) WHERE NOT EXISTS (SELECT FROM products p WHERE p.sku = s.sku)`;

/** By the index: what stands just before and after it in order. A slip in the first letters is not found so. */
const NEAR = `
  SELECT s.sku, near.sku AS near
    FROM unnest($1::text[]) AS s (sku)
    CROSS JOIN LATERAL (
      (SELECT p.sku FROM products p WHERE p.sku > s.sku COLLATE "C" ORDER BY p.sku LIMIT $2)
      UNION ALL
      (SELECT p.sku FROM products p WHERE p.sku < s.sku COLLATE "C" ORDER BY p.sku DESC LIMIT $2)
    ) near`;

/** What the database knows of the names in a document. Products that were deleted are still known. */
export async function readKnownNames(client: Queryable, document: RulesDocument): Promise<KnownNames> {
  const named = [...document.safetyStock, ...document.limits, ...document.allocations, ...document.listings];
  const skus = new Set(named.flatMap(({ sku }) => (sku === undefined ? [] : [sku])));
  const locations = await client.query<{ code: string }>('SELECT code FROM locations');
  const categories = await client.query<{ category: string }>(
    'SELECT DISTINCT category FROM products WHERE category IS NOT NULL',
  );
  const unknown = (await client.query<{ sku: string }>(UNKNOWN_SKUS, [[...skus]])).rows.map(({ sku }) => sku);
  const near = await client.query<{ sku: string; near: string }>(NEAR, [unknown.slice(0, SUGGESTED_MAX), NEIGHBOURS]);
  for (const sku of unknown) skus.delete(sku);
  return {
    locations: new Set(locations.rows.map(({ code }) => code)),
    categories: new Set(categories.rows.map(({ category }) => category)),
    skus,
    skusNear: new Map(
      [...Map.groupBy(near.rows, ({ sku }) => sku)].map(([sku, rows]) => [sku, rows.map(({ near }) => near)]),
    ),
  };
}
