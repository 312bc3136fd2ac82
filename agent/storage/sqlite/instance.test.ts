import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { createRxDatabase, type EventBulk, type RxStorageChangeEvent } from 'rxdb';
import { expect, it } from 'vitest';
import { inserts, type Item, numbered, openItems, stored, temporaryFolder } from '#test/support/sqlite-storage.ts';
import { fileNameOf, getRxStorageSqlite } from './rx-storage.ts';

it('returns a conflict with the document in the database, and writes the other rows of the bulk', async () => {
  const items = await openItems(temporaryFolder());
  await items.bulkWrite(inserts(['a', 'b']), 'first');
  const current = stored({ id: 'a' });
  const { error } = await items.bulkWrite(
    [
      { document: stored({ id: 'a', note: 'again' }) },
      { previous: stored({ id: 'b' }, { height: 9 }), document: stored({ id: 'b', note: 'stale' }, { height: 10 }) },
      { document: stored({ id: 'c' }) },
    ],
    'second',
  );
  expect(error.map((row) => [row.documentId, row.status])).toEqual([
    ['a', 409],
    ['b', 409],
  ]);
  expect(error[0]).toMatchObject({ documentInDb: current, context: 'second' });
  expect((await items.findDocumentsById(['a', 'b', 'c'], false)).map(({ id, note }) => [id, note])).toEqual([
    ['a', undefined],
    ['b', undefined],
    ['c', undefined],
  ]);
});

it('treats the second write of an id in one bulk as a write after the first', async () => {
  const items = await openItems(temporaryFolder());
  const first = stored({ id: 'a' });
  const { error } = await items.bulkWrite(
    [
      { document: first },
      { document: stored({ id: 'a', note: 'collides' }) },
      { previous: first, document: stored({ id: 'a', note: 'follows' }, { height: 2 }) },
    ],
    'twice',
  );
  expect(error.map((row) => row.status)).toEqual([409]);
  expect((await items.findDocumentsById(['a'], false))[0]?.note).toBe('follows');
});

it('undoes a bulk whole when a row of it cannot be stored, and goes on', async () => {
  const items = await openItems(temporaryFolder());
  const unstorable = { ...stored({ id: 'b' }), note: 1n } as never;
  await expect(items.bulkWrite([...inserts(['a']), { document: unstorable }], 'bad')).rejects.toThrow(TypeError);
  expect(items.internals.table.connection.database.isTransaction).toBe(false);
  await items.bulkWrite(inserts(['c']), 'good');
  expect((await items.getChangedDocumentsSince!(10)).documents.map(({ id }) => id)).toEqual(['c']);
});

it('lets sockets and timers have their turn while one caller writes on and on', async () => {
  const items = await openItems(temporaryFolder());
  const timer = { turns: 0 };
  const interval = setInterval(() => timer.turns++, 1);
  // Far more than fill four slices.
  for (let bulk = 0; timer.turns < 4 && bulk < 10_000; bulk++) await items.bulkWrite(inserts([`a${bulk}`]), 'insert');
  clearInterval(interval);
  expect(timer.turns).toBeGreaterThanOrEqual(4);
});

it('tells of each write once, after it is stored, with a checkpoint that reads what comes later', async () => {
  const items = await openItems(temporaryFolder());
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

it('finds 150,000 documents by id', async () => {
  const items = await openItems(temporaryFolder());
  const ids = numbered('sale-', 150_000);
  for (let from = 0; from < ids.length; from += 10_000) {
    await items.bulkWrite(inserts(ids.slice(from, from + 10_000)), 'fill');
  }
  for (const withDeleted of [true, false]) {
    const found = await items.findDocumentsById([...ids, 'absent'], withDeleted);
    expect(new Set(found.map(({ id }) => id))).toEqual(new Set(ids));
  }
});

it('keeps ids apart that only differ in what UTF-8 cannot hold, and hides the deleted', async () => {
  const items = await openItems(temporaryFolder());
  await items.bulkWrite(inserts(['\ud800', '\udbff', '\ufffd', '😀']), 'insert');
  await items.bulkWrite([{ document: stored({ id: 'gone' }, { deleted: true }) }], 'tombstone');
  expect((await items.findDocumentsById(['\udbff'], false)).map(({ id }) => id)).toEqual(['\udbff']);
  expect(await items.findDocumentsById(['gone'], false)).toEqual([]);
  expect((await items.findDocumentsById(['gone'], true)).length).toBe(1);
});

it('keeps everything over close and reopen, and closes twice without complaint', async () => {
  const folder = temporaryFolder();
  const items = await openItems(folder);
  await items.bulkWrite(inserts(numbered('a', 700)), 'insert');
  await items.close();
  await items.close();
  await expect(items.bulkWrite(inserts(['late']), 'late')).rejects.toMatchObject({ code: 'STORAGE_CLOSED' });
  const again = await openItems(folder);
  expect((await again.findDocumentsById(numbered('a', 700), false)).length).toBe(700);
  expect((await again.getChangedDocumentsSince!(1000)).checkpoint).toEqual({ seq: 700, schemaVersion: 0 });
});

it('shares one connection a file: closing one collection leaves the other open', async () => {
  const folder = temporaryFolder();
  const items = await openItems(folder);
  const others = await openItems(folder, {}, { collection: 'Items' });
  expect(others.internals.table.connection).toBe(items.internals.table.connection);
  await items.bulkWrite(inserts(['a']), 'insert');
  await items.close();
  await others.bulkWrite(inserts(['b']), 'insert');
  expect((await others.findDocumentsById(['a', 'b'], true)).map(({ id }) => id)).toEqual(['b']);
  expect(existsSync(join(folder, 'store.sqlite-wal'))).toBe(true);
  await others.close();
  expect(existsSync(join(folder, 'store.sqlite-wal'))).toBe(false);
});

it('removes one collection and no other; a new one of that name is empty and never reuses a seq', async () => {
  const folder = temporaryFolder();
  const kept = await openItems(folder, {}, { collection: 'kept' });
  const items = await openItems(folder);
  await kept.bulkWrite(inserts(['k']), 'insert');
  await items.bulkWrite(inserts(['a', 'b', 'c']), 'insert');
  await items.remove();
  await expect(items.remove()).rejects.toMatchObject({ code: 'STORAGE_CLOSED' });
  const again = await openItems(folder);
  expect((await again.getChangedDocumentsSince!(10)).documents).toEqual([]);
  await again.bulkWrite(inserts(numbered('new', 5)), 'insert');
  expect((await again.getChangedDocumentsSince!(10, { seq: 3, schemaVersion: 0 })).documents.length).toBe(5);
  expect((await kept.findDocumentsById(['k'], false)).length).toBe(1);
});

it('lays a table out anew when the indexes of the schema have changed', async () => {
  const folder = temporaryFolder();
  const items = await openItems(folder, { indexes: [] });
  await items.bulkWrite(inserts(numbered('a', 1200)), 'insert');
  const before = await items.getChangedDocumentsSince!(2000);
  await items.close();
  const again = await openItems(folder);
  expect([...again.internals.table.indexes.keys()]).toEqual(['_deleted,at,id', '_deleted,kind,at,id']);
  expect(await again.getChangedDocumentsSince!(2000)).toEqual(before);
  const { error } = await again.bulkWrite(inserts(['a5', 'new']), 'insert');
  expect(error.length).toBe(1);
});

it('serves an RxDatabase: composite key, insert, patch, remove, live query, reopen', async () => {
  const folder = temporaryFolder();
  const schema = {
    version: 0,
    type: 'object',
    primaryKey: { key: 'id', fields: ['location', 'sku'], separator: '|' },
    properties: {
      id: { type: 'string', maxLength: 80 },
      location: { type: 'string', maxLength: 20 },
      sku: { type: 'string', maxLength: 40 },
      onHand: { type: 'integer', minimum: -1e6, maximum: 1e6, multipleOf: 1 },
    },
    required: ['location', 'sku', 'onHand'],
    indexes: ['onHand'],
  } as const;
  const open = async () => {
    const storage = getRxStorageSqlite({ folder });
    const database = await createRxDatabase({ name: 'store', storage, multiInstance: false });
    const { positions } = await database.addCollections({ positions: { schema } });
    return { database, positions };
  };
  const { database, positions } = await open();
  const counts: number[] = [];
  positions.find({ selector: { onHand: { $lt: 0 } } }).$.subscribe((found) => counts.push(found.length));
  await positions.bulkInsert(['A', 'B', 'C'].map((sku) => ({ location: 'S1', sku, onHand: 5 })));
  const first = await positions.findOne('S1|A').exec(true);
  await first.patch({ onHand: -1 });
  await (await positions.findOne('S1|C').exec(true)).remove();
  expect(await positions.count().exec()).toBe(2);
  await expect(positions.insert({ location: 'S1', sku: 'A', onHand: 1 })).rejects.toMatchObject({ code: 'CONFLICT' });
  await expect.poll(() => counts.at(-1)).toBe(1);
  await database.close();
  const again = await open();
  expect((await again.positions.find({ sort: [{ onHand: 'desc' }] }).exec()).map(({ id }) => id)).toEqual([
    'S1|B',
    'S1|A',
  ]);
  await again.database.remove();
});

it('cannot be led out of its folder by a name', () => {
  expect(fileNameOf('../../etc/passwd')).toBe('..%2F..%2Fetc%2Fpasswd.sqlite');
  expect(fileNameOf('store-1')).toBe('store-1.sqlite');
});
