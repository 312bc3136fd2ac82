import { fillWithDefaultSettings, type RxJsonSchema, type RxStorageInstance } from 'rxdb';
import { onTestFinished } from 'vitest';
import type { PouchInternals } from '#agent/storage/pouchdb/instance.ts';
import { getRxStoragePouchdb, type PouchStorageSettings } from '#agent/storage/pouchdb/rx-storage.ts';
import type { SeqCheckpoint } from '#agent/storage/sqlite/changes.ts';
import { type Item, itemSchema } from './sqlite-storage.ts';

export type PouchItemInstance = RxStorageInstance<Item, PouchInternals, Record<string, never>, SeqCheckpoint>;

/** A storage instance straight over the folder, without an RxDatabase; closed when the test ends. */
export async function openPouchItems(
  folder: string,
  change: Partial<RxJsonSchema<Item>> = {},
  settings: Partial<PouchStorageSettings> & { collection?: string } = {},
): Promise<PouchItemInstance> {
  const { collection = 'items', ...storageSettings } = settings;
  const instance = await getRxStoragePouchdb({ folder, ...storageSettings }).createStorageInstance<Item>({
    databaseInstanceToken: 'test',
    databaseName: 'store',
    collectionName: collection,
    schema: fillWithDefaultSettings(itemSchema(change)),
    options: {},
    multiInstance: false,
    devMode: false,
  });
  onTestFinished(() => instance.close());
  return instance as PouchItemInstance;
}
