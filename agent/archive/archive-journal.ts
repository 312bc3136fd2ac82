import type { RxCollection } from 'rxdb';
import { ShelfwireError } from '#shared/protocol/errors.ts';
import type { JournalDocument } from '../store/collections/journal.ts';
import { isTooLarge, refusal } from './archive-error.ts';
import type { ArchiveTarget } from './archive-target.ts';
import { journalAsPouch } from './journal-pouch.ts';
import { PouchDB } from '../storage/pouchdb/pouch-core.ts';

const BATCH = 500;
const FORBIDDEN = 403;

export interface ArchiveRun {
  readonly journal: RxCollection<JournalDocument>;
  readonly target: ArchiveTarget;
  /** Called after each batch: facts gone through so far, whether the archive had them or not. */
  onProgress: (gone: number) => void;
  /** Facts a request; fewer when the server finds it too large. */
  readonly batch?: number;
}

/**
 * Brings every fact that the archive has not to it, by CouchDB's replication protocol. How far it has come is kept in the
 * archive: the next run goes on there, and one into an empty database begins anew. Answers the number of facts written.
 * Errors: ARCHIVE_UNREACHABLE, ARCHIVE_UNAUTHORIZED, ARCHIVE_REFUSED; what was written before stays.
 */
export async function archiveJournal(run: ArchiveRun): Promise<number> {
  let written = 0;
  for (let batch = run.batch ?? BATCH; ; batch = Math.ceil(batch / 4)) {
    try {
      return written + (await replicate(run, batch, (count) => (written += count)));
    } catch (error) {
      if (!isTooLarge(error) || batch === 1) throw error;
    }
  }
}

async function replicate(run: ArchiveRun, batch: number, onWritten: (count: number) => void): Promise<number> {
  const { journal, target, onProgress } = run;
  const source = journalAsPouch(await sourceId(journal), journal);
  let denied: ShelfwireError | undefined;
  const replication = PouchDB.replicate(source, target.pouch, {
    // Only the archive remembers: the journal is not written to.
    checkpoint: 'target',
    batch_size: batch,
    batches_limit: 1,
    retry: false,
  });
  let gone = 0;
  replication.on('checkpoint', (step: object) => {
    if ('revs_diff' in step) gone++;
    if ('checkpoint' in step) onProgress(gone);
  });
  replication.on('denied', ({ name, reason }: { name?: string; reason?: string }) => {
    // Left to itself, the replication would step over what was refused, and never come back to it.
    denied = refusal(FORBIDDEN, { error: name, reason });
    replication.cancel();
  });
  try {
    const { docs_written: count } = await replication;
    if (denied !== undefined) throw denied;
    return count;
  } catch (error) {
    onWritten((error as { result?: { docs_written?: number } }).result?.docs_written ?? 0);
    if (error instanceof ShelfwireError) throw error;
    throw (
      target.failure() ??
      new ShelfwireError('ARCHIVE_REFUSED', `The archive failed: ${String(error)}`, { cause: error })
    );
  } finally {
    await source.close();
  }
}

/** The same for one journal in one layout, on whichever engine: another one begins to count anew. */
async function sourceId(journal: RxCollection<JournalDocument>): Promise<string> {
  return `shelfwire-journal-v${journal.schema.version}-${await journal.database.storageToken}`;
}
