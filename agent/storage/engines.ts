import type { RxStorage } from 'rxdb';

/** The engines that can keep a store, by the name of the option `--storage`. */
export const STORAGE_ENGINES = ['sqlite', 'pouchdb'] as const;
export type StorageEngine = (typeof STORAGE_ENGINES)[number];

/** An engine's RxStorage on a folder. Only the engine that is used is loaded. */
export async function openEngine(engine: StorageEngine, folder: string): Promise<RxStorage<unknown, unknown>> {
  if (engine === 'pouchdb') return (await import('./pouchdb/rx-storage.ts')).getRxStoragePouchdb({ folder });
  return (await import('./sqlite/rx-storage.ts')).getRxStorageSqlite({ folder });
}
