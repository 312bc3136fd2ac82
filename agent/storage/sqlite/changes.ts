import type { StoredDocument } from './columns.ts';
import type { Table, TextAndSum } from './table.ts';

/**
 * How far a reader of changes has come. `seq` comes from the table's own counter, never from a clock: a clock that
 * stepped back would hide later writes. `schemaVersion` says whose counter it is: a migrated table counts anew, and an
 * old seq would skip its first documents.
 */
export interface SeqCheckpoint {
  seq: number;
  schemaVersion: number;
}

/**
 * Documents changed after the checkpoint, each once, in its present state, in the order of their last write.
 * A checkpoint that this table cannot have given (another schema version, a seq beyond its top) begins from the start:
 * documents are offered again rather than lost.
 */
export function changesSince<RxDocType>(
  table: Table<RxDocType>,
  limit: number,
  checkpoint: SeqCheckpoint | undefined,
): { documents: StoredDocument<RxDocType>[]; checkpoint: SeqCheckpoint } {
  const schemaVersion = table.schema.version;
  const own = checkpoint?.schemaVersion === schemaVersion && checkpoint.seq <= table.topSeq();
  const after = own ? checkpoint.seq : 0;
  const rows = table.connection.rows<[number, ...TextAndSum]>(
    `SELECT seq, doc, sum FROM ${table.name} WHERE seq > ? ORDER BY seq LIMIT ?`,
    after,
    limit,
  );
  return {
    documents: rows.map(([, text, sum]) => table.parse([text, sum])),
    checkpoint: { seq: rows.at(-1)?.[0] ?? after, schemaVersion },
  };
}
