import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { systemClock } from '#shared/runtime/clock.ts';
import { seededRandom } from '#shared/runtime/random.ts';
import { SftpEmulator } from '#test/support/emulators/sftp-server.ts';
import { ErpFailure, type ErpConnector, type MappedDocument } from '../connector.ts';
import { files } from '../files/files.ts';

let root: string;
let server: SftpEmulator;
const connectors: ErpConnector[] = [];
beforeEach(async () => {
  root = mkdtempSync(join(tmpdir(), 'shelfwire-sftp-'));
  mkdirSync(join(root, 'in'));
  server = await SftpEmulator.start(root);
});
afterEach(async () => {
  for (const connector of connectors.splice(0)) connector.close();
  await server.stop();
  await allClosed();
  rmSync(root, { recursive: true, force: true });
});

const allClosed = () => expect.poll(() => server.openFiles).toBe(0);

interface Asked {
  readonly hostKey?: string;
  readonly credentials?: object;
  readonly port?: number;
  readonly toPrivate?: boolean;
  readonly timeoutMs?: number;
}
function connect(asked: Asked = {}) {
  const { hostKey = server.hostKey, credentials, port = server.port, toPrivate = true, timeoutMs = 10_000 } = asked;
  const connector = files.create(
    { sftp: { host: '127.0.0.1', port, user: 'hub', hostKey, folder: 'in' } },
    credentials ?? { password: 'geheim' },
    { code: 'main', clock: systemClock, toPrivate, folder: '/nowhere', timeoutMs },
  );
  connectors.push(connector);
  return connector;
}
const sale = (total = 3): MappedDocument => ({ act: 'write', target: 'sale', payload: { total } });
const out = () =>
  readdirSync(join(root, 'in'))
    .filter((name) => !name.startsWith('.'))
    .sort();
const keyOf = (name: string) => (JSON.parse(readFileSync(join(root, 'in', name), 'utf8')) as { key: string }).key;

async function failureOf(call: Promise<unknown>): Promise<ErpFailure> {
  const failure = await call.then(
    () => undefined,
    (error: unknown) => error,
  );
  if (failure instanceof ErpFailure) return failure;
  throw new Error('it did not fail as it should', { cause: failure });
}

it('O1 a file is there whole under its name, known after it was taken away, also to a connection of its own', async () => {
  const { reference } = await connect().post(sale(), 'S1/a');
  expect(out()).toEqual([reference]);
  expect(keyOf(String(reference))).toBe('S1/a');
  rmSync(join(root, 'in', String(reference)));
  expect(await connect().lookup(sale(), 'S1/a')).toEqual({ reference });
  expect(await connect().post(sale(), 'S1/a')).toEqual({ reference });
  expect(out()).toEqual([]);
  await connect().tidy?.();
  expect(readdirSync(join(root, 'in', '.marks'))).toHaveLength(1);
});

it('X1 the server is known by its key, and we by a password or a key; no secret is in what is said', async () => {
  await connect({ credentials: { privateKey: server.clientKey } }).post(sale(), 'S1/a');
  const other = await failureOf(connect({ hostKey: `SHA256:${'A'.repeat(43)}` }).post(sale(), 'S1/b'));
  expect(other).toMatchObject({ code: 'ERP_UNAUTHORIZED', message: expect.stringContaining(server.hostKey) });
  const wrong = await failureOf(connect({ credentials: { password: 'verkehrt' } }).post(sale(), 'S1/b'));
  expect(wrong.code).toBe('ERP_UNAUTHORIZED');
  expect(wrong.message).not.toContain('verkehrt');
  expect(() => connect({ credentials: { privateKey: 'no key' } })).toThrow('The private key cannot be read');
  expect(() => connect({ credentials: {} })).toThrow('needs a `password` or a `privateKey`');
  expect((await failureOf(connect({ toPrivate: false }).post(sale(), 'S1/b'))).code).toBe('ERP_URL_FORBIDDEN');
  expect(out()).toHaveLength(1);
});

it('O1 a full disk, a missing folder, nobody there, no answer: coded, the documents wait, and no part of a file is seen', async () => {
  rmSync(join(root, 'in'), { recursive: true });
  expect((await failureOf(connect().post(sale(), 'S1/a'))).code).toBe('ERP_UNREACHABLE');
  mkdirSync(join(root, 'in'));
  const connector = connect();
  server.faults = (request) => (request === 'write' ? 'failed' : undefined);
  const full = await failureOf(connector.post(sale(), 'S1/a'));
  expect(full).toMatchObject({ code: 'ERP_UNREACHABLE', message: expect.stringContaining('No space left') });
  expect([out(), readdirSync(join(root, 'in', '.drafts'))]).toEqual([[], []]);
  server.faults = (request) => (request === 'rename' ? 'mute' : undefined);
  const impatient = connect({ timeoutMs: 400 });
  expect((await failureOf(impatient.post(sale(), 'S1/a'))).code).toBe('ERP_TIMEOUT');
  server.faults = () => undefined;
  await connector.post(sale(), 'S1/a');
  expect(out().map(keyOf)).toEqual(['S1/a']);
  const { port } = server;
  await server.stop();
  expect((await failureOf(connect({ port }).post(sale(), 'S1/b'))).code).toBe('ERP_UNREACHABLE');
  server = await SftpEmulator.start(root);
});

it.for([1, 2, 3])(
  'O1 connections that break at any request, from seed %i: each document is there once, in order',
  async (seed) => {
    const random = seededRandom(seed);
    server.faults = () => {
      const drawn = random();
      return drawn < 0.04 ? 'cut' : drawn < 0.08 ? 'lost' : drawn < 0.1 ? 'failed' : undefined;
    };
    const connector = connect();
    const keys = Array.from({ length: 15 }, (_, place) => `S1/${seed}-${place}`);
    for (const key of keys) {
      for (let attempt = 0; ; attempt += 1) {
        try {
          const there = attempt === 0 ? undefined : await connector.lookup(sale(), key);
          if (there === undefined) await connector.post(sale(), key);
          break;
        } catch (error) {
          if (!(error instanceof ErpFailure) || attempt > 100) throw error;
        }
      }
    }
    expect(out().map(keyOf)).toEqual(keys);
  },
);

it('O1 O2 many at once over one connection, and the same key by ten connections', async () => {
  const connector = connect();
  await Promise.all(Array.from({ length: 16 }, (_, place) => connector.post(sale(), `S1/${place}`)));
  await Promise.allSettled(Array.from({ length: 10 }, () => connect().post(sale(), 'S1/same')));
  expect(out()).toHaveLength(17);
});
