import { copyFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { openPouchItems, type PouchItemInstance } from '#test/support/pouchdb-storage.ts';
import { inserts, numbered, stored, temporaryFolder } from '#test/support/sqlite-storage.ts';

const now = () => 10_000;
const filesOf = (folder: string) => readdirSync(join(folder, 'store.pouch')).toSorted();

async function purge(items: PouchItemInstance, ids: readonly string[]): Promise<void> {
  const rows = ids.map((id) => ({
    previous: stored({ id }),
    document: stored({ id }, { deleted: true, height: 2, lwt: 2000 }),
  }));
  await items.bulkWrite(rows, 'delete');
  while (!(await items.cleanup(0))) {
    // Each call purges one bounded step.
  }
}

it('starts a new file at open when enough is dead, with the same documents, tombstones and seqs', async () => {
  const folder = temporaryFolder();
  const items = await openPouchItems(folder, {}, { now });
  await items.bulkWrite(inserts(numbered('a', 40)), 'insert');
  await purge(items, numbered('a', 30));
  await items.bulkWrite([{ document: stored({ id: 'dead' }, { deleted: true, lwt: 11_000 }) }], 'delete');
  const before = await items.getChangedDocumentsSince!(100);
  await items.close();

  const untouched = await openPouchItems(folder, {}, { deadLeast: 31 });
  expect(untouched.internals.log.content.dead).toBe(30);
  await untouched.close();
  expect(filesOf(folder)).toEqual(['items-v0.1.sqlite']);

  const renewed = await openPouchItems(folder, {}, { deadLeast: 30 });
  expect(renewed.internals.log.content.dead).toBe(0);
  expect(await renewed.getChangedDocumentsSince!(100)).toEqual(before);
  const top = { seq: 71, schemaVersion: 0 };
  await renewed.bulkWrite(inserts(['next']), 'insert');
  expect((await renewed.getChangedDocumentsSince!(100, top)).documents.map(({ id }) => id)).toEqual(['next']);
  const { error } = await renewed.bulkWrite(
    [{ previous: stored({ id: 'a35' }), document: stored({ id: 'a35', note: 'x' }, { height: 2 }) }],
    'update',
  );
  expect(error).toEqual([]);
  await renewed.close();
  expect(filesOf(folder)).toEqual(['items-v0.2.sqlite']);
  const again = await openPouchItems(folder);
  expect((await again.findDocumentsById(['a35'], false))[0]?.note).toBe('x');
});

it('does not start a new file for a few dead among many', async () => {
  const folder = temporaryFolder();
  const items = await openPouchItems(folder, {}, { now });
  await items.bulkWrite(inserts(numbered('a', 40)), 'insert');
  await purge(items, numbered('a', 10));
  await items.close();
  const again = await openPouchItems(folder, {}, { deadLeast: 5 });
  expect(again.internals.log.content.dead).toBe(10);
});

it('undoes a new file that a crash left unfinished, and finishes one that counts already', async () => {
  const folder = temporaryFolder();
  const at = (name: string) => join(folder, 'store.pouch', name);
  const items = await openPouchItems(folder);
  await items.bulkWrite(inserts(numbered('a', 5)), 'insert');
  await items.close();
  copyFileSync(at('items-v0.1.sqlite'), at('old'));
  writeFileSync(at('items-v0.2.sqlite.new'), 'half a file');
  writeFileSync(at('items-v0.2.sqlite.new-wal'), 'and its log');

  const undone = await openPouchItems(folder);
  expect(filesOf(folder).filter((name) => name.includes('.new'))).toEqual([]);
  const { log } = undone.internals;
  await log.exclusively(() => log.renew());
  await undone.bulkWrite(inserts(['later']), 'insert');
  await undone.close();
  copyFileSync(at('old'), at('items-v0.1.sqlite'));
  writeFileSync(at('items-v0.1.sqlite-wal'), '');

  const finished = await openPouchItems(folder);
  expect((await finished.getChangedDocumentsSince!(10)).documents.map(({ id }) => id)).toEqual([
    ...numbered('a', 5),
    'later',
  ]);
  expect(filesOf(folder).filter((name) => name.startsWith('items-v0.1'))).toEqual([]);
});
