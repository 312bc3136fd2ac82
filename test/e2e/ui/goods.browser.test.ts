import { readFileSync } from 'node:fs';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { People } from '#agent/people/people.ts';
import type { PersonRole } from '#shared/agent-api/answers.ts';
import { restingSync } from '#agent/status-report.ts';
import type { Store } from '#agent/store/store.ts';
import { ShelfwireError } from '#shared/protocol/errors.ts';
import type { Coming, OtherStock } from '#shared/protocol/messages/questions.ts';
import { accessibilityFaults } from '#test/support/accessibility.ts';
import { keepScreen, openBrowser, openPage, type Look } from '#test/support/browser.ts';
import { startAgent } from '#test/support/running-agent.ts';

const NAMES = { LAMP: 'Desk lamp, brass', BULB: 'Bulb E27, warm white', SHADE: 'Lampshade, linen' };
const COMING: Coming = {
  asOf: Date.now(),
  journal: 1,
  watermark: 0,
  more: 0,
  transfers: [
    {
      from: 'S02',
      fromName: 'Harbour',
      transfer: 'T-17',
      leftAt: null,
      expectedAt: null,
      lines: [
        { sku: 'LAMP', sent: 4, received: 0, coming: 4 },
        { sku: 'BULB', sent: 10, received: 0, coming: 10 },
      ],
    },
  ],
};
const NARROW: Look = { width: 360, height: 780, locale: 'de-DE' };

let browser: Browser;
/** What the hub answers; false: it cannot be asked. */
let isOnline = true;
const asked = <T>(answer: T): Promise<T> =>
  isOnline ? Promise.resolve(answer) : Promise.reject(new ShelfwireError('HUB_UNREACHABLE', 'no connection'));
const connect = (store: Store) => ({
  name: 'sync',
  stop: () => Promise.resolve(),
  status: () => Promise.resolve({ ...restingSync(store), phase: isOnline ? 'online' : 'offline' }),
  questions: {
    coming: () => asked(COMING),
    otherStock: (sku: string) =>
      asked<OtherStock>({
        sku,
        asOf: Date.now(),
        stores: [{ code: 'S02', name: 'Harbour', units: 12, knownUntil: Date.now() - 60_000 }],
        more: 0,
      }),
  },
});
let agent: Awaited<ReturnType<typeof startAgent>>;
/** What went wrong in the pages, as the browser says it. */
const pagesErrors: (readonly string[])[] = [];
const pins = {} as Record<PersonRole, string>;

beforeAll(async () => {
  [browser, agent] = await Promise.all([openBrowser(), startAgent({}, { connect })]);
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
  pagesErrors.push(errors);
  return page;
}

/** As a scanner types: quickly, with Enter behind it. */
async function scan(page: Page, label: string, code: string): Promise<void> {
  const field = page.getByLabel(label);
  await field.fill(code);
  await field.press('Enter');
}

/** Kept as pictures in light and dark; axe looks at the dark one, where contrasts are harder. Light pages have a test of their own. */
async function look(page: Page, name: string): Promise<void> {
  await keepScreen(page, `${name}-light`);
  await page.emulateMedia({ colorScheme: 'dark' });
  expect([name, await accessibilityFaults(page)]).toEqual([name, []]);
  await keepScreen(page, `${name}-dark`);
  await page.emulateMedia({ colorScheme: 'light' });
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
    // Its row may be far down: what a scan came to stands where one looks.
    await page.getByRole('status').getByText('Desk lamp, brass: 1 of 2').waitFor();
    await scan(page, 'Scan an article that comes back', 'SHADE');
    await page.getByText('Nothing more of “SHADE” can come back').waitFor();
    const more = page.getByRole('button', { name: 'One more of Bulb' });
    await more.click();
    await more.click();
    // No more than the two that are left.
    expect(await more.isDisabled()).toBe(true);
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
    expect(await page.getByText('Ohne Beleg', { exact: true }).count()).toBe(0);
    await page.getByText('Beleg verloren').click();
    await page.getByRole('combobox', { name: 'Artikel' }).fill('LAMP');
    // Who goes on is not followed by what was found meanwhile.
    await page.keyboard.press('Tab');
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
    await page.getByText('Without a receipt', { exact: true }).click();
    await page.getByLabel('Number on the receipt').fill('S2-77');
    const product = page.getByRole('combobox', { name: 'Add a product' });
    await product.pressSequentially('SHADE');
    // What is spelt like an article so far is not taken yet; what is chosen is, once, also when it is the only one.
    await page.getByRole('option', { name: 'Lampshade' }).waitFor();
    expect(await page.getByLabel('Price of one Lampshade').count()).toBe(0);
    await product.press('ArrowDown');
    await product.press('Enter');
    await expect.poll(() => page.getByLabel('Units of Lampshade').inputValue()).toBe('1');
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

describe('one item', () => {
  it('shows over time and one by one why there is what there is, and what other stores can promise', async () => {
    const day = 86_400_000;
    const occurredAt = (days: number) => Date.now() - days * day;
    await tell(
      fact('count', 'i-c1', { occurredAt: occurredAt(20), countedBy: 'Ada', lines: [{ sku: 'ITEM', quantity: 30 }] }),
      ...Array.from({ length: 12 }, (_, no) =>
        fact('sale', `i-s${no}`, {
          occurredAt: occurredAt(19 - no),
          till: 'till-1',
          receiptNo: `${2_000 + no}`,
          currency: 'EUR',
          lines: [{ sku: 'ITEM', quantity: 1 + (no % 3), unitPriceMinor: 100 }],
        }),
      ),
      fact('receipt', 'i-r', { occurredAt: occurredAt(6), reference: 'LS-5', lines: [{ sku: 'ITEM', quantity: 24 }] }),
      fact('count', 'i-c2', { occurredAt: occurredAt(4), lines: [{ sku: 'ITEM', quantity: 27 }] }),
      fact('adjustment', 'i-a', { reason: 'fell down', code: 'damage', lines: [{ sku: 'ITEM', quantity: -2 }] }),
    );
    const page = await signedIn('clerk', 'stock');
    await page.getByLabel('Search by name').fill('ITEM');
    await page.getByRole('link', { name: 'ITEM' }).click();
    const changes = page.getByRole('region', { name: 'What changed it' });
    const cells = async (row: number) =>
      (await changes.getByRole('row').nth(row).getByRole('cell').allTextContents()).slice(1, 5);
    await changes.getByText('fell down').waitFor();
    // Who comes back finds the search as it was.
    await page.keyboard.press('Escape');
    await expect.poll(() => page.getByLabel('Search by name').inputValue()).toBe('ITEM');
    await page.getByRole('row').filter({ hasText: 'ITEM' }).click();
    await changes.getByText('fell down').waitFor();
    expect(await cells(1)).toEqual(['Adjustment Damaged · fell down', 'till-1', '-2', '25']);
    // 30 - 24 sold + 24 delivered should be there.
    expect(await cells(2)).toEqual(['Count 27 counted', 'till-1', '-3', '27']);
    await page.getByRole('cell', { name: 'Harbour S02' }).waitFor();
    await look(page, 'item');
    expect(await page.getByRole('img', { name: 'Stock in steps since' }).count()).toBe(1);
    isOnline = false;
    await page.reload();
    await page.getByText('Harbour').waitFor();
    await page.goto(`${agent.url}/#/stock?item=LAMP`);
    await page.getByText('Only the hub knows, and it cannot be asked at the moment.').waitFor();
    isOnline = true;
  });
});

describe('arrivals', () => {
  it('M7 a transfer is scanned against what was sent, half of it now; the rest survives a closed window, and is not coming', async () => {
    const first = await signedIn('clerk', 'receive');
    await first.getByText('T-17 · Harbour').waitFor();
    await first.getByRole('button', { name: 'Receive', exact: true }).click();
    await scan(first, 'Scan what has arrived', '04012345123456');
    await scan(first, 'Scan what has arrived', 'LAMP');
    await expect.poll(() => first.getByLabel('Arrived: Desk lamp').inputValue()).toBe('2');
    await scan(first, 'Scan what has arrived', 'NOBODY-KNOWS');
    await first.getByText('“NOBODY-KNOWS” is no article of this store.').waitFor();
    await first.getByRole('button', { name: 'It has arrived all the same' }).click();
    await first.getByLabel('Damaged: Desk lamp').fill('1');
    await look(first, 'receive-lines');
    await expect
      .poll(async () => (await agent.daemon.store.arrivalDrafts.list())[0]?.lines.find(({ sku }) => sku === 'LAMP'))
      .toEqual({ sku: 'LAMP', units: 2, damaged: 1 });
    await first.close();

    const page = await signedIn('manager', 'receive');
    await page.getByText('begun').waitFor();
    await page.getByRole('button', { name: 'Go on' }).click();
    await expect.poll(() => page.getByLabel('Arrived: Desk lamp').inputValue()).toBe('2');
    await page.getByRole('button', { name: 'Finish' }).click();
    await page.getByLabel('comes later').check();
    await look(page, 'receive-confirm');
    await page.getByRole('button', { name: 'Receive with these differences' }).click();
    await page.getByRole('article', { name: 'Transfer received' }).waitFor();
    const [arrived, aside] = [await bodyOf(await lastKey('transferIn')), await bodyOf(await lastKey('adjustment'))];
    expect(arrived).toEqual({
      source: 'ui:Ada',
      body: {
        transfer: 'T-17',
        from: 'S02',
        lines: [
          { sku: 'LAMP', quantity: 2 },
          { sku: 'NOBODY-KNOWS', quantity: 1 },
        ],
      },
    });
    expect(aside).toMatchObject({ body: { code: 'damage', lines: [{ sku: 'LAMP', quantity: 1, to: 'damaged' }] } });

    // What has come is not expected again, though the hub has not heard of it.
    await page.getByRole('button', { name: 'Back' }).click();
    await page.getByText('12 units').waitFor();
    await page.getByRole('button', { name: 'Receive', exact: true }).click();
    await page.getByText('10 expected').waitFor();
    await page.getByRole('button', { name: 'Finish' }).click();
    await page.getByLabel('does not come any more').check();
    await page.getByRole('button', { name: 'Receive with these differences' }).click();
    await page.getByText('Nothing more of this transfer is expected.').waitFor();
    await page.getByRole('button', { name: 'Back' }).click();
    await page.getByText('Nothing is on its way').waitFor();
  });

  it('a delivery is received by its note on a narrow window, also offline, and everything can be touched', async () => {
    isOnline = false;
    const page = await signedIn('clerk', 'receive', NARROW);
    await page.getByLabel('Nummer des Lieferscheins').fill('LS-88');
    await page.getByRole('button', { name: 'Beginnen' }).click();
    await page.getByText('Den ersten Artikel scannen.').waitFor();
    await scan(page, 'Scannen, was angekommen ist', 'SHADE');
    await page.getByLabel('Angekommen: Lampshade').fill('12');
    await page.getByLabel('Angekommen: Lampshade').scrollIntoViewIfNeeded();
    await look(page, 'receive-narrow');
    const small = await page.evaluate(() =>
      [...document.querySelectorAll('button, a, input, [role=combobox]')].flatMap((element) => {
        const { width, height } = element.getBoundingClientRect();
        const isSmall = width > 1 && height > 1 && height < 44 && !element.closest('.skip');
        return isSmall ? [`${element.outerHTML.slice(0, 90)} ${height}`] : [];
      }),
    );
    expect(small).toEqual([]);
    // Half of it is scanned while the agent is away, and the window is opened anew: it is there when somebody goes on.
    await page.route('**/v1/arrivals/*', (route) => route.abort());
    await scan(page, 'Scannen, was angekommen ist', 'BULB');
    await page.getByText('antwortet nicht').waitFor();
    await page.unroute('**/v1/arrivals/*');
    await page.reload();
    await page.getByRole('button', { name: 'Weiter', exact: true }).click();
    const shades = page.getByLabel('Angekommen: Lampshade');
    await expect.poll(() => page.getByLabel('Angekommen: Bulb').inputValue()).toBe('1');
    // Of twelve five are damaged; of twenty they are five as well, though it began with a 2.
    await page.getByLabel('Beschädigt: Lampshade').fill('5');
    await shades.fill('2');
    await shades.fill('20');
    expect(await page.getByLabel('Beschädigt: Lampshade').inputValue()).toBe('5');
    await page.getByRole('button', { name: 'Abschließen' }).click();
    await page.getByRole('button', { name: 'Mit diesen Abweichungen annehmen' }).click();
    await page.getByRole('article', { name: 'Lieferung' }).waitFor();
    expect(await bodyOf(await lastKey('receipt'))).toEqual({
      source: 'ui:Ben',
      body: {
        reference: 'LS-88',
        lines: [
          { sku: 'SHADE', quantity: 15 },
          { sku: 'BULB', quantity: 1 },
          { sku: 'SHADE', quantity: 5, condition: 'damaged' },
        ],
      },
    });
    isOnline = true;
  });
});

it('nothing of it went wrong in the pages', () => {
  expect(pagesErrors.flat()).toEqual([]);
});
