import { ShelfwireError } from '#shared/protocol/errors.ts';
import type { CollectionLog } from './collection-log.ts';

/** Tombstones purged in one transaction: it blocks the process for some milliseconds at most. */
const PURGE_STEP = 1_000;

/**
 * Purges one step of the documents that were deleted at or before `deletedUntil` (ms since 1970, RxDB's write time).
 * Returns true when none is left. Runs inside `exclusively`.
 */
export async function purgeTombstones<RxDocType>(
  log: CollectionLog<RxDocType>,
  deletedUntil: number,
): Promise<boolean> {
  const old = [...log.content.tombstones].filter(([, lwt]) => lwt <= deletedUntil);
  if (old.length === 0) return true;
  const ids = old.toSorted(([, one], [, other]) => one - other).map(([id]) => id);
  await log.purge(ids.slice(0, PURGE_STEP));
  return ids.length < PURGE_STEP;
}

/** The data of one attachment. Throws NOT_FOUND when it is absent or was replaced (another digest). */
export async function readAttachment<RxDocType>(
  log: CollectionLog<RxDocType>,
  id: string,
  name: string,
  digest: string,
): Promise<Blob> {
  const known = await log.content.memory.findDocumentsById([id], true);
  const [attachment] = known.flatMap(({ _attachments: attachments }) => attachments[name] ?? []);
  if (attachment?.digest === digest) return new Blob([await log.readAttachment(id, name)], { type: attachment.type });
  throw new ShelfwireError('NOT_FOUND', `Attachment ${name} of ${id} does not exist.`, {
    context: { id, name, digest },
  });
}
