import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { controlNumber } from '#hub/outbox/documents/control-numbers.ts';
import { listDocuments } from '#hub/outbox/documents/list-documents.ts';
import { spreadDocuments } from '#hub/outbox/documents/spread.ts';
import { createTestDatabase, type TestDatabase } from '#test/support/database.ts';
import { makeErp, nothingKept, relayQuickly, testSurroundings, waitingDocuments } from '#test/support/erps.ts';
import { line, merge, readFact, sale, seedStores } from '#test/support/hub-api.ts';
import { functionalOf, readX12 } from '#test/support/x12-reader.ts';
import { Erps } from './admin/erps.ts';
import type { MappingDocument } from './mapping/mapping-document.ts';
import { x12Example } from './x12/x12-example.ts';

let database: TestDatabase;
let folder: string;
const stops: (() => Promise<unknown>)[] = [];
beforeEach(async () => {
  database = await createTestDatabase();
  await seedStores(database.pool);
  folder = mkdtempSync(join(tmpdir(), 'shelfwire-x12-'));
});
afterEach(async () => {
  for (const stop of stops.splice(0).toReversed()) await stop();
  await database.drop();
  rmSync(folder, { recursive: true, force: true });
});

const mapping: MappingDocument = {
  ...x12Example,
  routes: [{ kinds: ['sale', 'void'] }],
  tables: { ...x12Example.tables, store: { S1: '0001', S2: '0002', S3: '0003' } },
};
const connect = (code: string) =>
  makeErp(database.pool, testSurroundings(folder), '', {
    code,
    kind: 'x12',
    settings: { sender: 'SHELFWIRE', receiver: 'PARTNER' },
    credentials: {},
    mapping,
  });
const sell = (seq: number, key: string) =>
  merge(database.pool, 1, 1, [readFact(seq, 1_000 + seq, 'sale', key, sale(line('A', 1)))]);
const settled = () => expect.poll(() => waitingDocuments(database.pool), { interval: 20 }).toBe(0);
function relay() {
  const part = relayQuickly(database.pool, testSurroundings(folder), { acknowledgedEveryMs: 20 });
  stops.push(() => part.stop());
  return part;
}
const files = (code = 'edi') =>
  readdirSync(join(folder, 'erp', code), { withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ name }) => readFileSync(join(folder, 'erp', code, name), 'utf8'))
    .toSorted((a, b) => readX12(a).number - readX12(b).number);
const documents = (query: { rejected?: boolean } = {}) =>
  listDocuments(database.pool, { erp: 'edi', state: undefined, key: undefined, after: 0, limit: 100, ...query });

it('O1 control numbers are without a double and without a hole over restarts; each ERP has its own', async () => {
  await connect('edi');
  await connect('other');
  for (let run = 0; run < 3; run += 1) {
    const running = relay();
    for (let place = 0; place < 4; place += 1) await sell(1 + run * 4 + place, `k${run}-${place}`);
    await settled();
    await running.stop();
  }
  const expected = Array.from({ length: 12 }, (_, place) => place + 1);
  expect(files().map((text) => readX12(text).number)).toEqual(expected);
  expect(files('other').map((text) => readX12(text).number)).toEqual(expected);
  expect(
    (await documents()).map(({ controlNumber: number }) => number).toSorted((a, b) => Number(a) - Number(b)),
  ).toEqual(expected);
});

it('O1 an ERP that is ended and made anew for the same partner goes on with its numbers', async () => {
  await connect('edi');
  const first = relay();
  await sell(1, 'a');
  await sell(2, 'b');
  await settled();
  await first.stop();
  await new Erps(database.pool, testSurroundings(folder)).end('edi', nothingKept);
  await connect('again');
  relay();
  await sell(3, 'c');
  await settled();
  expect([...files(), ...files('again')].map((text) => readX12(text).number)).toEqual([1, 2, 3]);
});

it('O1 a document keeps its number through a kill, also when two ask at once', async () => {
  await connect('edi');
  await sell(1, 'a');
  await sell(2, 'b');
  const { pool } = database;
  await spreadDocuments(pool, () => Date.now());
  // Killed after the number was given, before a file was there.
  const first = await controlNumber(pool, 1, 'S1/b');
  expect(await Promise.all([1, 2, 3, 4].map(() => controlNumber(pool, 1, 'S1/b')))).toEqual([
    first,
    first,
    first,
    first,
  ]);
  relay();
  await settled();
  expect(files().map((text) => readX12(text).number)).toEqual([1, 2]);
  expect((await documents()).find(({ key }) => key === 'S1/b')?.controlNumber).toBe(first);
  await pool.query('UPDATE erps SET control_number = 999999999');
  await sell(3, 'c');
  await settled();
  expect((await documents()).find(({ key }) => key === 'S1/c')?.controlNumber).toBe(1);
});

it('O1 a void of what was sent says what it takes back, with the other sign', async () => {
  await connect('edi');
  relay();
  await merge(database.pool, 1, 1, [readFact(1, 1_001, 'sale', 'a', sale(line('A', 3)))]);
  await settled();
  await merge(database.pool, 1, 1, [readFact(2, 1_002, 'void', 'v', { voids: 'a', reason: 'wrong till' })]);
  await settled();
  expect(files().map((text) => readX12(text).segments.filter(([id]) => id === 'LIN' || id === 'ZA'))).toEqual([
    [
      ['LIN', '1', 'SK', 'A'],
      ['ZA', 'QS', '3', 'EA'],
    ],
    [
      ['LIN', '1', 'SK', 'A'],
      ['ZA', 'QS', '-3', 'EA'],
    ],
  ]);
});

it('what a partner acknowledges is noted at its document, and what it rejected can be listed; files are kept as they came', async () => {
  await connect('edi');
  relay();
  await sell(1, 'good');
  await sell(2, 'bad');
  await settled();
  const [good = '', bad = ''] = files();
  const inbox = join(folder, 'erp', 'edi', 'in');
  writeFileSync(join(inbox, 'a.997'), functionalOf(good, 'A'));
  writeFileSync(join(inbox, 'b.997'), functionalOf(bad, 'R', ['AK3*LIN*4**8']));
  await expect
    .poll(async () => (await documents()).map(({ acknowledgement }) => acknowledgement?.state))
    .toEqual(['accepted', 'rejected']);
  const [rejected, ...none] = await documents({ rejected: true });
  expect(none).toEqual([]);
  expect(rejected).toMatchObject({
    key: 'S1/bad',
    state: 'posted',
    acknowledgement: { state: 'rejected', detail: 'AK3*LIN*4**8; R 5' },
    acknowledgedAt: expect.any(Date),
  });
  const { rows } = await database.pool.query('SELECT name, problem FROM erp_acknowledgements ORDER BY name');
  expect(rows).toEqual([
    { name: 'a.997', problem: null },
    { name: 'b.997', problem: null },
  ]);
});

it('X2 an acknowledgement that says what no document can have, or has no fit name, holds up none behind it', async () => {
  await connect('edi');
  relay();
  await sell(1, 'good');
  await settled();
  const [good = ''] = files();
  const inbox = join(folder, 'erp', 'edi', 'in');
  writeFileSync(join(inbox, 'a.997'), functionalOf(good, 'A').replace(/AK1[*]PD[*]\d+/, 'AK1*PD*99999999999'));
  writeFileSync(join(inbox, `b${'x'.repeat(240)}.997`), functionalOf(good, 'E'));
  writeFileSync(join(inbox, 'c.997'), functionalOf(good, 'R', ['AK3*LIN*4**\u0000']));
  await expect.poll(async () => (await documents({ rejected: true })).map(({ key }) => key)).toEqual(['S1/good']);
  await expect.poll(() => readdirSync(inbox)).toEqual([]);
});
