import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { setImmediate as setImmediatePromise } from 'node:timers/promises';
import type { EventBulk, RxStorageChangeEvent } from 'rxdb';
import { expect, it } from 'vitest';
import { openPouchItems } from '#test/support/pouchdb-storage.ts';
import { inserts, type Item, numbered, stored, temporaryFolder } from '#test/support/sqlite-storage.ts';
import { stemOf } from './generations.ts';
import { folderNameOf } from './rx-storage.ts';

it('undoes a bulk whole, in memory as on disk, when a row of it cannot be stored, and goes on', async () => {
  const folder = temporaryFolder();
  const items = await openPouchItems(folder);
  const unstorable = { ...stored({ id: 'b' }), note: 1n } as never;
  const ofOtherType = { ...stored({ id: 'c' }), kind: 7 } as never;
  await expect(items.bulkWrite([...inserts(['a']), { document: unstorable }], 'bad')).rejects.toThrow(TypeError);
  await expect(items.bulkWrite([...inserts(['a']), { document: ofOtherType }], 'bad')).rejects.toThrow('"kind"');
  await items.bulkWrite(inserts(['d']), 'good');
  const idsOf = async (from: typeof items) => (await from.getChangedDocumentsSince!(10)).documents.map(({ id }) => id);
  expect(await idsOf(items)).toEqual(['d']);
  await items.close();
  expect(await idsOf(await openPouchItems(folder))).toEqual(['d']);
});

it('tells of each write once, after it is stored, with a checkpoint that reads what comes later', async () => {
  const items = await openPouchItems(temporaryFolder());
  const heard: EventBulk<RxStorageChangeEvent<Item>, unknown>[] = [];
  items.changeStream().subscribe((bulk) => heard.push(bulk));
  const before = stored({ id: 'a' });
  await items.bulkWrite([{ document: before }], 'insert');
  await items.bulkWrite([{ previous: before, document: stored({ id: 'a', note: 'x' }, { height: 2 }) }], 'update');
  const gone = stored({ id: 'a' }, { height: 3, deleted: true });
  await items.bulkWrite([{ previous: stored({ id: 'a' }, { height: 2 }), document: gone }], 'delete');
  await items.bulkWrite([{ document: stored({ id: 'a' }) }], 'conflict');
  expect(heard.map((bulk) => [bulk.context, bulk.events.map((event) => event.operation), bulk.checkpoint])).toEqual([
    ['insert', ['INSERT'], { seq: 1, schemaVersion: 0 }],
    ['update', ['UPDATE'], { seq: 2, schemaVersion: 0 }],
    ['delete', ['DELETE'], { seq: 3, schemaVersion: 0 }],
  ]);
});

it('lets who writes go on before what its listeners set off in a later turn, however long the calls took', async () => {
  const items = await openPouchItems(temporaryFolder());
  const order: string[] = [];
  items.changeStream().subscribe(({ context }) => {
    // Longer than calls may hold the event loop.
    for (const untilMs = performance.now() + 25; performance.now() < untilMs;);
    setImmediate(() => order.push(`${context} set off`));
  });
  for (const context of ['first', 'second', 'third']) {
    await items.bulkWrite(inserts([context]), context);
    order.push(`${context} written`);
  }
  await setImmediatePromise();
  const turns = ['first', 'second', 'third'].map((context) => order.indexOf(`${context} set off`));
  const written = ['first', 'second', 'third'].map((context) => order.indexOf(`${context} written`));
  expect(turns.every((turn, place) => turn > (written[place] ?? Infinity))).toBe(true);
});

it('keeps ids apart that Pouch or UTF-8 would refuse or confuse, over a restart', async () => {
  const folder = temporaryFolder();
  const ids = ['\ud800', '\udbff', '\ufffd', '😀', '_design/x', '_local/y', '__proto__', 'constructor', 'a\0b', ' '];
  const items = await openPouchItems(folder);
  await items.bulkWrite(inserts(ids), 'insert');
  await items.bulkWrite([{ document: stored({ id: 'gone' }, { deleted: true }) }], 'tombstone');
  await items.close();
  const again = await openPouchItems(folder);
  expect((await again.findDocumentsById(ids, false)).map(({ id }) => id)).toEqual(ids);
  expect(await again.findDocumentsById(['gone'], false)).toEqual([]);
  expect((await again.findDocumentsById(['gone'], true)).length).toBe(1);
});

it('keeps everything over close and reopen, and closes twice without complaint', async () => {
  const folder = temporaryFolder();
  const items = await openPouchItems(folder);
  await items.bulkWrite(inserts(numbered('a', 700)), 'insert');
  const before = await items.getChangedDocumentsSince!(1000);
  await items.close();
  await items.close();
  await expect(items.bulkWrite(inserts(['late']), 'late')).rejects.toMatchObject({ code: 'STORAGE_CLOSED' });
  const again = await openPouchItems(folder);
  expect(await again.getChangedDocumentsSince!(1000)).toEqual(before);
  expect(before.checkpoint).toEqual({ seq: 700, schemaVersion: 0 });
});

it('shares a collection inside the process, and closes its file with the last instance', async () => {
  const folder = temporaryFolder();
  const one = await openPouchItems(folder);
  const other = await openPouchItems(folder);
  const apart = await openPouchItems(folder, {}, { collection: 'Items' });
  await one.bulkWrite(inserts(['a']), 'insert');
  await one.close();
  expect((await other.findDocumentsById(['a'], false)).length).toBe(1);
  expect(await apart.findDocumentsById(['a'], false)).toEqual([]);
  const log = join(folder, 'store.pouch', 'items-v0.1.sqlite-wal');
  expect(existsSync(log)).toBe(true);
  await other.close();
  expect(existsSync(log)).toBe(false);
  expect((await (await openPouchItems(folder)).findDocumentsById(['a'], false)).length).toBe(1);
});

it('removes one collection and no other; a new one of that name is empty and never reuses a seq', async () => {
  const folder = temporaryFolder();
  const kept = await openPouchItems(folder, {}, { collection: 'kept' });
  const items = await openPouchItems(folder);
  await kept.bulkWrite(inserts(['k']), 'insert');
  await items.bulkWrite(inserts(['a', 'b', 'c']), 'insert');
  await items.remove();
  await expect(items.remove()).rejects.toMatchObject({ code: 'STORAGE_CLOSED' });
  const again = await openPouchItems(folder);
  expect((await again.getChangedDocumentsSince!(10)).documents).toEqual([]);
  await again.bulkWrite(inserts(numbered('new', 5)), 'insert');
  expect((await again.getChangedDocumentsSince!(10, { seq: 3, schemaVersion: 0 })).documents.length).toBe(5);
  expect((await kept.findDocumentsById(['k'], false)).length).toBe(1);
  expect(readdirSync(join(folder, 'store.pouch')).filter((name) => name.startsWith('items-v0.1'))).toEqual([]);
});

it('cannot be led out of its folder by a name, nor by one that differs in case only', () => {
  expect(folderNameOf('../../etc')).toBe('..%2F..%2Fetc.pouch');
  expect(stemOf('../x*', 2)).toBe('..%2fx%2a-v2');
  expect(stemOf('Items', 0)).toBe('%49tems-v0');
  expect(stemOf('rx-meta_1', 0)).toBe('rx-meta_1-v0');
});
