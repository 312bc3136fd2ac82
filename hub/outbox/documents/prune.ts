import type { Pool } from 'pg';

/** So long it is known what became of a document; a void of it, or the question where it is, may come late. */
const KEPT_DAYS = 400;
const AT_ONCE = 5_000;

/** Of the oldest: they are looked at by their numbers, so that nothing else is read. */
const PRUNE = `
  DELETE FROM erp_documents WHERE document_no IN (
    SELECT document_no FROM (SELECT * FROM erp_documents ORDER BY document_no LIMIT ${2 * AT_ONCE}) AS oldest
    WHERE state IN ('posted', 'skipped') AND made_at < clock_timestamp() - make_interval(days => ${KEPT_DAYS})
    LIMIT ${AT_ONCE})`;

/** Streams of orders that have ended: most get no document any more, and one that does makes it anew. */
const PRUNE_STREAMS = `
  DELETE FROM erp_streams
  WHERE last_document <= done_document AND waiting_since < clock_timestamp() - interval '90 days'
    AND claimed_until <= clock_timestamp()`;

const PRUNE_ACKNOWLEDGEMENTS = `
  DELETE FROM erp_acknowledgements WHERE read_at < clock_timestamp() - make_interval(days => ${KEPT_DAYS})`;

/** Forgets what was posted long ago. Dead letters stay. */
export async function pruneDocuments(pool: Pool): Promise<void> {
  await pool.query(PRUNE_STREAMS);
  await pool.query(PRUNE_ACKNOWLEDGEMENTS);
  while ((await pool.query(PRUNE)).rowCount === AT_ONCE);
}
