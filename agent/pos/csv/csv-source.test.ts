import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
  appendFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { ShelfwireError } from '#shared/protocol/errors.ts';
import { systemClock, type Clock } from '#shared/runtime/clock.ts';
import { openEdgeStore, until, type EdgeStore } from '#test/support/edge-store.ts';
import { parseFeed } from '../feeds.ts';
import type { FileReport } from '../files/file-report.ts';
import { FileSource } from '../files/file-source.ts';
import { csvFormat } from './csv.ts';
import type { CsvFeed } from './feed-config.ts';
import type { SourceContext } from '../source.ts';

const HEADER = 'InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice';
const row = (document: string, sku = 'a', quantity = 1, description = 'THING') =>
  `${document},${sku},${description},${quantity},2010-12-01 08:26:00,2.55`;

interface Bench extends EdgeStore {
  readonly drop: string;
  readonly source: FileSource;
  /** A new source on the same folder, as after a restart. */
  readonly again: (change?: { context?: SourceContext; feed?: Record<string, unknown> }) => FileSource;
  readonly put: (name: string, text: string | Buffer) => void;
  readonly reportOf: (part: 'done' | 'rejected', name: string) => Promise<FileReport>;
}

async function bench(feed: Record<string, unknown> = {}): Promise<Bench> {
  const edge = await openEdgeStore(new Set(['a', 'b']));
  onTestFinished(() => edge[Symbol.asyncDispose]());
  const drop = join(edge.folder, 'drop');
  const config = {
    name: 'sales',
    kind: 'transactions',
    folder: drop,
    currency: 'GBP',
    settleMs: 60,
    patienceMs: 200,
    columns: {
      document: 'InvoiceNo',
      sku: 'StockCode',
      quantity: 'Quantity',
      price: 'UnitPrice',
      date: 'InvoiceDate',
      description: 'Description',
    },
    rules: { returnPrefix: 'C', serviceSkus: ['POST'] },
    ...feed,
  };
  const again: Bench['again'] = ({ context = edge.context, feed = {} } = {}) => {
    const source = new FileSource(
      csvFormat(parseFeed({ ...config, ...feed }) as CsvFeed),
      context,
      join(edge.folder, 'data', 'sources'),
    );
    onTestFinished(() => source.stop());
    return source;
  };
  return {
    ...edge,
    drop,
    source: again(),
    again,
    put: (name, text) => writeFileSync(join(drop, name), text),
    async reportOf(part, name) {
      const path = join(drop, part, `${name}.report.json`);
      await until(() => existsSync(path) && existsSync(join(drop, part, name)));
      return JSON.parse(readFileSync(path, 'utf8')) as FileReport;
    },
  };
}

/** Starts and waits until the folder is watched. */
async function start(source: FileSource): Promise<void> {
  await source.start();
  await until(() => source.status().state === 'ready');
}

describe('csv source', () => {
  it('journals a dropped file and moves it to done with its report', async () => {
    const { source, put, reportOf, facts, drop } = await bench();
    await start(source);
    put(
      'day.csv',
      `\uFEFF${HEADER}\r\n${row('1')}\r\n${row('1', 'b', 2, '"quotes\r\nover ""lines"""')}\r\n${row('C2', 'zzz', -1)}\r\n`,
    );
    expect(await reportOf('done', 'day.csv')).toMatchObject({
      outcome: 'taken',
      rowsRead: 3,
      factsAppended: 2,
      duplicates: 0,
      rowsRejected: 0,
      unknownSkus: ['zzz'],
    });
    expect(await facts()).toMatchObject([
      { kind: 'sale', key: 'sales:1', body: { lines: [{ sku: 'a' }, { sku: 'b', quantity: 2 }] } },
      { kind: 'return', key: 'sales:C2' },
    ]);
    expect(readdirSync(join(drop, 'working'))).toEqual([]);
    await until(() => source.status().state === 'ready');
    expect(source.status()).toMatchObject({ name: 'csv:sales', appended: 2 });
  });

  it('F4 the same file again, and a bigger export of the same days, double nothing', async () => {
    const { source, put, reportOf, facts } = await bench();
    await start(source);
    const first = `${HEADER}\n${row('1')}\n${row('2')}\n`;
    put('day.csv', first);
    await reportOf('done', 'day.csv');
    put('day.csv', first);
    expect(await reportOf('done', 'day-2.csv')).toMatchObject({ outcome: 'seenBefore', rowsRead: 0 });
    put('week.csv', `${first}${row('3')}\n`);
    expect(await reportOf('done', 'week.csv')).toMatchObject({ outcome: 'taken', factsAppended: 1, duplicates: 2 });
    expect(await facts()).toHaveLength(3);
  });

  it('F4 F5 a document that says something else under its number goes to quarantine, verbatim', async () => {
    const { source, put, reportOf, facts, quarantined } = await bench();
    await start(source);
    put('one.csv', `${HEADER}\n${row('1')}\n`);
    await reportOf('done', 'one.csv');
    put('two.csv', `${HEADER}\n${row('1', 'a', 9)}\n${row('2')}\n`);
    const report = await reportOf('done', 'two.csv');
    expect(report).toMatchObject({
      factsAppended: 1,
      rowsRejected: 1,
      rejectedRows: [{ line: 2, code: 'KEY_REUSED', row: row('1', 'a', 9) }],
    });
    expect(await facts()).toHaveLength(2);
    expect(await quarantined()).toMatchObject([
      { source: 'csv:sales', code: 'KEY_REUSED', verbatim: row('1', 'a', 9) },
    ]);
  });

  it('F4 F5 a corrected row enters the books once under a number of its own, not with its document again', async () => {
    const { source, put, reportOf, facts, quarantined } = await bench();
    await start(source);
    put('day.csv', [HEADER, row('1'), row('1', 'b').replace('2.55', 'free'), ''].join('\n'));
    await reportOf('done', 'day.csv');
    put('whole.csv', [HEADER, row('1'), row('1', 'b'), ''].join('\n'));
    expect(await reportOf('done', 'whole.csv')).toMatchObject({
      factsAppended: 0,
      rejectedRows: [{ code: 'KEY_REUSED' }],
    });
    put('corrected.csv', [HEADER, row('1-b', 'b'), ''].join('\n'));
    expect(await reportOf('done', 'corrected.csv')).toMatchObject({ factsAppended: 1, rowsRejected: 0 });
    expect(await facts()).toMatchObject([
      { key: 'sales:1', body: { lines: [{ sku: 'a', quantity: 1 }] } },
      { key: 'sales:1-b', body: { lines: [{ sku: 'b', quantity: 1 }] } },
    ]);
    expect((await quarantined()).map(({ code }) => code).sort()).toEqual(['CSV_ROW_INVALID', 'KEY_REUSED']);
  });

  it('F5 X2 broken rows are rejected alone, each kept verbatim with its reason', async () => {
    const { source, put, reportOf, facts, quarantined } = await bench();
    await start(source);
    const free = row('4').replace('2.55', 'free');
    const bad = [row('2', 'a', 1, '5" nail'), '3,short', free, free];
    put('day.csv', [HEADER, row('1'), ...bad, row('5'), ''].join('\n'));
    const report = await reportOf('done', 'day.csv');
    expect(report).toMatchObject({ rowsRead: 6, factsAppended: 2, rowsRejected: 4 });
    expect(report.rejectedRows.map(({ line, reason }) => `${line} ${reason}`)).toEqual([
      '3 a quote is not closed',
      '4 the row has 2 columns instead of 6',
      '5 price: "free" is not a decimal number',
      '6 price: "free" is not a decimal number',
    ]);
    expect((await facts()).map(({ key }) => key)).toEqual(['sales:1', 'sales:5']);
    const kept = await quarantined();
    // Rows that are all of a document are one.
    expect(kept.map(({ verbatim }) => verbatim).sort()).toEqual([...bad.slice(0, 2), `${free}\n${free}`].toSorted());
    expect(new Set(kept.map(({ code }) => code))).toEqual(new Set(['CSV_ROW_INVALID']));
  });

  it.each([
    [
      'another delimiter',
      `${HEADER.replaceAll(',', ';')}\n${row('1').replaceAll(',', ';')}\n`,
      'separated by semicolon',
    ],
    ['a missing column', `InvoiceNo,Quantity\n1,2\n`, 'no column "StockCode"'],
    ['nothing in it', '', 'no column'],
    ['no text', Buffer.from([0xff, 0xd8, 0xff, 0xe0, 0, 16]), 'not UTF-8'],
  ])('F5 X2 a file with %s is rejected whole, and the next one is taken', async (_, content, reason) => {
    const { source, put, reportOf, facts, quarantined } = await bench();
    await start(source);
    put('bad.csv', content);
    expect(await reportOf('rejected', 'bad.csv')).toMatchObject({
      outcome: 'rejected',
      code: 'CSV_FILE_INVALID',
      reason: expect.stringContaining(reason),
      factsAppended: 0,
    });
    put('good.csv', `${HEADER}\n${row('1')}\n`);
    await reportOf('done', 'good.csv');
    expect(await facts()).toHaveLength(1);
    expect(await quarantined()).toMatchObject([{ code: 'CSV_FILE_INVALID' }]);
  });

  it('X2 a file that is still being written, or not meant to be read yet, is not touched', async () => {
    const { again, put, reportOf, drop, facts, context } = await bench({ settleMs: 300, patienceMs: 30_000 });
    const time = { ms: 0, readings: 0 };
    const clock: Clock = {
      ...systemClock,
      monotonic() {
        time.readings += 1;
        return time.ms;
      },
      after: (delayMs, call) => systemClock.after(delayMs / 30, call),
    };
    await start(again({ context: { ...context, clock } }));
    /** Each look reads the time once, at its end: after two readings one has begun and ended. */
    const looked = async () => {
      const before = time.readings;
      await until(() => time.readings >= before + 2);
    };
    put('day.csv', `${HEADER}\n`);
    put('.hidden.csv', `${HEADER}\n${row('9')}\n`);
    put('up.csv.part', `${HEADER}\n${row('9')}\n`);
    for (let number = 1; number <= 8; number++) {
      await looked();
      time.ms += 299;
      appendFileSync(join(drop, 'day.csv'), `${row(String(number))}\n`);
    }
    // It had paused for 299: it might do so again.
    await looked();
    time.ms += 3 * 299 - 1;
    await looked();
    expect(existsSync(join(drop, 'day.csv'))).toBe(true);
    time.ms += 1;
    expect(await reportOf('done', 'day.csv')).toMatchObject({ factsAppended: 8 });
    expect(await facts()).toHaveLength(8);
    expect(readdirSync(drop).sort()).toEqual(['.hidden.csv', 'done', 'rejected', 'up.csv.part', 'working']);
    renameSync(join(drop, 'up.csv.part'), join(drop, 'up.csv'));
    await looked();
    time.ms += 300;
    expect(await reportOf('done', 'up.csv')).toMatchObject({ factsAppended: 1 });
  });

  it('F2 F4 a file left in working/ by a crash is read again; what was journaled is recognised by key', async () => {
    const { source, drop, reportOf, facts, context } = await bench();
    mkdirSync(join(drop, 'working'), { recursive: true });
    const rows = Array.from({ length: 700 }, (_, index) => row(String(index)));
    writeFileSync(join(drop, 'working', 'day.csv'), [HEADER, ...rows].join('\n'));
    const body = {
      occurredAt: Date.parse('2010-12-01T08:26:00Z'),
      receiptNo: '0',
      currency: 'GBP',
      lines: [{ sku: 'a', quantity: 1, unitPriceMinor: 255 }],
    };
    await context.intake.take('csv:sales', [
      { submission: { kind: 'sale', key: 'sales:0', body }, verbatim: () => '' },
    ]);
    await start(source);
    expect(await reportOf('done', 'day.csv')).toMatchObject({ factsAppended: 699, duplicates: 1 });
    expect(await facts()).toHaveLength(700);
  });

  it('F5 what a writer adds to a file that was claimed while it paused is read too', async () => {
    const { drop, again, context, reportOf, facts } = await bench();
    const { intake } = context;
    const writer: { write?: () => void } = {
      write: () => appendFileSync(join(drop, 'working', 'day.csv'), `${row('2')}\n`),
    };
    const pausing = {
      ...context,
      intake: {
        take: async (...given: Parameters<typeof intake.take>) => {
          const results = await intake.take(...given);
          writer.write?.();
          delete writer.write;
          return results;
        },
        setAside: (...given: Parameters<typeof intake.setAside>) => intake.setAside(...given),
      } as unknown as typeof intake,
    };
    await start(again({ context: pausing }));
    writeFileSync(join(drop, 'day.csv'), `${HEADER}\n${row('1')}\n`);
    expect(await reportOf('done', 'day.csv')).toMatchObject({ factsAppended: 1, duplicates: 1 });
    expect((await facts()).map(({ key }) => key)).toEqual(['sales:1', 'sales:2']);
  });

  it('F5 of a receipt that a file may break off in nothing is journaled when the file has changed before its end is judged', async () => {
    const { drop, again, context, reportOf, facts, quarantined } = await bench();
    const { intake } = context;
    const writer: { write?: () => void } = {
      write: () => appendFileSync(join(drop, 'working', 'day.csv'), `${row('last', 'b')}\n`),
    };
    const pausing = {
      ...context,
      intake: {
        // What the file's end does not touch is journaled as it is read, some hundred at a time; so is this, when all has been read.
        take: async (...given: Parameters<typeof intake.take>) => {
          const isLate = given[1].some(({ submission }) => (submission as { key: string }).key === 'sales:7700');
          if (isLate) {
            writer.write?.();
            delete writer.write;
          }
          return intake.take(...given);
        },
        setAside: (...given: Parameters<typeof intake.setAside>) => intake.setAside(...given),
      } as unknown as typeof intake,
    };
    await start(again({ context: pausing }));
    const many = Array.from({ length: 8_000 }, (_, index) => row(String(index)));
    writeFileSync(join(drop, 'day.csv'), [HEADER, ...many, row('last'), ''].join('\n'));
    // Read twice: what lay before the end was known the second time.
    expect(await reportOf('done', 'day.csv')).toMatchObject({ rowsRejected: 0, isOpenEnded: false });
    const last = (await facts()).find(({ key }) => key === 'sales:last');
    expect(last?.body).toMatchObject({ lines: [{ sku: 'a' }, { sku: 'b' }] });
    expect(await quarantined()).toEqual([]);
  });

  it('F5 what a writer adds to a file in done/ while the agent is off is read at the next start; what somebody edits there is not', async () => {
    const { source, again, put, reportOf, facts, drop } = await bench();
    await start(source);
    put('grown.csv', `${HEADER}\n${row('1')}\n`);
    put('edited.csv', `${HEADER}\n${row('2')}\n`);
    await reportOf('done', 'grown.csv');
    await reportOf('done', 'edited.csv');
    await source.stop();
    appendFileSync(join(drop, 'done', 'grown.csv'), `${row('3')}\n`);
    writeFileSync(join(drop, 'done', 'edited.csv'), `${HEADER}\n${row('2', 'a', 77)}\n${row('4')}\n`);
    await start(again());
    await until(async () => (await facts()).length === 3);
    expect(await reportOf('done', 'grown.csv')).toMatchObject({ factsAppended: 1, duplicates: 1 });
    expect((await facts()).map(({ key }) => key).toSorted()).toEqual(['sales:1', 'sales:2', 'sales:3']);
    expect(existsSync(join(drop, 'done', 'edited.csv'))).toBe(true);
  });

  it('F5 a file without a line end at its end is waited for, then taken, and its report says so', async () => {
    const { source, put, reportOf, facts } = await bench({ patienceMs: 400 });
    await start(source);
    const from = performance.now();
    put('day.csv', `${HEADER}\n${row('1')}\n${row('2')}`);
    expect(await reportOf('done', 'day.csv')).toMatchObject({ factsAppended: 2, isOpenEnded: true });
    expect(performance.now() - from).toBeGreaterThan(390);
    expect(await facts()).toHaveLength(2);
  });

  it('X2 files with names too long for a report beside them are taken, and stay apart', async () => {
    const { source, put, facts, drop } = await bench();
    await start(source);
    for (const last of ['1', '2', '3']) put(`${'é'.repeat(125)}${last}.csv`, `${HEADER}\n${row(last)}\n`);
    put('short.csv', `${HEADER}\n${row('4')}\n`);
    await until(async () => (await facts()).length === 4 && readdirSync(join(drop, 'working')).length === 0);
    const done = readdirSync(join(drop, 'done'));
    const files = done.filter((name) => name.endsWith('.csv'));
    expect(files).toHaveLength(4);
    expect(files.filter((name) => name.startsWith('é'.repeat(90)))).toHaveLength(3);
    expect(done.toSorted()).toEqual(files.flatMap((name) => [name, `${name}.report.json`]).toSorted());
  });

  it('X2 what cannot be read in working/ is shown and passed over; files of its name are taken too', async () => {
    const { source, put, reportOf, facts, drop } = await bench();
    mkdirSync(join(drop, 'working', 'a.csv'), { recursive: true });
    symlinkSync('loop.csv', join(drop, 'working', 'loop.csv'));
    writeFileSync(join(drop, 'working', 'z.csv'), `${HEADER}\n${row('1')}\n`);
    await start(source);
    await reportOf('done', 'z.csv');
    put('a.csv', `${HEADER}\n${row('2')}\n`);
    expect(await reportOf('done', 'a-2.csv')).toMatchObject({ factsAppended: 1 });
    expect(await facts()).toHaveLength(2);
    const detail = expect.stringMatching(/a\.csv.* And 1 more/);
    expect(source.status()).toMatchObject({ lastError: { code: 'CSV_FILE_UNREADABLE', detail } });
    rmSync(join(drop, 'working', 'a.csv'), { recursive: true });
    rmSync(join(drop, 'working', 'loop.csv'));
    put('b.csv', `${HEADER}\n${row('3')}\n`);
    await until(() => source.status().lastError === null);
  });

  it('waits while the disk is full and takes the file afterwards', async () => {
    const { drop, again, context, reportOf, facts } = await bench();
    let full = true;
    const { intake } = context;
    const failing = {
      ...context,
      intake: {
        take: (...given: Parameters<typeof intake.take>) =>
          full ? Promise.reject(new ShelfwireError('STORAGE_FULL', 'No space.')) : intake.take(...given),
        setAside: (...given: Parameters<typeof intake.setAside>) => intake.setAside(...given),
      } as unknown as typeof intake,
    };
    const source = again({ context: failing });
    await start(source);
    writeFileSync(join(drop, 'day.csv'), `${HEADER}\n${row('1')}\n`);
    await until(() => source.status().state === 'waiting');
    expect(source.status().lastError).toMatchObject({ code: 'STORAGE_FULL' });
    expect(readdirSync(join(drop, 'working'))).toEqual(['day.csv']);
    full = false;
    await reportOf('done', 'day.csv');
    expect(await facts()).toHaveLength(1);
    await until(() => source.status().state === 'ready' && source.status().lastError === null);
  });

  it('waits for a folder that is not there yet, and takes its files when it is', async () => {
    const { drop, source, put, reportOf } = await bench();
    writeFileSync(drop, 'in the way');
    await source.start();
    await until(() => source.status().state === 'waiting');
    expect(source.status().lastError).toMatchObject({ code: 'CONFIG_INVALID' });
    rmSync(drop);
    mkdirSync(drop);
    put('day.csv', `${HEADER}\n${row('1')}\n`);
    expect(await reportOf('done', 'day.csv')).toMatchObject({ factsAppended: 1 });
  });

  it('remembers seen files over a restart, and reads them anew under a corrected mapping', async () => {
    const { source, put, reportOf, again } = await bench();
    await start(source);
    put('day.csv', `${HEADER}\n${row('1')}\n`);
    await reportOf('done', 'day.csv');
    await source.stop();
    const second = again();
    await start(second);
    put('day.csv', `${HEADER}\n${row('1')}\n`);
    expect(await reportOf('done', 'day-2.csv')).toMatchObject({ outcome: 'seenBefore' });
    await second.stop();
    await start(again({ feed: { rules: { serviceSkus: ['M'] } } }));
    put('day.csv', `${HEADER}\n${row('1')}\n`);
    expect(await reportOf('done', 'day-3.csv')).toMatchObject({ outcome: 'taken', duplicates: 1 });
  });

  it('rows of two documents between each other, far from the end of a group, give whole documents', async () => {
    const { source, put, reportOf, facts } = await bench();
    await start(source);
    const others = Array.from({ length: 150 }, (_, index) => row(`o${index}`));
    put(
      'day.csv',
      [HEADER, row('1', 'a'), ...others, row('1', 'b'), ...others.map((text) => text.replace('o', 'p')), row('2')].join(
        '\n',
      ),
    );
    await reportOf('done', 'day.csv');
    const one = (await facts()).find(({ key }) => key === 'sales:1');
    expect(one?.body).toMatchObject({ lines: [{ sku: 'a' }, { sku: 'b' }] });
    expect(await facts()).toHaveLength(302);
  });
});
