import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { expect, it, onTestFinished } from 'vitest';
import { until } from '#test/support/edge-store.ts';
import { Program } from '#test/support/program.ts';
import type { FileReport } from '../files/file-report.ts';

const REAL = gunzipSync(readFileSync(join(import.meta.dirname, '../../../test/data/poslog/POSLog.xml.gz'))).toString();
const ROOT = REAL.slice(0, REAL.indexOf('<Transaction>'));
const RECEIPT = REAL.slice(REAL.indexOf('<Transaction>'), REAL.indexOf('</Transaction>') + 14);
const END = '</POSLog>';

/** Of each file. `MEGABYTES=500 npx vitest run --project unit agent/pos/poslog/size` runs long. */
const MEGABYTES = Number(process.env['MEGABYTES'] ?? 3);
/** Of everything in JavaScript in the whole agent: what were kept of such files would not fit. */
const HEAP_MB = 96;

it(`X2 an agent with a heap of ${HEAP_MB} MB reads or refuses files of ${MEGABYTES} MB, and runs on`, async () => {
  const folder = mkdtempSync(join(tmpdir(), 'poslog-size-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const drop = join(folder, 'drop');
  mkdirSync(drop);
  const feeds = join(folder, 'feeds.json');
  writeFileSync(feeds, JSON.stringify({ feeds: [{ name: 'till', kind: 'poslog', folder: 'drop', settleMs: 50 }] }));
  const run = ['agent/main.ts', 'run', '--data', join(folder, 'data'), '--feeds', feeds, '--port', '0'];
  const agent = new Program('agent', [`--max-old-space-size=${HEAP_MB}`, ...run], join(folder, 'log'));
  agent.start();
  onTestFinished(() => agent.stop());

  const put = async (
    name: string,
    beginning: string,
    piece: string,
    end: string,
    megabytes = MEGABYTES,
  ): Promise<FileReport> => {
    const handle = await open(join(drop, `${name}.part`), 'w');
    await handle.write(beginning);
    const block = piece.repeat(Math.ceil((1024 * 1024) / piece.length));
    for (let megabyte = 0; megabyte < megabytes; megabyte += 1) await handle.write(block);
    await handle.write(end);
    await handle.close();
    renameSync(join(drop, `${name}.part`), join(drop, name));
    const places = ['done', 'rejected'].map((part) => join(drop, part, name));
    const at = () => places.find((place) => existsSync(place));
    await until(() => at() !== undefined || !agent.isRunning, 60_000 + megabytes * 2_000);
    expect(agent.crashes).toEqual([]);
    return JSON.parse(readFileSync(`${at()}.report.json`, 'utf8')) as FileReport;
  };
  const other = RECEIPT.replace('>114<', '>115<');
  expect(await put('many.xml', ROOT, RECEIPT, END)).toMatchObject({ outcome: 'taken', factsAppended: 1 });
  expect(
    await put(
      'text.xml',
      `${ROOT}<Transaction><a>`,
      'lorem ipsum ',
      `</a></Transaction>${other}${END}`,
      Math.max(9, MEGABYTES),
    ),
  ).toMatchObject({
    factsAppended: 1,
    rowsRejected: 1,
  });
  expect(await put('wide.xml', `${ROOT}<Transaction>`, '<a><b/></a>', `</Transaction>${END}`)).toMatchObject({
    rowsRejected: 1,
  });
  expect(await put('attribute.xml', `${ROOT}<Transaction a="`, 'lorem ipsum ', `"/>${END}`)).toMatchObject({
    code: 'POSLOG_FILE_INVALID',
  });
}, 3_600_000);
