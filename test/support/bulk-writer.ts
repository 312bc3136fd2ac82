import { join } from 'node:path';
import { expect } from 'vitest';
import { numbered, temporaryFolder } from './sqlite-storage.ts';
import { traced } from './tracer.ts';

export const BULK = 7;

/** Arguments of Node for a program that writes bulks of 7 documents and prints each acknowledged id; add `folder prefix bulks`. */
export function bulkWriter(storage: { module: string; factory: string }, afterEach = ''): string[] {
  const program = `
  import { writeSync } from 'node:fs';
  import { fillWithDefaultSettings } from 'rxdb';
  import { ${storage.factory} as storageOf } from '${storage.module}';
  const [folder, prefix, bulks] = process.argv.slice(-3);
  const text = (maxLength) => ({ type: 'string', maxLength });
  const at = { type: 'integer', minimum: 0, maximum: 1e15, multipleOf: 1 };
  const schema = fillWithDefaultSettings({
    version: 0, type: 'object', primaryKey: 'id', required: ['id', 'kind', 'at'], indexes: ['at', ['kind', 'at']],
    properties: { id: text(60), kind: text(20), at, note: { type: 'string' } },
  });
  const instance = await storageOf({ folder }).createStorageInstance({
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
    ${afterEach}
  }
`;
  return ['--disable-warning=ExperimentalWarning', '--input-type=module', '--eval', program];
}

/** Each bulk of a writer is followed by one sync of the log, and then acknowledged. `log` is how a sync of it looks. */
export function expectOneSyncEach(writer: readonly string[], log: RegExp): void {
  const folder = temporaryFolder();
  const { run, calls } = traced([...writer, folder, 'ack-', '40'], join(folder, 'trace'));
  expect([run.status, run.stderr]).toEqual([0, '']);
  expect(run.stdout.trim().split('\n')).toEqual(numbered('ack-', 40 * BULK));
  const syncs: string[][] = [[]];
  for (const call of calls) {
    if (/write\(1<.*"ack-/.test(call)) syncs.push([]);
    else if (/ f(data)?sync\(/.test(call)) syncs.at(-1)!.push(call);
  }
  // What comes before the first bulk (new file, new tables) syncs more often; after the last one the program ends.
  const perBulk = syncs.slice(1, -1);
  expect(perBulk.length).toBe(39);
  for (const calls of perBulk) expect(calls).toEqual([expect.stringMatching(log)]);
}
