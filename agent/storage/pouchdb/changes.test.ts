import { addRxPlugin, createRxDatabase } from 'rxdb';
import { RxDBMigrationSchemaPlugin } from 'rxdb/plugins/migration-schema';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { openPouchItems } from '#test/support/pouchdb-storage.ts';
import { inserts, type Item, itemSchema, numbered, stored, temporaryFolder } from '#test/support/sqlite-storage.ts';
import { getRxStoragePouchdb } from './rx-storage.ts';
import { SeqIndex } from './seq-index.ts';

const idsOf = (documents: readonly Item[]) => documents.map(({ id }) => id);

it('offers each changed document once, in the order of its last write, page by page', async () => {
  const items = await openPouchItems(temporaryFolder());
  await items.bulkWrite(inserts(numbered('a', 7)), 'insert');
  await items.bulkWrite([{ previous: stored({ id: 'a0' }), document: stored({ id: 'a0' }, { height: 2 }) }], 'update');
  const first = await items.getChangedDocumentsSince!(4);
  const second = await items.getChangedDocumentsSince!(4, first.checkpoint);
  const third = await items.getChangedDocumentsSince!(4, second.checkpoint);
  expect([first, second, third].map(({ documents }) => idsOf(documents))).toEqual([
    ['a1', 'a2', 'a3', 'a4'],
    ['a5', 'a6', 'a0'],
    [],
  ]);
  expect(third.checkpoint).toEqual(second.checkpoint);
});

it('S5 yields the same when the clock has stepped back across a restart', async () => {
  const folder = temporaryFolder();
  const items = await openPouchItems(folder);
  await items.bulkWrite(inserts(['early'], { lwt: 9_000_000 }), 'insert');
  const { checkpoint } = await items.getChangedDocumentsSince!(10);
  await items.close();
  const again = await openPouchItems(folder);
  await again.bulkWrite(inserts(['z', 'm', 'a'], { lwt: 5 }), 'insert');
  expect(idsOf((await again.getChangedDocumentsSince!(10, checkpoint)).documents)).toEqual(['z', 'm', 'a']);
  expect(idsOf((await again.getChangedDocumentsSince!(10)).documents)).toEqual(['early', 'z', 'm', 'a']);
});

it('offers everything again for a checkpoint that it cannot have given', async () => {
  const folder = temporaryFolder();
  const old = await openPouchItems(folder);
  await old.bulkWrite(inserts(['old1', 'old2']), 'insert');
  const { checkpoint } = await old.getChangedDocumentsSince!(10);
  const migrated = await openPouchItems(folder, { version: 1 });
  await migrated.bulkWrite(inserts(numbered('new', 5)), 'insert');
  const offered = await migrated.getChangedDocumentsSince!(10, checkpoint);
  expect(idsOf(offered.documents)).toEqual(numbered('new', 5));
  expect(offered.checkpoint).toEqual({ seq: 5, schemaVersion: 1 });
  const beyond = await old.getChangedDocumentsSince!(10, { seq: 99, schemaVersion: 0 });
  expect(idsOf(beyond.documents)).toEqual(['old1', 'old2']);
});

it('purges old tombstones step by step, for good, and never gives their seq again', async () => {
  const folder = temporaryFolder();
  const items = await openPouchItems(folder, {}, { now: () => 10_000 });
  await items.bulkWrite(inserts(['alive']), 'insert');
  const dead = numbered('dead', 2500).map((id) => ({ document: stored({ id }, { deleted: true, lwt: 4000 }) }));
  await items.bulkWrite([...dead, { document: stored({ id: 'young' }, { deleted: true, lwt: 9000 }) }], 'delete');
  expect([await items.cleanup(5000), await items.cleanup(5000), await items.cleanup(5000)]).toEqual([
    false,
    false,
    true,
  ]);
  expect(idsOf((await items.getChangedDocumentsSince!(10)).documents)).toEqual(['alive', 'young']);
  expect(await items.cleanup(0)).toBe(true);
  await items.close();
  const again = await openPouchItems(folder);
  const reader = { seq: 2502, schemaVersion: 0 };
  expect(await again.findDocumentsById(['dead7', 'young'], true)).toEqual([]);
  expect((await again.getChangedDocumentsSince!(10, reader)).documents).toEqual([]);
  await again.bulkWrite(inserts(['next', 'dead7']), 'insert');
  expect(idsOf((await again.getChangedDocumentsSince!(10, reader)).documents)).toEqual(['next', 'dead7']);
});

it('carries documents over an RxDB schema migration and leaves none of the old version', async () => {
  addRxPlugin(RxDBMigrationSchemaPlugin);
  const folder = temporaryFolder();
  const open = () =>
    createRxDatabase({ name: 'store', storage: getRxStoragePouchdb({ folder }), multiInstance: false });
  const before = await open();
  const { items } = await before.addCollections({ items: { schema: itemSchema() } });
  await items.bulkInsert(numbered('a', 300).map((id, at) => ({ id, kind: 'sale', at })));
  await before.close();
  const after = await open();
  const schema = itemSchema({ version: 1, indexes: ['kind'] });
  const migrated = await after.addCollections({
    items: { schema, migrationStrategies: { 1: (item: Item) => ({ ...item, kind: 'SALE' }) } },
  });
  expect(await migrated.items.count({ selector: { kind: 'SALE' } }).exec()).toBe(300);
  await after.close();
  const old = await openPouchItems(folder);
  expect((await old.getChangedDocumentsSince!(10)).documents).toEqual([]);
});

it('the index of seqs answers like a sorted map of the last seq of each id', () => {
  const act = fc.record({ id: fc.constantFrom(...numbered('d', 12)), gone: fc.boolean() });
  fc.assert(
    fc.property(
      fc.array(act, { maxLength: 400 }),
      fc.nat(400),
      fc.integer({ min: 1, max: 9 }),
      (acts, since, limit) => {
        const index = new SeqIndex();
        const model = new Map<string, number>();
        for (const [place, { id, gone }] of acts.entries()) {
          if (gone) index.delete(id);
          else index.set(id, place + 1);
          if (gone) model.delete(id);
          else model.set(id, place + 1);
        }
        const expected = [...model].filter(([, seq]) => seq > since).sort(([, one], [, other]) => one - other);
        const page = expected.slice(0, limit);
        expect(index.after(since, limit)).toEqual({
          ids: page.map(([id]) => id),
          lastSeq: page.at(-1)?.[1] ?? since,
        });
      },
    ),
  );
});
