import { join, resolve } from 'node:path';
import {
  addRxStorageMultiInstanceSupport,
  ensureRxStorageInstanceParamsAreCorrect,
  now as rxdbNow,
  RXDB_VERSION,
  type RxStorage,
  type RxStorageInstanceCreationParams,
} from 'rxdb';
import type { RecoveryOptions, Synchronous } from './connection.ts';
import { type SqliteInstanceOptions, type SqliteInternals, SqliteStorageInstance } from './instance.ts';
import { acquireConnection, releaseConnection } from './shared-connections.ts';
import { openTable } from './table.ts';

export interface SqliteStorageSettings {
  /** Made if it does not exist. Each database is one file in it: `<databaseName>.sqlite`. */
  folder: string;
  /** FULL (default): one sync per transaction. EXTRA: also after a rollback journal is deleted. Nothing weaker. */
  synchronous?: Synchronous;
  /** How long a transaction waits for another process's lock before STORAGE_BUSY. Default 5,000. */
  busyTimeoutMs?: number;
  /** Wall clock: of cleanup(), where the age of tombstones is measured by it, and of reports of damage. */
  now?: () => number;
  /** How a damaged file is recovered. */
  recovery?: RecoveryOptions;
}

/**
 * RxDB's storage on node:sqlite: durable, without limits of size, with real indexes. One process at a time: the caller holds
 * the folder's lock, because a damaged file is set aside at open.
 */
export function getRxStorageSqlite(settings: SqliteStorageSettings): RxStorage<SqliteInternals, SqliteInstanceOptions> {
  // RxDB tells databases apart by storage name and database name; ours differ by folder too.
  const name = `shelfwire-sqlite ${resolve(settings.folder)}`;
  return {
    name,
    rxdbVersion: RXDB_VERSION,
    async createStorageInstance<RxDocType>(params: RxStorageInstanceCreationParams<RxDocType, SqliteInstanceOptions>) {
      ensureRxStorageInstanceParamsAreCorrect(params);
      const connection = acquireConnection({
        path: join(settings.folder, fileNameOf(params.databaseName)),
        synchronous: settings.synchronous ?? 'FULL',
        busyTimeoutMs: settings.busyTimeoutMs ?? 5_000,
        now: settings.now ?? Date.now,
        recovery: settings.recovery,
      });
      try {
        const table = openTable(connection, params.collectionName, params.schema);
        const instance = new SqliteStorageInstance<RxDocType>(params, table, settings.now ?? rxdbNow);
        addRxStorageMultiInstanceSupport(name, params, instance);
        return instance;
      } catch (error) {
        releaseConnection(connection);
        throw error;
      }
    },
  };
}

/** A database's name as a file name: what could leave the folder or is no valid name on Windows is escaped. */
export function fileNameOf(databaseName: string): string {
  return `${encodeURIComponent(databaseName).replaceAll('*', '%2A')}.sqlite`;
}
