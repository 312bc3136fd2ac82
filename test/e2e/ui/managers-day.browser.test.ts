import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { expect, it, onTestFinished } from 'vitest';
import { readEndpoint } from '#agent/api/endpoint-file.ts';
import type { AgentStatus } from '#shared/agent-api/answers.ts';
import { actsInBrowser, keepScreen, openBrowser, openPage, scan } from '#test/support/browser.ts';
import { createTestDatabase } from '#test/support/database.ts';
import { merge, plain, readFact, seedStores } from '#test/support/hub-api.ts';
import { freePort, HubProcess } from '#test/support/hub-process.ts';
import { Link } from '#test/support/link.ts';
import { Program, runCommand, waitUntil } from '#test/support/program.ts';
import { auditReservations } from '#test/support/reservations.ts';

const WAIT_MS = 30_000;
const NAMES = { LAMP: 'Desk lamp, brass', BULB: 'Bulb E27, warm white', SHADE: 'Lampshade, linen' };
const GTIN = '04012345123456';

async function scanInto(page: Page, label: string, code: string): Promise<void> {
  await page.getByLabel(label).fill(code);
  await page.getByLabel(label).press('Enter');
}

const seen = (page: Page, text: string | RegExp) => page.getByText(text).first().waitFor();
const open = (page: Page, name: string) => page.getByRole('link', { name, exact: true }).first().click();

async function beginCount(page: Page, name: string): Promise<void> {
  await open(page, 'Count');
  await page.getByRole('button', { name: 'Begin a count' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Name').fill(name);
  await dialog.getByRole('button', { name: 'Begin' }).click();
  await seen(page, 'Scan an article');
}

async function approve(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Review' }).click();
  await page.getByRole('button', { name: 'Approve' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Approve' }).click();
  await seen(page, /Approved by Mia/);
}

const ORDER = {
  channel: 'web',
  channelOrderId: 'W-1',
  orderedAt: new Date().toISOString(),
  currency: 'EUR',
  taxIncluded: true,
  lines: [{ line: 'a', sku: 'BULB', units: 2, priceMinor: 334 }],
  totalMinor: 668,
  payment: 'paid',
  delivery: { kind: 'collect', store: 'S1' },
  customer: { reference: 'c-1', contact: { name: 'Jo' } },
};

it('F2 S2 M1 M7 a manager’s day: a count with a scanner, sales, a return, the network gone, a count over kill -9, a transfer, a pickup, the network back: nothing lost, and the hub right', async () => {
  const root = mkdtempSync(join(tmpdir(), 'shelfwire-day-'));
  onTestFinished(() => rmSync(root, { recursive: true, force: true }));
  const database = await createTestDatabase();
  onTestFinished(() => database.drop());
  const { pool } = database;
  await seedStores(pool);
  for (const [sku, name] of Object.entries(NAMES)) {
    await pool.query('INSERT INTO products (sku, name, gtin) VALUES ($1, $2, $3)', [
      sku,
      name,
      sku === 'LAMP' ? GTIN : null,
    ]);
  }
  const hub = await HubProcess.prepare(root, database.url);
  onTestFinished(() => hub.program.stop());
  await hub.begin();
  await hub.put('/v1/channels/web', { name: 'Web', locations: ['S1', 'S2'] });
  // What the other store has, and sends.
  const there = plain({ sku: 'SHADE', quantity: 30 });
  const sent = { to: 'S1', transfer: 'T-17', lines: [{ sku: 'SHADE', quantity: 6 }] };
  await merge(pool, 2, 3, [
    readFact(1, Date.now() - 60_000, 'receipt', 'there', there),
    readFact(2, Date.now() - 30_000, 'transferOut', 'out', sent),
  ]);

  const link = new Link(hub.port);
  await link.open();
  onTestFinished(() => link.close());
  const data = join(root, 'agent');
  const port = await freePort();
  const token = await hub.createToken('S1', 'pos');
  await runCommand(['agent/main.ts', 'enrol', '--hub', link.url, '--token', token, '--data', data]);
  const pin = await runCommand(['agent/main.ts', 'person', 'add', 'Mia', '--role', 'manager', '--data', data]);
  const argv = ['agent/main.ts', 'run', '--data', data, '--port', String(port)];
  const agent = new Program('agent', argv, join(root, 'agent.log'));
  onTestFinished(() => agent.stop());
  const url = `http://127.0.0.1:${port}`;
  const call = async (path: string, body?: object) => {
    const headers = { authorization: `Bearer ${readEndpoint(data)?.token ?? ''}` };
    return fetch(url + path, {
      headers,
      signal: AbortSignal.timeout(5_000),
      ...(body !== undefined && { method: 'POST', body: JSON.stringify(body) }),
    }).catch(() => undefined);
  };
  const status = async () => (await (await call('/v1/status'))?.json()) as AgentStatus;
  const onHand = async (sku: string) =>
    ((await (await call(`/v1/stock/${sku}`))?.json()) as { onHand: number } | undefined)?.onHand;
  const startAgent = async (): Promise<void> => {
    rmSync(join(data, 'api.json'), { force: true });
    agent.start();
    await waitUntil('the agent answers', WAIT_MS, async () => (await call('/v1/status'))?.ok === true);
  };
  const sell = async (receiptNo: string, sku: string, quantity: number, unitPriceMinor: number): Promise<void> => {
    const lines = [{ sku, quantity, unitPriceMinor }];
    const body = { till: 'till-1', receiptNo, currency: 'EUR', lines };
    const answer = await call('/v1/facts', [{ kind: 'sale', key: `sale-${receiptNo}`, body }]);
    expect(await answer?.json()).toMatchObject({ appended: 1, refused: 0 });
  };
  await startAgent();
  await waitUntil('the store has its products', WAIT_MS, async () => (await call('/v1/stock/SHADE'))?.ok === true);

  const browser = await openBrowser();
  onTestFinished(() => browser.close());
  const { page, errors } = await openPage(browser);
  const signIn = async (): Promise<void> => {
    await page.locator('input[type=password]').fill(pin);
    await page.keyboard.press('Enter');
    await page.getByRole('navigation').first().waitFor();
  };
  await page.goto(url);
  await signIn();
  await seen(page, 'Connected');

  // In the morning everything is counted.
  await beginCount(page, 'Morning');
  for (const [code, units] of [
    [GTIN, '12'],
    ['BULB', '40'],
    ['SHADE', '9'],
  ] as const) {
    await scan(page, code);
    await page
      .getByRole('list', { name: 'What you have counted' })
      .getByText(new RegExp(code === GTIN ? 'Desk lamp' : code))
      .first()
      .waitFor();
    // Slower than a scanner: these are units, not a code.
    await page.keyboard.type(units, { delay: 120 });
    await page.keyboard.press('Enter');
    await page.getByRole('list', { name: 'What you have counted' }).getByText(units, { exact: true }).waitFor();
  }
  await keepScreen(page, 'day-1-count');
  await approve(page);
  await waitUntil('the hub has the count', WAIT_MS, async () => {
    const { rows } = await pool.query(`SELECT on_hand FROM positions WHERE location_no = 1 AND sku = 'LAMP'`);
    return (rows[0] as { on_hand: number } | undefined)?.on_hand === 12;
  });

  // The tills sell, one article comes back, and somebody orders for collection.
  await open(page, 'Today');
  await sell('1001', 'LAMP', 2, 4_999);
  await sell('1002', 'BULB', 3, 334);
  await seen(page, /1002/);
  await keepScreen(page, 'day-2-today');
  await open(page, 'Return');
  await scanInto(page, 'Scan or type the receipt number', '1001');
  await scanInto(page, 'Scan an article that comes back', GTIN);
  await page.getByRole('button', { name: 'Take back 1 unit' }).click();
  await page.getByRole('button', { name: 'Print' }).waitFor();
  await keepScreen(page, 'day-3-return');
  await waitUntil('the web sells bulbs', WAIT_MS, async () => {
    const { rows } = await pool.query(`SELECT coalesce(ats[1], 0) AS ats FROM availability WHERE sku = 'BULB'`);
    return ((rows[0] as { ats: number } | undefined)?.ats ?? 0) >= 2;
  });
  await hub.post('/v1/orders', ORDER);
  await open(page, 'Pickups');
  const order = page.getByRole('article', { name: 'Order W-1' });
  await order.getByText('Bulb').first().waitFor({ timeout: WAIT_MS });
  await open(page, 'Receive');
  await seen(page, /T-17/);

  // The network is gone. The page says so, and all goes on.
  link.cut();
  await page
    .getByText(/Offline/)
    .first()
    .waitFor({ timeout: WAIT_MS });
  const lastContact = async () => (await status()).sync.since ?? Number.NaN;
  const gone = await lastContact();
  await sell('1003', 'SHADE', 1, 2_500);
  await beginCount(page, 'Lamps again');
  for (let units = 0; units < 5; units++) await scan(page, GTIN);
  await agent.killHard();
  for (let units = 0; units < 5; units++) await scan(page, GTIN);
  await seen(page, /waits? in this browser/);
  await keepScreen(page, 'day-4-agent-gone');
  await startAgent();
  await page.locator('input[type=password]').waitFor({ timeout: WAIT_MS });
  // It has been offline since the network went, not since the agent was started.
  expect(Math.abs((await lastContact()) - gone)).toBeLessThan(1_000);
  await signIn();
  await expect.poll(() => actsInBrowser(page), { timeout: WAIT_MS }).toBe(0);
  await page.getByRole('list', { name: 'What you have counted' }).getByText('10', { exact: true }).waitFor();
  await approve(page);
  // 12 counted, 2 sold, 1 back: one is missing now.
  expect(await onHand('LAMP')).toBe(10);

  await open(page, 'Receive');
  await seen(page, /T-17/);
  await page.getByRole('button', { name: 'Receive', exact: true }).click();
  for (let units = 0; units < 5; units++) await scanInto(page, 'Scan what has arrived', 'SHADE');
  await keepScreen(page, 'day-5-receive');
  await page.getByRole('button', { name: 'Finish' }).click();
  await page.getByLabel('does not come any more').check();
  await page.getByRole('button', { name: 'Receive with these differences' }).click();
  await page.getByRole('article', { name: 'Transfer received' }).waitFor();

  await open(page, 'Pickups');
  await order.getByRole('button', { name: 'Accept' }).click();
  await order.getByRole('button', { name: 'Pick all 2' }).click();
  await keepScreen(page, 'day-6-pickup');
  await order.getByRole('button', { name: 'Hand over to the customer' }).click();
  await seen(page, 'Nothing to pick');
  await open(page, 'Today');
  await page
    .getByText(/records? waits? here, safe on this disk/)
    .first()
    .waitFor();
  await keepScreen(page, 'day-7-offline');
  const expected = { LAMP: 10, BULB: 40 - 3 - 2, SHADE: 9 - 1 + 5 };
  expect({ LAMP: await onHand('LAMP'), BULB: await onHand('BULB'), SHADE: await onHand('SHADE') }).toEqual(expected);

  link.heal();
  await seen(page, 'Connected');
  await waitUntil('the hub has everything', WAIT_MS, async () => (await status()).sync.backlog === 0);
  await seen(page, 'Everything is at the hub.');
  await keepScreen(page, 'day-8-online');
  const lastSeq = (await status()).journal.lastSeq;
  const { rows: facts } = await pool.query<{ facts: number; keys: number }>(
    `SELECT count(*)::int AS facts, count(DISTINCT key)::int AS keys FROM facts f JOIN journals j USING (journal_no)
     WHERE j.location_no = 1`,
  );
  expect(facts).toEqual([{ facts: lastSeq, keys: lastSeq }]);
  const { rows: positions } = await pool.query<{ sku: string; on_hand: number }>(
    'SELECT sku, on_hand FROM positions WHERE location_no = 1 ORDER BY sku',
  );
  expect(Object.fromEntries(positions.map(({ sku, on_hand: units }) => [sku, units]))).toEqual(expected);
  await waitUntil('the order is completed', WAIT_MS, async () => {
    return (await hub.list<{ state: string }>('/v1/orders'))[0]?.state === 'completed';
  });
  expect(await auditReservations(pool)).toEqual([]);
  const drift = await runCommand(['hub/main.ts', 'drift', '--data', hub.data], { DATABASE_URL: database.url });
  expect(drift).toBe('Every number is what its parts come to.');
  expect([...hub.program.crashes, ...agent.crashes, ...errors]).toEqual([]);
});
