import type { PoolClient } from 'pg';
import { joined } from '#hub/db/array-parameter.ts';
import { inboundText } from './inbound-sql.ts';
import { limitsText, poolsText, shapeOf } from './pools-sql.ts';
import type { RuleSet } from './rule-set.ts';
import { lockSkus } from './sku-locks.ts';
import { termsText } from './terms-sql.ts';

/** From what the terms of a chunk are made. */
export interface Basis {
  readonly set: RuleSet;
  /** ms since 1970. */
  readonly seenAt: number;
  /** Only this location's terms, its silence being what has changed; null: those of all, the skus' limits, and what is inbound. */
  readonly location: number | null;
}

const ALL_SHELVES = `
  SELECT t.location_no, t.sku FROM shelf_terms t
  WHERE t.sku = ANY (string_to_array($3, E'\\n') COLLATE "C")`;
const ONE_LOCATION = `${ALL_SHELVES} AND t.location_no = $4`;

/** Before terms are made: a category that changes in between differs from what is noted here, and is followed. */
const NOTE_CATEGORIES = `
  UPDATE availability a SET category = p.category
  FROM unnest(string_to_array($1, E'\\n')) AS mine (sku) LEFT JOIN products p ON p.sku = mine.sku COLLATE "C"
  WHERE a.sku = mine.sku COLLATE "C" AND a.category IS DISTINCT FROM p.category`;

/**
 * Makes the terms of some skus anew and their pools from scratch, under their locks: a merge of the same skus comes
 * before it or after it, as a whole.
 */
export async function recomputeChunk(client: PoolClient, skus: readonly string[], basis: Basis): Promise<void> {
  const { set, location } = basis;
  const locked = await lockSkus(client, skus);
  const names = joined(skus);
  if (location === null) await client.query(NOTE_CATEGORIES, [names]);
  await client.query(termsText(set, location === null ? ALL_SHELVES : ONE_LOCATION), [
    set.ruleSet,
    basis.seenAt,
    names,
    ...(location === null ? [] : [location]),
  ]);
  if (location === null) await client.query(limitsText(set), [set.ruleSet, names]);
  const shape = await shapeOf(client, names, Math.max(locked.slots, set.slots));
  if (shape.slots === 0) return;
  if (location === null) await client.query(inboundText(shape), [names, basis.seenAt]);
  await client.query(poolsText(shape), [names]);
}
