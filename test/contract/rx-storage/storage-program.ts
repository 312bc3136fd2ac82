/**
 * A process of its own that uses a storage until it is killed: `PLACE MODE ...`, with PLACE as JSON of `Place`.
 * Its clock may lie: `clockStepMs` is added before RxDB is loaded.
 */
import { writeSync } from 'node:fs';
import type { RxStorage } from 'rxdb';
import type { Item } from '#test/support/sqlite-storage.ts';
import type { Place, ProgramMode } from './run-program.ts';

const [placeText = '', mode = '', ...words] = process.argv.slice(2);
const place = JSON.parse(placeText) as Place;
const systemNow = Date.now;
Date.now = () => systemNow() + place.clockStepMs;

const say = (lines: readonly string[]) => writeSync(1, lines.map((line) => `${line}\n`).join(''));
const { addRxPlugin, createRxDatabase, fillWithDefaultSettings } = await import('rxdb');
const { replicateRxCollection } = await import('rxdb/plugins/replication');
const { RxDBMigrationSchemaPlugin } = await import('rxdb/plugins/migration-schema');
const { itemSchema, migratedSchema, migrationStrategies } = await import('./item-schema.ts');
const factories = (await import(place.module)) as Record<
  string,
  (settings: { folder: string }) => RxStorage<unknown, unknown>
>;
const storage = factories[place.factory]?.({ folder: place.folder });
if (storage === undefined) throw new Error(`${place.module} has no ${place.factory}.`);
const openDatabase = () => createRxDatabase({ name: 'store', storage, multiInstance: false });

/** Writes bulks of `size` documents for ever and prints each acknowledged id. */
async function write(prefix: string, size: number): Promise<void> {
  const schema = fillWithDefaultSettings<Item>(itemSchema());
  const params = { databaseInstanceToken: 'child', databaseName: 'store', collectionName: 'items', schema };
  const items = await storage!.createStorageInstance<Item>({
    ...params,
    options: {},
    multiInstance: false,
    devMode: false,
  });
  for (let bulk = 0; ; bulk++) {
    const ids = Array.from({ length: size }, (_, index) => `${prefix}${bulk * size + index}`);
    const meta = { _deleted: false, _attachments: {}, _rev: '1-c', _meta: { lwt: bulk + 1 } };
    const rows = ids.map((id) => ({ document: { id, kind: 'sale', at: bulk, ...meta } }));
    const { error } = await items.bulkWrite(rows, 'write');
    if (error.length > 0) throw new Error('A new document conflicts.');
    say(ids);
  }
}

/** Migrates to schema version 1, slowly, and prints each id that it has begun with, then `done`. */
async function migrate(): Promise<void> {
  addRxPlugin(RxDBMigrationSchemaPlugin);
  const database = await openDatabase();
  const slowly = async (item: Item) => {
    say([item.id]);
    await new Promise((resolve) => {
      setTimeout(resolve, 1);
    });
    return migrationStrategies[1](item);
  };
  const { items } = await database.addCollections({
    items: { schema: migratedSchema(), migrationStrategies: { 1: slowly }, autoMigrate: false },
  });
  await items.migratePromise(10);
  say(['done']);
  await database.close();
}

/** Inserts the ids, pushes what is unsent, prints each pushed id. */
async function push(ids: string[]): Promise<void> {
  const database = await openDatabase();
  const { items } = await database.addCollections({ items: { schema: itemSchema() } });
  await items.bulkInsert(ids.map((id) => ({ id, kind: 'sale', at: 1 })));
  const replication = replicateRxCollection<Item, unknown>({
    collection: items,
    replicationIdentifier: 'to-hub',
    live: false,
    push: {
      handler: async (rows) => {
        say(rows.map(({ newDocumentState }) => newDocumentState.id));
        return [];
      },
    },
  });
  await replication.awaitInitialReplication();
  await database.close();
}

const modes: Record<ProgramMode, () => Promise<void>> = {
  write: () => write(words[0] ?? '', Number(words[1])),
  migrate,
  push: () => push(words),
};
await modes[mode as ProgramMode]();
