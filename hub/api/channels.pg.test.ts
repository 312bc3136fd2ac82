import type { Pool } from 'pg';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createOrders } from '#hub/orders/orders.ts';
import { keepUntaken } from '#hub/connectors/orders/untaken-orders.ts';
import { seededRandom } from '#shared/runtime/random.ts';
import { beginChannels, channelHub, type ChannelHub } from '#test/support/channels.ts';
import { createTestDatabase, type TestDatabase } from '#test/support/database.ts';
import { SignedReceiver } from '#test/support/emulators/signed-receiver.ts';
import { plain, startApi, type RunningApi } from '#test/support/hub-api.ts';
import { given, SAID } from '#test/support/orders-test.ts';
import { openReservationPool, teller } from '#test/support/reservations.ts';

let database: TestDatabase;
let reservationPool: Pool;
let hub: ChannelHub;
let api: RunningApi;
let shop: SignedReceiver;

beforeAll(async () => {
  database = await createTestDatabase({ max: 12 });
  reservationPool = openReservationPool(database.url);
});
afterAll(async () => {
  await reservationPool.end();
  await database.drop();
});
beforeEach(async () => {
  await beginChannels(database.pool, { channels: ['shop'], skus: ['A', 'B', 'C/1'] });
  await database.pool.query('TRUNCATE api_keys, api_acts');
  hub = channelHub(database.pool, reservationPool);
  shop = await SignedReceiver.start(seededRandom(1));
  shop.list(['A', 'C/1'], 0);
  const own = hub;
  const receive = (account: number, { headers, body }: { headers: object; body: Buffer }) =>
    own.receive(account, headers as Record<string, string>, body);
  api = await startApi(database.pool, { channelAccounts: hub.accounts, receiveWebhook: receive });
  const tills = teller(database.pool);
  for (const sku of ['A', 'B', 'C/1']) await tills.tell(2, 'receipt', plain({ sku, quantity: 6 }));
});
afterEach(async () => {
  await hub.stop();
  await api.stop();
  await shop.stop();
});

const wanted = (parts: object = {}) => ({
  channel: 'shop',
  name: 'Our shop',
  baseUrl: shop.server.url,
  ...shop.account,
  ...parts,
});
const make = (parts?: object) => api.call('POST', '/v1/channel-accounts', { body: wanted(parts) });
const act = (name: string, body: object = {}, account = 1) =>
  api.call('POST', `/v1/channel-accounts/${account}/${name}`, { body });
const listing = async (sku: string) =>
  (await api.call('GET', `/v1/publications/1/${encodeURIComponent(sku)}`)).body as Record<string, unknown>;

describe('/v1/channel-accounts', () => {
  it('publishes what is listed, explains each number back to its facts, and shows what is parked and why', async () => {
    const made = await make();
    expect([made.status, made.headers.get('Location')]).toEqual([201, '/v1/channel-accounts/1']);
    hub.start();
    await expect.poll(() => [shop.says('A'), shop.says('C/1')]).toEqual([6, 6]);
    await expect.poll(async () => (await listing('C/1'))['state']).toBe('equal');
    const { explained } = (await listing('C/1')) as { explained: { desired: number; explain: string } };
    expect(explained.desired).toBe(6);
    const facts = await api.call('GET', explained.explain);
    expect(facts.body).toMatchObject({ ats: 6, shelves: [{ location: 'S2', onHand: 6, movements: { total: 1 } }] });
    await expect.poll(async () => (await listing('B'))['state']).toBe('parked');
    const parked = await api.call('GET', '/v1/publications?account=1&state=parked');
    expect(parked.body.items).toMatchObject([
      { channelSku: 'B', error: { code: 'CHANNEL_SKU_UNKNOWN', remedy: expect.any(String) } },
    ]);
    expect((await api.call('GET', '/v1/channel-accounts/1')).body).toMatchObject({
      listings: 3,
      parked: 1,
      waiting: 0,
      error: null,
    });
    shop.list(['B'], 0);
    expect((await api.call('POST', '/v1/publications/1/B/retry', { body: {} })).status).toBe(200);
    await expect.poll(() => shop.says('B')).toBe(6);
    const page = await api.call('GET', '/v1/publications?account=1&limit=2');
    const rest = await api.call('GET', `/v1/publications?account=1&limit=2&cursor=${page.body.next}`);
    expect([...page.body.items, ...rest.body.items].map((item) => item['channelSku'])).toEqual(['A', 'B', 'C/1']);
  });

  it('X1 never shows credentials, in answers, lists or logs of what was asked', async () => {
    const { kind, credentials } = shop.account;
    const answers = [
      await make(),
      await api.call('GET', '/v1/channel-accounts'),
      await act('credentials', { kind, credentials }),
    ];
    for (const { status, text } of answers) {
      expect(status).toBeLessThan(300);
      for (const secret of Object.values(credentials)) expect(text).not.toContain(secret.slice(6, 30));
    }
    const refused = await act('credentials', { kind, credentials: { secret: 'whsec_very-secret' } });
    expect([refused.body['code'], refused.text.includes('very-secret')]).toEqual(['REQUEST_INVALID', false]);
  });

  it('F5 shows orders that could not be taken, as they came only to keys that may write, and takes what people decide', async () => {
    await make({ settings: { ...shop.account.settings, pollOrdersSeconds: 3_600 } });
    const path = `/v1/untaken-orders/1/${encodeURIComponent('gid://shop/1')}`;
    const untaken = {
      account: 1,
      channel: 'shop',
      id: 'gid://shop/1',
      code: 'CHANNEL_ORDER_UNREADABLE',
      detail: 'why',
    };
    const came = { verbatim: { to: 'Ada' }, lines: [{ channelSku: 'A', units: 1 }] };
    await keepUntaken(database.pool, { ...untaken, came, isUnfit: true, waitMs: 0 });
    const { text, body } = await api.call('GET', '/v1/untaken-orders');
    expect(body.items).toMatchObject([
      { order: 'gid://shop/1', state: 'aside', lines: came.lines, nextAttemptAt: null, error: { code: untaken.code } },
    ]);
    expect([text.includes('Ada'), (await api.call('GET', path)).body['content']]).toEqual([false, '{"to":"Ada"}']);
    expect((await api.call('GET', '/v1/channel-accounts/1')).body['ordersAside']).toBe(1);
    expect((await api.call('POST', `${path}/retry`, { body: {} })).body).toMatchObject({ state: 'waiting', tries: 0 });
    const note = { body: { note: 'sent by hand' } };
    expect((await api.call('POST', `${path}/dismiss`, note)).body).toMatchObject({ dismissed: note.body });
    expect((await api.call('POST', `${path}/dismiss`, note)).body['code']).toBe('CONFLICT');
    expect((await api.call('GET', '/v1/untaken-orders/1/other')).body['code']).toBe('NOT_FOUND');
    // What is for people outlives the account: its units were sold.
    await act('end');
    expect((await api.call('POST', `${path}/retry`, { body: {} })).body['code']).toBe('CHANNEL_ACCOUNT_ENDED');
  });

  it('has one account a channel; paused, resumed and ended as often as one likes', async () => {
    await make();
    expect((await make()).body['code']).toBe('CHANNEL_ACCOUNT_LIVE');
    for (const name of ['pause', 'pause']) expect((await act(name)).body).toMatchObject({ state: 'paused' });
    for (const name of ['resume', 'resume']) expect((await act(name)).body).toMatchObject({ state: 'active' });
    expect((await act('dry-run', { dryRun: true })).body).toMatchObject({ dryRun: true });
    for (const name of ['end', 'end']) expect((await act(name)).body).toMatchObject({ state: 'ended' });
    for (const name of ['pause', 'resume']) {
      expect([(await act(name)).body['code'], (await act(name, {}, 9)).body['code']]).toEqual([
        'CHANNEL_ACCOUNT_ENDED',
        'NOT_FOUND',
      ]);
    }
    expect((await make()).status).toBe(201);
    expect(
      (await database.pool.query(`SELECT FROM channel_accounts WHERE state = 'ended' AND credentials IS NULL`))
        .rowCount,
    ).toBe(1);
  });

  it('S4 another shop behind a channel whose orders are known needs a channel of its own: they number theirs alike', async () => {
    const other = 'http://127.0.0.1:1';
    await make({ baseUrl: other });
    await act('end');
    expect((await make()).status).toBe(201);
    await createOrders(hub.orders).take(given('1', { channel: 'shop' }), SAID);
    await act('end', {}, 2);
    expect(await make({ baseUrl: other })).toMatchObject({ status: 409, body: { code: 'CHANNEL_SHOP_DIFFERS' } });
    expect((await make({ baseUrl: `${shop.server.url}/elsewhere` })).status).toBe(201);
    const [live] = (await database.pool.query(`SELECT account_no FROM channel_accounts WHERE state <> 'ended'`)).rows;
    await act('end', {}, live.account_no);
    expect((await make({ baseUrl: other, sameShop: true })).status).toBe(201);
  });

  it('X2 refuses what is not there or not allowed', async () => {
    const code = async (parts: object) => (await make(parts)).body['code'];
    expect(await code({ kind: 'myspace' })).toBe('REQUEST_INVALID');
    expect((await act('credentials', { kind: 'shopify', credentials: shop.account.credentials })).body['code']).toBe(
      'REQUEST_INVALID',
    );
    expect(await code({ channel: 'nowhere' })).toBe('NOT_FOUND');
    expect(await code({ baseUrl: 'http://shop.example/' })).toBe('WEBHOOK_URL_FORBIDDEN');
    expect(await code({ settings: { itemsMax: 0 } })).toBe('REQUEST_INVALID');
    expect(await code({ settings: { countsDown: true } })).toBe('REQUEST_INVALID');
    expect(await code({ credentials: {} })).toBe('REQUEST_INVALID');
    expect(await code({ more: 1 })).toBe('REQUEST_INVALID');
    expect((await api.call('GET', '/v1/publications/1/none')).body['code']).toBe('NOT_FOUND');
    expect((await api.call('GET', '/v1/publications?account=x')).body['code']).toBe('REQUEST_INVALID');
  });
});

describe('/v1/publications/:account/:channelSku/history', () => {
  it('tells of each publish what was sent, why and what became of it, the newest first, page by page', async () => {
    await make();
    hub.start();
    await expect.poll(() => shop.says('A')).toBe(6);
    const tills = teller(database.pool);
    await tills.tell(1, 'receipt', plain({ sku: 'A', quantity: 1 }));
    await expect.poll(() => shop.says('A')).toBe(7);
    await tills.tell(1, 'receipt', plain({ sku: 'A', quantity: 2 }));
    await expect.poll(async () => (await listing('A'))['confirmed']).toBe(9);
    const url = '/v1/publications/1/A/history';
    type Page = { items: Record<string, unknown>[]; next: string | null };
    const first = (await api.call('GET', `${url}?limit=2`)).body as unknown as Page;
    expect(first.items).toMatchObject([
      { quantity: 9, changeFrom: 7, outcome: 'taken', error: null, explained: { desired: 9, inFlight: 0 } },
      { quantity: 7, changeFrom: 6, outcome: 'taken' },
    ]);
    const rest = (await api.call('GET', `${url}?limit=2&cursor=${first.next}`)).body as unknown as Page;
    expect(rest).toMatchObject({ items: [{ quantity: 6, outcome: 'taken' }], next: null });
    const why = await api.call('GET', (first.items[1]!['explained'] as { explain: string }).explain);
    expect(why.status).toBe(200);
    await expect.poll(async () => (await listing('B'))['state']).toBe('parked');
    expect((await api.call('GET', '/v1/publications/1/Z/history')).status).toBe(404);
  });
});

describe('/v1/channel-webhooks', () => {
  it('X1 takes what the channel has signed, once, and nothing else', async () => {
    await make({ settings: { ...shop.account.settings, readable: true } });
    const url = `${api.url}/v1/channel-webhooks/1`;
    const order = shop.buy('A', 1);
    expect(await shop.sendOrder(order, url, { forged: true })).toBe(401);
    expect(await shop.sendOrder(order, `${api.url}/v1/channel-webhooks/7`)).toBe(401);
    for (const time of [1, 2])
      expect([time, await shop.sendOrder(order, url, { messageId: 'm-1' })]).toEqual([time, 200]);
    expect((await api.call('GET', '/v1/orders')).body.items).toHaveLength(1);
    const unsigned = await api.call('POST', '/v1/channel-webhooks/1', { key: null, body: { type: 'order.changed' } });
    expect(unsigned.body['code']).toBe('CHANNEL_SIGNATURE_INVALID');
    const empty = await api.call('POST', '/v1/channel-webhooks/1', { key: null });
    expect(empty.body['code']).toBe('CHANNEL_SIGNATURE_INVALID');
  });

  it('X1 slows down whoever forges them, by address and account', async () => {
    await make();
    const url = `${api.url}/v1/channel-webhooks/1`;
    const forged = await Promise.all(
      Array.from({ length: 40 }, () => shop.sendOrder(shop.buy('A', 1), url, { forged: true })),
    );
    expect(forged.filter((status) => status === 401).length).toBeLessThanOrEqual(32);
    expect(forged).toContain(429);
    // The same account, written in other ways.
    for (const same of [`${api.url}/v1/channel-webhooks/%31`, `${api.url}/v1/Channel-Webhooks/1`, `${url}/`])
      expect([same, await shop.sendOrder(shop.buy('A', 1), same, { forged: true })]).toEqual([same, 429]);
    expect(await shop.sendOrder(shop.buy('A', 1), `${api.url}/v1/channel-webhooks/7`)).toBe(401);
  });
});
