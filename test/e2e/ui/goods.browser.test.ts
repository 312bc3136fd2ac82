import { readFileSync } from 'node:fs';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { People } from '#agent/people/people.ts';
import type { PersonRole } from '#shared/agent-api/answers.ts';
import { accessibilityFaults } from '#test/support/accessibility.ts';
import { keepScreen, openBrowser, openPage, type Look } from '#test/support/browser.ts';
import { startAgent } from '#test/support/running-agent.ts';

const NAMES = { LAMP: 'Desk lamp, brass', BULB: 'Bulb E27, warm white', SHADE: 'Lampshade, linen' };
const NARROW: Look = { width: 360, height: 780, locale: 'de-DE' };

let browser: Browser;
let agent: Awaited<ReturnType<typeof startAgent>>;
const pins = {} as Record<PersonRole, string>;

beforeAll(async () => {
  [browser, agent] = await Promise.all([openBrowser(), startAgent()]);
  const { products } = agent.daemon.store.db;
  for (const [sku, name] of Object.entries(NAMES)) {
    await products.upsert({ id: `:${sku}`, sku, name, gtin: sku === 'LAMP' ? '04012345123456' : null });
  }
  const people = new People(agent.folder);
  pins.manager = people.add({ name: 'Ada', role: 'manager' }, Date.now());
  pins.clerk = people.add({ name: 'Ben', role: 'clerk' }, Date.now());
  await tell(
    fact('receipt', 'in', { lines: Object.keys(NAMES).map((sku) => ({ sku, quantity: 40 })) }),
    fact('sale', 'sale-1', {
      till: 'till-1',
      receiptNo: '1001',
      currency: 'EUR',
      lines: [
        { sku: 'LAMP', quantity: 2, unitPriceMinor: 4_999 },
        { sku: 'BULB', quantity: 3, unitPriceMinor: 334, discountMinor: 2 },
      ],
    }),
    fact('return', 'back-1', {
      sale: 'sale-1',
      currency: 'EUR',
      lines: [{ sku: 'BULB', quantity: 1, unitPriceMinor: 333, condition: 'sellable' }],
    }),
  );
});
afterAll(async () => {
  await Promise.all([browser.close(), agent.end()]);
});

const fact = (kind: string, key: string, body: object) => ({ kind, key, body });
const tell = async (...facts: object[]): Promise<void> => {
  const answer = await agent.call('/v1/facts', { method: 'POST', body: JSON.stringify(facts) });
  expect(await answer.json()).toMatchObject({ appended: facts.length, refused: 0 });
};
const bodyOf = async (key: string) => {
  const facts = await agent.daemon.store.journal.read(1, 1_000);
  const found = facts.find((one) => one.key === key);
  return found && { source: found.source, body: JSON.parse(found.bodyText) as unknown };
};
const lastKey = async (kind: string) =>
  (await agent.daemon.store.journal.read(1, 1_000)).findLast((one) => one.kind === kind)?.key ?? '';

async function signedIn(role: PersonRole, hash: string, look: Look = {}): Promise<Page> {
  const { page, errors } = await openPage(browser, look);
  await page.goto(`${agent.url}/#/${hash}`);
  await page.locator('input').first().fill(pins[role]);
  await page.keyboard.press('Enter');
  await page.getByRole('navigation').first().waitFor();
  page.on('close', () => expect(errors).toEqual([]));
  return page;
}

/** As a scanner types: quickly, with Enter behind it. */
async function scan(page: Page, label: string, code: string): Promise<void> {
  const field = page.getByLabel(label);
  await field.fill(code);
  await field.press('Enter');
}

/** Looked at by axe, and kept as pictures, in light and dark. */
async function look(page: Page, name: string): Promise<void> {
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme });
    expect([name, colorScheme, await accessibilityFaults(page)]).toEqual([name, colorScheme, []]);
    await keepScreen(page, `${name}-${colorScheme}`);
  }
}

describe('returns', () => {
  it('a clerk scans a receipt and the articles, and gives back what was paid; the slip is printed and saved', async () => {
    const page = await signedIn('clerk', 'return');
    await scan(page, 'Scan or type the receipt number', '4711');
    await page.getByText('No sale of this store has the receipt “4711”.').waitFor();
    await scan(page, 'Scan or type the receipt number', '1001');
    await page.getByText('3 sold, 1 came back already').waitFor();
    await scan(page, 'Scan an article that comes back', '04012345123456');
    await expect.poll(() => page.getByLabel('Units of Desk lamp').inputValue()).toBe('1');
    await scan(page, 'Scan an article that comes back', 'SHADE');
    await page.getByText('Nothing more of “SHADE” can come back').waitFor();
    // More than the two that are left.
    await page.getByLabel('Units of Bulb').fill('2');
    await page.getByRole('combobox', { name: 'Condition of Desk lamp' }).click();
    await page.getByRole('option', { name: 'Damaged' }).click();
    await page.getByText('€56.66').waitFor();
    await look(page, 'return-lines');
    await page.getByRole('button', { name: 'Take back 3 units' }).click();
    await page.getByRole('button', { name: 'Print' }).waitFor();
    await look(page, 'return-slip');
    expect(await bodyOf(await lastKey('return'))).toEqual({
      source: 'ui:Ben',
      body: {
        receiptNo: '1001',
        sale: 'sale-1',
        reason: 'Not wanted',
        currency: 'EUR',
        lines: [
          { sku: 'LAMP', quantity: 1, unitPriceMinor: 4_999, condition: 'damaged' },
          { sku: 'BULB', quantity: 1, unitPriceMinor: 333, condition: 'sellable' },
          { sku: 'BULB', quantity: 1, unitPriceMinor: 334, condition: 'sellable' },
        ],
      },
    });
    const [file] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('button', { name: 'Save as CSV' }).click(),
    ]);
    const csv = readFileSync(await file.path(), 'utf8').split('\r\n');
    expect(csv[1]).toContain('LAMP,"Desk lamp, brass",1,damaged,4999,EUR');
    // On paper there is the slip and nothing else.
    await page.emulateMedia({ media: 'print', colorScheme: 'dark' });
    expect(await page.getByRole('navigation').first().isVisible()).toBe(false);
    expect(await page.getByRole('button', { name: 'Print' }).isVisible()).toBe(false);
    const paper = page.getByRole('article', { name: 'Return' });
    expect(await paper.isVisible()).toBe(true);
    expect(await paper.evaluate((element) => getComputedStyle(element).color)).toBe('rgb(0, 0, 0)');
  });

  it('a lost receipt is found by day and article; without any only a manager takes goods back', async () => {
    const page = await signedIn('clerk', 'return', NARROW);
    expect(await page.getByText('Ohne', { exact: true }).count()).toBe(0);
    await page.getByText('Beleg verloren').click();
    await page.getByRole('combobox', { name: 'Artikel' }).fill('LAMP');
    await page.getByRole('button', { name: 'Suchen' }).click();
    await page.getByText('till-1 · 1001').waitFor();
    await look(page, 'return-lost-narrow');
    const refused = await page.evaluate(async () => {
      const lines = [{ sku: 'LAMP', quantity: 1, unitPriceMinor: 1, condition: 'sellable' }];
      const body = JSON.stringify({ kind: 'return', key: 'sly', body: { noReceipt: true, currency: 'EUR', lines } });
      return (await fetch('/v1/acts', { method: 'POST', headers: { 'content-type': 'application/json' }, body }))
        .status;
    });
    expect(refused).toBe(403);
    expect(await bodyOf('sly')).toBeUndefined();
  });

  it('a manager takes goods of another store back, and it is marked', async () => {
    const page = await signedIn('manager', 'return');
    await page.getByText('Without', { exact: true }).click();
    await page.getByLabel('Number on the receipt').fill('S2-77');
    const product = page.getByRole('combobox', { name: 'Add a product' });
    await product.pressSequentially('SHADE');
    await page.getByRole('option', { name: 'Lampshade' }).click();
    await page.getByLabel('Price of one Lampshade').fill('25.00');
    await look(page, 'return-without');
    await page.getByRole('button', { name: 'Take back 1 unit' }).click();
    await page.getByText('without receipt · S2-77').waitFor();
    expect(await bodyOf(await lastKey('return'))).toMatchObject({
      source: 'ui:Ada',
      body: { noReceipt: true, receiptNo: 'S2-77', lines: [{ sku: 'SHADE', unitPriceMinor: 2_500 }] },
    });
  });
});
