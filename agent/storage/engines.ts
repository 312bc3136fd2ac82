import type { RxStorage } from 'rxdb';
import type { RecoveryOptions } from './sqlite/connection.ts';

/** The engines that can keep a store, by the name of the option `--storage`. */
export const STORAGE_ENGINES = ['sqlite', 'pouchdb'] as const;
export type StorageEngine = (typeof STORAGE_ENGINES)[number];

export interface EngineSettings {
  /** Wall clock of what is dated: the age of tombstones, reports of damage. */
  readonly now?: () => number;
  /** How a damaged file is recovered; of SQLite only. */
  readonly recovery?: RecoveryOptions;
}

/** An engine's RxStorage on a folder. Only the engine that is used is loaded. */
export async function openEngine(
  engine: StorageEngine,
  folder: string,
  { recovery, now }: EngineSettings = {},
): Promise<RxStorage<unknown, unknown>> {
  const clock = now === undefined ? {} : { now };
  if (engine === 'pouchdb') return (await import('./pouchdb/rx-storage.ts')).getRxStoragePouchdb({ folder, ...clock });
  const { getRxStorageSqlite } = await import('./sqlite/rx-storage.ts');
  return getRxStorageSqlite({ folder, ...clock, ...(recovery === undefined ? {} : { recovery }) });
}
