import { spawn } from 'node:child_process';
import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import { pino } from 'pino';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Part } from '#shared/runtime/lifecycle.ts';
import { transaction } from '#hub/db/transaction.ts';
import { createTestDatabase, type TestDatabase } from '#test/support/database.ts';
import { isSigned, Receiver } from '#test/support/webhook-receiver.ts';
import { deliverQuickly, EMPTY_OUTBOX, makeWebhook } from '#test/support/webhooks.ts';
import { addEvents } from '#hub/outbox/add-events.ts';
import { listDeadLetters, replayDeadLetter } from '#hub/outbox/dead-letters.ts';
import { pruneOutbox } from '#hub/outbox/prune.ts';
import { setLevels } from '#hub/outbox/set-levels.ts';
import { Webhooks } from '#hub/outbox/webhooks.ts';

let database: TestDatabase;
let receiver: Receiver;
let webhooks: Webhooks;
const stops: (() => Promise<unknown>)[] = [];

beforeAll(async () => {
  database = await createTestDatabase({ max: 12 });
});
afterAll(() => database.drop());
beforeEach(async () => {
  await database.pool.query(EMPTY_OUTBOX);
  receiver = await anotherReceiver();
  webhooks = new Webhooks(database.pool, { toPrivate: true });
});
afterEach(async () => {
  for (const stop of stops.splice(0).toReversed()) await stop();
});

async function anotherReceiver(): Promise<Receiver> {
  const made = await Receiver.start();
  stops.push(() => made.stop());
  return made;
}
function deliver(parts: Parameters<typeof deliverQuickly>[1] = {}): Part {
  const part = deliverQuickly(database.pool, parts);
  stops.push(() => part.stop());
  return part;
}
/** An event for one webhook. */
const ping = (webhook: number, by = 'me') =>
  addEvents(
    database.pool,
    'webhook.ping',
    [{ data: { webhook, by }, correlationId: `story ${by}`, occurredAt: 0 }],
    webhook,
  );
const level = (sku: string, available: number) =>
  setLevels(database.pool, 'availability.changed', [
    { subject: `web ${sku}`, item: { channel: 'web', sku, available }, isOver: false },
  ]);
const arrived = (count: number, at = receiver) => expect.poll(() => at.received.length).toBe(count);
const numbers = (at = receiver) =>
  at.bodies.map(({ data }) =>
    (data as { items: { sku: string; available: number }[] }).items.map((item) => [item.sku, item.available]),
  );
const letters = () => listDeadLetters(database.pool, { webhook: undefined, after: 0, limit: 100 });
const replay = (entry: number) => replayDeadLetter(database.pool, entry, () => Promise.resolve());
const idle = (webhook: number) => expect.poll(async () => (await webhooks.find(webhook)).waits).toBe(false);

describe('what is delivered', () => {
  it('X1 is signed so that a receiver who knows the secret can tell, also by both while it is rotated', async () => {
    const { webhook, secret } = await makeWebhook(database.pool, receiver.url);
    deliver();
    await ping(webhook);
    await arrived(1);
    const { secret: second } = await webhooks.rotateSecret(webhook, 24, () => Promise.resolve());
    await ping(webhook);
    await arrived(2);
    const { secret: third } = await webhooks.rotateSecret(webhook, 0, () => Promise.resolve());
    await ping(webhook);
    await arrived(3);
    const by = (name: string) => receiver.received.map((one) => isSigned(one, name));
    expect([by(secret), by(second), by(third)]).toEqual([
      [true, true, false],
      [false, true, false],
      [false, false, true],
    ]);
    const [first] = receiver.received;
    expect(isSigned({ ...first!, text: `${first!.text} ` }, secret)).toBe(false);
    expect(Math.abs(Number(first!.headers['webhook-timestamp']) - Date.now() / 1_000)).toBeLessThan(60);
    expect(first!.headers['x-correlation-id']).toBe('story me');
    expect(first!.body).toEqual({
      type: 'webhook.ping',
      timestamp: '1970-01-01T00:00:00.000Z',
      sequence: 1,
      correlationId: 'story me',
      data: { webhook, by: 'me' },
    });
  });

  it('X1 is not signed by a secret any more whose overlap has ended', async () => {
    const { webhook, secret } = await makeWebhook(database.pool, receiver.url);
    const { secret: second } = await webhooks.rotateSecret(webhook, 24, () => Promise.resolve());
    await database.pool.query(`UPDATE webhook_secrets SET ends_at = now() WHERE ends_at < 'infinity'`);
    deliver();
    await ping(webhook);
    await arrived(1);
    const [first] = receiver.received;
    expect([isSigned(first!, secret), isSigned(first!, second)]).toEqual([false, true]);
  });

  it('is written with its cause: what is rolled back is not told', async () => {
    const { webhook } = await makeWebhook(database.pool, receiver.url);
    deliver();
    const undone = transaction(database.pool, async (client) => {
      await addEvents(
        client,
        'webhook.ping',
        [{ data: { webhook, by: 'undone' }, correlationId: 'c', occurredAt: 0 }],
        webhook,
      );
      throw new Error('no');
    });
    await expect(undone).rejects.toThrow('no');
    await ping(webhook, 'done');
    await arrived(1);
    await idle(webhook);
    expect(receiver.bodies.map(({ data }) => data)).toEqual([{ webhook, by: 'done' }]);
  });

  it('comes in order, each once, from two hubs at a time', async () => {
    const { webhook } = await makeWebhook(database.pool, receiver.url);
    for (let n = 1; n <= 30; n += 1) await ping(webhook, `${n}`);
    deliver();
    deliver();
    await arrived(30);
    await idle(webhook);
    expect(receiver.bodies.map(({ sequence }) => sequence)).toEqual(Array.from({ length: 30 }, (_, n) => n + 1));
    expect(receiver.bodies.map(({ data }) => (data as { by: string }).by)).toEqual(
      Array.from({ length: 30 }, (_, n) => `${n + 1}`),
    );
    expect(new Set(receiver.received.map(({ id }) => id)).size).toBe(30);
  });

  it('of levels is the newest: those between are left out, and no older one follows a newer one', async () => {
    const { webhook } = await makeWebhook(database.pool, receiver.url);
    let held: ServerResponse | undefined;
    receiver.answer = (_, response) => void (held = response);
    deliver();
    await level('A', 9);
    await arrived(1);
    for (const available of [8, 7, 6]) await level('A', available);
    await level('B', 1);
    receiver.answer = (_, response) => void response.writeHead(200).end();
    held!.writeHead(200).end();
    await arrived(2);
    await level('B', 1);
    await idle(webhook);
    expect(numbers()).toEqual([
      [['A', 9]],
      [
        ['A', 6],
        ['B', 1],
      ],
    ]);
  });
});

describe('what fails', () => {
  it('O2 is sent again under its id until it is taken, and then comes what waited behind it', async () => {
    const { webhook } = await makeWebhook(database.pool, receiver.url);
    receiver.answer = (_, response) => void response.writeHead(receiver.received.length < 3 ? 500 : 200).end();
    await ping(webhook, 'first');
    await ping(webhook, 'second');
    deliver();
    await arrived(4);
    await idle(webhook);
    const [one, two, three, four] = receiver.received;
    expect([two!.id, three!.id, two!.text, three!.text]).toEqual([one!.id, one!.id, one!.text, one!.text]);
    expect(four!.body.data).toEqual({ webhook, by: 'second' });
    expect(await webhooks.find(webhook)).toMatchObject({ failures: 0, error: null });
  });

  it('O2 is a dead letter with its reason after the last attempt, and replayed keeps its id', async () => {
    const { webhook } = await makeWebhook(database.pool, receiver.url);
    receiver.answer = (_, response) => void response.writeHead(503).end('x'.repeat(200_000));
    await ping(webhook);
    deliver();
    await expect.poll(letters).toHaveLength(1);
    await idle(webhook);
    const [letter] = await letters();
    expect(letter).toMatchObject({
      attempts: 3,
      error: { code: 'WEBHOOK_REFUSED', detail: 'The receiver answered 503.' },
      data: { webhook, by: 'me' },
    });
    expect(receiver.received).toHaveLength(3);
    receiver.answer = (_, response) => void response.writeHead(200).end();
    await replay(letter!.entry);
    await arrived(4);
    await idle(webhook);
    expect(receiver.received.map(({ id }) => id)).toEqual(Array.from({ length: 4 }, () => letter!.id));
    expect(await letters()).toEqual([]);
    await expect(replay(letter!.entry)).rejects.toMatchObject({ code: 'CONFLICT' });
  });

  it('O2 of levels is replayed without what was told anew since', async () => {
    const { webhook } = await makeWebhook(database.pool, receiver.url);
    receiver.answer = (_, response) => void response.writeHead(500).end();
    await level('A', 5);
    await level('B', 5);
    deliver();
    await expect.poll(letters).toHaveLength(1);
    receiver.answer = (_, response) => void response.writeHead(200).end();
    receiver.received.length = 0;
    await level('A', 4);
    await arrived(1);
    await idle(webhook);
    const [letter] = await letters();
    await replay(letter!.entry);
    await arrived(2);
    await idle(webhook);
    expect(numbers()).toEqual([[['A', 4]], [['B', 5]]]);
    expect(receiver.received[1]!.id).toBe(letter!.id);
    expect(receiver.bodies[1]!.sequence).toBeGreaterThan(receiver.bodies[0]!.sequence);
  });

  it('of levels is not replayed when all of it was told anew; and goes first, before what is newer', async () => {
    const { webhook } = await makeWebhook(database.pool, receiver.url);
    receiver.answer = (_, response) => void response.writeHead(500).end();
    await level('A', 5);
    const part = deliver();
    await expect.poll(letters).toHaveLength(1);
    await part.stop();
    receiver.answer = (_, response) => void response.writeHead(200).end();
    receiver.received.length = 0;
    await level('A', 4);
    const [letter] = await letters();
    await replay(letter!.entry);
    deliver();
    await arrived(2);
    await idle(webhook);
    expect(numbers()).toEqual([[['A', 5]], [['A', 4]]]);
    // As it was before it was replayed: newer numbers have been sent since.
    await database.pool.query(`UPDATE outbox_entries SET state = 'dead', error = '{}' WHERE entry_no = $1`, [
      letter!.entry,
    ]);
    await expect(replay(letter!.entry)).rejects.toMatchObject({ code: 'WEBHOOK_SUPERSEDED' });
  });

  it('waits as long as Retry-After asks', async () => {
    const { webhook } = await makeWebhook(database.pool, receiver.url);
    receiver.answer = (_, response) => void response.writeHead(429, { 'Retry-After': '3600' }).end();
    await ping(webhook);
    deliver();
    await expect.poll(async () => (await webhooks.find(webhook)).failures).toBe(1);
    const { nextAt } = await webhooks.find(webhook);
    expect(nextAt.getTime() - Date.now()).toBeGreaterThan(3_500_000);
    await delay(100);
    expect(receiver.received).toHaveLength(1);
    // Resumed it is sent at once.
    receiver.answer = (_, response) => void response.writeHead(200).end();
    await webhooks.resume(webhook);
    await arrived(2);
  });

  it('of a receiver that is gone (410) pauses the webhook, and is sent when it is resumed', async () => {
    const { webhook } = await makeWebhook(database.pool, receiver.url);
    receiver.answer = (_, response) => void response.writeHead(410).end();
    await ping(webhook);
    deliver();
    await expect.poll(async () => (await webhooks.find(webhook)).state).toBe('paused');
    expect(await webhooks.find(webhook)).toMatchObject({ error: { code: 'WEBHOOK_GONE' }, waits: true });
    receiver.answer = (_, response) => void response.writeHead(200).end();
    await ping(webhook, 'later');
    await delay(60);
    expect(receiver.received).toHaveLength(1);
    await webhooks.resume(webhook);
    await arrived(3);
    expect(await letters()).toEqual([]);
  });

  it('X2 is not followed to another address', async () => {
    const elsewhere = await anotherReceiver();
    const { webhook } = await makeWebhook(database.pool, receiver.url);
    receiver.answer = (_, response) => void response.writeHead(307, { Location: elsewhere.url }).end();
    await ping(webhook);
    deliver();
    await expect
      .poll(letters)
      .toMatchObject([{ error: { code: 'WEBHOOK_REFUSED', detail: expect.stringContaining('307') } }]);
    expect(elsewhere.received).toEqual([]);
  });

  it('X2 does not go to a private address that was allowed when it was made', async () => {
    const { webhook } = await makeWebhook(database.pool, receiver.url);
    await makeWebhook(database.pool, receiver.url.replace('http:', 'https:').replace('127.0.0.1', 'localhost'));
    await database.pool.query(
      `UPDATE webhooks SET url = replace(url, 'localhost', 'localhost.localdomain') WHERE webhook_no = 2`,
    );
    await ping(webhook);
    await ping(2);
    deliver({ toPrivate: false });
    await expect.poll(letters).toHaveLength(2);
    const codes = (await letters()).toSorted((a, b) => a.webhook - b.webhook).map(({ error }) => error.code);
    expect(codes[0]).toBe('WEBHOOK_URL_FORBIDDEN');
    // Where no resolver knows that name it cannot be reached either.
    expect(['WEBHOOK_URL_FORBIDDEN', 'WEBHOOK_UNREACHABLE']).toContain(codes[1]);
    expect(receiver.received).toEqual([]);
  });

  it('never delays another: one that is silent, one that is not there, one that drips', async () => {
    const silent = await anotherReceiver();
    silent.answer = () => undefined;
    const drips = await anotherReceiver();
    drips.answer = (_, response) => {
      response.writeHead(200);
      const timer = setInterval(() => response.write('x'), 20);
      response.on('close', () => clearInterval(timer));
    };
    const gone = await Receiver.start();
    await gone.stop();
    const slow = [silent.url, drips.url, gone.url];
    for (const url of [...slow, ...slow]) {
      const { webhook } = await makeWebhook(database.pool, url);
      await ping(webhook);
    }
    const { webhook } = await makeWebhook(database.pool, receiver.url);
    const part = deliver({ timeoutMs: 60_000 });
    await expect.poll(() => silent.received.length).toBe(2);
    for (let n = 0; n < 20; n += 1) await ping(webhook);
    await arrived(20);
    expect([silent.received.length, drips.received.length]).toEqual([2, 2]);
    expect((await letters()).map((letter) => letter.error.code)).toEqual(
      (await letters()).map(() => 'WEBHOOK_UNREACHABLE'),
    );
    const begin = performance.now();
    await part.stop();
    expect(performance.now() - begin).toBeLessThan(30_000);
  });

  it('of a receiver that does not answer in time, or takes its time with the body, ends', async () => {
    const { webhook } = await makeWebhook(database.pool, receiver.url);
    receiver.answer = () => undefined;
    await ping(webhook);
    deliver({ timeoutMs: 300 });
    await expect.poll(letters).toMatchObject([{ error: { code: 'WEBHOOK_TIMEOUT' } }]);
    receiver.answer = (_, response) => void response.writeHead(200).write('x');
    await ping(webhook);
    await idle(webhook);
    expect(await letters()).toHaveLength(1);
  });
});

describe('a worker', () => {
  it('O2 killed between sending and noting it: the next one sends the same under the same id', async () => {
    const { webhook, secret } = await makeWebhook(database.pool, receiver.url);
    await level('A', 5);
    receiver.answer = () => undefined;
    const child = spawn(
      process.execPath,
      ['--disable-warning=ExperimentalWarning', 'test/support/deliver-loop.ts', database.url],
      { stdio: 'ignore' },
    );
    stops.push(async () => child.kill('SIGKILL'));
    await arrived(1);
    child.kill('SIGKILL');
    await once(child, 'exit');
    await level('A', 4);
    receiver.answer = (_, response) => void response.writeHead(200).end();
    deliver();
    await arrived(3);
    await idle(webhook);
    const [first, again, next] = receiver.received;
    expect([again!.id, again!.text]).toEqual([first!.id, first!.text]);
    expect(numbers()).toEqual([[['A', 5]], [['A', 5]], [['A', 4]]]);
    expect([first!, again!, next!].map((one) => isSigned(one, secret))).toEqual([true, true, true]);
  });

  it('that is stopped leaves what it was sending to the next, and counts no attempt', async () => {
    const { webhook } = await makeWebhook(database.pool, receiver.url);
    receiver.answer = () => undefined;
    await ping(webhook);
    const part = deliver({ timeoutMs: 60_000 });
    await arrived(1);
    await part.stop();
    expect(await webhooks.find(webhook)).toMatchObject({ failures: 0, waits: true });
    receiver.answer = (_, response) => void response.writeHead(200).end();
    deliver();
    await arrived(2);
    expect(receiver.received[1]!.id).toBe(receiver.received[0]!.id);
  });

  it('X1 logs no secret, and nothing that signs', async () => {
    const lines: string[] = [];
    const { webhook, secret } = await makeWebhook(database.pool, `${receiver.url}?key=hidden-in-the-address`);
    receiver.answer = (_, response) => void response.writeHead(receiver.received.length > 1 ? 200 : 500).end();
    deliver({ logger: pino({ level: 'trace' }, { write: (text: string) => void lines.push(text) }) });
    await ping(webhook);
    await idle(webhook);
    const text = lines.join('');
    expect(text).toContain('a message was not delivered');
    expect(text).toContain('a message was delivered');
    const signature = String(receiver.received[0]!.headers['webhook-signature']).slice(3);
    for (const hidden of [secret, secret.slice(6), signature, 'hidden-in-the-address'])
      expect(text).not.toContain(hidden);
  });
});

describe('a webhook', () => {
  it('that is paused keeps what happens; ended it leaves dead letters, and no secret', async () => {
    const { webhook } = await makeWebhook(database.pool, receiver.url);
    deliver();
    await webhooks.pause(webhook);
    await ping(webhook, 'while paused');
    await level('A', 1);
    await delay(60);
    expect(receiver.received).toEqual([]);
    await webhooks.resume(webhook);
    await arrived(2);
    await webhooks.pause(webhook);
    await ping(webhook, 'too late');
    expect(await webhooks.end(webhook)).toMatchObject({ state: 'ended', waits: false });
    expect(await letters()).toMatchObject([{ error: { code: 'WEBHOOK_ENDED' }, data: { by: 'too late' } }]);
    await expect(replay((await letters())[0]!.entry)).rejects.toMatchObject({ code: 'WEBHOOK_ENDED' });
    await expect(webhooks.resume(webhook)).rejects.toMatchObject({ code: 'WEBHOOK_ENDED' });
    expect((await database.pool.query('SELECT FROM webhook_secrets')).rowCount).toBe(0);
    await level('A', 2);
    await ping(webhook);
    await delay(60);
    expect(receiver.received).toHaveLength(2);
  });

  it('is told only of what it asked for; there are not more of them than the limit', async () => {
    await makeWebhook(database.pool, receiver.url);
    await database.pool.query(`INSERT INTO webhooks (name, url, event_types, created_by)
      SELECT 'x', 'https://x.example/', '{other}', 'me' FROM generate_series(1, 199)`);
    await level('A', 1);
    expect((await database.pool.query('SELECT DISTINCT webhook_no FROM webhook_levels')).rows).toEqual([
      { webhook_no: 1 },
    ]);
    await expect(makeWebhook(database.pool, receiver.url)).rejects.toMatchObject({ code: 'WEBHOOK_LIMIT' });
    await webhooks.end(1);
    await makeWebhook(database.pool, receiver.url);
  });

  it('has delivered messages forgotten after a week, dead letters never', async () => {
    const { webhook } = await makeWebhook(database.pool, receiver.url);
    await database.pool.query(
      `INSERT INTO outbox_entries (webhook_no, type, data, correlation_id, occurred_at, state, error, ended_at)
       SELECT $1, 'webhook.ping', '{}', 'c', now(), state::outbox_state, '{}', now() - make_interval(days => age)
       FROM (VALUES ('delivered', 8), ('delivered', 6), ('dead', 1000)) AS e (state, age)`,
      [webhook],
    );
    await pruneOutbox(database.pool);
    const { rows } = await database.pool.query('SELECT state FROM outbox_entries ORDER BY entry_no');
    expect(rows).toEqual([{ state: 'delivered' }, { state: 'dead' }]);
  });
});
