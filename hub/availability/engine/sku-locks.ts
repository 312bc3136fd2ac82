import type { PoolClient } from 'pg';
import { joined } from '#hub/db/array-parameter.ts';
import { NO_SHAPE, type SqlShape } from './slot-sql.ts';

/**
 * Who changes a sku's row in `availability`, or the terms of its positions, or what is reserved there, holds the lock on
 * that row. What it reads after it holds it, in a statement of its own, is what the last holder has committed: changes add
 * up, and no delta is made of old terms and new ones.
 *
 * - Locks are taken in the order of the sku, once a transaction, after those of locations and before those of
 *   reservations: nobody waits in a circle.
 * - A row that is missing is inserted before any lock is taken, in the same order.
 */
const LOCK = `
  SELECT count(*)::int AS locked, coalesce(max(slots), 0)::int AS slots, coalesce(max(allocations), 0)::int AS allocations,
    coalesce(bool_or(limited), false) AS limited, coalesce(sum(reserved), 0)::bigint AS reserved
  FROM (
    SELECT cardinality(pool) AS slots, allocations, num_nonnulls(holdback, cap, min_publish) > 0 AS limited, reserved
    FROM availability WHERE sku = ANY (string_to_array($1, E'\\n') COLLATE "C")
    ORDER BY sku FOR UPDATE
  ) AS mine`;

const INSERT_MISSING = `
  INSERT INTO availability (sku, category)
  SELECT DISTINCT given.sku COLLATE "C", p.category
  FROM unnest(string_to_array($1, E'\\n')) AS given (sku) LEFT JOIN products p ON p.sku = given.sku COLLATE "C"
  WHERE NOT EXISTS (SELECT FROM availability a WHERE a.sku = given.sku COLLATE "C")
  ORDER BY 1
  ON CONFLICT DO NOTHING`;

/** Gives these skus a row each where they have none. */
export async function insertMissingSkus(client: PoolClient, skus: readonly string[]): Promise<void> {
  await client.query({ name: 'insert-missing-skus', text: INSERT_MISSING, values: [joined(skus)] });
}

/** What locked rows' arrays and their positions' allocations come to at most, how many rows there are, and units reserved in all. */
export type LockedSkus = SqlShape & { readonly locked: number; readonly reserved: number };

/** Locks the rows that these skus have, each given once. */
export async function lockSkus(client: PoolClient, skus: readonly string[]): Promise<LockedSkus> {
  const { rows } = await client.query<LockedSkus>({ name: 'lock-skus', text: LOCK, values: [joined(skus)] });
  return rows[0] ?? { ...NO_SHAPE, locked: 0, reserved: 0 };
}
