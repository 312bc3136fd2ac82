import { spawn, type ChildProcess } from 'node:child_process';
import { hash } from 'node:crypto';
import { once } from 'node:events';
import {
  appendFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { followMoves } from '#hub/availability/engine/follow-moves.ts';
import { followSales } from '#hub/reservations/follow-sales.ts';
import { systemClock } from '#shared/runtime/clock.ts';
import type { Part } from '#shared/runtime/lifecycle.ts';
import { silentLogger } from '#shared/runtime/logger.ts';
import { createTestDatabase, type TestDatabase } from '#test/support/database.ts';
import { makeLocation, makeSource, testInbound } from '#test/support/inbound.ts';
import type { Inbound } from '../inbound.ts';
import { listRejects } from '../rejects.ts';
import type { FileReport } from './file-report.ts';
import { watchFolders } from './watch-folders.ts';

/** `LONG=1 npx vitest run --project pg hub/inbound/files` takes a file of 100 MB in place of 12. */
const LONG = process.env['LONG'] === '1';
const LOOP = join(import.meta.dirname, '../../../test/support/inbound-folder-loop.ts');
const FILES = [
  {
    name: 'receipts',
    prefix: 'rec',
    format: 'csv',
    kind: 'receipt',
    delimiter: ';',
    dateFormat: 'dd.MM.yyyy HH:mm',
    timeZone: 'Europe/Berlin',
    columns: {
      document: 'Beleg',
      location: 'Lager',
      sku: 'Artikel',
      quantity: 'Menge',
      at: 'Datum',
      condition: 'Zustand',
    },
    values: { condition: { '': 'sellable', D: 'damaged' } },
  },
  {
    name: 'stock',
    prefix: 'stock',
    format: 'csv',
    kind: 'stock',
    columns: { location: 'loc', sku: 'sku', quantity: 'qty' },
  },
  {
    name: 'prices',
    prefix: 'prices',
    format: 'csv',
    kind: 'product',
    decimalSeparator: ',',
    delimiter: ';',
    columns: { sku: 'sku', name: 'name', price: 'price' },
    constants: { currency: 'EUR' },
  },
  { name: 'lines', prefix: 'events', format: 'jsonl' },
];

let database: TestDatabase;
let inbound: Inbound;
let folder: string;
const stops: (() => Promise<unknown>)[] = [];
const pool = () => database.pool;

beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());
beforeEach(async () => {
  await database.clear();
  await makeLocation(pool(), 'W1');
  await makeLocation(pool(), 'W2');
  inbound = testInbound(pool());
  await makeSource(inbound, {
    code: 'wms',
    settings: { files: FILES, stock: 'count', stockAt: { W2: 'compareOnly' } },
  });
  folder = mkdtempSync(join(tmpdir(), 'shelfwire-inbound-'));
  mkdirSync(join(folder, 'wms'));
});
afterEach(async () => {
  for (const stop of stops.splice(0).toReversed()) await stop();
  rmSync(folder, { recursive: true, force: true });
});

function watch(settleMs = 30): Part {
  const observer = followMoves({ holds: followSales() });
  const part = watchFolders(folder, { pool: pool(), clock: systemClock, logger: silentLogger, observer, settleMs }, 20);
  stops.push(() => part.stop());
  return part;
}
const at = (...names: string[]) => join(folder, 'wms', ...names);
const put = (name: string, text: string | Buffer) => writeFileSync(at(name), text);
async function reportOf(part: 'done' | 'rejected', name: string): Promise<FileReport> {
  const path = at(part, `${name}.report.json`);
  await expect.poll(() => existsSync(path) && existsSync(at(part, name)), { interval: 20 }).toBe(true);
  return JSON.parse(readFileSync(path, 'utf8')) as FileReport;
}
async function onHand(): Promise<Record<string, number>> {
  const { rows } = await pool().query<{ place: string; on_hand: number }>(
    `SELECT l.code || ' ' || p.sku AS place, on_hand FROM positions p JOIN locations l USING (location_no) ORDER BY 1`,
  );
  return Object.fromEntries(rows.map(({ place, on_hand }) => [place, on_hand]));
}
const count = async (text: string) =>
  (await pool().query<{ n: number }>(`SELECT count(*)::int AS n FROM ${text}`)).rows[0]?.n;
const HEAD = 'Beleg;Lager;Artikel;Menge;Datum;Zustand';
const row = (document: string, sku = 'A', quantity: number | string = 1, state = '') =>
  `${document};W1;${sku};${quantity};01.12.2025 08:26;${state}`;

describe('the folder of a source', () => {
  it('F5 X2 takes a file by its mapping; a bad row is rejected alone and kept; the report says so', async () => {
    put(
      'rec-1.csv',
      [
        HEAD,
        row('1'),
        row('1', 'B', 2, 'D'),
        row('2', 'A', 'many'),
        '3;short',
        row('4', 'A', 4),
        row('5', '"C;x"', 1),
        '',
      ].join('\r\n'),
    );
    watch();
    const report = await reportOf('done', 'rec-1.csv');
    expect(report).toMatchObject({
      outcome: 'taken',
      mapping: 'receipts',
      rowsRead: 6,
      rowsRejected: 2,
      outcomes: { taken: 3 },
    });
    expect(report.rejectedRows.map(({ line, code, detail }) => [line, code, detail])).toEqual([
      [5, 'CSV_ROW_INVALID', 'the row has 2 columns instead of 6'],
      [4, 'CSV_ROW_INVALID', 'quantity: "many" is not a whole number'],
    ]);
    expect(await onHand()).toEqual({ 'W1 A': 5, 'W1 B': 0, 'W1 C;x': 1 });
    const { rows } = await pool().query(`SELECT at, key FROM facts ORDER BY seq LIMIT 1`);
    expect(rows).toEqual([{ at: Date.parse('2025-12-01T07:26:00Z'), key: 'wms:receipts:1' }]);
    const rejects = await pool().query<{ verbatim: Buffer; way: string }>(
      'SELECT verbatim, way FROM inbound_rejects ORDER BY line',
    );
    expect(rejects.rows.map(({ verbatim, way }) => [way, String(verbatim)])).toEqual([
      ['file rec-1.csv', row('2', 'A', 'many')],
      ['file rec-1.csv', '3;short'],
    ]);
    expect(readdirSync(at('working'))).toEqual([]);
  });

  it('F4 the same file again changes nothing, a bigger export only adds; another content under a key is set aside', async () => {
    watch();
    const first = [HEAD, row('1'), row('2')].join('\n');
    put('rec-1.csv', first);
    await reportOf('done', 'rec-1.csv');
    put('rec-again.csv', first);
    expect(await reportOf('done', 'rec-again.csv')).toMatchObject({ outcome: 'seenBefore', rowsRead: 0 });
    put('rec-2.csv', [first, row('3'), row('1', 'A', 9).replace('1;', '2;')].join('\n'));
    expect(await reportOf('done', 'rec-2.csv')).toMatchObject({
      outcomes: { taken: 1, duplicate: 1, quarantined: 1 },
      rejectedRows: [{ code: 'KEY_REUSED' }],
    });
    expect(await onHand()).toEqual({ 'W1 A': 3 });
    expect(await count('quarantine')).toBe(1);
  });

  it('stock: rows of one sku are added up, and each location is what the settings say', async () => {
    put('stock.csv', 'loc,sku,qty\nW1,A,3\nW2,A,7\nW1,B,1\nW1,A,2\nW2,B,-4\nW1,C,-1\nNOWHERE,A,1\n');
    watch();
    const report = await reportOf('done', 'stock.csv');
    expect(report).toMatchObject({ rowsRead: 7, rowsRejected: 2, outcomes: { taken: 1, statements: 1 } });
    expect(await onHand()).toEqual({ 'W1 A': 5, 'W1 B': 1 });
    const { rows } = await pool().query('SELECT location, sku, quantity FROM stock_statements ORDER BY sku');
    expect(rows).toEqual([
      { location: 'W2', sku: 'A', quantity: 7 },
      { location: 'W2', sku: 'B', quantity: -4 },
    ]);
    expect(await count('stock_statement_heads')).toBe(1);
  });

  it.skipIf(process.platform === 'win32')(
    'X1 what leads out of the folder is not read, wherever it is put; what is behind it is taken',
    async () => {
      const outside = join(folder, 'secrets.keys');
      writeFileSync(outside, 'a secret of the hub\n');
      mkdirSync(at('working'));
      symlinkSync(outside, at('working', 'events-1.jsonl'));
      symlinkSync(outside, at('events-2.jsonl'));
      put('rec-1.csv', [HEAD, row('1')].join('\n'));
      watch();
      expect(await reportOf('done', 'rec-1.csv')).toMatchObject({ outcomes: { taken: 1 } });
      expect(await count('inbound_rejects')).toBe(0);
      expect(readdirSync(at('done')).toSorted()).toEqual(['rec-1.csv', 'rec-1.csv.report.json']);
      expect(readdirSync(at('rejected'))).toEqual([]);
    },
  );

  it('F5 stock: a sku of which a row cannot be read is not counted by its other rows', async () => {
    put('stock.csv', 'loc,sku,qty\nW1,A,3\nW1,A,1O\nW1,B,1\nW2,A,7\nW2,B,4\nW2,B,9999999999\nW1,C\n');
    watch();
    const report = await reportOf('done', 'stock.csv');
    expect(report).toMatchObject({ rowsRead: 7, outcomes: { taken: 1, statements: 1 } });
    expect(await onHand()).toEqual({ 'W1 B': 1 });
    const { rows } = await pool().query('SELECT location, sku, quantity FROM stock_statements ORDER BY sku');
    expect(rows).toEqual([{ location: 'W2', sku: 'A', quantity: 7 }]);
  });

  it('F4 what an interrupted reading of the same rows has staged is not added to', async () => {
    const text = 'loc,sku,qty\nW1,A,3\nW2,A,7\n';
    const key = `stock:${hash('sha256', text, 'hex').slice(0, 24)}`;
    for (const location of [1, 2]) {
      const { rows } = await pool().query<{ no: number }>(
        'INSERT INTO stock_statement_heads (source_no, location_no, key, as_of) VALUES (1, $1, $2, 0) RETURNING statement_no AS no',
        [location, key],
      );
      await pool().query(`INSERT INTO stock_statement_lines VALUES ($1, 'A', 3), ($1, 'GONE', 1)`, [rows[0]?.no]);
    }
    put('stock.csv', text);
    watch();
    await reportOf('done', 'stock.csv');
    expect(await onHand()).toEqual({ 'W1 A': 3 });
    expect((await pool().query('SELECT sku, quantity FROM stock_statements')).rows).toEqual([
      { sku: 'A', quantity: 7 },
    ]);
  });

  it('products and JSON lines', async () => {
    put('prices.csv', 'sku;name;price\nA;Tea;12,50\nB;;1\nC;Bad;much\n');
    const line = (type: string, data: object) => JSON.stringify({ type, data });
    const body = { lines: [{ sku: 'A', quantity: 2 }] };
    const stock = { location: 'W2', key: 's1', asOf: 1_700_000_000_000, lines: [{ sku: 'A', quantity: 4 }] };
    put(
      'events.jsonl',
      [
        line('inbound.fact', { kind: 'receipt', location: 'W1', key: 'e1', body }),
        line('inbound.product', { sku: 'Z', name: 'Zed' }),
        line('inbound.stock', stock),
        '{"type":',
        line('inbound.fact', { kind: 'receipt', location: 'W1', key: 'e2', body: {} }),
        '',
      ].join('\n'),
    );
    watch();
    expect(await reportOf('done', 'prices.csv')).toMatchObject({ outcomes: { changed: 1, noted: 1 }, rowsRejected: 1 });
    expect(await reportOf('done', 'events.jsonl')).toMatchObject({
      outcomes: { taken: 2, changed: 1 },
      rowsRead: 5,
      rowsRejected: 2,
    });
    const { rows } = await pool().query('SELECT sku, name, price_minor FROM products ORDER BY sku');
    expect(rows).toEqual([
      { sku: 'A', name: 'Tea', price_minor: 1_250 },
      { sku: 'Z', name: 'Zed', price_minor: null },
    ]);
  });

  it('F5 X2 a file that no mapping takes, without its columns, or no text, is rejected whole and kept; the next one is taken', async () => {
    put('unknown.csv', 'a,b\n1,2\n');
    put('rec-columns.csv', 'Beleg,Lager\n1,2\n');
    put('rec-binary.csv', Buffer.from([0xff, 0xd8, 0xff, 0xe0, 0]));
    watch();
    expect(await reportOf('rejected', 'unknown.csv')).toMatchObject({ code: 'INBOUND_FILE_UNMAPPED' });
    expect(await reportOf('rejected', 'rec-columns.csv')).toMatchObject({ code: 'CSV_FILE_INVALID' });
    expect(await reportOf('rejected', 'rec-binary.csv')).toMatchObject({ code: 'CSV_FILE_INVALID' });
    put('rec-good.csv', [HEAD, row('1')].join('\n'));
    expect(await reportOf('done', 'rec-good.csv')).toMatchObject({ outcomes: { taken: 1 } });
    expect(await count('inbound_rejects')).toBe(3);
  });

  it('F5 two files that were rejected and begin alike are two rejects; the same one again is the same', async () => {
    // Longer than what of a file is shown.
    const beginning = `Beleg,Lager\n${'1,2\n'.repeat(2_000)}`;
    watch();
    for (const [name, text] of [
      ['rec-one.csv', `${beginning}3,4\n`],
      ['rec-two.csv', `${beginning}5,6\n`],
      ['rec-again.csv', `${beginning}3,4\n`],
    ] as const) {
      put(name, text);
      await reportOf('rejected', name);
    }
    const rejects = await listRejects(pool(), { source: 'wms', dismissed: false, before: 1_000, limit: 10 });
    const printed = rejects.map(({ times, detail }) => [times, /\(SHA-256 ([0-9a-f]{64})\)/.exec(detail)?.[1]]);
    const { sha256: one } = await reportOf('rejected', 'rec-one.csv');
    const { sha256: two } = await reportOf('rejected', 'rec-two.csv');
    expect(printed).toEqual([
      [1, two],
      [2, one],
    ]);
    expect(new Set(rejects.map(({ verbatim }) => verbatim.toString())).size).toBe(1);
  });

  it('X2 a file that is still being written, or not meant to be read yet, is not touched; paused, none is', async () => {
    await inbound.sources.pause('wms', () => Promise.resolve());
    watch(400);
    put('rec-1.csv', `${HEAD}\n`);
    put('.rec-hidden.csv', `${HEAD}\n${row('9')}\n`);
    put('rec-up.csv.part', `${HEAD}\n${row('9')}\n`);
    await delay(600);
    expect(existsSync(at('rec-1.csv'))).toBe(true);
    await inbound.sources.resume('wms', () => Promise.resolve());
    for (let number = 1; number <= 8; number += 1) {
      await delay(100);
      appendFileSync(at('rec-1.csv'), `${row(String(number))}\n`);
    }
    expect(existsSync(at('rec-1.csv'))).toBe(true);
    expect(await reportOf('done', 'rec-1.csv')).toMatchObject({ outcomes: { taken: 8 } });
    expect(readdirSync(at()).filter((name) => name.includes('.csv'))).toEqual(['.rec-hidden.csv', 'rec-up.csv.part']);
  });
});

describe('hubs that are killed in the middle of a file', () => {
  const running = new Set<ChildProcess>();
  afterEach(() => {
    for (const child of running) child.kill('SIGKILL');
    running.clear();
  });
  function start(...flags: string[]): ChildProcess {
    const child = spawn(
      process.execPath,
      [...flags, '--disable-warning=ExperimentalWarning', LOOP, database.url, folder],
      {
        stdio: 'ignore',
      },
    );
    running.add(child);
    return child;
  }

  it('F2 F4 kill -9 again and again, two hubs at once: each fact once, each count whole, the file done once', async () => {
    const documents = 12_000;
    const rows = Array.from({ length: documents }, (_, place) => row(String(place), `S${place % 50}`));
    put('rec-big.csv', [HEAD, ...rows].join('\n'));
    const stock = Array.from({ length: 6_000 }, (_, place) => `W2,K${place % 3_000},1`);
    put('stock-big.csv', ['loc,sku,qty', ...stock].join('\n'));
    let kills = 0;
    let before = 0;
    for (let round = 0; round < 3; round += 1) {
      const child = start();
      // Whoever was killed keeps the folder for its time: another hub's database clock is moved on instead of waiting.
      await pool().query(`UPDATE inbound_sources SET folder_claimed_until = '-infinity'`);
      await expect.poll(() => count('facts'), { interval: 5, timeout: 30_000 }).toBeGreaterThan(before);
      child.kill('SIGKILL');
      await once(child, 'exit');
      const taken = (await count('facts')) ?? 0;
      if (taken < documents) kills += 1;
      before = taken;
    }
    expect(kills).toBeGreaterThanOrEqual(2);
    await pool().query(`UPDATE inbound_sources SET folder_claimed_until = '-infinity'`);
    start();
    start();
    // The last kill may have come between its end and its move: then it is recognised, and not read again.
    const report = await reportOf('done', 'rec-big.csv');
    const rowsRead = report.outcome === 'seenBefore' ? 0 : documents;
    expect(report).toMatchObject({ rowsRead, rowsRejected: 0 });
    await reportOf('done', 'stock-big.csv');
    expect(await count('facts')).toBe(documents);
    expect(Object.values(await onHand())).toEqual(Array.from({ length: 50 }, () => documents / 50));
    expect(await count('quarantine')).toBe(0);
    expect(await count('stock_statements WHERE quantity = 2')).toBe(3_000);
    expect(await count('stock_statement_heads')).toBe(1);
    expect(readdirSync(at('working'))).toEqual([]);
    expect(readdirSync(at('done')).toSorted()).toEqual([
      'rec-big.csv',
      'rec-big.csv.report.json',
      'stock-big.csv',
      'stock-big.csv.report.json',
    ]);
  });

  it('X2 a file much bigger than its memory is taken in a stream', { timeout: LONG ? 600_000 : 60_000 }, async () => {
    const path = at('stock-huge.csv');
    writeFileSync(path, 'loc,sku,qty\n');
    const line = (place: number) => `W2,SKU-${String(place % 1_000).padStart(12, '0')}-${'x'.repeat(20)},1\n`;
    const block = Array.from({ length: 1_000 }, (_, place) => line(place)).join('');
    const blocks = Math.ceil(((LONG ? 100 : 12) * 1_048_576) / block.length);
    appendFileSync(path, block.repeat(blocks));
    const child = start('--max-old-space-size=48');
    let ended = false;
    child.once('exit', () => (ended = true));
    await expect
      .poll(() => ended || existsSync(at('done', 'stock-huge.csv')), { interval: 50, timeout: LONG ? 600_000 : 50_000 })
      .toBe(true);
    expect(ended).toBe(false);
    expect(await reportOf('done', 'stock-huge.csv')).toMatchObject({
      outcome: 'taken',
      rowsRead: blocks * 1_000,
      rowsRejected: 0,
    });
    expect(await count(`stock_statements WHERE quantity = ${blocks}`)).toBe(1_000);
  });
});
