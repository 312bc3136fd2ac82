import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { addRxPlugin, createRxDatabase, type RxCollection } from 'rxdb';
import { RxDBAttachmentsPlugin } from 'rxdb/plugins/attachments';
import { replicateRxCollection } from 'rxdb/plugins/replication';
import { expect, it } from 'vitest';
import { type Item, itemSchema, numbered, temporaryFolder } from '#test/support/sqlite-storage.ts';
import { openEngine, type StorageEngine } from '../engines.ts';
import { placeOf, readFolderStorage, settleFolderStorage, writeFolderStorage } from '../folder-storage.ts';
import type { SeqCheckpoint } from '../sqlite/changes.ts';
import { migrateStorage } from './migrate-storage.ts';

addRxPlugin(RxDBAttachmentsPlugin);

/** The database of a data folder, by the engine that keeps it. */
async function openItems(dataFolder: string) {
  const settled = settleFolderStorage(dataFolder, undefined);
  const storage = await openEngine(settled.engine, placeOf(dataFolder, settled));
  const database = await createRxDatabase({ name: 'store', storage, multiInstance: false });
  const { items } = await database.addCollections({ items: { schema: itemSchema({ attachments: {} }) } });
  return { database, items: items as RxCollection<Item> };
}

/** Replicates once from a remote that has 30 items, and to one that takes all; counts what crosses. */
async function replicate(items: RxCollection<Item>) {
  const crossed = { up: 0, down: 0 };
  const replication = replicateRxCollection<Item, { at: number }>({
    collection: items,
    replicationIdentifier: 'remote',
    live: false,
    push: {
      async handler(rows) {
        crossed.up += rows.length;
        return [];
      },
    },
    pull: {
      batchSize: 10,
      async handler(checkpoint, limit) {
        const from = checkpoint?.at ?? 0;
        const ids = numbered('remote', 30).slice(from, from + limit);
        crossed.down += ids.length;
        const documents = ids.map((id) => ({ id, kind: 'down', at: 1, _deleted: false }));
        return { documents, checkpoint: { at: from + ids.length } };
      },
    },
  });
  await replication.awaitInSync();
  await replication.cancel();
  return crossed;
}

/** Deletes and purges the document with the highest seq: it is not given again all the same. */
async function purgeLast(items: RxCollection<Item>): Promise<void> {
  const last = await items.insert({ id: 'last', kind: 'sale', at: 1 });
  await last.remove();
  while (!(await items.storageInstance.cleanup(0))) {
    // Each call purges one bounded step.
  }
}

const move = (dataFolder: string, to: StorageEngine) => migrateStorage({ dataFolder, to, onProgress: () => undefined });

async function contentOf(dataFolder: string) {
  const { database, items } = await openItems(dataFolder);
  const changes = await items.storageInstance.getChangedDocumentsSince!(1000);
  await database.close();
  return changes;
}

async function fill(dataFolder: string) {
  const { database, items } = await openItems(dataFolder);
  await items.bulkInsert(numbered('a', 60).map((id, at) => ({ id, kind: 'sale', at })));
  await items.bulkRemove(numbered('a', 10));
  await (await items.findOne('a20').exec(true)).patch({ note: 'changed' });
  await (
    await items.findOne('a30').exec(true)
  ).putAttachment({
    id: 'photo',
    data: new Blob(['bytes of a photo']),
    type: 'text/plain',
  });
  await replicate(items);
  await database.close();
}

it.each<[StorageEngine, StorageEngine]>([
  ['sqlite', 'pouchdb'],
  ['pouchdb', 'sqlite'],
])(
  'moves a folder from %s to %s and back, with tombstones, revisions, attachments and checkpoints',
  async (one, other) => {
    const dataFolder = temporaryFolder();
    settleFolderStorage(dataFolder, one);
    await fill(dataFolder);
    const before = await contentOf(dataFolder);
    const progress: string[] = [];
    const report = await migrateStorage({
      dataFolder,
      to: other,
      onProgress: ({ phase, done, total }) => progress.push(`${phase} ${done}/${total}`),
    });
    expect(report).toMatchObject({ moved: true, leftBehind: [] });
    expect(progress.at(-1)).toMatch(/^comparing (\d+)\/\1$/);
    expect(readFolderStorage(dataFolder)).toEqual({ engine: other, folder: 'storage-1' });
    expect(await contentOf(dataFolder)).toEqual(before);

    const { database, items } = await openItems(dataFolder);
    expect(await replicate(items)).toEqual({ up: 0, down: 0 });
    const photo = await items.findOne('a30').exec(true);
    expect(await photo.getAttachment('photo')!.getStringData()).toBe('bytes of a photo');
    await items.insert({ id: 'later', kind: 'sale', at: 1 });
    const since = before.checkpoint as SeqCheckpoint;
    const later = await items.storageInstance.getChangedDocumentsSince!(10, since);
    expect(later.documents.map(({ id }) => id)).toEqual(['later']);
    expect(await replicate(items)).toEqual({ up: 1, down: 0 });
    await purgeLast(items);
    await database.close();

    const changed = await contentOf(dataFolder);
    await move(dataFolder, one);
    expect(await contentOf(dataFolder)).toEqual(changed);
    expect(readFolderStorage(dataFolder)).toEqual({ engine: one, folder: 'storage-2' });
    expect(readdirSync(dataFolder).toSorted()).toEqual(['storage-0', 'storage-1', 'storage-2', 'storage.json']);
    expect(readdirSync(join(dataFolder, 'storage-0'))).toEqual(
      one === 'sqlite' ? ['store.sqlite', 'store.sqlite.mark'] : ['store.pouch'],
    );
  },
);

it('copies what was written and forgets what was purged with the old engine since the copy was begun', async () => {
  const dataFolder = temporaryFolder();
  await fill(dataFolder);
  await move(dataFolder, 'pouchdb');
  // As after a crash before storage.json was written.
  writeFolderStorage(dataFolder, { engine: 'sqlite', folder: 'storage-0' });
  writeFileSync(join(dataFolder, 'storage-migration.json'), '{"to":"pouchdb","into":"storage-1"}');
  const { database, items } = await openItems(dataFolder);
  await items.bulkInsert(numbered('b', 5).map((id, at) => ({ id, kind: 'sale', at })));
  await purgeLast(items);
  await database.close();
  const before = await contentOf(dataFolder);
  await move(dataFolder, 'pouchdb');
  expect(readFolderStorage(dataFolder)).toEqual({ engine: 'pouchdb', folder: 'storage-1' });
  expect(await contentOf(dataFolder)).toEqual(before);
});

it('finishes a move that counts already, gives up one that is not wanted any more, and does nothing twice', async () => {
  const dataFolder = temporaryFolder();
  await fill(dataFolder);
  const state = join(dataFolder, 'storage-migration.json');
  writeFileSync(state, '{"to":"pouchdb","into":"storage-1"}');
  mkdirSync(join(dataFolder, 'storage-1'));
  expect(await move(dataFolder, 'sqlite')).toMatchObject({ moved: false });
  expect([existsSync(state), existsSync(join(dataFolder, 'storage-1'))]).toEqual([false, false]);
  await move(dataFolder, 'pouchdb');
  writeFileSync(state, '{"to":"pouchdb","into":"storage-1"}');
  expect(await move(dataFolder, 'pouchdb')).toMatchObject({ moved: true });
  expect(existsSync(state)).toBe(false);
  expect(await move(dataFolder, 'pouchdb')).toMatchObject({ moved: false });
  expect((await contentOf(dataFolder)).documents.length).toBe(90);
});

it('X2 a state that cannot be understood is CONFIG_INVALID', async () => {
  const dataFolder = temporaryFolder();
  writeFileSync(join(dataFolder, 'storage-migration.json'), '{"to":"pouchdb","into":"/etc"}');
  await expect(move(dataFolder, 'pouchdb')).rejects.toMatchObject({ code: 'CONFIG_INVALID' });
  expect(readFileSync(join(dataFolder, 'storage-migration.json'), 'utf8')).toContain('/etc');
});
