import type { PoolClient } from 'pg';
import type { SourceSettings, StockUse } from '../settings.ts';

const HAS_AGENT = `
  SELECT EXISTS (SELECT FROM devices WHERE location_no = $1 AND source_no IS NULL AND revoked_at IS NULL) AS "hasAgent"`;

/** What snapshots are at a location by the settings of their source. */
export function wantedUse({ stock, stockAt }: SourceSettings, location: string): StockUse {
  return (Object.hasOwn(stockAt, location) ? stockAt[location] : undefined) ?? stock;
}

/**
 * What a snapshot is there now: where an agent counts nobody overwrites it from afar, whatever the settings say; then the
 * statement is kept to be compared with.
 */
export async function useAt(
  client: PoolClient,
  settings: SourceSettings,
  { code, number }: { readonly code: string; readonly number: number },
): Promise<{ readonly use: StockUse; readonly hasAgent: boolean }> {
  const wanted = wantedUse(settings, code);
  if (wanted !== 'count') return { use: wanted, hasAgent: false };
  const [row] = (await client.query<{ hasAgent: boolean }>(HAS_AGENT, [number])).rows;
  const hasAgent = row?.hasAgent === true;
  return { use: hasAgent ? 'compareOnly' : 'count', hasAgent };
}
