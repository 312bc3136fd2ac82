import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { Browser } from 'playwright-core';
import { readEndpoint } from '#agent/api/endpoint-file.ts';
import { People } from '#agent/people/people.ts';
import { openBrowser } from '#test/support/browser.ts';
import buildUi from '#test/support/built-ui.ts';
import { Program, waitUntil } from '#test/support/program.ts';
import type { BenchOptions } from '../options.ts';
import { median, printMachine, printTable, quantile, round } from '../print.ts';
import { fillStore } from './fill-store.ts';
import { measurePaint, measureScroll, measureSearch, signIn } from './in-browser.ts';

const BUILT = join(import.meta.dirname, '../../../agent/ui/dist/index.html');
const TODAY = 'main table, main [role=table]';
const STOCK = '[role=rowgroup] [role=row]';

/**
 * What people in the store wait for, and what the agent takes of the till's machine: memory of the daemon at rest, first
 * paint of pages, search and scrolling among all products. The real daemon as a process, a real Chromium.
 */
export async function benchApp({ short, rounds = short ? 2 : 15 }: BenchOptions): Promise<void> {
  const size = short
    ? { products: 500, facts: 1_000, unsent: 100 }
    : { products: 50_000, facts: 200_000, unsent: 1_000 };
  printMachine();
  console.log(
    `input     ${round(size.products)} products, ${round(size.facts)} sales of 4 lines, ${round(size.unsent)} of them not sent; ${rounds} rounds, medians`,
  );
  if (!short || !existsSync(BUILT)) await buildUi();
  const folder = mkdtempSync(join(tmpdir(), 'shelfwire-bench-app-'));
  const agent = new Program(
    'agent',
    ['agent/shelfwire-agent.mjs', 'run', '--data', folder, '--port', '0', '--requests-per-second', '10000'],
    join(folder, 'agent.log'),
  );
  let browser: Browser | undefined;
  try {
    await fillStore(folder, size);
    const pin = new People(folder).add({ name: 'Ada', role: 'manager' }, Date.now());
    const started = performance.now();
    agent.start();
    await waitUntil('the agent runs', 120_000, () => readEndpoint(folder) !== undefined);
    const startMs = performance.now() - started;
    await delay(short ? 500 : 20_000);
    const idle = memoryOf(agent.pid);
    browser = await openBrowser();
    const url = `http://127.0.0.1:${readEndpoint(folder)?.port}`;
    const figures = await measurePages(browser, url, pin, rounds);
    printTable(
      ['figure', 'median', 'p95', 'target'],
      [
        ...figures,
        ['daemon, from start to its API, ms', round(startMs), '', ''],
        ['daemon at rest, RSS, MB', round(idle.rss), '', '150'],
        ['  of it its own (not files that are mapped)', round(idle.own), '', ''],
        ['daemon after that, RSS, MB', round(memoryOf(agent.pid).rss), '', ''],
      ],
    );
  } finally {
    await browser?.close();
    await agent.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

async function measurePages(browser: Browser, url: string, pin: string, rounds: number): Promise<string[][]> {
  const page = await signIn(browser, url, pin);
  const paints = async (hash: string, selector: string) => {
    await page.goto(`${url}/#${hash}`);
    await page.locator(selector).first().waitFor();
    const all = [];
    for (let time = 0; time < rounds; time += 1) all.push(await measurePaint(page, selector));
    return all;
  };
  const today = await paints('/', TODAY);
  const stock = await paints('/stock', STOCK);
  const searches = [];
  for (let time = 0; time < rounds; time += 1) searches.push(await measureSearch(page, `no. ${10 + time}`));
  const frames = await measureScroll(page, 30 * rounds);
  const row = (name: string, values: readonly number[], target: string) => [
    name,
    round(median(values), 1),
    round(quantile(values, 0.95), 1),
    target,
  ];
  return [
    row(
      'Today: first paint, ms',
      today.map(({ firstPaint }) => firstPaint),
      '',
    ),
    row(
      'Today: its numbers are there, ms',
      today.map(({ meaningful }) => meaningful),
      '1,000',
    ),
    row(
      'Stock: its first rows are there, ms',
      stock.map(({ meaningful }) => meaningful),
      '1,000',
    ),
    row('search: from the key to what it found, ms', searches, '50'),
    row('scrolling: a frame, ms', frames, '16.7'),
  ];
}

/** MB, as the kernel counts them. */
function memoryOf(pid: number | undefined): { rss: number; own: number } {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  const kB = (name: string) => Number(new RegExp(`${name}:\\s+(\\d+)`).exec(status)?.[1] ?? Number.NaN);
  return { rss: kB('VmRSS') / 1_000, own: kB('RssAnon') / 1_000 };
}
