import { mkdtempSync, readFileSync, readdirSync, readlinkSync, rmSync, writeFileSync } from 'node:fs';
import { connect as connectPlain, createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect } from 'node:tls';
import { expect, it, onTestFinished } from 'vitest';
import { People } from '#agent/people/people.ts';
import { standingClock } from '#test/support/manual-clock.ts';
import { deviceAt, signInAt } from '#test/support/over-tls.ts';
import { runAgent, type RunningAgent } from '#test/support/running-agent.ts';
import { identityFile } from './identity.ts';
import { NetworkFileSettings } from './settings.ts';

const OPEN = { network: '0.0.0.0:0' };
const SALE = {
  kind: 'sale',
  key: 's',
  body: { currency: 'EUR', lines: [{ sku: 'A', quantity: 1, unitPriceMinor: 1 }] },
};
const ARRIVED = { kind: 'receipt', key: 'r', body: { lines: [{ sku: 'A', quantity: 1 }] } };

const statusOf = async (agent: RunningAgent) =>
  (await (await agent.call('/v1/status')).json()) as {
    network: { state: string; fingerprint: string | null; urls: string[] };
    problems: { code: string }[];
  };
const codesOf = async (agent: RunningAgent) => (await statusOf(agent)).problems.map(({ code }) => code);

/** Addresses and ports, as the kernel writes them, on which this process listens. */
function listening(): string[] {
  const own = new Set(
    readdirSync('/proc/self/fd').map((fd) => {
      try {
        return /socket:\[(\d+)\]/.exec(readlinkSync(`/proc/self/fd/${fd}`))?.[1];
      } catch {
        return undefined;
      }
    }),
  );
  return ['tcp', 'tcp6'].flatMap((table) =>
    readFileSync(`/proc/self/net/${table}`, 'utf8')
      .split('\n')
      .map((line) => line.trim().split(/\s+/))
      .filter((columns) => columns[3] === '0A' && own.has(columns[9]))
      .map((columns) => columns[1] ?? ''),
  );
}

it('X1 the store network is off by default: the agent listens on loopback alone', async ({ skip }) => {
  if (process.platform !== 'linux') skip('reads the sockets of this process from /proc');
  const before = new Set(listening());
  const fresh = () => listening().flatMap((socket) => (before.has(socket) ? [] : [socket.split(':')[0] ?? '']));
  const closed = await runAgent();
  expect(fresh()).toEqual(['0100007F']);
  expect((await statusOf(closed)).network).toMatchObject({ state: 'off', fingerprint: null, urls: [] });
  await closed.daemon.stop('the next one is open');
  await runAgent(OPEN);
  expect(fresh().toSorted()).toEqual(['00000000', '0100007F']);
});

it('X1 speaks TLS 1.2 and newer, with the certificate whose fingerprint the status shows', async () => {
  const agent = await runAgent(OPEN);
  const device = await deviceAt(agent);
  const { network } = await statusOf(agent);
  const health = await device.call('/health');
  expect(health).toMatchObject({ status: 200, body: { status: 'ok' }, fingerprint: network.fingerprint });
  // Nothing of the store before somebody is signed in, and nothing for a browser to insist on.
  expect(health.body).toEqual({ status: 'ok' });
  expect(health.headers['strict-transport-security']).toBeUndefined();
  expect(health.headers['content-security-policy']).toContain("default-src 'none'");
  const shake = (maxVersion: 'TLSv1.1' | 'TLSv1.2' | 'TLSv1.3') =>
    new Promise<string | null>((resolve) => {
      const minVersion = maxVersion === 'TLSv1.1' ? 'TLSv1' : maxVersion;
      const ciphers = 'DEFAULT:@SECLEVEL=0';
      const socket = connect({ port: device.port, rejectUnauthorized: false, minVersion, maxVersion, ciphers }, () => {
        resolve(socket.getProtocol());
        socket.destroy();
      });
      socket.on('error', () => resolve(null));
    });
  expect([await shake('TLSv1.1'), await shake('TLSv1.2'), await shake('TLSv1.3')]).toEqual([
    null,
    'TLSv1.2',
    'TLSv1.3',
  ]);
  const plain = await new Promise<string>((resolve) => {
    const socket = connectPlain(device.port, '127.0.0.1', () =>
      socket.write('GET /health HTTP/1.1\r\nHost: a\r\n\r\n'),
    );
    let text = '';
    socket.on('data', (chunk) => (text += chunk.toString()));
    socket.on('error', () => undefined).on('close', () => resolve(text));
  });
  expect(plain).not.toContain('ok');
});

it('X1 tokens of programs are worth nothing from the network, and nobody sells from there', async () => {
  const agent = await runAgent(OPEN);
  const device = await deviceAt(agent);
  const authorization = `Bearer ${agent.token}`;
  for (const path of ['/v1/status', '/v1/stock', '/v1/facts', '/v1/sessions', '/v1/nothing']) {
    expect(await device.call(path, { headers: { authorization } })).toMatchObject({
      status: 401,
      body: { code: 'UNAUTHORIZED', remedy: 'Sign in with your PIN.' },
    });
  }
  const pin = new People(agent.folder).add({ name: 'Ada', role: 'clerk' }, 0);
  const session = await signInAt(device, pin);
  expect((await device.call('/v1/status', { headers: session })).status).toBe(200);
  const sent = (path: string, body: unknown) => device.call(path, { method: 'POST', body, headers: session });
  expect(await sent('/v1/facts', SALE)).toMatchObject({ status: 403, body: { code: 'FORBIDDEN' } });
  // They would name folders of the agent's machine, whoever asks.
  expect(await sent('/v1/feeds', {})).toMatchObject({
    status: 403,
    body: { remedy: expect.stringContaining('machine') },
  });
  expect((await sent('/v1/samples/from-feed', {})).status).toBe(403);
  expect((await sent('/v1/acts', ARRIVED)).status).toBe(201);
  expect((await agent.daemon.store.journal.read(1, 9)).map(({ source }) => source)).toEqual(['ui:Ada']);
});

it('X1 DNS rebinding over TLS: a Host that is not this machine, or another Origin, is refused', async () => {
  const device = await deviceAt(await runAgent(OPEN));
  for (const [host, origin, status] of [
    ['localhost:PORT', undefined, 200],
    ['127.0.0.1:PORT', 'https://127.0.0.1:PORT', 200],
    ['localhost', 'https://localhost', 200],
    ['evil.example', undefined, 403],
    ['evil.example:PORT', 'https://evil.example:PORT', 403],
    ['localhost.evil.example:PORT', undefined, 403],
    ['127.0.0.1.evil.example', undefined, 403],
    ['user@localhost', undefined, 403],
    ['localhost:PORT', 'http://localhost:PORT', 403],
    ['localhost:PORT', 'https://localhost:1', 403],
    ['localhost:PORT', 'https://evil.example', 403],
    ['localhost:PORT', 'null', 403],
  ] as const) {
    const put = (text: string) => text.replaceAll('PORT', String(device.port));
    const headers = { host: put(host), ...(origin === undefined ? {} : { origin: put(origin) }) };
    const answer = await device.call('/health', { headers });
    expect([host, origin, answer.status, answer.body['code']]).toEqual([
      host,
      origin,
      status,
      status === 403 ? 'HOST_FORBIDDEN' : undefined,
    ]);
  }
});

it('X1 the cookie is for this host over TLS alone, and a session is good at its own door alone', async () => {
  const agent = await runAgent(OPEN);
  const device = await deviceAt(agent);
  const pin = new People(agent.folder).add({ name: 'Ada', role: 'manager' }, 0);
  const { headers } = await device.call('/v1/sessions', { method: 'POST', body: { pin } });
  const cookie = String(headers['set-cookie']);
  expect(cookie).toMatch(/^__Host-shelfwire=[\w-]{43}; Path=\/; HttpOnly; Secure; SameSite=Strict$/);
  const token = /=([\w-]{43});/.exec(cookie)?.[1] ?? '';
  const here = { headers: { cookie: `shelfwire_session=${token}; __Host-shelfwire=${token}` } };
  expect((await fetch(`${agent.url}/v1/status`, here)).status).toBe(401);
  expect((await device.call('/v1/status', here)).status).toBe(200);
  const init = { method: 'POST', body: JSON.stringify({ pin }), headers: { 'content-type': 'application/json' } };
  const own = (await fetch(`${agent.url}/v1/sessions`, init)).headers.get('set-cookie')?.split(';')[0] ?? '';
  const moved = own.replace('shelfwire_session', '__Host-shelfwire');
  expect((await device.call('/v1/status', { headers: { cookie: moved } })).status).toBe(401);
});

it('X1 wrong PINs slow down the address that they come from, not others and not the machine itself', async () => {
  const agent = await runAgent(OPEN, { clock: standingClock });
  const pin = new People(agent.folder).add({ name: 'Ada', role: 'clerk', pin: '987654' }, 0);
  const guesser = await deviceAt(agent, '127.0.0.2');
  const other = guesser.at('127.0.0.3');
  const enter = async (device: typeof guesser, given: string) =>
    (await device.call('/v1/sessions', { method: 'POST', body: { pin: given } })).status;
  const wrong = await guesser.call('/v1/sessions', { method: 'POST', body: { pin: '000000' } });
  expect(wrong).toMatchObject({ status: 401, body: { remedy: expect.stringContaining('a new PIN') } });
  expect((await guesser.call('/v1/me')).body).toMatchObject({ person: null, door: 'network' });
  for (let time = 1; time < 5; time += 1) expect(await enter(guesser, '000000')).toBe(401);
  // While too many were wrong, a right one is not told either.
  expect([await enter(guesser, '000000'), await enter(guesser, pin)]).toEqual([429, 429]);
  expect([await enter(other, pin), await enter(other, '000000')]).toEqual([200, 401]);
  const init = { method: 'POST', body: JSON.stringify({ pin }), headers: { 'content-type': 'application/json' } };
  expect((await fetch(`${agent.url}/v1/sessions`, init)).status).toBe(200);
});

it('X1 a manager sees who is signed in where, and ends it; a clerk sees their own', async () => {
  const agent = await runAgent(OPEN);
  const people = new People(agent.folder);
  const machine = await deviceAt(agent);
  const phone = machine.at('127.0.0.5');
  const ada = await signInAt(machine, people.add({ name: 'Ada', role: 'manager' }, 0));
  const bob = await signInAt(phone, people.add({ name: 'Bob', role: 'clerk' }, 0));
  const seen = async (headers: { cookie: string }) =>
    (await phone.call('/v1/sessions', { headers })).body['sessions'] as {
      id: string;
      address: string;
      isOwn: boolean;
    }[];
  expect(await seen(bob)).toMatchObject([
    { person: { name: 'Bob' }, door: 'network', address: '127.0.0.5', isOwn: true },
  ]);
  const all = await seen(ada);
  expect(all).toHaveLength(2);
  expect(JSON.stringify(all)).not.toContain(ada.cookie.split('=')[1]);
  const idOf = (name: string) => all.find((one) => JSON.stringify(one).includes(name))?.id ?? '';
  const end = (id: string, headers: { cookie: string }) =>
    phone.call(`/v1/sessions/${id}`, { method: 'DELETE', headers });
  expect((await end(idOf('Ada'), bob)).status).toBe(404);
  expect((await end('x', ada)).status).toBe(400);
  expect((await end(idOf('Bob'), ada)).status).toBe(200);
  expect((await phone.call('/v1/status', { headers: bob })).status).toBe(401);
  expect((await phone.call('/v1/status', { headers: ada })).status).toBe(200);
  expect((await agent.call('/v1/sessions')).status).toBe(403);
});

it('X2 one device does not take all connections; a body too big, or none, is a coded answer', async () => {
  const device = await deviceAt(await runAgent(OPEN));
  const sent = (body: unknown) => device.call('/v1/sessions', { method: 'POST', body });
  expect(await sent({ pin: '1'.repeat(5_000) })).toMatchObject({ status: 413, body: { code: 'BODY_TOO_LARGE' } });
  expect(await sent([1])).toMatchObject({ status: 400, body: { code: 'REQUEST_INVALID' } });
  expect(await sent('text')).toMatchObject({ status: 400, body: { code: 'BODY_NOT_JSON' } });
  let closed = 0;
  const sockets = Array.from({ length: 40 }, () =>
    connectPlain({ port: device.port, host: '127.0.0.1', localAddress: '127.0.0.7' })
      .on('error', () => undefined)
      .on('close', () => (closed += 1)),
  );
  onTestFinished(() => sockets.forEach((socket) => socket.destroy()));
  await expect.poll(() => closed).toBe(16);
  expect((await device.call('/health')).status).toBe(200);
});

it('a port that is taken is coded, also at the machine itself, which goes on', async () => {
  const other = createServer();
  await new Promise<void>((resolve) => {
    other.listen(0, '0.0.0.0', resolve);
  });
  onTestFinished(() => void other.close());
  const taken = await runAgent({ network: `0.0.0.0:${(other.address() as AddressInfo).port}` });
  expect(await codesOf(taken)).toContain('NETWORK_PORT_TAKEN');
  expect((await statusOf(taken)).network.state).toBe('failed');
});

it('damaged settings, a damaged key and an absent address are coded; loopback goes on', async () => {
  await expect(runAgent({ network: 'till' })).rejects.toMatchObject({ code: 'OPTION_INVALID' });
  const folder = mkdtempSync(join(tmpdir(), 'network-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const problems = async (): Promise<unknown> => {
    const { daemon } = await runAgent({ data: folder });
    const health = (await (await fetch(`http://127.0.0.1:${daemon.port}/health`)).json()) as { problems: string[] };
    await daemon.stop('it is started anew');
    return health.problems;
  };
  writeFileSync(join(folder, 'network.json'), '{"listen": "everywhere"}');
  expect(await problems()).toEqual(['NOT_ENROLLED', 'CONFIG_INVALID']);
  new NetworkFileSettings(folder).set('192.0.2.77:7443', []);
  expect(await problems()).toEqual(['NOT_ENROLLED', 'NETWORK_ADDRESS_ABSENT']);
  new NetworkFileSettings(folder).set('0.0.0.0:0', []);
  writeFileSync(identityFile(folder), 'damaged');
  expect(await problems()).toEqual(['NOT_ENROLLED', 'NETWORK_KEY_DAMAGED']);
});
