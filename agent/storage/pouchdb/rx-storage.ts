import { resolve } from 'node:path';
import {
  addRxStorageMultiInstanceSupport,
  ensureRxStorageInstanceParamsAreCorrect,
  now as rxdbNow,
  RXDB_VERSION,
  type RxStorage,
  type RxStorageInstanceCreationParams,
} from 'rxdb';
import { stemOf } from './generations.ts';
import { type PouchInstanceOptions, type PouchInternals, PouchStorageInstance } from './instance.ts';
import type { PouchBackend } from './pouch-file.ts';
import { leaseLog } from './shared-logs.ts';

export interface PouchStorageSettings extends PouchBackend {
  /** Made if it does not exist. Each database is one folder in it: `<databaseName>.pouch`. */
  folder: string;
  /** Wall clock of cleanup(): the age of tombstones, nothing else, is measured by it. */
  now?: () => number;
  /** Purged documents that are worth a new file at open. Default 1,000. */
  deadLeast?: number;
}

/** RxDB's storage with PouchDB as its durable log, and RxDB's memory storage for all reads. */
export function getRxStoragePouchdb(settings: PouchStorageSettings): RxStorage<PouchInternals, PouchInstanceOptions> {
  // RxDB tells databases apart by storage name and database name; ours differ by folder too.
  const name = `shelfwire-pouchdb ${resolve(settings.folder)}`;
  return {
    name,
    rxdbVersion: RXDB_VERSION,
    async createStorageInstance<RxDocType>(params: RxStorageInstanceCreationParams<RxDocType, PouchInstanceOptions>) {
      ensureRxStorageInstanceParamsAreCorrect(params);
      const { databaseName, collectionName, schema } = params;
      const folder = resolve(settings.folder, folderNameOf(databaseName));
      const lease = await leaseLog<RxDocType>({
        files: { folder, stem: stemOf(collectionName, schema.version) },
        schema,
        backend: settings,
        deadLeast: settings.deadLeast,
      });
      const instance = new PouchStorageInstance<RxDocType>(params, lease, settings.now ?? rxdbNow);
      addRxStorageMultiInstanceSupport(name, params, instance);
      return instance;
    },
  };
}

/** A database's name as a folder name: what could leave the folder or is no valid name on Windows is escaped. */
export function folderNameOf(databaseName: string): string {
  return `${encodeURIComponent(databaseName).replaceAll('*', '%2A')}.pouch`;
}
