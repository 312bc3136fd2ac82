import type { PoolClient } from 'pg';
import { LOCKS } from '#hub/db/advisory-locks.ts';
import { saveProducts } from './product-row.ts';
import type { ProductField } from './product-rules.ts';
import { rulesInForce } from './rule-versions.ts';
import { weigh, type Saying, type Weighed } from './weigh.ts';

/** One field of one product, as it is said now. */
export interface Said {
  readonly sku: string;
  readonly field: ProductField;
  readonly value: string | null;
  readonly saidAt: number;
}

const LOCK = `SELECT pg_advisory_xact_lock(${LOCKS.productMaster})`;
/** What was entered before anybody else spoke of it was said by hand. */
const FIRST = `
  INSERT INTO product_statements (sku, field, source_no, value, said_at)
  SELECT p.sku, f.field::product_field, 0, f.value, (extract(epoch FROM p.updated_at) * 1000)::bigint
  FROM products p
  CROSS JOIN LATERAL (VALUES ('name', p.name), ('gtin', p.gtin), ('category', p.category),
    ('price', p.price_minor || ' ' || p.currency), ('deleted', CASE WHEN p.deleted THEN 'true' END)) AS f (field, value)
  WHERE p.sku = ANY ($1::text[]) AND f.value IS NOT NULL
    AND NOT EXISTS (SELECT FROM product_statements s WHERE s.sku = p.sku)`;
/** Of each field what is new: a later word than that source's last, and another one. The one before stays as history. */
const SAY = `
  WITH given AS (
    SELECT * FROM unnest($2::text[], $3::product_field[], $4::text[], $5::bigint[]) AS g (sku, field, value, said_at)
  ), fresh AS (
    SELECT g.*, s.statement_no AS before
    FROM given g
    LEFT JOIN product_statements s ON s.sku = g.sku AND s.field = g.field AND s.source_no = $1 AND s.is_current
    WHERE s.statement_no IS NULL AND g.value IS NOT NULL
       OR s.said_at <= g.said_at AND s.value IS DISTINCT FROM g.value
  ), superseded AS (
    UPDATE product_statements s SET is_current = false FROM fresh WHERE s.statement_no = fresh.before
  )
  SELECT sku, field, value, said_at AS "saidAt" FROM fresh`;
/** The same again, later: it is what the source says since then. */
const CONFIRM = `
  UPDATE product_statements s SET said_at = g.said_at
  FROM unnest($2::text[], $3::product_field[], $4::text[], $5::bigint[]) AS g (sku, field, value, said_at)
  WHERE s.sku = g.sku AND s.field = g.field AND s.source_no = $1 AND s.is_current
    AND s.value IS NOT DISTINCT FROM g.value AND s.said_at < g.said_at
  RETURNING s.sku`;
/** By a statement of its own, so that the index of what is current sees the one before gone. */
const ADD = `
  INSERT INTO product_statements (sku, field, source_no, value, said_at)
  SELECT sku, field, $1, value, said_at
  FROM unnest($2::text[], $3::product_field[], $4::text[], $5::bigint[]) AS g (sku, field, value, said_at)
  ORDER BY sku, field`;
const CURRENT = `
  SELECT s.sku, s.field, coalesce(i.code, 'hand') AS source, s.value, s.said_at AS "saidAt", s.statement_no AS statement
  FROM product_statements s LEFT JOIN inbound_sources i USING (source_no)
  WHERE s.sku = ANY ($1::text[]) AND s.is_current ORDER BY s.statement_no`;

/** What saying it came to: whose words were new, and which products are another one now. */
export interface SaidResult {
  readonly fresh: ReadonlySet<string>;
  readonly changed: ReadonlySet<string>;
}

/**
 * Notes what a source says, and makes the products anew by the rules in force. An older word than that source's last one is
 * nothing new. One at a time: what is said meanwhile waits.
 *
 * @param source its number; 0 by hand
 */
export async function sayProducts(client: PoolClient, source: number, said: readonly Said[]): Promise<SaidResult> {
  if (said.length === 0) return { fresh: new Set(), changed: new Set() };
  await client.query(LOCK);
  const skus = [...new Set(said.map(({ sku }) => sku))];
  await client.query(FIRST, [skus]);
  const confirmed = (await client.query<{ sku: string }>(CONFIRM, [source, ...columns(said)])).rows;
  const { rows: fresh } = await client.query<Said>(SAY, [source, ...columns(said)]);
  if (fresh.length > 0) await client.query(ADD, [source, ...columns(fresh)]);
  const touched = new Set(fresh.map(({ sku }) => sku));
  const toWeigh = new Set([...touched, ...confirmed.map(({ sku }) => sku)]);
  return { fresh: touched, changed: await weighProducts(client, [...toWeigh]) };
}

function columns(said: readonly Said[]): unknown[] {
  return [
    said.map(({ sku }) => sku),
    said.map(({ field }) => field),
    said.map(({ value }) => value),
    said.map(({ saidAt }) => saidAt),
  ];
}

/** Takes the lock under which products are weighed. */
export async function lockMaster(client: PoolClient): Promise<void> {
  await client.query(LOCK);
}

export async function readSayings(client: Pick<PoolClient, 'query'>, skus: readonly string[]): Promise<Saying[]> {
  return (await client.query<Saying>(CURRENT, [skus])).rows;
}

/** Makes these products what their sources say; gives those that changed. Under the lock. */
export async function weighProducts(client: PoolClient, skus: readonly string[]): Promise<Set<string>> {
  if (skus.length === 0) return new Set();
  const rules = (await rulesInForce(client)).rules;
  const bySku = Map.groupBy(await readSayings(client, skus), ({ sku }) => sku);
  const products = [...bySku].flatMap(([sku, sayings]): Weighed[] => {
    const product = weigh(rules, sku, sayings);
    return product === undefined ? [] : [product];
  });
  return saveProducts(client, products);
}
