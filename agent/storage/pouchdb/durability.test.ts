import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, writeFileSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as wait } from 'node:timers/promises';
import { expect, it, onTestFinished } from 'vitest';
import { BULK, bulkWriter, expectOneSyncEach } from '#test/support/bulk-writer.ts';
import { openPouchItems } from '#test/support/pouchdb-storage.ts';
import { inserts, numbered, stored, temporaryFolder } from '#test/support/sqlite-storage.ts';
import { needsTracer } from '#test/support/tracer.ts';
import { openDurable, websqlVersion } from './websql-backend.ts';

const WRITER = bulkWriter(
  { module: '#agent/storage/pouchdb/rx-storage.ts', factory: 'getRxStoragePouchdb' },
  `// A new file now and then, so that a kill meets one half-way.
    if (bulk % 5 === 4 && prefix.startsWith('renew')) {
      await instance.internals.log.exclusively(() => instance.internals.log.renew());
    }`,
);

/** Starts a writer; its acknowledged ids arrive in `acknowledged`. */
function startWriter(folder: string, prefix: string): { child: ChildProcess; acknowledged: () => string[] } {
  const child = spawn(process.execPath, [...WRITER, folder, prefix, '1000000'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  let output = '';
  child.stdout?.setEncoding('utf8').on('data', (part: string) => (output += part));
  return {
    child,
    acknowledged: () =>
      output
        .slice(0, output.lastIndexOf('\n') + 1)
        .split('\n')
        .slice(0, -1),
  };
}

it.each(['write', 'renew'])(
  'F2 kill -9 at a random moment loses no acknowledged document and leaves no bulk in halves (%s)',
  { timeout: 120_000 },
  async (kind) => {
    const folder = temporaryFolder();
    const acknowledged: string[] = [];
    for (let round = 0; round < 5; round++) {
      const writer = startWriter(folder, `${kind}${round}-`);
      const closed = once(writer.child, 'close');
      await Promise.race([once(writer.child.stdout!, 'data'), closed]);
      await wait(Math.random() * 150);
      writer.child.kill('SIGKILL');
      await closed;
      acknowledged.push(...writer.acknowledged());
    }
    expect(acknowledged.length).toBeGreaterThanOrEqual(5 * BULK);
    const items = await openPouchItems(folder);
    const found = new Set((await items.findDocumentsById(acknowledged, false)).map(({ id }) => id));
    expect(acknowledged.filter((id) => !found.has(id))).toEqual([]);
    const all = (await items.getChangedDocumentsSince!(10_000_000)).documents;
    expect(all.length % BULK).toBe(0);
  },
);

it('F2 syncs the log exactly once before each acknowledgement (needs strace)', { timeout: 60_000 }, ({ skip }) => {
  needsTracer(skip);
  expectOneSyncEach(WRITER, /sync\(\d+<.*items-v0\.1\.sqlite-wal>/);
});

it('F2 does not open without WAL and full sync', async () => {
  const folder = temporaryFolder();
  const opens = (pragma: string) => (path: string) => {
    const database = openDurable(path);
    database.exec(pragma);
    return database;
  };
  for (const pragma of ['PRAGMA synchronous = NORMAL', 'PRAGMA synchronous = OFF', 'PRAGMA journal_mode = DELETE']) {
    await expect(openPouchItems(folder, {}, { openDatabase: opens(pragma) })).rejects.toMatchObject({
      code: 'STORAGE_NOT_DURABLE',
    });
  }
  await openPouchItems(folder);
});

it('F2 does not open with a websql that keeps silent about a failed COMMIT; the one that is installed does not', async () => {
  const folder = temporaryFolder();
  for (const version of ['1.0.0', '2.0.2', '0.4.4']) {
    await expect(openPouchItems(folder, {}, { websqlVersion: version })).rejects.toMatchObject({
      code: 'STORAGE_NOT_DURABLE',
      message: expect.stringContaining(version),
    });
  }
  for (const version of ['2.0.3', '2.1.0', '10.0.0', websqlVersion]) {
    const items = await openPouchItems(folder, {}, { websqlVersion: version });
    await items.close();
  }
});

it('F2 a full disk is STORAGE_FULL: nothing of the bulk is there, reads go on, and writes do when space is back', async () => {
  const folder = temporaryFolder();
  let database: DatabaseSync | undefined;
  const items = await openPouchItems(folder, {}, { openDatabase: (path) => (database = openDurable(path)) });
  await items.bulkWrite(inserts(numbered('before', 50)), 'insert');
  const pages = Number(database!.prepare('PRAGMA page_count').get()?.['page_count']);
  database!.exec(`PRAGMA max_page_count = ${pages + 2}`);
  const big = numbered('big', 50).map((id) => ({ document: stored({ id, note: 'x'.repeat(3000) }) }));
  await expect(items.bulkWrite(big, 'insert')).rejects.toMatchObject({ code: 'STORAGE_FULL' });
  expect((await items.findDocumentsById([...numbered('before', 50), ...numbered('big', 50)], true)).length).toBe(50);
  database!.exec('PRAGMA max_page_count = 1000000');
  await items.bulkWrite(big, 'insert');
  await items.close();
  expect((await (await openPouchItems(folder)).getChangedDocumentsSince!(1000)).documents.length).toBe(100);
});

it('F2 a COMMIT that fails is not acknowledged, and nothing of it is there', async () => {
  const folder = temporaryFolder();
  let failing = false;
  const openDatabase = (path: string) => {
    const database = openDurable(path);
    const prepare = database.prepare.bind(database);
    database.prepare = (sql: string) => {
      const statement = prepare(sql);
      if (sql !== 'END;') return statement;
      const run = statement.run.bind(statement);
      statement.run = () => {
        if (!failing) return run();
        throw Object.assign(new Error('disk I/O error'), { code: 'ERR_SQLITE_ERROR', errcode: 10 });
      };
      return statement;
    };
    return database;
  };
  const items = await openPouchItems(folder, {}, { openDatabase });
  await items.bulkWrite(inserts(['a']), 'insert');
  failing = true;
  await expect(items.bulkWrite(inserts(['b']), 'insert')).rejects.toMatchObject({ code: 'STORAGE_IO' });
  failing = false;
  await items.bulkWrite(inserts(['c']), 'insert');
  const offered = await items.getChangedDocumentsSince!(10);
  await items.close();
  const again = await (await openPouchItems(folder)).getChangedDocumentsSince!(10);
  expect(again).toEqual(offered);
  expect(again.documents.map(({ id }) => id)).toEqual(['a', 'c']);
});

it('a second process on the same files is STORAGE_BUSY', { timeout: 30_000 }, async () => {
  const folder = temporaryFolder();
  await openPouchItems(folder);
  const run = spawnSync(process.execPath, [...WRITER, folder, 'x', '1'], { encoding: 'utf8' });
  expect([run.status, run.stderr]).toEqual([1, expect.stringContaining('STORAGE_BUSY')]);
});

it('a file that is none of SQLite is STORAGE_DAMAGED, one of a newer agent STORAGE_NEWER', async () => {
  const folder = temporaryFolder();
  const items = await openPouchItems(folder);
  const { path } = items.internals.log;
  await items.close();
  const database = new DatabaseSync(path);
  database.exec(`UPDATE 'local-store' SET json = '{"layout":2,"floor":0}'`);
  database.close();
  await expect(openPouchItems(folder)).rejects.toMatchObject({ code: 'STORAGE_NEWER' });
  writeFileSync(path, 'no database, but long enough to have a header of its own'.repeat(200));
  chmodSync(path, 0o600);
  await expect(openPouchItems(folder)).rejects.toMatchObject({ code: 'STORAGE_DAMAGED' });
});
