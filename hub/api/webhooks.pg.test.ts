import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { Webhooks } from '#hub/outbox/webhooks.ts';
import { createTestDatabase, type TestDatabase } from '#test/support/database.ts';
import { startApi, type RunningApi } from '#test/support/hub-api.ts';
import { isSigned, Receiver } from '#test/support/webhook-receiver.ts';
import { deliverQuickly, EMPTY_OUTBOX } from '#test/support/webhooks.ts';
import { createApiKey } from './api-keys.ts';

let database: TestDatabase;
let api: RunningApi;
let strict: RunningApi;
let receiver: Receiver;

beforeAll(async () => {
  database = await createTestDatabase();
  api = await startApi(database.pool);
  strict = await startApi(database.pool, { webhooks: new Webhooks(database.pool, { toPrivate: false }) });
  receiver = await Receiver.start();
});
afterAll(async () => {
  await api.stop();
  await strict.stop();
  await receiver.stop();
  await database.drop();
});
beforeEach(async () => {
  await database.pool.query(EMPTY_OUTBOX);
  receiver.received.length = 0;
  receiver.answer = (_, response) => void response.writeHead(200).end();
});

const wanted = (parts: object = {}) => ({
  name: 'shop',
  url: receiver.url,
  eventTypes: ['availability.changed'],
  ...parts,
});
const make = (parts?: object) => api.call('POST', '/v1/webhooks', { body: wanted(parts) });
const act = (name: string, body: object = {}, webhook = 1) =>
  api.call('POST', `/v1/webhooks/${webhook}/${name}`, { body });

describe('/v1/webhooks', () => {
  it('X1 shows a secret once, which signs what is sent; a repeated request makes no second webhook', async () => {
    const part = deliverQuickly(database.pool);
    const asked = { body: wanted(), idempotencyKey: 'make-1' };
    const made = await api.call('POST', '/v1/webhooks', asked);
    expect([made.status, made.headers.get('Location')]).toEqual([201, '/v1/webhooks/1']);
    const { secret, ...shown } = made.body;
    expect(secret).toMatch(/^whsec_/);
    expect((await api.call('POST', '/v1/webhooks', asked)).body).toEqual(made.body);
    const list = await api.call('GET', '/v1/webhooks');
    expect(list.body.items).toEqual([shown]);
    expect(list.text).not.toContain(String(secret).slice(6));
    const pinged = await api.call('POST', '/v1/webhooks/1/ping', {
      body: {},
      headers: { 'X-Correlation-Id': 'trying-it' },
    });
    expect(pinged).toMatchObject({ status: 202, body: { waits: true } });
    await expect.poll(() => receiver.received.length).toBe(1);
    expect(receiver.bodies[0]).toMatchObject({
      type: 'webhook.ping',
      correlationId: 'trying-it',
      data: { webhook: 1 },
    });
    expect(isSigned(receiver.received[0]!, String(secret))).toBe(true);
    const rotated = await act('rotate-secret', { overlapHours: 1 });
    expect(rotated.body['secret']).not.toBe(secret);
    await act('ping');
    await expect.poll(() => receiver.received.length).toBe(2);
    const second = receiver.received[1]!;
    expect([isSigned(second, String(secret)), isSigned(second, String(rotated.body['secret']))]).toEqual([true, true]);
    await part.stop();
  });

  it('pauses, resumes and ends, each as often as one likes', async () => {
    await make();
    for (const name of ['pause', 'pause']) expect((await act(name)).body).toMatchObject({ state: 'paused' });
    for (const name of ['resume', 'resume']) expect((await act(name)).body).toMatchObject({ state: 'active' });
    for (const name of ['end', 'end']) expect((await act(name)).body).toMatchObject({ state: 'ended' });
    for (const name of ['pause', 'resume', 'ping', 'rotate-secret']) {
      expect([(await act(name)).body['code'], (await act(name, {}, 9)).body['code']]).toEqual([
        'WEBHOOK_ENDED',
        'NOT_FOUND',
      ]);
    }
    expect((await act('end', {}, 9)).body['code']).toBe('NOT_FOUND');
    expect((await api.call('GET', '/v1/webhooks/1')).body).toMatchObject({ state: 'ended' });
    expect((await api.call('GET', '/v1/webhooks/2')).body['code']).toBe('NOT_FOUND');
  });

  it('X2 refuses addresses that are not public, types that there are not, and more of what it does not know', async () => {
    for (const url of [
      'http://shop.example/',
      'https://127.0.0.1/',
      'https://localhost/',
      'https://169.254.169.254/',
      'x',
    ]) {
      const { status, body } = await strict.call('POST', '/v1/webhooks', { body: wanted({ url }) });
      expect([url, status, body['code']]).toEqual([url, 422, 'WEBHOOK_URL_FORBIDDEN']);
    }
    const wrong = [
      { eventTypes: [] },
      { eventTypes: ['order.made-up'] },
      { eventTypes: ['webhook.ping'] },
      { secret: 'mine' },
      { url: '' },
    ];
    for (const parts of wrong) expect((await make(parts)).body['code']).toBe('REQUEST_INVALID');
    expect((await act('rotate-secret', { overlapHours: 1_000 })).body['code']).toBe('REQUEST_INVALID');
    expect((await api.call('POST', '/v1/webhooks', { body: wanted(), idempotencyKey: null })).body['code']).toBe(
      'IDEMPOTENCY_KEY_REQUIRED',
    );
    expect((await api.call('GET', '/v1/webhooks')).body.items).toEqual([]);
  });

  it('X1 needs a key of its own area', async () => {
    const reads = await createApiKey(database.pool, 'hooks-read', ['webhooks:read']);
    const other = await createApiKey(database.pool, 'orders-write', ['orders:write']);
    const status = async (key: string, method: string, path: string, body?: object) =>
      (await api.call(method, path, { key, ...(body && { body }) })).status;
    await make();
    expect(await status(reads, 'GET', '/v1/webhooks')).toBe(200);
    expect(await status(reads, 'POST', '/v1/webhooks', wanted())).toBe(403);
    expect(await status(reads, 'POST', '/v1/webhooks/1/rotate-secret', {})).toBe(403);
    expect(await status(reads, 'POST', '/v1/webhook-dead-letters/1/replay')).toBe(403);
    expect(await status(other, 'GET', '/v1/webhooks')).toBe(403);
    expect(await status(other, 'GET', '/v1/webhook-dead-letters')).toBe(403);
  });
});

describe('/v1/webhook-dead-letters', () => {
  it('O2 lists what was set aside with reason and remedy, page by page, and sends it again under its id', async () => {
    receiver.answer = (_, response) => void response.writeHead(500).end();
    const part = deliverQuickly(database.pool);
    await make();
    await make();
    for (const webhook of [1, 1, 2]) await act('ping', {}, webhook);
    const list = async (query: string) => (await api.call('GET', `/v1/webhook-dead-letters?${query}`)).body;
    await expect.poll(async () => (await list('')).items.length).toBe(3);
    const first = await list('webhook=1&limit=1');
    const next = await list(`webhook=1&limit=1&cursor=${first.next}`);
    expect([first.items, next]).toMatchObject([
      [{ webhook: 1, attempts: 3, error: { code: 'WEBHOOK_REFUSED', remedy: expect.any(String) } }],
      { items: [{ webhook: 1 }], next: null },
    ]);
    const [letter] = first.items;
    receiver.answer = (_, response) => void response.writeHead(200).end();
    receiver.received.length = 0;
    const replay = (entry: unknown) => api.call('POST', `/v1/webhook-dead-letters/${String(entry)}/replay`);
    expect(await replay(letter!['entry'])).toMatchObject({ status: 202, body: { id: letter!['id'], attempts: 0 } });
    await expect.poll(() => receiver.received.map(({ id }) => id)).toEqual([letter!['id']]);
    await expect.poll(async () => (await replay(letter!['entry'])).body['code']).toBe('CONFLICT');
    expect((await replay(999)).body['code']).toBe('NOT_FOUND');
    expect((await list('')).items).toHaveLength(2);
    await part.stop();
  });
});
