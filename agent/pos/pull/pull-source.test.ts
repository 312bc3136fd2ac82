import { chmodSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { PosErpNext } from '#test/support/emulators/pos-erpnext.ts';
import { PosOdoo } from '#test/support/emulators/pos-odoo.ts';
import type { Fault } from '#test/support/emulators/faulty-server.ts';
import { openEdgeStore, until, type EdgeStore } from '#test/support/edge-store.ts';
import { shortSpans } from '#test/support/short-spans.ts';
import { parseFeed } from '../feeds.ts';
import { configuredSource } from '../registry.ts';
import type { PosSource } from '../source.ts';

const MINUTE = 60_000;

interface Reading {
  readonly edge: EdgeStore;
  source(): PosSource;
  start(): Promise<void>;
  stop(): Promise<void>;
  /** Kind, key and the lines' sku and quantity, of all that was journaled. */
  facts(): Promise<unknown[]>;
  /** As soon as there are so many. */
  grown(facts: number): Promise<unknown[]>;
  checkpoint(): string;
}

async function reading(feed: object, change: { secret: string }): Promise<Reading> {
  const edge = await openEdgeStore();
  const file = join(edge.folder, 'secret');
  writeFileSync(file, `${change.secret}\n`, { mode: 0o600 });
  const parsed = parseFeed({ name: 'f', credentials: { file }, ...feed });
  let source: PosSource | undefined;
  const stateFolder = join(edge.folder, 'state');
  const start = async (): Promise<void> => {
    source = configuredSource(parsed, { ...edge.context, ...shortSpans, stateFolder });
    await source.start();
  };
  onTestFinished(async () => {
    await source?.stop();
    await edge[Symbol.asyncDispose]();
  });
  await start();
  const facts = async () =>
    (await edge.facts()).map(({ kind, key, body }) => {
      const { lines = [] } = body as { lines?: { sku: string; quantity: number }[] };
      return [kind, key, ...lines.map(({ sku, quantity }) => `${sku} ${quantity}`)];
    });
  return {
    edge,
    source: () => source as PosSource,
    start,
    stop: async () => source?.stop(),
    facts,
    async grown(count) {
      await until(async () => (await facts()).length >= count);
      return facts();
    },
    checkpoint: () => readFileSync(join(stateFolder, `${parsed.kind}-f.checkpoint.json`), 'utf8'),
  };
}

async function odoo(feed: object = {}): Promise<{ odoo: PosOdoo; shop: Reading }> {
  const server = await PosOdoo.start();
  onTestFinished(() => server.stop());
  const shop = await reading({ kind: 'odoo', url: server.url, database: 'shop', ...feed }, { secret: server.token });
  return { odoo: server, shop };
}

async function erpnext(): Promise<{ erp: PosErpNext; shop: Reading }> {
  const server = await PosErpNext.start();
  onTestFinished(() => server.stop());
  const { url, timeZone, token } = server;
  return { erp: server, shop: await reading({ kind: 'erpnext', url, timeZone }, { secret: token }) };
}

it('reads orders of Odoo: drafts when they are paid, what comes back, services, goods by weight, discounts, one till', async () => {
  const { odoo: server, shop } = await odoo({ tills: ['Store 1'] });
  const draft = server.add([{ product: 1, qty: 2, price: 10 }], { state: 'draft' });
  server.add([{ product: 2, qty: 9, price: 1 }], { till: 'Store 2' });
  const mixed = server.add([
    { product: 1, qty: 3, price: 10, discount: 10, withTax: 32.13 },
    { product: 2, qty: -1, price: 5 },
    { product: 3, qty: 1, price: 4.9 },
    { product: 5, qty: 0.35, price: 20 },
    { product: 4, qty: 1, price: -2 },
  ]);
  await shop.grown(2);
  server.change(draft, { state: 'paid' });
  expect(await shop.grown(3)).toEqual([
    ['sale', `f:${mixed}`, 'A 3', 'DELIVERY 1', 'OLD 1'],
    ['return', `f:${mixed}:return`, 'B 1'],
    ['sale', `f:${draft}`, 'A 2'],
  ]);
  const [sale] = await shop.edge.facts();
  expect(sale?.body).toMatchObject({
    till: 'Store 1',
    currency: 'EUR',
    lines: [
      // 30 less 10 % and 2 of what is taken off the whole; 5.13 of tax on top.
      { sku: 'A', quantity: 3, unitPriceMinor: 1000, discountMinor: 500, taxMinor: 513 },
      { sku: 'DELIVERY', quantity: 1, unitPriceMinor: 490, service: true },
      { sku: 'OLD', quantity: 1, unitPriceMinor: 700, service: true },
    ],
  });
  server.change(draft, { state: 'done' });
  server.add([{ product: 1, qty: 1, price: 1 }]);
  expect(await shop.grown(4)).toHaveLength(4);
  expect(shop.edge.store.quarantine.count).toBe(0);
});

it('F1 F4 reads POS invoices of ERPNext: returns name their sale, cancelled ones are taken back, read before or not', async () => {
  const { erp, shop } = await erpnext();
  const first = erp.add([{ item: 'A', qty: 2, rate: 10 }], { values: { discount_amount: 3 } });
  await shop.grown(1);
  const back = erp.add([{ item: 'A', qty: -1, rate: 10 }], { returns: first });
  const never = erp.add([{ item: 'B', qty: 1, rate: 1 }], { values: { docstatus: 2 } });
  await shop.grown(4);
  erp.change(first, { docstatus: 2 });
  expect(await shop.grown(5)).toEqual([
    ['sale', `f:${first}`, 'A 2'],
    ['return', `f:${back}`, 'A 1'],
    ['sale', `f:${never}`, 'B 1'],
    ['void', `f:${never}:void`],
    ['void', `f:${first}:void`],
  ]);
  const [sale, returned] = await shop.edge.facts();
  expect(sale?.body).toMatchObject({
    occurredAt: Math.floor(erp.now / 1_000) * 1_000,
    lines: [{ unitPriceMinor: 1000, discountMinor: 300 }],
  });
  expect(returned?.body).toMatchObject({ sale: `f:${first}` });
});

it('S3 misses nothing that was written late, changed behind its place, or written while the server’s clock was set back', async () => {
  const { odoo: server, shop } = await odoo();
  server.add([{ product: 1, qty: 1, price: 1 }]);
  await shop.grown(1);
  // Its transaction began ten minutes ago and is committed only now.
  server.add([{ product: 1, qty: 2, price: 1 }], { writtenAt: server.now - 10 * MINUTE });
  await shop.grown(2);
  server.now -= 3 * 60 * MINUTE;
  server.add([{ product: 1, qty: 3, price: 1 }]);
  await shop.grown(3);
  await shop.stop();
  server.now += MINUTE;
  server.add([{ product: 1, qty: 4, price: 1 }]);
  await shop.start();
  expect((await shop.grown(4)).map((fact) => (fact as string[])[2])).toEqual(['A 1', 'A 2', 'A 3', 'A 4']);
});

it('S1 reads many pages, goes on in the middle of them after a crash, and moves no checkpoint before facts are on disk', async () => {
  const { odoo: server, shop } = await odoo();
  await until(() => server.server.requests > 0);
  await shop.stop();
  for (let no = 0; no < 450; no += 1) server.add([{ product: 1, qty: 1, price: 1 }]);
  // The second page never comes.
  const isSecond = (text: string) => text.includes('"pos_reference"') && text.includes('["id",">"');
  server.server.faults = ({ text }): Fault => (isSecond(text) ? 'cut' : undefined);
  await shop.start();
  await until(() => shop.source().status().lastError !== null);
  expect([(await shop.facts()).length, shop.checkpoint()]).toEqual([200, expect.stringContaining('"after": "')]);
  await shop.stop();
  server.server.faults = () => undefined;
  let firstPages = 0;
  server.server.faults = ({ text }) => {
    if (text.includes('"pos_reference"') && !text.includes('["id",">"')) firstPages += 1;
    return undefined;
  };
  await shop.start();
  await shop.grown(450);
  expect(firstPages).toBe(0);
  const { appended, duplicates } = shop.source().status();
  expect([appended, duplicates]).toEqual([250, 0]);
});

it.each([
  ['down', 'POS_UNREACHABLE'],
  ['cut', 'POS_UNREACHABLE'],
  ['page', 'POS_ANSWER_INVALID'],
  ['throttled', 'POS_BUSY'],
] as const)('waits while the point of sale is %s, says why, and goes on', async (fault, code) => {
  const { odoo: server, shop } = await odoo();
  server.server.faults = () => fault;
  await until(() => shop.source().status().lastError?.code === code);
  expect(shop.source().status().state).not.toBe('stopped');
  server.add([{ product: 1, qty: 1, price: 1 }]);
  server.server.faults = () => undefined;
  await shop.grown(1);
  await until(() => shop.source().status().lastError === null);
});

it('X1 a secret that is refused, lost or open to others is told without it, and a new one counts at once', async () => {
  const { odoo: server, shop } = await odoo();
  server.token = 'another-secret';
  const failure = () => shop.source().status().lastError;
  await until(() => failure()?.code === 'POS_UNAUTHORIZED');
  expect(JSON.stringify(shop.source().status())).not.toContain('geheim');
  const file = join(shop.edge.folder, 'secret');
  if (process.platform !== 'win32') {
    chmodSync(file, 0o644);
    await until(() => failure()?.detail.includes('0600') === true);
    chmodSync(file, 0o600);
  }
  writeFileSync(file, '');
  await until(() => failure()?.detail.includes('no secret') === true);
  writeFileSync(file, 'another-secret');
  server.add([{ product: 1, qty: 1, price: 1 }]);
  await shop.grown(1);
});

it('F5 an order that cannot be taken is set aside with its text, and closed when it has been corrected there', async () => {
  const { odoo: server, shop } = await odoo();
  const bad = server.add([{ product: 1, qty: 1, price: 1 }]);
  server.change(bad, { currency_id: [1, 'euro'] });
  await until(() => shop.edge.store.quarantine.count === 1);
  expect(await shop.edge.quarantined()).toMatchObject([{ code: 'PULLED_ORDER_INVALID', source: 'odoo:f' }]);
  server.now += 1_000;
  server.change(bad, { currency_id: [1, 'EUR'] });
  await shop.grown(1);
  await until(() => shop.edge.store.quarantine.count === 0);
});

it('F5 a sale of a product without a reference is taken as soon as it has one, while its order is read again anyway', async () => {
  const { odoo: server, shop } = await odoo();
  server.add([{ product: 4, qty: 2, price: 3 }]);
  const later = server.add([{ product: 4, qty: 1, price: 3 }]);
  await until(() => shop.edge.store.quarantine.count === 2);
  await until(() => shop.source().status().state === 'ready');
  server.refer(4, 'NEW');
  expect(await shop.grown(2)).toEqual([
    ['sale', expect.stringMatching(/^f:/), 'NEW 2'],
    ['sale', `f:${later}`, 'NEW 1'],
  ]);
  await until(() => shop.edge.store.quarantine.count === 0);
  expect(shop.source().status()).toMatchObject({ refused: 2, appended: 2 });
});
