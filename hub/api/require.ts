import { ShelfwireError } from '#shared/protocol/errors.ts';
import type { Queryable } from '#hub/db/snapshot.ts';

/** The number of the store with this code; throws NOT_FOUND. */
export async function requireStore(client: Queryable, code: string): Promise<number> {
  const { rows } = await client.query<{ location_no: number }>('SELECT location_no FROM locations WHERE code = $1', [
    code,
  ]);
  const [row] = rows;
  if (row === undefined) {
    throw new ShelfwireError('NOT_FOUND', `There is no store "${code}".`, {
      remedy: 'Check its code; a store is created by `shelfwire-hub store create --store CODE`.',
    });
  }
  return row.location_no;
}

/** Throws NOT_FOUND when there is no such channel. */
export async function requireChannel(client: Queryable, code: string): Promise<void> {
  const { rowCount } = await client.query('SELECT FROM channels WHERE code = $1 AND removed_at IS NULL', [code]);
  if (rowCount === 0) throw new ShelfwireError('NOT_FOUND', `There is no channel "${code}".`);
}
