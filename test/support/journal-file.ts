import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';

/** A journaled fact as it lies on the agent's disk. */
export interface JournalEntry {
  readonly seq: number;
  readonly epoch: number;
  readonly key: string;
  readonly kind: string;
  /** When the storage wrote it, ms since 1970, before the fsync. */
  readonly writtenAt: number;
}

/** Reads the journal from an agent's data folder, by seq; beside the running agent or after its end. */
export function readJournalFile(dataFolder: string): JournalEntry[] {
  const name = readdirSync(dataFolder, { recursive: true, encoding: 'utf8' }).find((one) =>
    one.endsWith('store.sqlite'),
  );
  if (name === undefined) throw new Error(`there is no store.sqlite in ${dataFolder}`);
  const database = new DatabaseSync(join(dataFolder, name), { readOnly: true, timeout: 5_000 });
  try {
    const tables = database.prepare("SELECT name FROM sqlite_master WHERE type = 'table' AND name GLOB 'docs_*'").all();
    const journal = tables
      .map(({ name }) => String(name))
      .find((name) => {
        const one = database.prepare(`SELECT doc FROM "${name}" LIMIT 1`).get();
        return one !== undefined && Object.hasOwn(JSON.parse(String(one['doc'])) as object, 'digest');
      });
    if (journal === undefined) return [];
    return database
      .prepare(`SELECT doc FROM "${journal}"`)
      .all()
      .map(({ doc }) => JSON.parse(String(doc)) as Omit<JournalEntry, 'writtenAt'> & { _meta: { lwt: number } })
      .map(({ seq, epoch, key, kind, _meta }) => ({ seq, epoch, key, kind, writtenAt: _meta.lwt }))
      .sort((a, b) => a.seq - b.seq);
  } finally {
    database.close();
  }
}
