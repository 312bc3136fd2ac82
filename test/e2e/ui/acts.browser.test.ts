import { setTimeout as sleep } from 'node:timers/promises';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { People } from '#agent/people/people.ts';
import type { PersonRole } from '#shared/agent-api/answers.ts';
import { accessibilityFaults } from '#test/support/accessibility.ts';
import { keepScreen, openBrowser, openPage, scan } from '#test/support/browser.ts';
import { runAgent, type RunningAgent } from '#test/support/running-agent.ts';
import { STORE_TASK } from '#test/support/store-task.ts';

let browser: Browser;
beforeAll(async () => {
  browser = await openBrowser();
});
afterAll(() => browser.close());

/** A store with ten of A, which is called "Lamp", and somebody who is signed in. */
async function signedIn(role: PersonRole): Promise<{ agent: RunningAgent; page: Page }> {
  const agent = await runAgent();
  const { products } = agent.daemon.store.db;
  await products.upsert({ id: ':A', sku: 'A', name: 'Lamp', gtin: '04012345123456' });
  const receipt = { kind: 'receipt', key: 'in', body: { lines: [{ sku: 'A', quantity: 10 }] } };
  await agent.call('/v1/facts', { method: 'POST', body: JSON.stringify(receipt) });
  const pin = new People(agent.folder).add({ name: 'Ada', role }, Date.now());
  const { page } = await openPage(browser);
  await page.goto(agent.url);
  await page.locator('input').first().fill(pin);
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { level: 1, name: 'Today' }).waitFor();
  return { agent, page };
}

const factsOf = async ({ daemon }: RunningAgent, kind: string) =>
  (await daemon.store.journal.read(1, 100))
    .filter((fact) => fact.kind === kind)
    .map(({ source, bodyText }) => ({ source, body: JSON.parse(bodyText) as Record<string, unknown> }));

describe('what people do at the app', () => {
  it('a manager scans what is broken and says why; it is journaled with who it was', async () => {
    const { agent, page } = await signedIn('manager');
    await page.getByRole('link', { name: 'Adjust' }).click();
    const product = page.locator('form input').first();
    // As a scanner types: quickly, and with Enter behind it, before anything is found.
    await page.route('**/v1/stock?*', async (route) => {
      await sleep(300);
      await route.continue();
    });
    await product.focus();
    await page.keyboard.type('04012345123456\n');
    await expect.poll(() => product.inputValue()).toBe('A');
    await page.getByLabel('How many').fill('2');
    await expect.poll(() => page.getByText('10 → 8').count()).toBe(1);
    expect(await accessibilityFaults(page)).toEqual([]);
    await keepScreen(page, 'adjust-filled');
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByText('Saved.').waitFor();
    expect(await factsOf(agent, 'adjustment')).toEqual([
      { source: 'ui:Ada', body: { code: 'damage', reason: 'Damaged', lines: [{ sku: 'A', quantity: -2 }] } },
    ]);
    // It was the wrong article: what was saved last is taken back with one press.
    await page.getByText('Lamp: -2').waitFor();
    await page.getByRole('button', { name: 'Take it back' }).click();
    await page.getByText('it counts no longer').waitFor();
    expect((await factsOf(agent, 'void')).map(({ source }) => source)).toEqual(['ui:Ada']);
    expect(await (await agent.call('/v1/stock/A')).json()).toMatchObject({ onHand: 10 });
  });

  it('F4 a scan is no number and presses nothing, wherever the focus is; what got no answer is not journaled twice', async () => {
    const { agent, page } = await signedIn('manager');
    const sale = {
      currency: 'EUR',
      receiptNo: '1001',
      lines: ['A', 'B'].map((sku) => ({ sku, quantity: 2, unitPriceMinor: 100 })),
    };
    const told = { kind: 'sale', key: 'sale', body: sale };
    await agent.call('/v1/facts', { method: 'POST', body: JSON.stringify(told) });
    await agent.daemon.store.db.products.upsert({ id: ':B', sku: 'B', name: 'Bulb', gtin: '04006381333931' });
    await page.getByRole('link', { name: 'Adjust' }).click();
    const product = page.locator('form input').first();
    const units = page.getByLabel('How many');
    await product.fill('A');
    // Some scanners, and some people, press Enter twice.
    for (const expected of ['A', 'A']) {
      await product.press('Enter');
      await expect.poll(() => product.inputValue()).toBe(expected);
    }
    await page.getByText('8 → 7').waitFor();
    await units.click();
    await scan(page, '04006381333931');
    await page.getByText('“04006381333931” was scanned').waitFor();
    await units.press('Backspace');
    await page.keyboard.type('2.5', { delay: 60 });
    expect(await units.inputValue()).toBe('2');
    expect(await factsOf(agent, 'adjustment')).toEqual([]);
    // The agent takes it, and dies before it has said so.
    await page.route('**/v1/acts', async (route) => {
      await route.fetch();
      await route.abort();
    });
    const save = page.getByRole('button', { name: 'Save' });
    await save.click();
    await page.getByRole('main').getByRole('alert').getByText('Whether this was taken is not known').waitFor();
    await page.unroute('**/v1/acts');
    // Something else is not refused for it; the same is known, also in a page that is opened anew.
    await units.fill('1');
    await save.click();
    await page.getByText('Saved. Lamp: -1').waitFor();
    await page.route('**/v1/acts', async (route) => {
      await route.fetch();
      await route.abort();
    });
    await product.fill('A');
    await product.press('Enter');
    await units.fill('4');
    await save.click();
    await page.getByRole('main').getByRole('alert').getByText('Whether this was taken is not known').waitFor();
    await page.unroute('**/v1/acts');
    await page.reload();
    await product.fill('A');
    await product.press('Enter');
    await units.fill('4');
    await save.click();
    await page.getByText('It had been saved already, and counts once. Lamp: -4').waitFor();
    expect((await factsOf(agent, 'adjustment')).map(({ body }) => body['lines'])).toEqual(
      [-2, -1, -4].map((quantity) => [{ sku: 'A', quantity }]),
    );

    await page.getByRole('link', { name: 'Return' }).click();
    await page.getByLabel('Scan or type the receipt number').fill('1001');
    await page.keyboard.press('Enter');
    const [lamps, bulbs] = [page.getByLabel('Units of Lamp'), page.getByLabel('Units of Bulb')];
    // The button that was pressed last has the focus; the scan is of the other article.
    await page.getByRole('button', { name: 'One more of Lamp' }).click();
    await scan(page, '04006381333931');
    await page.getByRole('status').getByText('Bulb: 1 of 2').waitFor();
    await lamps.click();
    await scan(page, '04006381333931');
    await page.getByRole('status').getByText('Bulb: 2 of 2').waitFor();
    expect([await lamps.inputValue(), await bulbs.inputValue()]).toEqual(['1', '2']);
    await lamps.press('Backspace');
    await page.keyboard.type('2');
    await page.getByRole('button', { name: 'Take back 4 units' }).waitFor();
  });

  it('a page that is left open over night shows the new day', async () => {
    const agent = await runAgent();
    const pin = new People(agent.folder).add({ name: 'Ada', role: 'clerk' }, Date.now());
    const { page } = await openPage(browser);
    await page.clock.install({ time: new Date(2026, 9, 25, 23, 59, 50) });
    await page.goto(agent.url);
    await page.locator('input').first().fill(pin);
    await page.keyboard.press('Enter');
    await page.getByText('Sunday 25 October 2026').or(page.getByText('Sunday, 25 October 2026')).waitFor();
    await page.clock.fastForward(30_000);
    await page.getByText(/Monday,? 26 October 2026/).waitFor();
    expect(await page.getByRole('button', { name: 'The day after' }).isDisabled()).toBe(true);
  });

  it('a clerk does not see what only managers do', async () => {
    const { page } = await signedIn('clerk');
    expect(await page.getByRole('link').allTextContents()).not.toContain('Adjust');
    await page.goto(`${page.url().split('#')[0]}#/adjust`);
    await expect.poll(() => page.locator('form').count()).toBe(0);
  });

  it('an order is accepted, picked with a scanner, and given to the carrier', async () => {
    const { agent, page } = await signedIn('clerk');
    await agent.daemon.store.db.tasks.upsert({ ...STORE_TASK, dueAt: Date.now() + 40 * 60_000 });
    await page.getByRole('link', { name: 'Pickups' }).click();
    const card = page.getByRole('article', { name: 'Order W-1' });
    await card.getByText('in 40 minutes').waitFor();
    await card.getByText('Lamp').waitFor();
    await card.getByRole('button', { name: 'Accept' }).click();
    const field = card.getByLabel('Scan an article');
    await field.waitFor();
    // One goes on with the scanner, without a touch: an Enter is none of the button that comes next.
    await page.keyboard.press('Enter');
    // The second scan comes before the answer to the first, and counts too.
    await page.route('**/pick', async (route) => {
      await sleep(300);
      await route.continue();
    });
    for (let units = 0; units < 2; units++) await page.keyboard.type('A\n');
    await card.getByLabel('2 of 3 picked').waitFor();
    await field.fill('other');
    await field.press('Enter');
    await card.getByText('“other” is not to be picked here.').waitFor();
    expect(await accessibilityFaults(page)).toEqual([]);
    await keepScreen(page, 'pickups-picking');
    const pressed = page.evaluate(pressAgain, { name: 'Give to the carrier', afterMs: 130 });
    await card.getByRole('button', { name: 'Pick all 1' }).click();
    // The next step comes in the place of the one that was pressed: a second press does not mean it.
    await pressed;
    await card.getByRole('button', { name: 'Give to the carrier', disabled: false }).waitFor();
    expect((await factsOf(agent, 'task')).map(({ body }) => body['step'])).not.toContain('shipped');
    await card.getByRole('button', { name: 'Give to the carrier' }).click();
    await page.getByText('Nothing to pick').waitFor();
    expect((await factsOf(agent, 'task')).map(({ source, body }) => [source, body['step']])).toEqual([
      ['ui:Ada', 'accepted'],
      ['ui:Ada', 'picked'],
      ['ui:Ada', 'picked'],
      ['ui:Ada', 'picked'],
      ['ui:Ada', 'shipped'],
    ]);
  });
});

/** Runs in the page, whose clock is that of what it presses: a button, as soon after it came as a second press does. */
function pressAgain({ name, afterMs }: { name: string; afterMs: number }): Promise<void> {
  return new Promise((resolve) => {
    const watch = new MutationObserver(() => {
      const button = [...document.querySelectorAll('button')].find(({ textContent }) => textContent === name);
      if (button === undefined) return;
      watch.disconnect();
      setTimeout(() => {
        button.click();
        resolve();
      }, afterMs);
    });
    watch.observe(document.body, { childList: true, subtree: true });
  });
}
