import { type Generations, pathOf, promote, removeDatabase, unfinishedPathOf } from './generations.ts';
import { type Entry, pouchId, toPouch } from './mapping.ts';
import { type PouchBackend, PouchFile } from './pouch-file.ts';
import type { Content } from './content.ts';

/** Documents in one transaction of the new file. */
const PAGE = 500;

export interface Renewal {
  readonly files: Generations;
  readonly backend: PouchBackend;
  /** The file that counts so far. It is closed and removed when the new one counts. */
  readonly old: PouchFile;
  readonly generation: number;
}

/**
 * Writes the living documents and RxDB's tombstones to a new file, which then counts. Purged ones stay behind, which is
 * the only way to be rid of them. A crash at any point leaves the old file or the new one whole (`Generations`).
 */
export async function writeNewGeneration<RxDocType>(
  { files, backend, old, generation }: Renewal,
  content: Content<RxDocType>,
): Promise<{ file: PouchFile; generation: number; entries: Map<string, Entry> }> {
  const next = generation + 1;
  const unfinished = unfinishedPathOf(files, next);
  removeDatabase(unfinished);
  const entries = new Map<string, Entry>();
  const file = await PouchFile.open(unfinished, backend, content.topSeq);
  try {
    let after = 0;
    for (;;) {
      const { ids, lastSeq } = content.seqs.after(after, PAGE);
      if (ids.length === 0) break;
      const documents = await content.memory.findDocumentsById(ids, true);
      const kept = documents.map((document) => {
        const id = String((document as Record<string, unknown>)[content.memory.primaryPath]);
        return { id, document, entry: content.entries.get(id) ?? { seq: 0, rev: '' } };
      });
      const pouch = await Promise.all(
        kept.map(async ({ id, document, entry }) =>
          toPouch(id, document, entry.seq, undefined, await attachmentsOf(old, id, entry)),
        ),
      );
      const revs = await file.write(pouch);
      for (const [place, { id, entry }] of kept.entries()) entries.set(id, { ...entry, rev: revs[place] ?? '' });
      after = lastSeq;
    }
  } finally {
    await file.close();
  }
  promote(files, next);
  await old.close();
  removeDatabase(old.path);
  return { file: await PouchFile.open(pathOf(files, next), backend), generation: next, entries };
}

async function attachmentsOf(file: PouchFile, id: string, { stubs }: Entry) {
  if (stubs === undefined) return undefined;
  const copies = Object.entries(stubs).map(async ([name, { content_type: type }]) => {
    return [name, { content_type: type, data: await file.readAttachment(pouchId(id), name) }] as const;
  });
  return Object.fromEntries(await Promise.all(copies));
}
