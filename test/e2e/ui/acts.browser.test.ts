import { setTimeout as sleep } from 'node:timers/promises';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { People } from '#agent/people/people.ts';
import type { PersonRole } from '#shared/agent-api/answers.ts';
import { accessibilityFaults } from '#test/support/accessibility.ts';
import { keepScreen, openBrowser, openPage } from '#test/support/browser.ts';
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
    const scan = card.getByLabel('Scan an article');
    await scan.waitFor();
    // One goes on with the scanner, without a touch: an Enter is none of the button that comes next.
    await page.keyboard.press('Enter');
    // The second scan comes before the answer to the first, and counts too.
    await page.route('**/pick', async (route) => {
      await sleep(300);
      await route.continue();
    });
    for (let units = 0; units < 2; units++) await page.keyboard.type('A\n');
    await card.getByLabel('2 of 3 picked').waitFor();
    await scan.fill('other');
    await scan.press('Enter');
    await card.getByText('“other” is not to be picked here.').waitFor();
    expect(await accessibilityFaults(page)).toEqual([]);
    await keepScreen(page, 'pickups-picking');
    await card.getByRole('button', { name: 'Pick all 1' }).click();
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
