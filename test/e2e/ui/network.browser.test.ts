import { connect } from 'node:tls';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it, onTestFinished } from 'vitest';
import { People } from '#agent/people/people.ts';
import { thisMachine } from '#agent/api/network/address.ts';
import { accessibilityFaults } from '#test/support/accessibility.ts';
import { keepScreen, openBrowser, openPage } from '#test/support/browser.ts';
import { runAgent, type RunningAgent } from '#test/support/running-agent.ts';

let browser: Browser;
beforeAll(async () => {
  browser = await openBrowser();
});
afterAll(() => browser.close());

/** The address of the app in the store's network: a real one of this machine where it has one. */
async function networkUrl(agent: RunningAgent): Promise<{ url: string; fingerprint: string }> {
  const { network } = (await (await agent.call('/v1/status')).json()) as {
    network: { urls: string[]; fingerprint: string };
  };
  const own = thisMachine().addresses.find(({ address, internal }) => !internal && address.includes('.'))?.address;
  const { port } = new URL(network.urls[0] ?? '');
  return { url: `https://${own ?? '127.0.0.1'}:${port}`, fingerprint: network.fingerprint };
}

/** What a person compares before going on: the fingerprint that the server shows. */
const fingerprintOf = (url: string) =>
  new Promise<string>((resolve, reject) => {
    const { hostname, port } = new URL(url);
    const socket = connect({ host: hostname, port: Number(port), rejectUnauthorized: false }, () => {
      resolve(socket.getPeerCertificate().fingerprint256);
      socket.destroy();
    });
    socket.on('error', reject);
  });

async function signIn(page: Page, url: string, pin: string): Promise<void> {
  await page.goto(url);
  await page.locator('input').first().fill(pin);
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { level: 1, name: 'Today' }).waitFor();
}

it('a clerk works from another device over TLS while the manager at the machine sees it, and ends it', async () => {
  const agent = await runAgent({ network: '0.0.0.0:0' });
  const people = new People(agent.folder);
  const [ada, bob] = (['manager', 'clerk'] as const).map((role) => people.add({ name: `a ${role}`, role }, 0));
  await agent.daemon.store.db.products.upsert({ id: ':A', sku: 'A', name: 'Lamp', gtin: '04012345123456' });
  const { url, fingerprint } = await networkUrl(agent);
  expect(await fingerprintOf(url)).toBe(fingerprint);

  const manager = await openPage(browser);
  await signIn(manager.page, agent.url, ada ?? '');
  const wary = await openPage(browser);
  await expect(wary.page.goto(url)).rejects.toThrow('ERR_CERT_AUTHORITY_INVALID');
  const context = await browser.newContext({ ignoreHTTPSErrors: true, locale: 'en-GB' });
  onTestFinished(() => context.close());
  const device = await context.newPage();
  const asked = new Set<string>();
  device.on('request', (request) => asked.add(new URL(request.url()).origin));
  await signIn(device, url, bob ?? '');
  expect(asked).toEqual(new Set([url]));
  // A page over TLS may make keys of its own, also by a certificate that a person has accepted.
  expect(await device.evaluate(() => [isSecureContext, typeof crypto.randomUUID, document.cookie])).toEqual([
    true,
    'function',
    '',
  ]);

  // Feeds name folders of the agent's machine: a manager sets them up there alone.
  await manager.page.getByRole('link', { name: 'Sources' }).waitFor();
  const away = await browser.newContext({ ignoreHTTPSErrors: true, locale: 'en-GB' });
  onTestFinished(() => away.close());
  const office = await away.newPage();
  await signIn(office, url, ada ?? '');
  await office.getByRole('link', { name: 'Adjust' }).waitFor();
  expect(await office.getByRole('link', { name: 'Sources' }).count()).toBe(0);
  await office.close();

  await manager.page.getByRole('link', { name: 'Status' }).click();
  const row = manager.page.getByRole('row', { name: /a clerk/ });
  await row.getByText(new URL(url).hostname).waitFor();
  await manager.page.getByText(fingerprint).waitFor();
  expect(await accessibilityFaults(manager.page)).toEqual([]);
  await keepScreen(manager.page, 'status-network');
  await row.getByRole('button', { name: 'Sign out' }).click();
  await device.getByRole('heading', { level: 1, name: 'Who is there?' }).waitFor();
  await row.waitFor({ state: 'detached' });
});
