import { pathOf } from './generations.ts';
import { CollectionLog, type LogSettings } from './collection-log.ts';

/** Whoever holds a log gives it back once; the last one closes the file. */
export interface LogLease<RxDocType> {
  readonly log: CollectionLog<RxDocType>;
  release(): Promise<void>;
}

interface Shared {
  readonly log: Promise<CollectionLog<unknown>>;
  leases: number;
}

const shared = new Map<string, Shared>();
const closing = new Map<string, Promise<void>>();

/** The log of a collection, shared inside the process: two instances of one collection see each other's writes. */
export async function leaseLog<RxDocType>(settings: LogSettings<RxDocType>): Promise<LogLease<RxDocType>> {
  const key = pathOf(settings.files, 0);
  let own = shared.get(key);
  if (own === undefined) {
    const opening = (closing.get(key) ?? Promise.resolve()).then(() => CollectionLog.open(settings));
    own = { log: opening as Promise<unknown> as Shared['log'], leases: 0 };
    shared.set(key, own);
  }
  own.leases++;
  const lease = own;
  try {
    return { log: (await lease.log) as unknown as CollectionLog<RxDocType>, release: () => release(key, lease) };
  } catch (error) {
    if (shared.get(key) === lease) shared.delete(key);
    throw error;
  }
}

async function release(key: string, lease: Shared): Promise<void> {
  lease.leases--;
  if (lease.leases > 0) return;
  shared.delete(key);
  const closed = lease.log.then((log) => log.close());
  closing.set(key, closed);
  try {
    await closed;
  } finally {
    if (closing.get(key) === closed) closing.delete(key);
  }
}
