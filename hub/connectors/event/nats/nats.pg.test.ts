import { writeFileSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { jetstreamManager } from '@nats-io/jetstream';
import { connect } from '@nats-io/transport-node';
import { pino } from 'pino';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { addEvents } from '#hub/outbox/add-events.ts';
import { listDeadLetters, replayDeadLetter } from '#hub/outbox/dead-letters.ts';
import { setLevels } from '#hub/outbox/set-levels.ts';
import { enterNats, Webhooks } from '#hub/outbox/webhooks.ts';
import { systemClock } from '#shared/runtime/clock.ts';
import { silentLogger, type Logger } from '#shared/runtime/logger.ts';
import { seededRandom } from '#shared/runtime/random.ts';
import { createTestDatabase, type TestDatabase } from '#test/support/database.ts';
import { NatsServer } from '#test/support/emulators/nats-server.ts';
import { natsAt, startNats, STREAM, type RunningNats } from '#test/support/nats.ts';
import { EMPTY_OUTBOX } from '#test/support/webhooks.ts';
import { startDeliveries } from '../deliver.ts';
import { createNats } from './nats.ts';
import type { NatsOptions } from './nats-options.ts';

let database: TestDatabase;
let webhooks: Webhooks;
const stops: (() => Promise<unknown>)[] = [];

beforeAll(async () => {
  database = await createTestDatabase({ max: 10 });
  webhooks = new Webhooks(database.pool, { toPrivate: true });
});
afterAll(() => database.drop());
beforeEach(async () => {
  await database.pool.query(EMPTY_OUTBOX);
  await enterNats(database.pool, 'nats://nats.example');
});
afterEach(async () => {
  for (const stop of stops.splice(0).toReversed()) await stop();
});

async function nats(password?: string): Promise<RunningNats> {
  const running = await startNats(password);
  stops.push(() => running.stop());
  return running;
}
function hub(port: number, parts: Partial<NatsOptions> = {}, logger: Logger = silentLogger) {
  const options = natsAt(`nats://127.0.0.1:${port}`, parts);
  const retries = { baseMs: 2, maxMs: 30, attempts: 3 };
  const part = startDeliveries({
    pool: database.pool,
    clock: systemClock,
    random: seededRandom(3),
    logger,
    connectors: [createNats({ options, timeoutMs: 1_000, window: 20, retries })],
    everyMs: 10,
  });
  stops.push(() => part.stop());
  return part;
}
/** So many steps of three orders, in turn. */
async function tell(count: number, from = 0): Promise<void> {
  const steps = Array.from({ length: count }, (_, n) => n + from);
  await addEvents(
    database.pool,
    'order.changed',
    steps.map((step) => ({
      data: {
        order: 1 + (step % 3),
        channel: 'web',
        channelOrderId: 'o',
        state: 'x',
        before: null,
        act: String(step),
      },
      correlationId: 'c',
      occurredAt: 0,
    })),
  );
}
const shown = () => webhooks.find(1);
const idle = () => expect.poll(async () => (await shown()).waits).toBe(false);
const failsWith = (code: string) => expect.poll(async () => (await shown()).error?.code).toBe(code);
const acts = (messages: Awaited<ReturnType<RunningNats['stored']>>) =>
  messages.map(({ text }) => JSON.parse(text) as { subject?: string; data: { act: string } });
const letters = () => listDeadLetters(database.pool, { webhook: undefined, after: 0, limit: 10 });
async function makeStream(port: number, config: { subjects: string[]; max_msg_size?: number; no_ack?: boolean }) {
  const connection = await connect({ servers: `127.0.0.1:${port}` });
  await (await jetstreamManager(connection)).streams.add({ name: STREAM, ...config });
  await connection.close();
}

it('makes the stream, and publishes under the id of the event and the subject of its type and channel', async () => {
  const server = await nats();
  hub(server.port);
  await tell(1);
  await idle();
  await webhooks.ping(1, { by: 'me', correlationId: 'c', now: 0 }, () => Promise.resolve());
  await idle();
  const stored = await server.stored();
  expect(stored.map(({ subject }) => subject)).toEqual(['shop.order.changed.web', 'shop.webhook.ping']);
  const { rows } = await database.pool.query<{ id: string }>('SELECT message_id AS id FROM outbox_entries ORDER BY 1');
  expect(new Set(stored.map(({ id }) => id))).toEqual(new Set(rows.map(({ id }) => id)));
  expect(await shown()).toMatchObject({ kind: 'nats', form: 'cloudEvents', failures: 0, url: 'nats://nats.example' });
});

it('O1 a server that is killed and comes back has every event once', async () => {
  const server = await nats();
  hub(server.port);
  for (let round = 0; round < 3; round += 1) {
    await tell(30, round * 30);
    await server.restart();
  }
  await idle();
  const sent = acts(await server.stored()).map(({ data }) => Number(data.act));
  expect(sent.toSorted((a, b) => a - b)).toEqual(Array.from({ length: 90 }, (_, n) => n));
  expect(await letters()).toEqual([]);
});

it('of one order no event overtakes another, though the server refuses single ones', async () => {
  const server = await NatsServer.start();
  stops.push(() => server.stop());
  const random = seededRandom(5);
  server.isLeaderless = () => random() < 0.3;
  await tell(45);
  hub(server.port);
  await idle();
  const sent = acts(server.stored(STREAM));
  expect(sent).toHaveLength(45);
  for (const order of ['1', '2', '3']) {
    const own = sent.filter(({ subject }) => subject === order).map(({ data }) => Number(data.act));
    expect(own).toEqual(own.toSorted((a, b) => a - b));
  }
  expect(await letters()).toEqual([]);
});

it('a stream that is there is never changed: one that would lose or double events gets none, and says why', async () => {
  const server = await nats();
  await makeStream(server.port, { subjects: ['other.>'] });
  const part = hub(server.port);
  await tell(3);
  await failsWith('NATS_STREAM_UNFIT');
  expect((await shown()).error?.detail).toBe(`Stream ${STREAM} takes other.>, not shop.>.`);
  await part.stop();
  expect(await server.stored()).toEqual([]);
  hub(server.port, { stream: 'ANOTHER' });
  await idle();
  expect(await letters()).toEqual([]);
});

it('X1 wrong credentials: events wait, the file is read again, and nothing of it is logged', async () => {
  const server = await nats('right-password');
  const file = join(await mkdtemp(join(tmpdir(), 'shelfwire-nats-')), 'nats.json');
  const write = (password: string) => writeFileSync(file, JSON.stringify({ user: 'hub', password }));
  write('wrong-password');
  const lines: string[] = [];
  const logger = pino({ level: 'trace' }, { write: (text: string) => void lines.push(text) });
  hub(server.port, { credentials: file }, logger);
  await tell(3);
  await failsWith('NATS_DENIED');
  writeFileSync(file, '{"user":"hub"}');
  await failsWith('NATS_CREDENTIALS_INVALID');
  write('right-password');
  await idle();
  expect(await server.stored()).toHaveLength(3);
  expect(lines.join('')).toContain('a message was not delivered');
  expect(lines.join('') + JSON.stringify(await shown())).not.toMatch(/right-password|wrong-password/);
});

it('O2 a message that the stream does not take is a dead letter with its reason, and holds nothing else back', async () => {
  const server = await nats();
  await makeStream(server.port, { subjects: ['shop.>'], max_msg_size: 1_000 });
  hub(server.port);
  const skus = Array.from({ length: 50 }, (_, n) => `SKU-${n}`);
  await setLevels(
    database.pool,
    'availability.changed',
    skus.map((sku) => ({ subject: `web ${sku}`, item: { channel: 'web', sku, available: 1 }, isOver: false })),
  );
  await expect
    .poll(letters)
    .toMatchObject([{ type: 'availability.changed', error: { code: 'NATS_REFUSED' }, attempts: 3 }]);
  await tell(3);
  await idle();
  expect((await server.stored()).map(({ subject }) => subject)).toEqual(Array(3).fill('shop.order.changed.web'));
  const [letter] = await letters();
  await replayDeadLetter(database.pool, letter!.entry, () => Promise.resolve());
  await expect.poll(letters).toMatchObject([{ id: letter!.id, attempts: 3 }]);
});

it('a hub without NATS leaves to the others what is for it; entered again it is the same receiver until it is ended', async () => {
  const part = startDeliveries({
    pool: database.pool,
    clock: systemClock,
    random: seededRandom(1),
    logger: silentLogger,
    connectors: [],
    everyMs: 5,
  });
  stops.push(() => part.stop());
  await tell(1);
  await enterNats(database.pool, 'nats://other.example');
  expect(await shown()).toMatchObject({ url: 'nats://other.example', waits: true, failures: 0 });
  await expect(webhooks.rotateSecret(1, 1, () => Promise.resolve())).rejects.toMatchObject({ code: 'CONFLICT' });
  await webhooks.end(1);
  await enterNats(database.pool, 'nats://other.example');
  expect(await webhooks.list(0, 10)).toMatchObject([{ state: 'ended' }, { kind: 'nats', state: 'active' }]);
});
