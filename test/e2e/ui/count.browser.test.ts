import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { ClientRegistry } from '#agent/api/client-registry.ts';
import { People } from '#agent/people/people.ts';
import { accessibilityFaults } from '#test/support/accessibility.ts';
import { actsInBrowser, keepScreen, openBrowser, openPage, scan, type Look } from '#test/support/browser.ts';
import { until } from '#test/support/edge-store.ts';
import { runAgent, type RunningAgent } from '#test/support/running-agent.ts';

const NAMES = [
  'Desk lamp',
  'Floor lamp',
  'Candle, red',
  'Candle, white',
  'Vase',
  'Mirror, round',
  'Wall clock',
  'Door mat',
];
const skuOf = (no: number) => `HOME-${String(no + 1).padStart(3, '0')}`;
const GTINS = [
  '4006381333931',
  '4006381333948',
  '4006381333955',
  '4006381333962',
  '4006381333979',
  '4006381333986',
  '4006381333993',
  '4006381334006',
];
const UNKNOWN = '9999999999994';

let browser: Browser;
beforeAll(async () => {
  browser = await openBrowser();
});
afterAll(() => browser.close());

async function signIn(url: string, pin: string, look: Look = {}): Promise<{ page: Page; errors: readonly string[] }> {
  const { page, errors } = await openPage(browser, look);
  await page.goto(url);
  await enterPin(page, pin);
  return { page, errors };
}

async function enterPin(page: Page, pin: string): Promise<void> {
  await page.locator('input').first().fill(pin);
  await page.keyboard.press('Enter');
}

/** One's own line of a product, with what was counted of it. */
const lineOf = (page: Page | Locator, name: string, quantity: number) =>
  page.getByRole('listitem').filter({ hasText: name }).getByText(String(quantity), { exact: true });
const seen = (page: Page, text: string | RegExp) => page.getByText(text).first().waitFor();
const countsOf = async (agent: Pick<RunningAgent, 'daemon'>) =>
  (await agent.daemon.store.journal.read(1, 100))
    .filter(({ kind }) => kind === 'count')
    .map(({ source, bodyText }) => {
      const { lines, countedBy, type } = JSON.parse(bodyText) as { lines: object[]; countedBy?: string; type: string };
      return { source, countedBy, type, ...lines[0] };
    });

/** What is touched and lower than a fingertip. */
const tooSmall = (page: Page) =>
  page.evaluate(() =>
    [...document.querySelectorAll<HTMLElement>('main button, main [role="button"]')].flatMap((one) => {
      const { width, height } = one.getBoundingClientRect();
      return width === 0 || (height >= 44 && width >= 44) ? [] : [`${one.textContent} ${width}x${height}`];
    }),
  );

/** A store with eight products, of which there are ten each. */
async function store(): Promise<RunningAgent> {
  const agent = await runAgent();
  await agent.daemon.store.db.products.bulkUpsert(
    NAMES.map((name, no) => ({ id: `:${skuOf(no)}`, sku: skuOf(no), name, gtin: GTINS[no]!.padStart(14, '0') })),
  );
  const lines = NAMES.map((_, no) => ({ sku: skuOf(no), quantity: 10 }));
  await sell(agent, [{ kind: 'receipt', key: 'in', body: { lines } }]);
  return agent;
}

async function sell(agent: Pick<RunningAgent, 'call'>, facts: readonly object[]): Promise<void> {
  await agent.call('/v1/facts', { method: 'POST', body: JSON.stringify(facts) });
}

const sale = (key: string, no: number, quantity: number) => ({
  kind: 'sale',
  key,
  body: { currency: 'EUR', lines: [{ sku: skuOf(no), quantity, unitPriceMinor: 1_999 }] },
});

describe('counting', () => {
  it('a morning count: two at once with scanners, sold meanwhile, settled, approved, and in the journal as it was seen', async () => {
    const agent = await store();
    const people = new People(agent.folder);
    const pins = {
      ada: people.add({ name: 'Ada', role: 'clerk' }, 0),
      mia: people.add({ name: 'Mia', role: 'manager' }, 0),
    };
    const { page: mia, errors } = await signIn(agent.url, pins.mia);
    await mia.getByRole('link', { name: 'Count' }).click();
    await seen(mia, 'Nobody is counting');
    await mia.getByRole('button', { name: 'Begin a count' }).click();
    const dialog = mia.getByRole('dialog');
    await dialog.getByLabel('Name').fill('Morning');
    expect(await accessibilityFaults(mia)).toEqual([]);
    await keepScreen(mia, 'count-begin-light');
    await dialog.getByRole('button', { name: 'Begin' }).click();
    await seen(mia, 'Scan an article');

    // Scans fall on the page, wherever the focus is; a number behind one says how many it were.
    await scan(mia, GTINS[0]!);
    await scan(mia, GTINS[0]!);
    await seen(mia, 'Desk lamp');
    const own = mia.getByRole('list', { name: 'What you have counted' });
    await lineOf(own, 'Desk lamp', 2).waitFor();
    await scan(mia, ']E0' + GTINS[2]!);
    await mia.keyboard.type('12');
    await mia.keyboard.press('Enter');
    await lineOf(own, 'Candle, red', 12).waitFor();
    await scan(mia, UNKNOWN);
    await seen(mia, 'Unknown code');
    await mia.getByRole('button', { name: 'Undo the last' }).click();
    await expect.poll(() => mia.getByRole('region', { name: 'Unknown codes' }).count()).toBe(0);
    // The button still has the focus: the Enter of a scan does not press it.
    await scan(mia, UNKNOWN);
    await mia.getByRole('region', { name: 'Unknown codes' }).getByText(UNKNOWN).waitFor();
    // One Escape ends a dialog, though it begins with a field that has a list; scans fall on the page again.
    await mia.getByRole('button', { name: 'Without a code' }).click();
    await mia.getByRole('dialog').getByRole('combobox').fill('nothing like it');
    await mia.keyboard.press('Escape');
    await expect.poll(() => mia.getByRole('dialog').count()).toBe(0);
    await scan(mia, skuOf(4));
    await mia.getByRole('group', { name: 'Digits' }).getByRole('button', { name: '9', exact: true }).click();
    await mia.getByRole('button', { name: 'OK', exact: true }).click();
    await lineOf(own, 'Vase', 9).waitFor();

    // Sold after it was counted: no difference. Sold between two scans of it: shown.
    await sell(agent, [sale('s1', 4, 2), sale('s2', 0, 1)]);
    const { page: ada, errors: errorsOfAda } = await signIn(agent.url, pins.ada, { scheme: 'dark' });
    await ada.getByRole('link', { name: 'Count' }).click();
    await ada.getByRole('article', { name: 'Morning' }).getByRole('button', { name: 'Count' }).click();
    await seen(ada, 'Scan an article');
    await Promise.all([
      (async () => {
        for (let units = 0; units < 7; units++) await scan(ada, GTINS[0]!);
        await scan(ada, GTINS[1]!);
      })(),
      (async () => {
        for (let units = 0; units < 4; units++) await scan(mia, GTINS[3]!);
      })(),
    ]);
    await lineOf(ada, 'Desk lamp', 7).waitFor();
    await lineOf(mia, 'Candle, white', 4).waitFor();
    await mia.getByRole('region', { name: 'Others in this count' }).getByText('Floor lamp').waitFor();
    await ada.getByRole('button', { name: 'Zone: Sales floor. Change the zone' }).click();
    await ada.getByLabel('Another zone').fill('Back room');
    await ada.keyboard.press('Enter');
    await scan(ada, GTINS[1]!);
    await seen(ada, /Back room/);
    await ada
      .getByRole('list', { name: 'What you have counted' })
      .getByText(/Back room/)
      .waitFor();
    expect(await accessibilityFaults(ada)).toEqual([]);
    await keepScreen(mia, 'count-counting-light');
    await keepScreen(ada, 'count-counting-dark');

    await mia.getByRole('button', { name: 'Review' }).click();
    const conflict = mia.getByRole('group', { name: 'Desk lamp, Sales floor' });
    await conflict.waitFor();
    expect(await mia.getByRole('button', { name: 'Approve' }).isDisabled()).toBe(true);
    await seen(mia, '1 unit moved while it was being counted');
    await keepScreen(mia, 'count-review-open-light');
    await conflict.getByRole('button', { name: 'Different units: 9' }).click();
    await mia.getByRole('button', { name: 'What is it?' }).click();
    await mia.getByRole('dialog').getByRole('combobox').fill('Mirror');
    await mia.getByRole('option', { name: /Mirror/ }).click();
    await mia.getByRole('button', { name: 'It is this product' }).click();
    await mia.getByRole('cell', { name: /^Mirror, round/ }).waitFor();
    // One is doubted: it is counted again.
    await mia.getByLabel('Choose Floor lamp').check();
    await mia.getByRole('button', { name: 'Count 1 again' }).click();
    await seen(ada, 'Please count these again');
    for (let units = 0; units < 10; units++) await scan(ada, GTINS[1]!);
    await lineOf(ada, 'Floor lamp', 10).waitFor();
    const missing = mia.getByRole('region', { name: 'Expected, and counted by nobody' });
    await missing.getByLabel(/Wall clock/).check();
    await missing.getByRole('button', { name: 'There are none: 0' }).click();
    await mia.getByRole('cell', { name: /^Wall clock/ }).waitFor();
    await mia.getByRole('cell', { name: 'Ada 10', exact: false }).first().waitFor();
    expect(await accessibilityFaults(mia)).toEqual([]);
    await keepScreen(mia, 'count-review-light');
    await mia.emulateMedia({ colorScheme: 'dark' });
    expect(await accessibilityFaults(mia)).toEqual([]);
    await keepScreen(mia, 'count-review-dark');
    await mia.emulateMedia({ colorScheme: 'light' });
    const download = mia.waitForEvent('download');
    await mia.getByRole('button', { name: 'Save as CSV' }).click();
    const csv = readFileSync(await (await download).path(), 'utf8');
    expect(csv).toContain('Morning,open,HOME-003,"Candle, red",12,');
    await mia.emulateMedia({ media: 'print' });
    await keepScreen(mia, 'count-print');
    expect(await mia.getByRole('button').count()).toBe(0);
    await mia.emulateMedia({ media: 'screen' });

    await expect.poll(() => mia.getByRole('button', { name: 'Approve' }).isEnabled()).toBe(true);
    await mia.getByRole('button', { name: 'Approve' }).click();
    await mia.getByRole('dialog').getByRole('button', { name: 'Approve' }).click();
    await seen(mia, /Approved by Mia/);
    await keepScreen(mia, 'count-approved-light');
    const by = { source: 'ui:Mia', type: 'full' };
    expect((await countsOf(agent)).toSorted((a, b) => JSON.stringify(a).localeCompare(JSON.stringify(b)))).toEqual(
      [
        { ...by, countedBy: undefined, sku: skuOf(6), quantity: 0 },
        { ...by, countedBy: 'Ada', sku: skuOf(1), quantity: 10 },
        { ...by, countedBy: 'Mia, Ada', sku: skuOf(0), quantity: 9 },
        { ...by, countedBy: 'Mia', sku: skuOf(2), quantity: 12 },
        { ...by, countedBy: 'Mia', sku: skuOf(3), quantity: 4 },
        { ...by, countedBy: 'Mia', sku: skuOf(4), quantity: 9 },
        { ...by, countedBy: 'Mia', sku: skuOf(5), quantity: 1 },
      ].toSorted((a, b) => JSON.stringify(a).localeCompare(JSON.stringify(b))),
    );
    // Two of nine vases were sold since.
    expect(agent.daemon.store.stockView.onHand(skuOf(4))).toBe(7);
    await seen(ada, 'This count has ended');
    await scan(ada, GTINS[0]!);
    await mia.getByRole('button', { name: 'All counts' }).click();
    await mia.getByRole('cell', { name: '7 items, 5 differ' }).waitFor();
    expect([...errors, ...errorsOfAda]).toEqual([]);
  });

  it('CN6 a blind count on a narrow window, in German: nothing of what is expected, and everything large enough to touch', async () => {
    const agent = await store();
    const pin = new People(agent.folder).add({ name: 'Ada', role: 'clerk' }, 0);
    const look: Look = { width: 360, height: 760, locale: 'de-DE' };
    const { page, errors } = await signIn(agent.url, pin, look);
    await page.getByRole('link', { name: 'Zählung' }).click();
    await page.getByRole('button', { name: 'Zählung beginnen' }).click();
    await page.getByRole('switch').check();
    await page.getByRole('button', { name: 'Beginnen', exact: true }).click();
    await seen(page, 'Artikel scannen');
    const texts: string[] = [];
    page.on('response', (response) => {
      if (response.url().includes('/v1/counts')) void response.text().then((text) => texts.push(text));
    });
    await scan(page, GTINS[0]!);
    await lineOf(page, 'Desk lamp', 1).waitFor();
    await expect.poll(() => texts.length).toBeGreaterThan(1);
    expect(texts.join()).not.toMatch(/"expected":(?!null|"all")/);
    expect(await page.getByText('Prüfen').count()).toBe(0);
    expect(await accessibilityFaults(page)).toEqual([]);
    expect(await tooSmall(page)).toEqual([]);
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(360);
    await keepScreen(page, 'count-counting-narrow');
    expect(errors).toEqual([]);
  });

  it('CN1 CN8 kill -9 of the agent in the middle of a count: scans wait in the browser, also over a closed window, and count once', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'count-process-'));
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
    const pin = new People(folder).add({ name: 'Mia', role: 'manager' }, 0);
    const token = new ClientRegistry(folder).add('till-1', 0);
    const first = await startProcess(folder, 0);
    const call = (path: string, init: RequestInit = {}) =>
      fetch(`http://127.0.0.1:${first.port}${path}`, { ...init, headers: { authorization: `Bearer ${token}` } });
    await sell({ call }, [
      {
        kind: 'receipt',
        key: 'in',
        body: {
          lines: [
            { sku: 'A-1', quantity: 10 },
            { sku: 'B-1', quantity: 10 },
          ],
        },
      },
    ]);
    const { page } = await signIn(`http://127.0.0.1:${first.port}`, pin);
    await page.getByRole('link', { name: 'Count' }).click();
    await page.getByRole('button', { name: 'Begin a count' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Begin' }).click();
    await seen(page, 'Scan an article');
    const address = page.url();
    for (let units = 0; units < 5; units++) await scan(page, 'A-1');
    // Some of these are answered, some are under way, some find nobody.
    first.child.kill('SIGKILL');
    for (let units = 0; units < 3; units++) await scan(page, 'B-1');
    await seen(page, /waits? in this browser/);
    await keepScreen(page, 'count-waiting-light');
    await page.close();
    const again = await page.context().newPage();
    const second = await startProcess(folder, first.port);
    await again.goto(address);
    await enterPin(again, pin);
    // The page is where it was, and what waited goes on by itself.
    await again.getByRole('listitem').filter({ hasText: 'B-1' }).or(again.getByText('B-1')).first().waitFor();
    await expect.poll(() => actsInBrowser(again)).toBe(0);
    await scan(again, 'B-1');
    await again.getByText('6').first().waitFor();
    await again.getByRole('button', { name: 'Review' }).click();
    await again.getByRole('button', { name: 'Approve' }).click();
    await again.getByRole('dialog').getByRole('button', { name: 'Approve' }).click();
    await seen(again, /Approved by Mia/);
    const stock = async (sku: string) => (await (await call(`/v1/stock/${sku}`)).json()) as { onHand: number };
    expect([(await stock('A-1')).onHand, (await stock('B-1')).onHand]).toEqual([5, 4]);
    second.child.kill('SIGTERM');
  });
});

/** The real agent, in a process of its own. */
async function startProcess(folder: string, port: number): Promise<{ child: ChildProcess; port: number }> {
  const endpoint = join(folder, 'api.json');
  rmSync(endpoint, { force: true });
  const main = join(import.meta.dirname, '../../../agent/main.ts');
  const argv = ['--disable-warning=ExperimentalWarning', main, 'run', '--data', folder, '--port', String(port)];
  const child = spawn(process.execPath, argv, { stdio: 'ignore' });
  onTestFinished(() => void child.kill('SIGKILL'));
  await until(() => existsSync(endpoint) || child.exitCode !== null);
  return { child, port: (JSON.parse(readFileSync(endpoint, 'utf8')) as { port: number }).port };
}
