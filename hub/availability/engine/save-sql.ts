import { eachSlot, offered, type SqlShape } from './slot-sql.ts';

/**
 * What follows a CTE `pooled` (sku, row_id, ats_before, pool and the limits): rows of `availability` whose numbers it
 * changes are saved, and the skus of which some channel may sell another number go into the change feed, under scope 0:
 * one entry a transaction, however many channels there are. Readers of the feed never skip a late commit (S3), so whoever
 * publishes by it misses nothing; which channels a sku changed for is seen by comparing.
 * The rows are found by their place on disk: they are locked, so they do not move.
 */
export function savedAndTold(shape: SqlShape): string {
  return `priced AS MATERIALIZED (
  SELECT sku, row_id, pool, pool_before, ats_before,
    ARRAY[${eachSlot(shape, (slot) => offered(shape, slot, `a.pool[${slot}]`))}]::int[] AS ats
  FROM pooled a
), saved AS (
  UPDATE availability a SET pool = priced.pool, ats = priced.ats
  FROM priced
  WHERE a.ctid = priced.row_id AND (priced.pool <> priced.pool_before OR priced.ats <> priced.ats_before)
)
INSERT INTO changes (topic, scope, keys)
SELECT 'availability', 0, array_agg(sku) FROM priced WHERE ats <> ats_before HAVING count(*) > 0`;
}
