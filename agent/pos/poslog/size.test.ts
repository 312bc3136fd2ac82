import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { gunzipSync } from 'node:zlib';
import { expect, it, onTestFinished } from 'vitest';
import { until } from '#test/support/edge-store.ts';
import { readEndpoint } from '#agent/api/endpoint-file.ts';
import { Program } from '#test/support/program.ts';
import type { FileReport } from '../files/file-report.ts';

const REAL = gunzipSync(readFileSync(join(import.meta.dirname, '../../../test/data/poslog/POSLog.xml.gz'))).toString();
const ROOT = REAL.slice(0, REAL.indexOf('<Transaction>'));
const RECEIPT = REAL.slice(REAL.indexOf('<Transaction>'), REAL.indexOf('</Transaction>') + 14);
const END = '</POSLog>';

/** Of each file. `MEGABYTES=500 npx vitest run --project unit agent/pos/poslog/size` runs long. */
const MEGABYTES = Number(process.env['MEGABYTES'] ?? 3);
const isLong = MEGABYTES > 3;
/** Of everything in JavaScript in the whole agent: what were kept of such files would not fit. */
const HEAP_MB = 96;
/** In which no transaction ends: beyond it a file is refused at once. */
const ENDLESS_MB = 64;

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
  const door = await doorOf(join(folder, 'data'));

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
    const from = performance.now();
    const asked = new AbortController();
    const slowest = slowestAnswer(door, asked.signal);
    await until(() => at() !== undefined || !agent.isRunning, 60_000 + megabytes * 2_000);
    const tookMs = performance.now() - from;
    asked.abort();
    expect(agent.crashes).toEqual([]);
    const answerMs = await slowest;
    if (isLong) {
      const figures = `${(tookMs / 1_000).toFixed(1)} s, peak ${peakMb(agent)} MB, answers within ${answerMs.toFixed(0)} ms`;
      process.stdout.write(`${name} ${megabytes} MB: ${figures}\n`);
    }
    // Not a measure of speed: an agent that reads such a file in one go would not answer for many seconds.
    expect(answerMs).toBeLessThan(10_000);
    return JSON.parse(readFileSync(`${at()}.report.json`, 'utf8')) as FileReport;
  };
  const refused = { outcome: 'rejected', code: 'POSLOG_FILE_INVALID' };
  const other = RECEIPT.replace('>114<', '>115<');
  expect(await put('many.xml', ROOT, RECEIPT, END)).toMatchObject({ outcome: 'taken', factsAppended: 1 });
  const megabytes = Math.max(9, MEGABYTES);
  expect(
    await put('text.xml', `${ROOT}<Transaction><a>`, 'lorem ipsum ', `</a></Transaction>${other}${END}`, megabytes),
  ).toMatchObject(megabytes < ENDLESS_MB ? { factsAppended: 1, rowsRejected: 1 } : refused);
  const wide = await put('wide.xml', `${ROOT}<Transaction>`, '<a><b/></a>', `</Transaction>${END}`);
  expect(wide).toMatchObject(MEGABYTES < ENDLESS_MB ? { rowsRejected: 1 } : refused);
  const between = await put('between.xml', ROOT, '<a><b/></a><!-- x -->', `${other}${END}`, isLong ? MEGABYTES : 1);
  expect(between).toMatchObject(MEGABYTES < ENDLESS_MB ? { outcome: 'taken' } : refused);
  expect(await put('attribute.xml', `${ROOT}<Transaction a="`, 'lorem ipsum ', `"/>${END}`)).toMatchObject(refused);
  const tiny = await put('tiny.xml', ROOT, '<Transaction/>', END, isLong ? MEGABYTES : 1);
  expect(tiny).toMatchObject({ outcome: 'taken', rowsRejected: 0, factsAppended: 0 });
}, 3_600_000);

/** Where the agent answers. */
async function doorOf(data: string): Promise<string> {
  await until(() => readEndpoint(data) !== undefined);
  return `http://127.0.0.1:${readEndpoint(data)?.port}/health`;
}

/** Asks until it is told to end; answers how long the slowest answer took, ms. */
async function slowestAnswer(door: string, ended: AbortSignal): Promise<number> {
  let slowest = 0;
  while (!ended.aborted) {
    const from = performance.now();
    const { status } = await fetch(door);
    expect(status).toBe(200);
    slowest = Math.max(slowest, performance.now() - from);
    await delay(50);
  }
  return slowest;
}

/** Of the whole process, since it was started; where the system tells. */
function peakMb({ pid }: Program): number | undefined {
  const path = `/proc/${pid}/status`;
  const [, kb] = existsSync(path) ? (/VmHWM:\s+(\d+) kB/.exec(readFileSync(path, 'utf8')) ?? []) : [];
  return kb === undefined ? undefined : Math.round(Number(kb) / 1024);
}
