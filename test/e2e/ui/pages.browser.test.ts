import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { People } from '#agent/people/people.ts';
import { accessibilityFaults } from '#test/support/accessibility.ts';
import { keepScreen, openBrowser, openPage, type Look } from '#test/support/browser.ts';
import { runAgent, type RunningAgent } from '#test/support/running-agent.ts';

const PAGES = ['today', 'stock', 'return', 'receive', 'pickups', 'count', 'adjust', 'problems', 'sources', 'status'];
const LOOKS: readonly (Look & { readonly name: string })[] = [
  { name: 'light', scheme: 'light' },
  { name: 'dark', scheme: 'dark' },
  { name: 'narrow', scheme: 'light', width: 390, height: 800, locale: 'de-DE' },
];

let browser: Browser;
beforeAll(async () => {
  browser = await openBrowser();
});
afterAll(() => browser.close());

/** A store in the middle of its day: sales, a return, one taken back, one that nobody could read. */
async function busyStore(): Promise<RunningAgent & { pin: string }> {
  const agent = await runAgent();
  const pin = new People(agent.folder).add({ name: 'Ada', role: 'manager' }, Date.now());
  const sale = (no: number, units: number) => ({
    kind: 'sale',
    key: `s${no}`,
    body: {
      till: 'till-1',
      receiptNo: `${1_000 + no}`,
      currency: 'EUR',
      lines: [{ sku: `SKU-${no % 7}`, quantity: units, unitPriceMinor: 499 }],
    },
  });
  const facts = [
    {
      kind: 'receipt',
      key: 'in',
      body: { lines: Array.from({ length: 7 }, (_, no) => ({ sku: `SKU-${no}`, quantity: 40 })) },
    },
    ...Array.from({ length: 30 }, (_, no) => sale(no, 1 + (no % 3))),
    {
      kind: 'return',
      key: 'r',
      body: {
        currency: 'EUR',
        receiptNo: '1003',
        lines: [{ sku: 'SKU-3', quantity: 1, unitPriceMinor: 499, condition: 'sellable' }],
      },
    },
    { kind: 'void', key: 'v', body: { voids: 's5', reason: 'keyed in twice' } },
    { kind: 'sale', key: 'bad', body: { currency: 'EUR', lines: [] } },
  ];
  const answer = await agent.call('/v1/facts', { method: 'POST', body: JSON.stringify(facts) });
  expect(await answer.json()).toMatchObject({ appended: 33, refused: 1 });
  return { ...agent, pin };
}

describe('the store’s app', () => {
  it.each(LOOKS)(
    'every page in $name has no fault that axe knows, and nothing from the network',
    async ({ name, ...look }) => {
      const agent = await busyStore();
      const { page, errors } = await openPage(browser, look);
      const asked: string[] = [];
      page.on('request', (request) => asked.push(new URL(request.url()).origin));
      await page.goto(agent.url);
      await page.getByRole('heading', { level: 1 }).waitFor();
      expect(await accessibilityFaults(page)).toEqual([]);
      await keepScreen(page, `sign-in-${name}`);
      await page.locator('input').first().fill(agent.pin);
      await page.keyboard.press('Enter');
      await page.getByRole('table').first().waitFor();
      for (const [place, one] of PAGES.entries()) {
        await page.keyboard.press(`Alt+Digit${(place + 1) % 10}`);
        await expect.poll(() => new URL(page.url()).hash).toBe(place === 0 ? '#/' : `#/${one}`);
        await page.getByRole('heading', { level: 1 }).waitFor();
        // Nothing is loading any more.
        await expect.poll(() => page.getByRole('status').count()).toBe(0);
        expect([one, await accessibilityFaults(page)]).toEqual([one, []]);
        await keepScreen(page, `${one}-${name}`);
      }
      expect(new Set(asked)).toEqual(new Set([agent.url]));
      expect(errors).toEqual([]);
    },
  );

  it('X1 shows nothing before a PIN, says that a wrong one is wrong, and that too many were', async () => {
    const agent = await busyStore();
    const { page } = await openPage(browser);
    await page.goto(agent.url);
    const pin = page.locator('input').first();
    const enter = async (): Promise<string> => {
      await pin.fill('000000');
      await page.keyboard.press('Enter');
      await expect.poll(() => pin.inputValue()).toBe('');
      return (await page.getByRole('alert').textContent()) ?? '';
    };
    expect(await enter()).toContain('UNAUTHORIZED');
    // Ten, and one more every five seconds: however slow the machine is, too many at last.
    await expect.poll(enter, { timeout: 60_000 }).toContain('Too many wrong PINs');
    expect(await page.getByRole('table').count()).toBe(0);
  });

  it('sells on the page as the till does, and finds a product as one types', async () => {
    const agent = await busyStore();
    const { page } = await openPage(browser);
    await page.goto(agent.url);
    await page.locator('input').first().fill(agent.pin);
    await page.keyboard.press('Enter');
    const rows = page.getByRole('row');
    await page.getByRole('table').waitFor();
    const before = await rows.count();
    const sale = {
      kind: 'sale',
      key: 'live',
      body: { currency: 'EUR', receiptNo: '4711', lines: [{ sku: 'SKU-1', quantity: 2, unitPriceMinor: 1_000 }] },
    };
    await agent.call('/v1/facts', { method: 'POST', body: JSON.stringify(sale) });
    await page.getByRole('cell', { name: '4711' }).waitFor();
    expect(await rows.count()).toBe(before + 1);
    // Something of it comes back: two presses.
    await page.getByRole('link', { name: '4711' }).click();
    await page.getByRole('heading', { name: 'Receipt · 4711' }).waitFor();
    await page.getByRole('button', { name: 'All of it' }).click();
    await page.getByRole('button', { name: 'Take back 2 units' }).waitFor();
    expect(await page.title()).toBe('Return · Shelfwire');
    await page.keyboard.press('Alt+Digit2');
    await page.keyboard.type('sku-3');
    await expect.poll(() => page.getByRole('row').allTextContents()).toHaveLength(2);
    expect((await page.getByRole('row').allTextContents())[1]).toContain('SKU-3');
  });

  it('a page that cannot be drawn says so in the app’s own words, and the others go on', async () => {
    const agent = await busyStore();
    const { page } = await openPage(browser, { locale: 'de-DE' });
    await page.route('**/v1/day?*', (route) => route.fulfill({ json: { feed: [{}] } }));
    await page.goto(agent.url);
    await page.locator('input').first().fill(agent.pin);
    await page.keyboard.press('Enter');
    await page.getByRole('alert').getByText('Das hat nicht geklappt').waitFor();
    await page.getByRole('link', { name: 'Bestand' }).click();
    await page.getByText('SKU-3').waitFor();
    expect(await page.getByRole('alert').count()).toBe(0);
  });

  it('says that the agent does not answer, and goes on when it is back', async () => {
    const agent = await busyStore();
    const { page } = await openPage(browser);
    await page.goto(agent.url);
    await page.locator('input').first().fill(agent.pin);
    await page.keyboard.press('Enter');
    await page.getByRole('table').waitFor();
    await agent.daemon.stop('the test stops it');
    await page.getByText('does not answer').waitFor();
    await keepScreen(page, 'absent');
    const port = Number(new URL(agent.url).port);
    const { startDaemon } = await import('#agent/daemon.ts');
    const { systemClock } = await import('#shared/runtime/clock.ts');
    const { silentLogger } = await import('#shared/runtime/logger.ts');
    const again = await startDaemon(
      {
        data: agent.folder,
        storage: undefined,
        port,
        feeds: undefined,
        origins: [],
        requestsPerSecond: 1_000,
        keepDays: 400,
      },
      { clock: systemClock, logger: silentLogger, connect: () => undefined },
    );
    await page.getByText('does not answer').waitFor({ state: 'detached' });
    // The session ended with the agent: it asks who is there.
    await page.reload();
    expect(await page.getByRole('heading', { level: 1 }).textContent()).toBe('Who is there?');
    await again.stop('test is over');
  });
});
