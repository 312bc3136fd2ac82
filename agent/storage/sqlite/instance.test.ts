import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { inserts, numbered, openItems, temporaryFolder } from '#test/support/sqlite-storage.ts';
import { fileNameOf } from './rx-storage.ts';

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

it('cannot be led out of its folder by a name', () => {
  expect(fileNameOf('../../etc/passwd')).toBe('..%2F..%2Fetc%2Fpasswd.sqlite');
  expect(fileNameOf('store-1')).toBe('store-1.sqlite');
});
