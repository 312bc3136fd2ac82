import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { devNull } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { expect, it, onTestFinished } from 'vitest';
import { numbered, openItems, temporaryFolder } from '#test/support/sqlite-storage.ts';

const BULK = 7;

/** A program that writes bulks of 7 documents and prints each acknowledged id: `node -e PROGRAM folder prefix bulks`. */
const WRITER = `
  import { writeSync } from 'node:fs';
  import { fillWithDefaultSettings } from 'rxdb';
  import { getRxStorageSqlite } from '#agent/storage/sqlite/rx-storage.ts';
  const [folder, prefix, bulks] = process.argv.slice(-3);
  const text = (maxLength) => ({ type: 'string', maxLength });
  const at = { type: 'integer', minimum: 0, maximum: 1e15, multipleOf: 1 };
  const schema = fillWithDefaultSettings({
    version: 0, type: 'object', primaryKey: 'id', required: ['id', 'kind', 'at'], indexes: ['at', ['kind', 'at']],
    properties: { id: text(60), kind: text(20), at, note: { type: 'string' } },
  });
  const instance = await getRxStorageSqlite({ folder }).createStorageInstance({
    databaseInstanceToken: 'child', databaseName: 'store', collectionName: 'items', schema, options: {},
    multiInstance: false, devMode: false,
  });
  for (let bulk = 0; bulk < Number(bulks); bulk++) {
    const ids = Array.from({ length: ${BULK} }, (_, index) => prefix + (bulk * ${BULK} + index));
    const rows = ids.map((id) => ({
      document: { id, kind: 'sale', at: bulk, _deleted: false, _attachments: {}, _rev: '1-c', _meta: { lwt: bulk + 1 } },
    }));
    await instance.bulkWrite(rows, 'write');
    writeSync(1, ids.join('\\n') + '\\n');
  }
`;
const NODE = ['--disable-warning=ExperimentalWarning', '--input-type=module', '--eval', WRITER];

/** Starts a writer; its acknowledged ids arrive in `lines`. */
function startWriter(folder: string, prefix: string): { child: ChildProcess; acknowledged: () => string[] } {
  const child = spawn(process.execPath, [...NODE, folder, prefix, '1000000'], { stdio: ['ignore', 'pipe', 'inherit'] });
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

it(
  'F2 kill -9 at a random moment loses no acknowledged document and leaves no bulk in halves',
  { timeout: 120_000 },
  async () => {
    const folder = temporaryFolder();
    const acknowledged: string[] = [];
    for (let round = 0; round < 5; round++) {
      const writer = startWriter(folder, `r${round}-`);
      const closed = once(writer.child, 'close');
      await Promise.race([once(writer.child.stdout!, 'data'), closed]);
      await wait(Math.random() * 150);
      writer.child.kill('SIGKILL');
      await closed;
      acknowledged.push(...writer.acknowledged());
    }
    expect(acknowledged.length).toBeGreaterThanOrEqual(5 * BULK);
    const items = await openItems(folder);
    const found = new Set((await items.findDocumentsById(acknowledged, false)).map(({ id }) => id));
    expect(acknowledged.filter((id) => !found.has(id))).toEqual([]);
    const all = (await items.getChangedDocumentsSince!(10_000_000)).documents;
    expect(all.length % BULK).toBe(0);
  },
);

const tracer = 'strace';
/** Present, and allowed to trace. */
const hasTracer = spawnSync(tracer, ['-o', devNull, process.execPath, '--version']).status === 0;

it.skipIf(!hasTracer)(
  'F2 syncs the log exactly once before each acknowledgement (needs strace)',
  { timeout: 120_000 },
  () => {
    const folder = temporaryFolder();
    const log = join(folder, 'trace');
    const trace = ['-f', '-y', '-s', '8', '-e', 'trace=fsync,fdatasync,write', '-o', log];
    const run = spawnSync(tracer, [...trace, process.execPath, ...NODE, folder, 'ack-', '40'], { encoding: 'utf8' });
    expect([run.status, run.stderr]).toEqual([0, '']);
    const acknowledged = numbered('ack-', 40 * BULK);
    expect(run.stdout.trim().split('\n')).toEqual(acknowledged);
    const calls = readFileSync(log, 'utf8').split('\n');
    const syncs: string[][] = [[]];
    for (const call of calls) {
      if (/write\(1<.*"ack-/.test(call)) syncs.push([]);
      else if (/ f(data)?sync\(/.test(call)) syncs.at(-1)!.push(call);
    }
    // What comes before the first bulk (new file, new tables) syncs more often; after the last one the program ends.
    const perBulk = syncs.slice(1, -1);
    expect(perBulk.length).toBe(39);
    for (const calls of perBulk) expect(calls).toEqual([expect.stringMatching(/sync\(\d+<.*store\.sqlite-wal>\)/)]);
  },
);
