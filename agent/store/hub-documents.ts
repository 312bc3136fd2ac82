import { COLLECTIONS } from '#shared/protocol/messages/pull.ts';
import type { Logger } from '#shared/runtime/logger.ts';
import type { StoreDatabase } from './database.ts';
import { Device } from './device.ts';

/**
 * Opens the database, without the hub's documents when those are from before the last enrolment: another hub knows nothing of them, and
 * the same one tells a device what has changed since it has told the device all. They go with the checkpoints of their pulls, so all is
 * asked for anew. The journal stays as it is, and no fact of it counts as acknowledged or as contained in a position any more.
 *
 * A kill in between leaves the note in the device's document, and the next opening does it again.
 */
export async function openWithOwnDocuments(open: () => Promise<StoreDatabase>, logger: Logger): Promise<StoreDatabase> {
  const db = await open();
  try {
    const device = await Device.open(db.device);
    if (!device.state.hasEarlierDocuments) return db;
    // RxDB removes what replications keep of a collection with it.
    for (const name of COLLECTIONS) await db[name].remove();
    const ackedSeq = device.load()?.prunedSeq ?? 0;
    device.mark({ settled: { epoch: 0, seq: 0 }, pulledAt: null, ackedSeq });
    await device.update({ hasEarlierDocuments: false });
    logger.info({ ackedSeq }, 'enrolled anew: what a hub has said before is dropped, and asked for again');
  } catch (error) {
    await db.close();
    throw error;
  }
  // A collection that was removed cannot be added to the same database again.
  await db.close();
  return open();
}
