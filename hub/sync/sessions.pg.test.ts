import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { zstdCompressSync } from 'node:zlib';
import type { Pool } from 'pg';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Answer } from '#shared/protocol/events.ts';
import type { PullAnswer } from '#shared/protocol/messages/pull.ts';
import type { PushAnswer } from '#shared/protocol/messages/push.ts';
import { systemClock } from '#shared/runtime/clock.ts';
import { silentLogger } from '#shared/runtime/logger.ts';
import { systemRandom } from '#shared/runtime/random.ts';
import { createLedger } from '#hub/ledger/merge.ts';
import { createTestDatabase, type TestDatabase } from '#test/support/database.ts';
import { pushOf } from '#test/support/frames.ts';
import { enrolDevice, RawAgent, TEST_EPOCH, type TestDevice } from '#test/support/raw-agent.ts';
import { startSync, type Sync } from './sync.ts';

let database: TestDatabase;
let pool: Pool;
let http: Server;
let sync: Sync;
let url: string;
let a: TestDevice;
let b: TestDevice;
let turn = 0;
const agents: RawAgent[] = [];

beforeAll(async () => {
  database = await createTestDatabase({ max: 10 });
  pool = database.pool;
});
afterAll(() => database.drop());

beforeEach(async () => {
  turn += 1;
  a = await enrolDevice(pool, `A${turn}`);
  b = await enrolDevice(pool, `B${turn}`);
  http = createServer();
  sync = startSync({
    httpServer: http,
    pool,
    ledger: createLedger(pool),
    clock: systemClock,
    random: systemRandom,
    logger: silentLogger,
  });
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(http.address() as AddressInfo).port}`;
});
afterEach(async () => {
  for (const agent of agents.splice(0)) agent.close();
  await sync.stop();
  http.closeAllConnections();
  await new Promise((resolve) => http.close(resolve));
});

function connect(): RawAgent {
  const agent = new RawAgent(url);
  agents.push(agent);
  return agent;
}

async function greet(device: TestDevice, over: Record<string, unknown> = {}) {
  const greeted = await RawAgent.greeted(url, device, over);
  agents.push(greeted.agent);
  return greeted;
}

function sales(fromSeq: number, count: number, over: object = {}) {
  return { ...pushOf({ epoch: TEST_EPOCH, fromSeq, count, keyPrefix: 'K' }), ...over };
}

function codeOf(answer: Answer<unknown>): string {
  return answer.ok ? 'ok' : answer.error.code;
}

async function factsOf(device: TestDevice): Promise<number> {
  const { rows } = await pool.query<{ facts: number }>('SELECT count(*) AS facts FROM facts WHERE location_no = $1', [
    device.location,
  ]);
  return rows[0]!.facts;
}

describe('handshake', () => {
  it('greets a device with its journal, its watermark and the time of the hub', async () => {
    const before = Date.now();
    const { agent, welcome } = await greet(a);
    expect(welcome).toMatchObject({
      protocol: 2,
      watermark: 0,
      credit: 4,
      store: { code: `A${turn}`, name: `A${turn}` },
    });
    expect(welcome.hubNow).toBeGreaterThanOrEqual(before);
    expect(welcome.hubNow).toBeLessThanOrEqual(Date.now());
    expect(codeOf(await agent.ask('push', sales(1, 3)))).toBe('ok');
    agent.close();
    const again = await greet(a);
    expect(again.welcome).toMatchObject({ journal: welcome.journal, watermark: 3 });
    const other = await greet(a, { epoch: TEST_EPOCH + 1 });
    expect(other.welcome.watermark).toBe(0);
    expect(other.welcome.journal).not.toBe(welcome.journal);
  });

  it('X1 nothing is served before hello', async () => {
    const agent = connect();
    await agent.challenge;
    expect(codeOf(await agent.ask('push', sales(1, 1)))).toBe('HELLO_REQUIRED');
    expect(codeOf(await agent.ask('pull', { collection: 'products', checkpoint: null, limit: 10 }))).toBe(
      'HELLO_REQUIRED',
    );
    expect(codeOf(await agent.ask('status', {}))).toBe('HELLO_REQUIRED');
    expect(await factsOf(a)).toBe(0);
  });

  it('X1 S4 refuses a device that is unknown, has another key, or is revoked', async () => {
    expect(codeOf(await connect().hello({ ...a, device: 999_999 }))).toBe('DEVICE_UNKNOWN');
    expect(codeOf(await connect().hello({ ...a, key: b.key }))).toBe('SIGNATURE_INVALID');
    expect(codeOf(await connect().hello({ ...a, device: b.device }))).toBe('SIGNATURE_INVALID');
    await sync.revokeDevice(a.device, 'lost');
    expect(codeOf(await connect().hello({ ...a, key: b.key }))).toBe('SIGNATURE_INVALID');
    const revoked = connect();
    expect(codeOf(await revoked.hello(a))).toBe('DEVICE_REVOKED');
    await revoked.ended;
  });

  it('X1 a nonce is answered once, on its own connection', async () => {
    const { agent } = await greet(a);
    expect(codeOf(await agent.hello(a))).toBe('NONCE_REPLAYED');
    expect(codeOf(await agent.ask('push', sales(1, 1)))).toBe('ok');
    const foreign = (await agent.challenge).nonce;
    const thief = connect();
    expect(codeOf(await thief.hello(a, { nonce: foreign }))).toBe('NONCE_REPLAYED');
    expect(
      codeOf(await thief.ask('push', sales(2, 1)).catch(() => ({ ok: false, error: { code: 'ended' } }) as never)),
    ).not.toBe('ok');
    expect(await factsOf(a)).toBe(1);
  });

  it('S4 the epoch is signed: it cannot be exchanged on the way', async () => {
    const agent = connect();
    const { nonce } = await agent.challenge;
    const other = await connect().hello(a, { nonce, epoch: TEST_EPOCH });
    expect(codeOf(other)).toBe('SIGNATURE_INVALID');
  });

  it('S6 refuses protocols out of its range, whatever else they say', async () => {
    expect(codeOf(await connect().hello(a, { protocol: 0 }))).toBe('PROTOCOL_TOO_OLD');
    expect(codeOf(await connect().hello(a, { protocol: 3, unheardOf: true }))).toBe('PROTOCOL_TOO_NEW');
  });

  it('S6 serves an agent of protocol 1, fact by fact', async () => {
    const { agent, welcome } = await greet(a, { protocol: 1 });
    expect(welcome.protocol).toBe(1);
    const flat = [1, 2].map((seq) => ({
      at: TEST_EPOCH + seq,
      offsetMs: 0,
      key: `V1-${seq}`,
      source: 'old',
      kind: 'sale',
      currency: 'EUR',
      lines: [{ sku: 'OLD', qty: 2, price: 100 }],
    }));
    const frame = Buffer.from(JSON.stringify(flat));
    const answer = await agent.ask<PushAnswer>('push', {
      epoch: TEST_EPOCH,
      fromSeq: 1,
      count: 2,
      encoding: 'json',
      frame,
    });
    expect(answer).toMatchObject({ ok: true, value: { ackedSeq: 2, quarantined: [] } });
    const { rows } = await pool.query('SELECT on_hand FROM positions WHERE location_no = $1 AND sku = $2', [
      a.location,
      'OLD',
    ]);
    expect(rows).toEqual([{ on_hand: -4 }]);
  });

  it('a newer session of a device replaces the older', async () => {
    const { agent: older } = await greet(a);
    const { agent: newer } = await greet(a);
    expect(await older.ended).toBe('io server disconnect');
    expect(codeOf(await newer.ask('push', sales(1, 1)))).toBe('ok');
    expect(sync.sessions).toBe(1);
  });

  it('X1 revocation ends the session and says why', async () => {
    const { agent } = await greet(a);
    await sync.revokeDevice(a.device, 'stolen');
    await agent.ended;
    expect(agent.heard).toContainEqual({ event: 'revoked', message: { reason: 'stolen' } });
    await vi.waitFor(() => expect(sync.sessions).toBe(0));
  });

  it('X1 revocation by another process ends the session as well', async () => {
    const { agent } = await greet(a);
    await pool.query(`UPDATE devices SET revoked_at = now(), revoked_reason = 'elsewhere' WHERE device_no = $1`, [
      a.device,
    ]);
    await agent.ended;
    expect(agent.heard).toContainEqual({ event: 'revoked', message: { reason: 'elsewhere' } });
  });
});

describe('session', () => {
  it('S1 S2 what is sent twice, late or beyond the watermark ends as if it had come once in order', async () => {
    const { agent } = await greet(a);
    const gap = await agent.ask<PushAnswer>('push', sales(4, 3));
    expect(gap).toMatchObject({ ok: true, value: { ackedSeq: 0, duplicates: 0 } });
    await agent.ask('push', sales(1, 3));
    expect(await factsOf(a)).toBe(3);
    const twice = await Promise.all([
      agent.ask<PushAnswer>('push', sales(1, 5)),
      agent.ask<PushAnswer>('push', sales(1, 5)),
    ]);
    expect(twice.map((answer) => answer.ok && answer.value.ackedSeq)).toEqual([5, 5]);
    expect(twice.map((answer) => answer.ok && answer.value.duplicates)).toEqual([3, 5]);
    const { rows } = await pool.query('SELECT on_hand FROM positions WHERE location_no = $1', [a.location]);
    expect(rows).toEqual([{ on_hand: -5 }]);
  });

  it("S4 the scope is the credential's: no field of a message names another store", async () => {
    const { agent, welcome } = await greet(a);
    const { welcome: other } = await greet(b);
    expect(codeOf(await agent.ask('push', sales(1, 1, { epoch: TEST_EPOCH + 7 })))).toBe('EPOCH_UNKNOWN');
    for (const forged of [{ journal: other.journal }, { location: b.location }, { device: b.device }]) {
      expect(codeOf(await agent.ask('push', sales(1, 1, forged)))).toBe('REQUEST_INVALID');
      const pull = { collection: 'positions', checkpoint: null, limit: 10, ...forged };
      expect(codeOf(await agent.ask('pull', pull))).toBe('REQUEST_INVALID');
    }
    await agent.ask('push', sales(1, 2));
    expect(await factsOf(b)).toBe(0);
    const pulled = await agent.ask<PullAnswer>('pull', { collection: 'positions', checkpoint: null, limit: 10 });
    expect(pulled).toMatchObject({
      ok: true,
      value: { documents: [{ sku: 'SKU-1', onHand: -2, journal: welcome.journal, watermark: 2 }] },
    });
  });

  it('X2 bad messages of every kind get a code, nothing is lost, and the hub serves on', async () => {
    const { agent } = await greet(a);
    const bomb = zstdCompressSync(Buffer.alloc(8 * 1024 * 1024 - 1, '\n'));
    const bigBomb = zstdCompressSync(Buffer.alloc(64 * 1024 * 1024));
    const nul = Buffer.from('1700000000001\t0\tsale\tK\0\t\ttest\t{"x":"\0"}');
    const deep = Buffer.from(`[${'['.repeat(100_000)}${']'.repeat(100_000)}]`);
    const pushes: [string, unknown][] = [
      ['REQUEST_INVALID', undefined],
      ['REQUEST_INVALID', 'text'],
      ['REQUEST_INVALID', sales(1, 1, { fromSeq: -1 })],
      ['REQUEST_INVALID', sales(1, 1, { fromSeq: 1.5 })],
      ['REQUEST_INVALID', sales(1, 1, { count: 100_000 })],
      ['REQUEST_INVALID', sales(1, 1, { frame: 'text' })],
      ['REQUEST_INVALID', sales(1, 1, { encoding: 'xml' })],
      ['REQUEST_INVALID', sales(1, 1, { extra: 1 })],
      ['FRAME_INVALID', sales(1, 1, { frame: Buffer.from('garbage') })],
      ['FRAME_INVALID', sales(1, 2, { count: 3 })],
      ['FRAME_INVALID', sales(1, 1, { encoding: 'json', frame: deep })],
      ['FRAME_INVALID', sales(1, 1, { frame: bomb })],
      ['FRAME_INVALID', sales(1, 1, { frame: bigBomb })],
      ['FRAME_TOO_LARGE', sales(1, 1, { encoding: 'lines', frame: Buffer.alloc(525_000, 'x') })],
    ];
    for (const [code, message] of pushes)
      expect([code, codeOf(await agent.ask('push', message))]).toEqual([code, code]);
    const made = { generation: 'x', position: '1', after: null, scanning: false };
    const pulls: [string, unknown][] = [
      ['REQUEST_INVALID', { collection: 'secrets', checkpoint: null, limit: 1 }],
      ['REQUEST_INVALID', { collection: 'products', checkpoint: null, limit: 1_000_000 }],
      ['REQUEST_INVALID', { collection: 'products', checkpoint: { ...made, position: '1; DROP' }, limit: 1 }],
      [
        'CHECKPOINT_INVALID',
        { collection: 'products', checkpoint: { ...made, position: '99999999999999999999' }, limit: 1 },
      ],
      ['CHECKPOINT_INVALID', { collection: 'products', checkpoint: { ...made, after: '\0' }, limit: 1 }],
    ];
    for (const [code, message] of pulls) expect(codeOf(await agent.ask('pull', message))).toBe(code);
    expect(codeOf(await agent.ask('unheardOf', {}))).toBe('REQUEST_INVALID');
    const kept = await agent.ask<PushAnswer>('push', sales(1, 1, { encoding: 'lines', frame: nul }));
    expect(kept).toMatchObject({ ok: true, value: { ackedSeq: 1, quarantined: [{ seq: 1, code: 'FACT_INVALID' }] } });
    const { rows } = await pool.query<{ line: Buffer }>(
      'SELECT protocol_line AS line FROM quarantine WHERE location_no = $1',
      [a.location],
    );
    expect(rows.map(({ line }) => line.equals(nul))).toEqual([true]);
    expect(await agent.ask('push', sales(2, 3))).toMatchObject({ ok: true, value: { ackedSeq: 4 } });
  });

  it('X2 a message beyond every limit ends that connection only', async () => {
    const { agent } = await greet(a);
    const { agent: other } = await greet(b);
    agent.socket.emit('push', sales(1, 1, { encoding: 'lines', frame: Buffer.alloc(2_000_000) }));
    await agent.ended;
    expect(codeOf(await other.ask('push', sales(1, 1)))).toBe('ok');
  });

  it('X2 who sends nothing but nonsense, or wants no answer, is not served for ever', async () => {
    const agent = connect();
    await agent.challenge;
    for (let times = 0; times < 25; times += 1) agent.socket.emit('push', { nonsense: times });
    await agent.ended;
    const { agent: silent } = await greet(a);
    silent.socket.emit('push', sales(1, 2));
    await vi.waitFor(async () => expect(await factsOf(a)).toBe(2));
  });

  it('keeps what a store says of itself', async () => {
    const { agent } = await greet(a, { backlog: 12 });
    const report = {
      lastSeq: 9,
      backlog: 4,
      oldestUnsentAt: TEST_EPOCH,
      quarantined: 1,
      clockOffsetMs: -250,
      agentVersion: '1.2.3',
    };
    expect(codeOf(await agent.ask('status', report))).toBe('ok');
    expect(codeOf(await agent.ask('status', { ...report, backlog: -1 }))).toBe('REQUEST_INVALID');
    const read = async () => (await pool.query('SELECT * FROM device_status WHERE device_no = $1', [a.device])).rows[0];
    expect(await read()).toMatchObject({
      last_seq: 9,
      backlog: 4,
      oldest_unsent_at: TEST_EPOCH,
      quarantined: 1,
      clock_offset_ms: -250,
      agent_version: '1.2.3',
      protocol: 2,
      disconnected_at: null,
    });
    agent.close();
    await vi.waitFor(async () => expect((await read()).disconnected_at).not.toBeNull());
  });

  it('hints at what changed, at most once a second and store, and never at another store', async () => {
    const { agent } = await greet(a);
    const { agent: other } = await greet(b);
    for (let seq = 1; seq <= 10; seq += 1) await agent.ask('push', sales(seq, 1));
    const hints = () => agent.heard.filter(({ event }) => event === 'changed').length;
    await vi.waitFor(() => expect(hints()).toBeGreaterThanOrEqual(1), { timeout: 10_000 });
    expect(agent.heard[0]).toEqual({ event: 'changed', message: { collection: 'positions' } });
    expect(hints()).toBeLessThanOrEqual(3);
    expect(other.heard).toEqual([]);
    await pool.query(`INSERT INTO changes (topic, scope, keys) VALUES ('products', 0, '{P}')`);
    const products = { event: 'changed', message: { collection: 'products' } };
    await vi.waitFor(() => expect(other.heard).toContainEqual(products), { timeout: 10_000 });
    expect(agent.heard).toContainEqual(products);
  });

  it('S1 answers what it has taken before it stops', async () => {
    const { agent } = await greet(a);
    const pushed = agent.ask('push', sales(1, 200));
    await vi.waitFor(
      () => expect(sync.lanes.some(({ waitingFacts, inFlight }) => waitingFacts + inFlight > 0)).toBe(true),
      { interval: 1 },
    );
    await sync.stop();
    expect(await pushed).toMatchObject({ ok: true, value: { ackedSeq: 200 } });
  });
});
