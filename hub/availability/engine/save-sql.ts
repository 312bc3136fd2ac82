import { eachSlot, offered, type SqlShape } from './slot-sql.ts';

/**
 * What follows a CTE `pooled` (sku, row_id, ats_before, pool and the limits): rows of `availability` whose numbers it
 * changes are saved, and the skus of which some channel may sell another number go into the change feed, under scope 0:
 * one entry a transaction, however many channels there are. Readers of the feed never skip a late commit (S3), so whoever
 * publishes by it misses nothing; which channels a sku changed for is seen by comparing.
 * `also` names further columns that `pooled` has anew.
 * The rows are found by their place on disk: they are locked, so they do not move.
 */
export function savedAndTold(shape: SqlShape, also: readonly string[] = []): string {
  const list = (row: string): string => also.map((column) => `${row}.${column}`).join(', ');
  const alsoChanged = also.length > 0 ? ` OR (${list('a')}) IS DISTINCT FROM (${list('priced')})` : '';
  return `priced AS MATERIALIZED (
  SELECT ${['sku, row_id, pool, pool_before, ats_before', ...also].join(', ')},
    ARRAY[${eachSlot(shape, (slot) => offered(shape, slot, `a.pool[${slot}]`))}]::int[] AS ats
  FROM pooled a
), saved AS (
  UPDATE availability a SET ${['pool', 'ats', ...also].map((column) => `${column} = priced.${column}`).join(', ')}
  FROM priced
  WHERE a.ctid = priced.row_id AND (priced.pool <> priced.pool_before OR priced.ats <> priced.ats_before${alsoChanged})
)
INSERT INTO changes (topic, scope, keys)
SELECT 'availability', 0, array_agg(sku) FROM priced WHERE ats <> ats_before HAVING count(*) > 0`;
}
