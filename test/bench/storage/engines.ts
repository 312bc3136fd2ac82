import { getRxStorageMemory } from 'rxdb/plugins/storage-memory';
import { getRxStoragePouchdb } from '#agent/storage/pouchdb/rx-storage.ts';
import { getRxStorageSqlite } from '#agent/storage/sqlite/rx-storage.ts';
import type { AnyStorage } from '#agent/store/database.ts';

export interface BenchEngine {
  /** What stays on disk can be opened again; the other is the control. */
  readonly isDurable: boolean;
  storage(folder: string): AnyStorage;
  /** Which targets it is held to: SQLite's own, or a share of SQLite's rate of inserts. */
  readonly target?: 'own' | 'share of sqlite';
}

/** The storages that are measured, by the name in the table. */
export const ENGINES = {
  sqlite: { isDurable: true, target: 'own', storage: (folder: string) => getRxStorageSqlite({ folder }) },
  pouchdb: {
    isDurable: true,
    target: 'share of sqlite',
    storage: (folder: string) => getRxStoragePouchdb({ folder }),
  },
  memory: { isDurable: false, storage: () => getRxStorageMemory() },
} as const satisfies Record<string, BenchEngine>;

export type EngineName = keyof typeof ENGINES;
