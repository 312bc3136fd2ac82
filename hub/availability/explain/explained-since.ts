import { ShelfwireError } from '#shared/protocol/errors.ts';
import type { Queryable } from '#hub/db/snapshot.ts';

const SINCE = `
  SELECT CASE WHEN isfinite(since) THEN (extract(epoch FROM since) * 1000)::float8 END AS since FROM explained_past`;

/** Refuses an instant (ms since 1970) of which not everything is kept any more. */
export async function requireExplained(client: Queryable, at: number): Promise<void> {
  const { rows } = await client.query<{ since: number | null }>(SINCE);
  const since = rows[0]?.since ?? null;
  if (since === null || at >= since) return;
  // The first whole millisecond that is explained.
  const first = new Date(Math.ceil(since)).toISOString();
  throw new ShelfwireError(
    'PAST_PRUNED',
    `What was at ${new Date(at).toISOString()} is explained since ${first} only.`,
    {
      context: { since: first },
    },
  );
}
