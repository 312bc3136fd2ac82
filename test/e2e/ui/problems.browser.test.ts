import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { People } from '#agent/people/people.ts';
import { accessibilityFaults } from '#test/support/accessibility.ts';
import { keepScreen, openBrowser, openPage } from '#test/support/browser.ts';
import { until } from '#test/support/edge-store.ts';
import { runAgent } from '#test/support/running-agent.ts';

const FEED = {
  name: 'sales',
  kind: 'transactions',
  folder: 'drop',
  currency: 'EUR',
  dateFormat: 'yyyy-MM-dd',
  settleMs: 50,
  columns: { document: 'No', sku: 'Article', quantity: 'Quantity', price: 'Price', date: 'Day' },
};
const ROWS = 'No,Article,Quantity,Price,Day\n1,A,two,1.50,2026-03-01\n2,A,1,1.50,never\n3,A,1,1.50,2026-03-01\n';

it('F4 F5 a manager sees what is wrong, corrects and sends it, dismisses the rest with a reason; a clerk only sees it', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'feeds-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  mkdirSync(join(folder, 'drop'));
  writeFileSync(join(folder, 'drop', 'a.csv'), ROWS);
  writeFileSync(join(folder, 'feeds.json'), JSON.stringify({ feeds: [FEED] }));
  const agent = await runAgent({ feeds: join(folder, 'feeds.json') });
  const people = new People(agent.folder);
  const [manager, clerk] = [
    people.add({ name: 'Ada', role: 'manager' }, Date.now()),
    people.add({ name: 'Bob', role: 'clerk' }, Date.now()),
  ];
  const { store } = agent.daemon;
  await store.db.products.upsert({ id: ':A', sku: 'A', name: 'Lamp', gtin: '04012345123456' });
  const sale = {
    kind: 'sale',
    key: 't-1',
    body: { currency: 'EUR', lines: [{ sku: '', quantity: 1, unitPriceMinor: 5 }] },
  };
  await agent.call('/v1/facts', { method: 'POST', body: JSON.stringify(sale) });
  await until(() => store.quarantine.count === 3);

  const browser = await openBrowser();
  onTestFinished(() => browser.close());
  const { page, errors } = await openPage(browser);
  const signIn = async (pin: string): Promise<void> => {
    await page.goto(agent.url);
    await page.locator('input').first().fill(pin);
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { level: 1, name: 'Today' }).waitFor();
  };
  const row = (what: string) => page.getByRole('button', { name: what });
  await signIn(clerk);
  await page.getByRole('link', { name: /\d problems/ }).click();
  await row('A value is wrong or missing').click();
  await page.getByText('A manager corrects or dismisses it.').waitFor();
  expect(await page.getByRole('button', { name: 'Send it' }).count()).toBe(0);
  await page.getByRole('button', { name: 'Sign out' }).click();
  await page.getByRole('heading', { name: 'Who is there?' }).waitFor();

  const german = (await openPage(browser, { locale: 'de-DE' })).page;
  await german.goto(agent.url);
  await german.locator('input').first().fill(clerk);
  await german.keyboard.press('Enter');
  await german.getByRole('link', { name: /\d Probleme/ }).click();
  await german.getByText('Diese Filiale ist noch mit keiner Zentrale verbunden').waitFor();
  await german.getByRole('button', { name: /Eine Zeile ist nicht lesbar.*Zeile 2/ }).click();
  const panel = german.getByRole('region', { name: /Zeile 2/ });
  await panel.getByText('Es geht um Zeile 2 der Datei a.csv.').waitFor();
  await panel.getByText('Quantity: „two“ ist so nicht möglich. Erwartet wird eine ganze Zahl.').waitFor();
  await panel.getByText(/^Im Wortlaut \(englisch\): .*not a whole number/).waitFor();
  for (const colorScheme of ['dark', 'light'] as const) {
    await german.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    expect(await accessibilityFaults(german)).toEqual([]);
  }
  await keepScreen(german, 'problems-german');

  await signIn(manager);
  await page.getByRole('link', { name: /\d problems/ }).click();
  await row('A value is wrong or missing').click();
  const sku = page.getByRole('combobox', { name: '1: sku' });
  await sku.fill('lam');
  await page.getByRole('option', { name: 'Lamp' }).click();
  expect(await sku.inputValue()).toBe('A');
  expect(await accessibilityFaults(page)).toEqual([]);
  await keepScreen(page, 'problems-pick-product');
  await page.getByRole('button', { name: 'Send it' }).click();
  await page.getByText('1 record counts now.').waitFor();
  await expect.poll(() => row('A value is wrong or missing').count()).toBe(0);

  await page.getByRole('button', { name: /A row cannot be read.*line 2/ }).click();
  await page.getByLabel('Quantity').fill('many');
  await page.getByRole('button', { name: 'Send it' }).click();
  await page.getByRole('alert').getByText('"many" is not a whole number').waitFor();
  await page.getByText('correction refused').waitFor();
  await keepScreen(page, 'problems-refused');
  await page.emulateMedia({ colorScheme: 'dark', reducedMotion: 'reduce' });
  expect(await accessibilityFaults(page)).toEqual([]);
  await keepScreen(page, 'problems-refused-dark');
  await page.emulateMedia({ colorScheme: 'light', reducedMotion: 'reduce' });
  await page.getByLabel('Quantity').fill('2');
  await page.getByRole('button', { name: 'Send it' }).click();
  await page.getByText('1 record counts now.').waitFor();

  await page.getByRole('button', { name: /A row cannot be read.*line 3/ }).click();
  await page.getByRole('button', { name: 'Dismiss' }).click();
  await page.getByLabel('Why?').fill('entered by hand');
  expect(await accessibilityFaults(page)).toEqual([]);
  await page.getByRole('dialog').getByRole('button', { name: 'Dismiss' }).click();
  await page.getByText('Nothing is set aside').waitFor();
  await page.getByText('Dealt with').click();
  await page.getByRole('button', { name: /A row cannot be read.*line 3/ }).click();
  await page.getByText('entered by hand').waitFor();
  await keepScreen(page, 'problems-dealt-with');
  await page.setViewportSize({ width: 390, height: 800 });
  expect(await accessibilityFaults(page)).toEqual([]);
  await keepScreen(page, 'problems-narrow');
  expect(errors).toEqual([]);

  const facts = (await store.journal.read(1, 10)).map(({ key, source }) => `${key} ${source}`);
  expect(new Set(facts)).toEqual(new Set(['sales:1 csv:sales', 'sales:3 csv:sales', 't-1 http:till-1']));
  expect(store.quarantine.count).toBe(0);
});
