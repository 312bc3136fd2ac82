import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { expect, it } from 'vitest';
import { inserts, numbered, openItems, stored, temporaryFolder } from '#test/support/sqlite-storage.ts';
import { makeDurable } from './connection.ts';

it('F2 opens with WAL and full sync, and refuses a file that does not take them', async () => {
  const items = await openItems(join(temporaryFolder(), 'made', 'below'));
  const { database } = items.internals.table.connection;
  expect(database.prepare('PRAGMA journal_mode').get()).toMatchObject({ journal_mode: 'wal' });
  expect(database.prepare('PRAGMA synchronous').get()).toMatchObject({ synchronous: 2 });
  const inMemory = new DatabaseSync(':memory:');
  expect(() => makeDurable(inMemory, ':memory:', 'FULL')).toThrow(
    expect.objectContaining({
      code: 'STORAGE_NOT_DURABLE',
      context: expect.objectContaining({ journalMode: 'memory' }),
    }),
  );
  inMemory.close();
});

it('a full disk fails the write with a code, undoes it whole, lets reads go on, and is over when space returns', async () => {
  const items = await openItems(temporaryFolder());
  await items.bulkWrite(inserts(numbered('kept', 100)), 'insert');
  const { database } = items.internals.table.connection;
  const pages = Number(database.prepare('PRAGMA page_count').get()?.['page_count']);
  database.exec(`PRAGMA max_page_count = ${pages + 3}`);
  const heard: unknown[] = [];
  items.changeStream().subscribe((bulk) => heard.push(bulk));
  const large = numbered('large', 500).map((id) => ({ document: stored({ id, note: 'x'.repeat(500) }) }));
  const failure: unknown = await items.bulkWrite(large, 'too much').catch((error: unknown) => error);
  expect(failure).toMatchObject({ code: 'STORAGE_FULL', cause: { code: 'ERR_SQLITE_ERROR', errcode: 13 } });
  expect(database.isTransaction).toBe(false);
  expect((await items.findDocumentsById(numbered('large', 500), true)).length).toBe(0);
  expect((await items.getChangedDocumentsSince!(1000)).documents.length).toBe(100);
  expect(heard).toEqual([]);
  database.exec('PRAGMA max_page_count = 1000000');
  expect((await items.bulkWrite(large, 'again')).error).toEqual([]);
  expect((await items.getChangedDocumentsSince!(1000)).checkpoint.seq).toBe(600);
});

it('F5 a folder that cannot be made has a code; a file that is no database is set aside as it is', async () => {
  const folder = temporaryFolder();
  writeFileSync(join(folder, 'file'), '');
  await expect(openItems(join(folder, 'file'))).rejects.toMatchObject({ code: 'STORAGE_IO' });
  const damaged = 'not a database '.repeat(500);
  writeFileSync(join(folder, 'store.sqlite'), damaged);
  const items = await openItems(folder, {}, { now: () => 0 });
  expect(readFileSync(join(folder, 'damaged/store.sqlite-1970-01-01T00-00-00-000Z/store.sqlite'), 'utf8')).toBe(
    damaged,
  );
  expect((await items.bulkWrite(inserts(['a']), 'insert')).error).toEqual([]);
});

it('waits no longer than it may for a lock of another process, and works again afterwards', async () => {
  const folder = temporaryFolder();
  const items = await openItems(folder, {}, { busyTimeoutMs: 20 });
  const other = new DatabaseSync(join(folder, 'store.sqlite'));
  other.exec('BEGIN IMMEDIATE');
  await expect(items.bulkWrite(inserts(['a']), 'insert')).rejects.toMatchObject({ code: 'STORAGE_BUSY' });
  other.exec('ROLLBACK');
  other.close();
  expect((await items.bulkWrite(inserts(['a']), 'insert')).error).toEqual([]);
});

it('refuses a file of a newer layout', async () => {
  const folder = temporaryFolder();
  await (await openItems(folder)).close();
  const newer = new DatabaseSync(join(folder, 'store.sqlite'));
  newer.exec('PRAGMA user_version = 99');
  newer.close();
  await expect(openItems(folder)).rejects.toMatchObject({ code: 'STORAGE_NEWER' });
});
