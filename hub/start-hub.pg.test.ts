import { generateKeyPairSync, randomUUID } from 'node:crypto';
import { createServer } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { pino } from 'pino';
import { sleep, systemClock } from '#shared/runtime/clock.ts';
import { silentLogger } from '#shared/runtime/logger.ts';
import { systemRandom } from '#shared/runtime/random.ts';
import { createTestDatabase, type TestDatabase } from '#test/support/database.ts';
import { NatsServer } from '#test/support/emulators/nats-server.ts';
import { natsAt, STREAM } from '#test/support/nats.ts';
import { enrolDevice, RawAgent } from '#test/support/raw-agent.ts';
import { isSigned, Receiver } from '#test/support/webhook-receiver.ts';
import { codeOf } from '#test/support/running-sync.ts';
import { createApiKey } from './api/api-keys.ts';
import { startHub, type Hub } from './start-hub.ts';

const parts = { clock: systemClock, random: systemRandom, logger: silentLogger };

let database: TestDatabase;
let hub: Hub;
let key: string;

beforeEach(async () => {
  database = await createTestDatabase({ empty: true });
  hub = await startHub({ data: '/nowhere', databaseUrl: database.url, listen: '127.0.0.1:0', explainDays: 400 }, parts);
  key = await createApiKey(hub.pool, 'test', ['write']);
});
afterEach(async () => {
  await hub.stop('end of test');
  await database.drop();
});

async function call(
  method: string,
  path: string,
  body?: unknown,
): Promise<{ status: number; body: Record<string, unknown> }> {
  const headers = {
    Authorization: `Bearer ${key}`,
    'Content-Type': 'application/json',
    ...(method === 'POST' && { 'Idempotency-Key': randomUUID() }),
  };
  const sent = body === undefined ? {} : { body: JSON.stringify(body) };
  const response = await fetch(hub.url + path, { method, headers, ...sent });
  return { status: response.status, body: (await response.json()) as Record<string, unknown> };
}

function newPublicKey(): string {
  return generateKeyPairSync('ed25519').publicKey.export({ format: 'jwk' }).x!;
}

describe('the hub on a database of its own', () => {
  it('X1 enrols one device a token, shows it, and revokes it', async () => {
    await call('PUT', '/v1/stores/S1', { name: 'One' });
    const made = await call('POST', '/v1/stores/S1/tokens', { ttlHours: 1 });
    expect(made.status).toBe(201);
    const { token } = made.body;
    const publicKey = newPublicKey();
    const enrolment = { token, publicKey, deviceName: 'till' };
    const enrolled = await call('POST', '/v1/enrol', enrolment);
    expect(enrolled).toEqual({ status: 201, body: { device: 1, store: { code: 'S1', name: 'One' } } });
    expect((await call('POST', '/v1/enrol', enrolment)).body).toEqual(enrolled.body);
    expect((await call('POST', '/v1/enrol', { ...enrolment, publicKey: newPublicKey() })).body['code']).toBe(
      'TOKEN_USED',
    );
    expect((await call('POST', '/v1/devices/1/revoke', { reason: 'stolen' })).status).toBe(200);
    expect((await call('GET', '/v1/stores')).body['items']).toMatchObject([
      { code: 'S1', devices: [{ device: 1, name: 'till', revoked: { reason: 'stolen' } }] },
    ]);
    expect((await call('POST', '/v1/devices/7/revoke', { reason: 'x' })).body['code']).toBe('NOT_FOUND');
    expect((await call('POST', '/v1/stores/S9/tokens', {})).body['code']).toBe('NOT_FOUND');
  });

  it('tells a webhook, signed, of what its API is asked and of what channels may sell', async () => {
    await hub.stop('another option');
    const options = { data: '/nowhere', databaseUrl: database.url, listen: '127.0.0.1:0', explainDays: 400 };
    hub = await startHub({ ...options, privateWebhooks: true }, parts);
    const receiver = await Receiver.start();
    try {
      await call('PUT', '/v1/stores/S1', { name: 'One' });
      await call('PUT', '/v1/channels/web', { name: 'Web', locations: ['S1'] });
      const wanted = { name: 'shop', url: receiver.url, eventTypes: ['availability.changed'] };
      const { status, body } = await call('POST', '/v1/webhooks', wanted);
      expect(status).toBe(201);
      await call('POST', '/v1/webhooks/1/ping', {});
      // What follows from the new channel is worked out: it would go over what is written here.
      const jobs = () => database.pool.query('SELECT FROM recompute_jobs WHERE finished_at IS NULL');
      await expect.poll(async () => (await jobs()).rowCount).toBe(0);
      await database.pool.query(
        `INSERT INTO availability (sku, ats) SELECT 'A', array_fill(7, ARRAY[channel_no]) FROM channels;
         INSERT INTO shelf_terms (location_no, sku, withheld) SELECT 1, 'A', array_fill(0, ARRAY[channel_no]) FROM channels;
         INSERT INTO changes (topic, scope, keys) VALUES ('availability', 0, '{A}')`,
      );
      await expect
        .poll(() => new Set(receiver.bodies.map(({ type }) => type)))
        .toEqual(new Set(['availability.changed', 'webhook.ping']));
      expect(receiver.received.every((one) => isSigned(one, String(body['secret'])))).toBe(true);
      // What the channel was before it had anything may have been told first: the newest number counts.
      await expect
        .poll(() => receiver.bodies.findLast(({ type }) => type === 'availability.changed')?.data)
        .toEqual({ items: [{ channel: 'web', sku: 'A', available: 7 }] });
    } finally {
      await receiver.stop();
    }
  });

  it('publishes to NATS what happened while that was away, also before the hub was started with it', async () => {
    await hub.stop('another option');
    const { port, url } = await NatsServer.start().then(async (one) => (await one.stop(), one));
    const options = { data: '/nowhere', databaseUrl: database.url, listen: '127.0.0.1:0', explainDays: 400 };
    hub = await startHub({ ...options, nats: natsAt(url) }, parts);
    expect((await call('POST', '/v1/webhooks/1/ping', {})).status).toBe(202);
    const shown = async () => (await call('GET', '/v1/webhooks/1')).body;
    await expect.poll(shown).toMatchObject({ kind: 'nats', error: { code: 'NATS_UNREACHABLE' } });
    const server = await NatsServer.start({ port });
    try {
      await call('POST', '/v1/webhooks/1/resume', {});
      await expect.poll(() => server.stored(STREAM).map(({ subject }) => subject)).toEqual(['shop.webhook.ping']);
    } finally {
      await server.stop();
    }
  });

  it('survives that all its connections are cut', async () => {
    const cut =
      'SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid() AND datname = current_database()';
    for (let round = 0; round < 5; round += 1) {
      await database.pool.query(cut);
      expect((await call('GET', '/v1/stores')).status).toBe(200);
    }
  });

  it('answers what is under way before it stops, and then no more', async () => {
    const holder = await database.pool.connect();
    await holder.query('BEGIN; LOCK TABLE products IN EXCLUSIVE MODE');
    const asked = call('PUT', '/v1/products', { products: [{ sku: 'A', name: 'x' }] });
    const waiting =
      "SELECT FROM pg_stat_activity WHERE application_name = 'shelfwire-api' AND wait_event_type = 'Lock'";
    await expect.poll(async () => (await database.pool.query(waiting)).rowCount).toBe(1);
    const stopping = hub.stop('test');
    await holder.query('COMMIT');
    holder.release();
    expect((await asked).body).toEqual({ received: 1, changed: 1 });
    await stopping;
    await expect(fetch(`${hub.url}/health`)).rejects.toThrow('fetch failed');
  });

  it('answers pulls that wait when it stops, refuses new ones, and asks no pool that has ended', async () => {
    const lines: { level: number; msg: string; err?: { message: string } }[] = [];
    const logger = pino({ level: 'warn' }, { write: (line: string) => void lines.push(JSON.parse(line)) });
    const options = { data: '/nowhere', databaseUrl: database.url, listen: '127.0.0.1:0', explainDays: 400 };
    const other = await startHub(options, { ...parts, logger });
    const devices = await Promise.all([1, 2].map((n) => enrolDevice(other.pool, `S${n}`)));
    const agents = await Promise.all(devices.map(async (device) => (await RawAgent.greeted(other.url, device)).agent));
    const holder = await database.pool.connect();
    await holder.query('BEGIN; LOCK TABLE products IN ACCESS EXCLUSIVE MODE');
    const pull = (agent: RawAgent) =>
      agent.ask('pull', { collection: 'products', checkpoint: null, limit: 10 }).then(codeOf, () => 'unanswered');
    const asked: Promise<string>[] = [];
    for (let round = 0; round < 10; round += 1) {
      asked.push(...agents.map(pull));
      await sleep(systemClock, 10);
    }
    const stopping = other.stop('test');
    // What comes before the stop has reached the sockets waits like the others.
    let answer: string;
    do {
      const asking = pull(agents[0]!);
      answer = await Promise.race([asking, sleep(systemClock, 100).then(() => 'waits')]);
      if (answer === 'waits') asked.push(asking);
    } while (answer === 'waits');
    expect(answer).toBe('HUB_BUSY');
    await holder.query('COMMIT');
    holder.release();
    expect(new Set(await Promise.all(asked))).toEqual(new Set(['ok']));
    await stopping;
    await sleep(systemClock, 100);
    expect(lines).toEqual([]);
    const status = 'SELECT count(disconnected_at)::int AS ended FROM device_status';
    expect((await database.pool.query(status)).rows).toEqual([{ ended: 2 }]);
  });

  it('says so when its port is taken, and leaves nothing running', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    const { port } = other.address() as AddressInfo;
    const options = { data: '/nowhere', databaseUrl: database.url, listen: `127.0.0.1:${port}`, explainDays: 400 };
    await expect(startHub(options, parts)).rejects.toMatchObject({ code: 'LISTEN_FAILED' });
    other.close();
  });

  it('X2 refuses an address that is none', async () => {
    for (const listen of ['7070', 'localhost', '::1:7070', '127.0.0.1:99999', 'a b:1:2']) {
      const options = { data: '/nowhere', databaseUrl: database.url, listen, explainDays: 400 };
      await expect(startHub(options, parts)).rejects.toMatchObject({ code: 'OPTION_INVALID' });
    }
  });
});
