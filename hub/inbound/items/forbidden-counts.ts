import type { Queryable } from '#hub/db/snapshot.ts';

/** A count that a source tells, where it says that it was made. */
export interface ToldCount {
  readonly location: number;
  /** As the ledger has it. */
  readonly key: string;
}

/** Where an agent is enrolled people count; what was told before that is the same act still. */
const FORBIDDEN = `
  SELECT g.key FROM unnest($1::int[], $2::text[]) AS g (location_no, key)
  WHERE EXISTS (SELECT FROM devices d WHERE d.location_no = g.location_no AND d.source_no IS NULL AND NOT d.by_hub AND d.revoked_at IS NULL)
    AND NOT EXISTS (SELECT FROM facts f WHERE f.location_no = g.location_no AND f.key = g.key COLLATE "C")`;

/** Keys of counts that would overwrite from afar what a store with an agent counts. */
export async function forbiddenCounts(client: Queryable, counts: readonly ToldCount[]): Promise<ReadonlySet<string>> {
  if (counts.length === 0) return new Set();
  const { rows } = await client.query<{ key: string }>(FORBIDDEN, [
    counts.map(({ location }) => location),
    counts.map(({ key }) => key),
  ]);
  return new Set(rows.map(({ key }) => key));
}
