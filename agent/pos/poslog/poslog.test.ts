import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { expect, it, onTestFinished } from 'vitest';
import { openEdgeStore, until } from '#test/support/edge-store.ts';
import { parseFeed } from '../feeds.ts';
import type { FileReport } from '../files/file-report.ts';
import { FileSource } from '../files/file-source.ts';
import type { PoslogFeed } from './feed-config.ts';
import { poslogFormat } from './poslog.ts';

const REAL = gunzipSync(readFileSync(join(import.meta.dirname, '../../../test/data/poslog/POSLog.xml.gz'))).toString();
const END = '</POSLog>';

async function bench() {
  const edge = await openEdgeStore();
  onTestFinished(() => edge[Symbol.asyncDispose]());
  const drop = join(edge.folder, 'drop');
  const feed = parseFeed({
    name: 'till',
    kind: 'poslog',
    folder: drop,
    timeZone: 'America/Los_Angeles',
    settleMs: 50,
    patienceMs: 100,
  });
  const source = new FileSource(poslogFormat(feed as PoslogFeed), edge.context, join(edge.folder, 'data', 'sources'));
  onTestFinished(() => source.stop());
  await source.start();
  await until(() => source.status().state === 'ready');
  const reportOf = async (name: string, part: 'done' | 'rejected' = 'done'): Promise<FileReport> => {
    await until(() => ['done', 'rejected'].some((one) => existsSync(join(drop, one, name))), 300_000);
    const path = join(drop, part, `${name}.report.json`);
    return JSON.parse(readFileSync(path, 'utf8')) as FileReport;
  };
  return {
    ...edge,
    drop,
    reportOf,
    /** Drops a file, and waits for its report. */
    put: async (name: string, text: string | Buffer, part: 'done' | 'rejected' = 'done'): Promise<FileReport> => {
      writeFileSync(join(drop, `${name}.part`), text);
      renameSync(join(drop, `${name}.part`), join(drop, name));
      return reportOf(name, part);
    },
  };
}

it('F4 the log of a real till is taken once, whether it comes again as it was or in another file', async () => {
  const { put, facts, quarantined } = await bench();
  const report = await put('a.xml', REAL);
  expect(report).toMatchObject({
    outcome: 'taken',
    rowsRead: 51,
    factsAppended: 42,
    rowsRejected: 0,
    passedOver: { control: 9 },
  });
  const taken = await facts();
  expect(taken.map(({ kind }) => kind)).toEqual(taken.map(() => 'sale'));
  expect(await put('b.xml', REAL)).toMatchObject({ outcome: 'seenBefore', factsAppended: 0 });
  // Every transaction twice in one file, and with another beginning.
  const begun = REAL.indexOf('<Transaction>');
  const twice = `<?xml version="1.0"?>${REAL.slice(0, begun)}${REAL.slice(begun).replace(END, '')}${REAL.slice(begun)}`;
  expect(await put('c.xml', twice)).toMatchObject({
    outcome: 'taken',
    rowsRead: 102,
    factsAppended: 0,
    duplicates: 84,
  });
  expect(await facts()).toEqual(taken);
  expect(await quarantined()).toEqual([]);
});

it('F5 of a log that breaks off what is complete is taken, the file is kept and shown, and the rest comes with the whole', async () => {
  const { put, facts, quarantined } = await bench();
  const cut = await put('cut.xml', REAL.slice(0, 500_000), 'rejected');
  expect(cut).toMatchObject({ outcome: 'rejected', code: 'POSLOG_FILE_INVALID' });
  expect(cut.factsAppended).toBeGreaterThan(10);
  expect(await facts()).toHaveLength(cut.factsAppended);
  expect((await quarantined()).map(({ code }) => code)).toEqual(['POSLOG_FILE_INVALID']);
  expect(await put('whole.xml', REAL)).toMatchObject({
    factsAppended: 42 - cut.factsAppended,
    duplicates: cut.factsAppended,
  });
});

it('F5 X2 a transaction that cannot be read is set aside with its text, and those around it are taken', async () => {
  const { put, facts, quarantined } = await bench();
  const bad = REAL.replace('<Quantity>1</Quantity>', '<Quantity>one</Quantity>');
  expect(await put('bad.xml', bad)).toMatchObject({ factsAppended: 41, rowsRejected: 1 });
  expect(await facts()).toHaveLength(41);
  const [kept] = await quarantined();
  expect(kept).toMatchObject({ code: 'POSLOG_TRANSACTION_INVALID', source: 'poslog:till' });
  expect(kept?.verbatim).toContain('<Quantity>one</Quantity>');
  expect(kept?.verbatim.startsWith('<Transaction>')).toBe(true);
});

it('reads what the till’s encoding is', async () => {
  const { put, facts } = await bench();
  const one = REAL.slice(0, REAL.indexOf('</Transaction>')) + `</Transaction>${END}`;
  const named = one.replaceAll('00000000090162', 'ÄÖ-1');
  const utf16 = Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from(named, 'utf16le')]);
  await put('utf16.xml', utf16);
  await put('latin1.xml', Buffer.from(`<?xml version="1.0" encoding="ISO-8859-1"?>${named}`, 'latin1'));
  const [fact, ...others] = await facts();
  expect(others).toEqual([]);
  expect(JSON.stringify(fact?.body)).toContain('ÄÖ-1');
  expect(await put('lie.xml', Buffer.from(named, 'latin1'), 'rejected')).toMatchObject({
    reason: 'The file is not utf-8 as it says it is.',
  });
});
