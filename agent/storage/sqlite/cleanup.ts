import type { Table } from './table.ts';

/** Tombstones purged in one transaction: it blocks the process for some milliseconds at most. */
const PURGE_STEP = 1000;

/**
 * Purges one step of the documents that were deleted at or before `deletedUntil` (ms since 1970, RxDB's write time).
 * Returns true when none is left.
 */
export function purgeTombstones<RxDocType>(table: Table<RxDocType>, deletedUntil: number): boolean {
  const { connection, name } = table;
  const sql = `SELECT seq, id FROM ${name} WHERE deleted = 1 AND lwt <= ? ORDER BY lwt LIMIT ${PURGE_STEP}`;
  if (connection.rows<[number, string]>(sql, deletedUntil).length === 0) return true;
  return connection.transaction(() => {
    // A purged seq must not be given again: a reader that has passed it would miss the new document.
    connection.run('UPDATE shelfwire_tables SET seq_floor = ? WHERE number = ?', table.topSeq(), table.number);
    const rows = connection.rows<[number, string]>(sql, deletedUntil);
    for (const [seq, id] of rows) {
      connection.run(`DELETE FROM ${name} WHERE seq = ?`, seq);
      if (table.schema.attachments) connection.run(`DELETE FROM ${table.attachmentsName} WHERE id = ?`, id);
    }
    return rows.length < PURGE_STEP;
  });
}
