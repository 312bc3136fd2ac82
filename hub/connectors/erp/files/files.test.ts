import {
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { systemClock } from '#shared/runtime/clock.ts';
import type { MappedDocument } from '../connector.ts';
import { csvOf } from './csv.ts';
import { files } from './files.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'shelfwire-erp-files-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const connect = () =>
  files.create({}, {}, { code: 'main', clock: systemClock, toPrivate: false, folder, timeoutMs: 100 });
const sale: MappedDocument = { act: 'write', target: 'sale', payload: { total: 3 } };
const out = () =>
  readdirSync(join(folder, 'main'))
    .filter((name) => !name.startsWith('.'))
    .sort();

it('O1 a file that was taken away is still known: it is not put there again', async () => {
  const erp = connect();
  const { reference } = await erp.post(sale, 'S1/a');
  expect(out()).toEqual([reference]);
  expect(JSON.parse(readFileSync(join(folder, 'main', String(reference)), 'utf8'))).toEqual({
    key: 'S1/a',
    target: 'sale',
    document: { total: 3 },
  });
  rmSync(join(folder, 'main', String(reference)));
  expect(await connect().lookup(sale, 'S1/a')).toEqual({ reference });
  expect(await connect().post(sale, 'S1/a')).toEqual({ reference });
  expect(out()).toEqual([]);
});

it('O1 killed between any two steps: what is not there yet is put there by the next one, under its name, once', async () => {
  const { reference } = await connect().post(sale, 'S1/a');
  const [mark = ''] = readdirSync(join(folder, 'main', '.marks'));
  const [, draft = ''] = readFileSync(join(folder, 'main', '.marks', mark), 'utf8').split('\n');
  // As it stands after the mark and before the move.
  renameSync(join(folder, 'main', String(reference)), join(folder, 'main', '.drafts', draft));
  expect(await connect().lookup(sale, 'S1/a')).toBeUndefined();
  expect(await connect().post(sale, 'S1/a')).toEqual({ reference });
  expect(out()).toEqual([reference]);
  // And after the draft, before the mark.
  rmSync(join(folder, 'main', '.marks', mark));
  rmSync(join(folder, 'main', String(reference)));
  expect(await connect().lookup(sale, 'S1/a')).toBeUndefined();
  await connect().post(sale, 'S1/a');
  expect(out()).toHaveLength(1);
});

it('X1 a mark that the other side has written leads nowhere out of the folder', async () => {
  const victim = join(folder, 'secrets.keys');
  writeFileSync(victim, 'a secret of the hub');
  const erp = connect();
  await erp.post(sale, 'S1/other');
  const [known = ''] = readdirSync(join(folder, 'main', '.marks'));
  for (const [name, draft] of [
    ['stolen.json', '../../secrets.keys'],
    ['../stolen.json', `${known}-000000000000`],
  ] as const) {
    writeFileSync(join(folder, 'main', '.marks', known), `${name}\n${draft}\n`);
    writeFileSync(join(folder, 'main', '.drafts', `${known}-000000000000`), 'of nobody');
    await expect(erp.post(sale, 'S1/other')).rejects.toMatchObject({ code: 'ERP_CONFLICT' });
    await expect(erp.lookup(sale, 'S1/other')).rejects.toMatchObject({ code: 'ERP_CONFLICT' });
  }
  expect([existsSync(victim), readdirSync(folder).toSorted()]).toEqual([true, ['main', 'secrets.keys']]);
});

it('O1 a folder whose disk is not there is not made anew, and says nothing of what was posted: documents wait', async () => {
  const parts = { code: 'main', clock: systemClock, toPrivate: false, folder, timeoutMs: 100, isFolderMade: true };
  const { reference } = await connect().post(sale, 'S1/a');
  const erp = files.create({}, {}, parts);
  renameSync(join(folder, 'main'), join(folder, 'elsewhere'));
  for (const one of [erp, files.create({}, {}, parts)]) {
    await expect(one.post(sale, 'S1/b')).rejects.toMatchObject({ code: 'ERP_UNREACHABLE' });
    await expect(one.lookup(sale, 'S1/a')).rejects.toMatchObject({ code: 'ERP_UNREACHABLE' });
  }
  expect(readdirSync(folder)).toEqual(['elsewhere']);
  renameSync(join(folder, 'elsewhere'), join(folder, 'main'));
  expect(await erp.lookup(sale, 'S1/a')).toEqual({ reference });
  expect(await erp.lookup(sale, 'S1/b')).toBeUndefined();
});

it('O1 names sort as the documents were posted', async () => {
  const erp = connect();
  const names = [];
  for (let place = 0; place < 20; place += 1) names.push((await erp.post(sale, `S1/${place}`)).reference);
  expect(out()).toEqual(names);
});

it('forgets marks after 30 days and drafts that nobody needs after one; others stay', async () => {
  const erp = connect();
  await erp.post(sale, 'S1/old');
  const [old = ''] = readdirSync(join(folder, 'main', '.marks'));
  const monthAgo = Date.now() / 1_000 - 31 * 86_400;
  utimesSync(join(folder, 'main', '.marks', old), monthAgo, monthAgo);
  await erp.post(sale, 'S1/new');
  await erp.tidy?.();
  expect(existsSync(join(folder, 'main', '.marks', old))).toBe(false);
  expect(readdirSync(join(folder, 'main', '.marks'))).toHaveLength(1);
});

it('O1 a draft that is marked and could not be moved for days is not forgotten: without it it would count as arrived', async () => {
  const { reference } = await connect().post(sale, 'S1/a');
  const [mark = ''] = readdirSync(join(folder, 'main', '.marks'));
  const [, draft = ''] = readFileSync(join(folder, 'main', '.marks', mark), 'utf8').split('\n');
  renameSync(join(folder, 'main', String(reference)), join(folder, 'main', '.drafts', draft));
  writeFileSync(join(folder, 'main', '.drafts', `${draft}0`), 'of nobody');
  const daysAgo = Date.now() / 1_000 - 3 * 86_400;
  for (const name of [draft, `${draft}0`]) utimesSync(join(folder, 'main', '.drafts', name), daysAgo, daysAgo);
  const erp = connect();
  await erp.tidy?.();
  expect(readdirSync(join(folder, 'main', '.drafts'))).toEqual([draft]);
  expect(await erp.lookup(sale, 'S1/a')).toBeUndefined();
  expect(await erp.post(sale, 'S1/a')).toEqual({ reference });
  expect(out()).toEqual([reference]);
});

it('a folder that cannot be used is the same for every document: they wait', async () => {
  const erp = connect();
  rmSync(join(folder, 'main'), { recursive: true });
  await expect(erp.post(sale, 'S1/a')).rejects.toMatchObject({ code: 'ERP_UNREACHABLE' });
});

it('CSV: a row a line with the head in each; what has no place in rows is said', () => {
  expect(
    csvOf({
      key: 'S1/a',
      note: 'a "b", c',
      lines: [
        { sku: 'A', quantity: 2 },
        { sku: 'B', key: 7 },
      ],
    }),
  ).toBe('key,note,sku,quantity,line_key\r\nS1/a,"a ""b"", c",A,2,\r\nS1/a,"a ""b"", c",B,,7\r\n');
  expect(csvOf({ key: 'k' })).toBe('key\r\nk\r\n');
  expect(() => csvOf({ a: [], b: [] })).toThrow('one list');
  expect(() => csvOf({ a: { b: 1 } })).toThrow('it has parts');
});
