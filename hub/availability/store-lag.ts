import type { Queryable } from '#hub/db/snapshot.ts';
import { readCompleteness } from './completeness.ts';

/** The stores about which the hub knows least: at most `limit`, the most silent first. Lag in ms. */
export async function mostSilentStores(
  client: Queryable,
  limit: number,
  now: number,
): Promise<{ store: string; lagMs: number }[]> {
  const { rows } = await client.query<{ code: string }>('SELECT code FROM locations');
  const known = await readCompleteness(
    client,
    rows.map((row) => row.code),
  );
  return known
    .flatMap(({ location, asOf }) => (asOf === null ? [] : [{ store: location, lagMs: Math.max(0, now - asOf) }]))
    .sort((a, b) => b.lagMs - a.lagMs)
    .slice(0, limit);
}
