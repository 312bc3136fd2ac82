import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { devNull } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { numbered, temporaryFolder } from '#test/support/sqlite-storage.ts';

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

const tracer = 'strace';
/** Present, and allowed to trace. */
const hasTracer = spawnSync(tracer, ['-o', devNull, process.execPath, '--version']).status === 0;

it('F2 syncs the log exactly once before each acknowledgement (needs strace)', { timeout: 120_000 }, ({ skip }) => {
  skip(!hasTracer, 'no strace here');
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
});
