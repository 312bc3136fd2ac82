import type { RxStorage } from 'rxdb';
import { getRxStorageMemory } from 'rxdb/plugins/storage-memory';
import { getRxStoragePouchdb } from '#agent/storage/pouchdb/rx-storage.ts';
import { getRxStorageSqlite } from '#agent/storage/sqlite/rx-storage.ts';
import type { StorageUnderTest } from './engine.ts';

export const sqlite: StorageUnderTest = {
  name: 'sqlite',
  open: (folder, settings = {}) => getRxStorageSqlite({ folder, ...settings }),
  cannot: {},
  program: { module: '#agent/storage/sqlite/rx-storage.ts', factory: 'getRxStorageSqlite' },
};

/** Its reads are RxDB's memory storage, with that one's limits. */
export const pouchdb: StorageUnderTest = {
  name: 'pouchdb',
  open: (folder, settings = {}) => getRxStoragePouchdb({ folder, ...settings }),
  cannot: {
    longLists: 'reads are those of the memory storage, which compares each document with the whole list',
    mangoTypes: 'reads are those of the memory storage, whose index strings do not know types',
  },
  program: { module: '#agent/storage/pouchdb/rx-storage.ts', factory: 'getRxStoragePouchdb' },
};

/** RxDB's memory storage, as the control: it says whether a test asks for what RxDB means. */
export const memory: StorageUnderTest = {
  name: 'memory',
  open(folder) {
    // Its databases are the process's, told apart by their names alone.
    const storage = getRxStorageMemory() as RxStorage<unknown, unknown>;
    return {
      ...storage,
      name: `memory ${folder}`,
      createStorageInstance: (params) =>
        storage.createStorageInstance({ ...params, databaseName: `${folder} ${params.databaseName}` }),
    };
  },
  cannot: {
    durable: 'ends with its process',
    seqCheckpoints: 'its checkpoints are a clock and an id',
    repeatedIds: 'writes both rows over each other',
    strict: 'takes what it is given',
    longLists: 'compares each document with the whole list',
    mangoTypes: 'its index strings do not know types',
  },
};
