import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { People } from '#agent/people/people.ts';
import { accessibilityFaults } from '#test/support/accessibility.ts';
import { keepScreen, openBrowser, openPage } from '#test/support/browser.ts';
import { until } from '#test/support/edge-store.ts';
import { runAgent } from '#test/support/running-agent.ts';

const ROWS = [
  'Bon;EAN;Anzahl;Einzelpreis;Verkauft am;Rabatt',
  '1001;4012345123456;2;1,50;31.12.2026 10:15;',
  '1002;96385074;1;12,00;31.12.2026 10:20;5%',
  'R1003;96385074;-1;12,00;31.12.2026 11:00;',
  '1004;4012345123456;zwei;1,50;31.12.2026 11:05;',
];

it('F5 a manager sets a till’s files up from one of them: guessed, tried, saved, read at once, changed and taken away', async () => {
  const agent = await runAgent();
  const pin = new People(agent.folder).add({ name: 'Ada', role: 'manager' }, Date.now());
  const { products } = agent.daemon.store.db;
  await products.upsert({ id: ':4012345123456', sku: '4012345123456', name: 'Lamp', gtin: null });
  const browser = await openBrowser();
  onTestFinished(() => browser.close());
  const { page, errors } = await openPage(browser);
  await page.goto(agent.url);
  await page.locator('input').first().fill(pin);
  await page.keyboard.press('Enter');
  await page.getByRole('link', { name: 'Sources' }).click();
  await page.getByText('No feeds yet').waitFor();
  await page.getByRole('button', { name: 'Set up a feed of files' }).click();
  const text = `${ROWS.join('\r\n')}\r\n`;
  const buffer = Buffer.from(text, 'latin1');
  await page.locator('input[type=file]').setInputFiles({ name: 'kasse.csv', mimeType: 'text/csv', buffer });
  await page.getByLabel('What “EAN” is').waitFor();
  const chosen = (column: string) => page.getByLabel(`What “${column}” is`).inputValue();
  expect([await chosen('Bon'), await chosen('EAN'), await chosen('Anzahl'), await chosen('Rabatt')]).toEqual([
    'document',
    'sku',
    'quantity',
    '',
  ]);
  expect(await page.getByLabel('How dates are written').inputValue()).toBe('dd.MM.yyyy HH:mm');
  expect(await page.getByLabel('Returns begin with').inputValue()).toBe('R');
  await page.getByLabel('What “EAN” is').selectOption('');
  await page.getByText('Still to be chosen: Sku.').waitFor();
  expect(await page.getByRole('button', { name: 'Try the whole file' }).isDisabled()).toBe(true);
  await page.getByLabel('What “EAN” is').selectOption('sku');
  expect(await accessibilityFaults(page)).toEqual([]);
  await keepScreen(page, 'sources-mapping');
  await page.getByRole('button', { name: 'Try the whole file' }).click();
  await page.getByText('"…" is not a whole number').waitFor();
  await page.getByText('1 product is not known here: 96385074').waitFor();
  await page.getByRole('button', { name: 'Try the whole file' }).scrollIntoViewIfNeeded();
  await keepScreen(page, 'sources-trial');
  await page.emulateMedia({ colorScheme: 'dark', reducedMotion: 'reduce' });
  expect(await accessibilityFaults(page)).toEqual([]);
  await keepScreen(page, 'sources-trial-dark');
  await page.emulateMedia({ colorScheme: 'light', reducedMotion: 'reduce' });
  expect(agent.daemon.store.journal.lastSeq).toBe(0);
  await page.getByRole('textbox', { name: 'Name' }).fill('kasse');
  await page.getByRole('button', { name: 'Save, and read files from now on' }).click();
  const card = page.getByRole('article', { name: 'kasse' });
  await card.getByText('Version 1, Ada').waitFor();
  const drop = join(agent.folder, 'drop', 'kasse');
  await until(() => existsSync(join(drop, 'working')));
  writeFileSync(join(drop, 'kasse.csv'), buffer);
  // Not before: a file that is being dealt with is elsewhere when it is asked for.
  await until(() => existsSync(join(drop, 'done', 'kasse.csv')));
  expect(agent.daemon.store.journal.lastSeq).toBe(3);

  await card.getByRole('button', { name: 'Change' }).click();
  await page.getByRole('combobox', { name: 'Or one that came already' }).click();
  await page.getByRole('option', { name: /kasse\.csv/ }).click();
  await page.getByLabel('Codes without stock').fill('96385074');
  await page.getByRole('button', { name: 'Save, and read files from now on' }).click();
  await card.getByText('Version 2, Ada').waitFor();
  await card.getByRole('button', { name: 'Earlier versions (1)' }).click();
  await card.getByRole('button', { name: 'Use this version again' }).click();
  await card.getByText('Version 3, Ada').waitFor();
  expect(await accessibilityFaults(page)).toEqual([]);
  await keepScreen(page, 'sources-list');
  await card.getByRole('button', { name: 'Remove' }).click();
  // It has its name a moment after it is there.
  const dialog = page.getByRole('dialog', { name: 'Stop reading “kasse”?' });
  await dialog.waitFor();
  expect(await accessibilityFaults(page)).toEqual([]);
  await dialog.getByRole('button', { name: 'Remove' }).click();
  await page.getByText('No feeds yet').waitFor();
  await page.setViewportSize({ width: 390, height: 800 });
  await page.getByRole('button', { name: 'Set up a feed of files' }).click();
  await page.locator('input[type=file]').setInputFiles({ name: 'kasse.csv', mimeType: 'text/csv', buffer });
  await page.getByLabel('What “EAN” is').waitFor();
  expect(await accessibilityFaults(page)).toEqual([]);
  await keepScreen(page, 'sources-narrow');
  expect(errors).toEqual([]);
});
