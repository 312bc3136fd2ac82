import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { restingSync } from '#agent/status-report.ts';
import type { Store } from '#agent/store/store.ts';
import { sleep, systemClock } from '#shared/runtime/clock.ts';
import type { Coming } from '#shared/protocol/messages/questions.ts';
import { accessibilityFaults } from '#test/support/accessibility.ts';
import { keepScreen, openBrowser, openPage, type Look } from '#test/support/browser.ts';
import { layoutShifts, watchLayout, type LayoutShift } from '#test/support/layout-shifts.ts';
import { startAgent } from '#test/support/running-agent.ts';
import { signIn, type SignedIn } from '#test/support/signed-in.ts';
import { STORE_TASK } from '#test/support/store-task.ts';

const PAGES: readonly { readonly address: string; readonly isNew?: boolean }[] = [
  { address: '', isNew: true },
  { address: 'stock' },
  { address: 'stock?item=SKU-3' },
  { address: 'return' },
  { address: 'receive' },
  { address: 'pickups' },
  { address: 'count' },
  { address: 'adjust' },
  { address: 'sources' },
  { address: 'problems', isNew: true },
  { address: 'status', isNew: true },
];
const COUNTING = 'count?id=count-0001&view=counting';
const REVIEW = 'count?id=count-0001&view=review';
/** What opens each dialog. That of Sources is looked at where a feed is set up. */
const DIALOGS: readonly { readonly address: string; readonly press: readonly (string | RegExp)[] }[] = [
  { address: 'receive', press: ['Receive', 'Finish'] },
  { address: 'pickups', press: ['Cannot do it'] },
  { address: 'count', press: ['Begin a count'] },
  { address: COUNTING, press: [/Change the zone/] },
  { address: COUNTING, press: ['Without a code'] },
  { address: COUNTING, press: [/^Article SKU-1/] },
  { address: REVIEW, press: ['What is it?'] },
  { address: REVIEW, press: ['Cancel the count'] },
  { address: 'problems', press: [/wrong or missing/, 'Dismiss'] },
];
const WIDTHS = { desktop: { width: 1280, height: 860 }, tablet: { width: 820, height: 1180 } } as const;
const PHONE = { width: 390, height: 844, locale: 'de-DE' } as const;
/** As long as a name and a sku may be, more or less. */
const LONG = { sku: `LANG-${'0123456789'.repeat(5)}-XL`, name: `${'Donaudampfschifffahrtslaterne'.repeat(2)} mit Fuß` };
/** Long enough that each page is drawn without its data first. */
const ANSWER_MS = 120;
/** What may move on a page until it is whole; web vitals call 0.1 good. */
const SHIFT_MAX = 0.001;

const COMING: Coming = {
  asOf: Date.now(),
  journal: 1,
  watermark: 0,
  more: 0,
  transfers: ['T-1', 'T-2'].map((transfer) => ({
    from: 'S02',
    fromName: 'Harbour',
    transfer,
    leftAt: null,
    expectedAt: null,
    lines: [{ sku: 'SKU-1', sent: 4, received: 0, coming: 4 }],
  })),
};
/** It was connected, and is not: the banner has the most to say. */
let phase = 'backingOff';
const connect = (store: Store) => ({
  name: 'sync',
  stop: () => Promise.resolve(),
  status: () => Promise.resolve({ ...restingSync(store), phase, since: Date.now() - 3 * 3_600_000 }),
  questions: {
    coming: () => Promise.resolve(COMING),
    otherStock: (sku: string) =>
      Promise.resolve({
        sku,
        asOf: Date.now(),
        stores: [{ code: 'S02', name: 'Harbour', units: 12, knownUntil: Date.now() - 60_000 }],
        more: 0,
      }),
  },
});

let browser: Browser;
let agent: Awaited<ReturnType<typeof startAgent>>;
let pin: string;
const folder = mkdtempSync(join(tmpdir(), 'steady-'));

beforeAll(async () => {
  mkdirSync(join(folder, 'drop'));
  const feeds = join(folder, 'feeds.json');
  writeFileSync(feeds, JSON.stringify({ feeds: [{ name: 'till', kind: 'poslog', folder: 'drop' }] }));
  [browser, agent] = await Promise.all([openBrowser({ hasScrollbars: true }), startAgent({ feeds }, { connect })]);
  ({ pin } = await fillStore());
});
afterAll(async () => {
  await Promise.all([browser.close(), agent.end()]);
  rmSync(folder, { recursive: true, force: true });
});

/** Each page has something to show. */
async function fillStore(): Promise<SignedIn> {
  const { db, device } = agent.daemon.store;
  const identity = { device: 7, store: { code: 'S01', name: 'High Street' }, hubUrl: 'https://hub.example' };
  await device.update({ identity: { ...identity, deviceName: 'till server', enrolledAt: 1 } });
  const skus = Array.from({ length: 40 }, (_, no) => `SKU-${no}`);
  await db.products.bulkUpsert(skus.map((sku) => ({ id: `:${sku}`, sku, name: `Article ${sku}`, gtin: null })));
  await db.products.upsert({ id: `:${LONG.sku}`, ...LONG, gtin: null });
  const lines = STORE_TASK.lines.map((line) => ({ ...line, sku: 'SKU-1' }));
  await db.tasks.upsert({ ...STORE_TASK, lines, dueAt: Date.now() + 3_600_000 });
  const sale = (no: number) => ({
    kind: 'sale',
    key: `s${no}`,
    body: {
      till: 'till-1',
      receiptNo: `${1_000 + no}`,
      currency: 'EUR',
      lines: [{ sku: `SKU-${no % 7}`, quantity: 1, unitPriceMinor: 499 }],
    },
  });
  const back = {
    sale: 's3',
    currency: 'EUR',
    lines: [{ sku: 'SKU-3', quantity: 1, unitPriceMinor: 499, condition: 'sellable' }],
  };
  const facts = [
    { kind: 'receipt', key: 'in', body: { lines: [...skus, LONG.sku].map((sku) => ({ sku, quantity: 40 })) } },
    {
      kind: 'sale',
      key: 'long',
      body: { currency: 'EUR', lines: [{ sku: LONG.sku, quantity: 2, unitPriceMinor: 1_234_599 }] },
    },
    ...Array.from({ length: 30 }, (_, no) => sale(no)),
    { kind: 'return', key: 'back', body: back },
    { kind: 'sale', key: 'bad', body: { currency: 'EUR', lines: [] } },
  ];
  await agent.call('/v1/facts', { method: 'POST', body: JSON.stringify(facts) });
  const ada = await signIn(agent, 'Ada', 'manager');
  for (const id of ['count-0001', 'count-0002', 'count-0003']) {
    const opening = { id, name: `Count ${id}`, zone: 'Floor', blind: false, expected: { kind: 'none' } };
    expect(await ada.call('/v1/counts', opening)).toMatchObject({ status: 201 });
  }
  const scans = ['SKU-1', LONG.sku, '9999999999994'].map((code, no) => ({
    do: 'scan',
    key: `scan-000${no}`,
    code,
    zone: 'Floor',
  }));
  expect(await ada.call('/v1/counts/count-0001/acts', { acts: scans })).toMatchObject({ status: 200 });
  expect(await ada.call('/v1/counts/count-0003/cancel', { reason: 'not now' })).toMatchObject({ status: 200 });
  await ada.call('/v1/arrivals', { kind: 'delivery', reference: 'D-1' });
  return ada;
}

it('nothing that is shown moves while a page’s data is on its way, nor when the line comes back: every page, on a desktop and on a tablet', async () => {
  const walks = await Promise.all(Object.entries(WIDTHS).map(([name, size]) => walk(name, size)));
  expect(walks.flatMap(({ moved }) => moved)).toEqual([]);
  phase = 'online';
  for (const { page } of walks) {
    await page.getByText('Connected').first().waitFor();
    expect(sumOf(await layoutShifts(page))).toBeLessThan(SHIFT_MAX);
  }
});

it('every dialog leaves the page where it is, has no fault that axe knows, and a cross with a name that a finger can touch', async () => {
  const { context, page, errors } = await openPage(browser, WIDTHS.tablet);
  await context.request.post(`${agent.url}/v1/sessions`, { data: { pin } });
  await page.goto(agent.url);
  // It has its name a moment after it is there.
  const dialog = page.getByRole('dialog', { name: /./ });
  const main = page.locator('main');
  for (const { address, press } of DIALOGS) {
    await page.evaluate((hash) => void (location.hash = hash), `/${address}`);
    for (const name of press.slice(0, -1)) await page.getByRole('button', { name, exact: true }).first().click();
    const opener = page.getByRole('button', { name: press.at(-1)!, exact: true }).first();
    await opener.waitFor();
    const before = await main.boundingBox();
    await opener.click();
    await dialog.waitFor();
    expect([address, await main.boundingBox()]).toEqual([address, before]);
    expect([address, await accessibilityFaults(page, '[role="dialog"]')]).toEqual([address, []]);
    const cross = dialog.locator('header').getByRole('button', { name: 'Close', exact: true });
    const { width, height } = (await cross.boundingBox())!;
    expect(Math.min(width, height)).toBeGreaterThanOrEqual(44);
    await cross.click();
    await dialog.waitFor({ state: 'detached' });
  }
  expect(errors).toEqual([]);
});

it('no page scrolls sideways on a phone, nor anything on it, whatever names there are: light and dark', async () => {
  const schemes = ['light', 'dark'] as const;
  const walks = await Promise.all(schemes.map((scheme) => walkPhone(scheme)));
  expect(walks.flatMap(({ wide }) => wide)).toEqual([]);
  // It ends at the review of a count: a list to the eye, and still the table that it is on a desktop.
  for (const [place, { page }] of walks.entries()) {
    expect(await page.getByRole('columnheader').count()).toBe(7);
    const cells = page.getByRole('row', { name: /Article SKU-1/ }).getByRole('cell');
    expect(await cells.count()).toBe(7);
    // Its column is said by the header, not once more by the cell.
    expect(await cells.nth(4).ariaSnapshot()).toMatch(/cell "-\d+"/);
    expect(await accessibilityFaults(page)).toEqual([]);
    await cells.nth(6).scrollIntoViewIfNeeded();
    await keepScreen(page, `count-review-phone-${schemes[place]}`);
  }
});

/** Opens every page on a phone; tells which is wider than it. The scrollbar takes its room too. */
async function walkPhone(scheme: 'light' | 'dark'): Promise<{ page: Page; wide: string[] }> {
  const { context, page, errors } = await openPage(browser, { ...PHONE, scheme });
  await context.request.post(`${agent.url}/v1/sessions`, { data: { pin } });
  let waiting = 0;
  page.on('request', () => (waiting += 1));
  for (const end of ['requestfinished', 'requestfailed'] as const)
    page.on(end as 'requestfinished', () => (waiting -= 1));
  await page.goto(agent.url);
  const wide: string[] = [];
  for (const address of [...PAGES.map((one) => one.address), COUNTING, REVIEW]) {
    await page.evaluate((hash) => void (location.hash = hash), `/${address}`);
    // What was scanned last has its place also when nothing was.
    await whole(page, () => waiting, address === COUNTING ? 1 : 0);
    const found = await page.evaluate(() =>
      [document.documentElement, ...document.querySelectorAll('main, main *')]
        .filter((one) => one.scrollWidth > one.clientWidth + 1)
        // What is cut off with dots, or drawn on, scrolls nowhere.
        .filter((one) => one === document.documentElement || /auto|scroll/.test(getComputedStyle(one).overflowX))
        .map((one) => `${one.tagName} ${one.ariaLabel}: ${one.scrollWidth - one.clientWidth} too wide`),
    );
    if (found.length > 0) wide.push(`${scheme}, /${address}: ${found.join(', ')}`);
  }
  expect(errors).toEqual([]);
  return { page, wide };
}

const sumOf = (shifts: readonly LayoutShift[]): number => shifts.reduce((all, { value }) => all + value, 0);

/** Opens every page, with answers that take their time; tells where something moved. */
async function walk(name: string, size: Look): Promise<{ page: Page; moved: string[] }> {
  const { context, page, errors } = await openPage(browser, size);
  await context.request.post(`${agent.url}/v1/sessions`, { data: { pin } });
  await watchLayout(context);
  let waiting = 0;
  await page.route('**/v1/**', async (route) => {
    waiting += 1;
    await sleep(systemClock, ANSWER_MS);
    await route.continue().catch(() => undefined);
    waiting -= 1;
  });
  const moved: string[] = [];
  for (const { address, isNew } of PAGES) {
    // A new window knows nothing, not even whether the store is online; one that is open turns its page.
    if (isNew) await page.goto('about:blank');
    if (isNew) await page.goto(`${agent.url}/#/${address}`);
    else await page.evaluate((hash) => void (location.hash = hash), `/${address}`);
    await whole(page, () => waiting);
    const shifts = await layoutShifts(page);
    const sum = sumOf(shifts);
    const what = shifts.flatMap((shift) => shift.moved).join('\n  ');
    if (sum > SHIFT_MAX) moved.push(`${name}, /${address}: ${sum.toFixed(4)}\n  ${what}`);
  }
  expect(errors).toEqual([]);
  return { page, moved };
}

/** All that a page asks for at first is there, also what it asks for because of an answer. */
async function whole(page: Page, waiting: () => number, standing = 0): Promise<void> {
  await page.getByRole('heading', { level: 1 }).waitFor();
  let looks = 0;
  const quietLooks = async () => {
    const isQuiet = waiting() === 0 && (await page.getByRole('status').count()) === standing;
    looks = isQuiet ? looks + 1 : 0;
    return looks;
  };
  await expect.poll(quietLooks, { interval: 25 }).toBeGreaterThan(2);
}
