import { zstdCompressSync } from 'node:zlib';
import type { Pool } from 'pg';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import type { PullAnswer } from '#shared/protocol/messages/pull.ts';
import type { PushAnswer } from '#shared/protocol/messages/push.ts';
import { sleep, systemClock } from '#shared/runtime/clock.ts';
import { createTestDatabase, type TestDatabase } from '#test/support/database.ts';
import { enrolDevice, TEST_EPOCH, type TestDevice } from '#test/support/raw-agent.ts';
import { pushOf } from '#test/support/frames.ts';
import { codeOf, RunningSync, salesPush } from '#test/support/running-sync.ts';

let database: TestDatabase;
let pool: Pool;
let hub: RunningSync;
let a: TestDevice;
let b: TestDevice;
let turn = 0;

beforeAll(async () => {
  database = await createTestDatabase({ max: 10 });
  pool = database.pool;
});
afterAll(() => database.drop());

beforeEach(async () => {
  turn += 1;
  a = await enrolDevice(pool, `A${turn}`);
  b = await enrolDevice(pool, `B${turn}`);
  hub = await RunningSync.start(pool);
});
afterEach(() => hub.stop());

/** Resolves when the first look at the feed, which tells everybody who is there, is over: another one has begun. */
async function hubHasLooked(): Promise<void> {
  const query = vi.spyOn(pool, 'query');
  const looks = () => query.mock.calls.filter(([asked]) => (asked as { name?: string }).name === 'feed-state').length;
  await expect.poll(looks).toBeGreaterThan(1);
  query.mockRestore();
}

describe('session', () => {
  it('S1 S2 what is sent twice, late or beyond the watermark ends as if it had come once in order', async () => {
    const { agent } = await hub.greet(a);
    const gap = await agent.ask<PushAnswer>('push', salesPush(4, 3));
    expect(gap).toMatchObject({ ok: true, value: { ackedSeq: 0, duplicates: 0 } });
    await agent.ask('push', salesPush(1, 3));
    expect(await hub.factsOf(a)).toBe(3);
    const twice = await Promise.all([
      agent.ask<PushAnswer>('push', salesPush(1, 5)),
      agent.ask<PushAnswer>('push', salesPush(1, 5)),
    ]);
    expect(twice.map((answer) => answer.ok && answer.value.ackedSeq)).toEqual([5, 5]);
    expect(twice.map((answer) => answer.ok && answer.value.duplicates)).toEqual([3, 5]);
    const { rows } = await pool.query('SELECT on_hand FROM positions WHERE location_no = $1', [a.location]);
    expect(rows).toEqual([{ on_hand: -5 }]);
  });

  it('S2 of a journal that two agents have (a copied folder) no fact is acknowledged that the other one sent', async () => {
    const { agent } = await hub.greet(a);
    const copy = (fromSeq: number, count: number) =>
      agent.ask('push', pushOf({ epoch: TEST_EPOCH, fromSeq, count, keyPrefix: 'copy-' }));
    // Frames of the one are on their way still when the other says hello, and is told an older watermark.
    const answers = await Promise.all([agent.ask('push', salesPush(1, 3)), copy(1, 2), copy(3, 2)]);
    expect(answers.map(codeOf)).toEqual(['ok', 'EPOCH_UNKNOWN', 'EPOCH_UNKNOWN']);
    expect(codeOf(await agent.ask('push', salesPush(1, 3)))).toBe('ok');
    const { agent: anew } = await hub.greet(a, { epoch: TEST_EPOCH + 1 });
    const again = pushOf({ epoch: TEST_EPOCH + 1, fromSeq: 1, count: 4, keyPrefix: 'copy-' });
    expect(await anew.ask('push', again)).toMatchObject({ ok: true, value: { ackedSeq: 4 } });
    expect(await hub.factsOf(a)).toBe(3 + 4);
  });

  it("S4 the scope is the credential's: no field of a message names another store", async () => {
    const { agent, welcome } = await hub.greet(a);
    const { welcome: other } = await hub.greet(b);
    expect(codeOf(await agent.ask('push', salesPush(1, 1, { epoch: TEST_EPOCH + 7 })))).toBe('EPOCH_UNKNOWN');
    for (const forged of [{ journal: other.journal }, { location: b.location }, { device: b.device }]) {
      expect(codeOf(await agent.ask('push', salesPush(1, 1, forged)))).toBe('REQUEST_INVALID');
      const pull = { collection: 'positions', checkpoint: null, limit: 10, ...forged };
      expect(codeOf(await agent.ask('pull', pull))).toBe('REQUEST_INVALID');
    }
    await agent.ask('push', salesPush(1, 2));
    expect(await hub.factsOf(b)).toBe(0);
    const pulled = await agent.ask<PullAnswer>('pull', { collection: 'positions', checkpoint: null, limit: 10 });
    expect(pulled).toMatchObject({
      ok: true,
      value: { documents: [{ sku: 'SKU-1', onHand: -2, journal: welcome.journal, watermark: 2 }] },
    });
  });

  it('X2 bad messages of every kind get a code, nothing is lost, and the hub serves on', async () => {
    const { agent } = await hub.greet(a);
    const bomb = zstdCompressSync(Buffer.alloc(8 * 1024 * 1024 - 1, '\n'));
    const bigBomb = zstdCompressSync(Buffer.alloc(64 * 1024 * 1024));
    const nul = Buffer.from('1700000000001\t0\tsale\tK\0\t\ttest\t{"x":"\0"}');
    const deep = Buffer.from(`[${'['.repeat(100_000)}${']'.repeat(100_000)}]`);
    const pushes: [string, unknown][] = [
      ['REQUEST_INVALID', undefined],
      ['REQUEST_INVALID', 'text'],
      ['REQUEST_INVALID', salesPush(1, 1, { fromSeq: -1 })],
      ['REQUEST_INVALID', salesPush(1, 1, { fromSeq: 1.5 })],
      ['REQUEST_INVALID', salesPush(1, 1, { count: 100_000 })],
      ['REQUEST_INVALID', salesPush(1, 1, { frame: 'text' })],
      ['REQUEST_INVALID', salesPush(1, 1, { encoding: 'xml' })],
      ['REQUEST_INVALID', salesPush(1, 1, { extra: 1 })],
      ['FRAME_INVALID', salesPush(1, 1, { frame: Buffer.from('garbage') })],
      ['FRAME_INVALID', salesPush(1, 2, { count: 3 })],
      ['FRAME_INVALID', salesPush(1, 1, { encoding: 'json', frame: deep })],
      ['FRAME_INVALID', salesPush(1, 1, { frame: bomb })],
      ['FRAME_INVALID', salesPush(1, 1, { frame: bigBomb })],
      ['FRAME_TOO_LARGE', salesPush(1, 1, { encoding: 'lines', frame: Buffer.alloc(525_000, 'x') })],
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
    const kept = await agent.ask<PushAnswer>('push', salesPush(1, 1, { encoding: 'lines', frame: nul }));
    expect(kept).toMatchObject({ ok: true, value: { ackedSeq: 1, quarantined: [{ seq: 1, code: 'FACT_INVALID' }] } });
    const { rows } = await pool.query<{ line: Buffer }>(
      'SELECT protocol_line AS line FROM quarantine WHERE location_no = $1',
      [a.location],
    );
    expect(rows.map(({ line }) => line.equals(nul))).toEqual([true]);
    expect(await agent.ask('push', salesPush(2, 3))).toMatchObject({ ok: true, value: { ackedSeq: 4 } });
  });

  it('X2 a message beyond every limit ends that connection only', async () => {
    const { agent } = await hub.greet(a);
    const { agent: other } = await hub.greet(b);
    agent.socket.emit('push', salesPush(1, 1, { encoding: 'lines', frame: Buffer.alloc(2_000_000) }));
    await agent.ended;
    expect(codeOf(await other.ask('push', salesPush(1, 1)))).toBe('ok');
  });

  it('X2 who sends nothing but nonsense, or wants no answer, is not served for ever', async () => {
    const agent = hub.connect();
    await agent.challenge;
    for (let times = 0; times < 25; times += 1) agent.socket.emit('push', { nonsense: times });
    await agent.ended;
    const { agent: silent } = await hub.greet(a);
    silent.socket.emit('push', salesPush(1, 2));
    await expect.poll(() => hub.factsOf(a)).toBe(2);
  });

  it('keeps what a store says of itself', async () => {
    const { agent } = await hub.greet(a, { backlog: 12 });
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
    await expect.poll(async () => (await read()).disconnected_at).not.toBeNull();
  });

  it('hints at what changed, and never at another store', async () => {
    await hubHasLooked();
    const { agent } = await hub.greet(a);
    const { agent: other } = await hub.greet(b);
    const [positions, products] = ['positions', 'products'].map((collection) => {
      return { event: 'changed', message: { collection } };
    });
    await agent.ask('push', salesPush(1, 1));
    await expect.poll(() => agent.heard).toEqual([positions]);
    await pool.query(`INSERT INTO changes (topic, scope, keys) VALUES ('products', 0, '{P}')`);
    await expect.poll(() => agent.heard).toEqual([positions, products]);
    await expect.poll(() => other.heard).toEqual([products]);
  });

  it('S6 hints at tasks who knows them, and never an agent of protocol 1, which would take it for a mistake', async () => {
    await hubHasLooked();
    const { agent: old } = await hub.greet(a, { protocol: 1 });
    const { agent } = await hub.greet(await enrolDevice(pool, `A${turn}`, `second of A${turn}`));
    const heard = (one: typeof agent) => one.heard.map(({ message }) => (message as { collection: string }).collection);
    await pool.query(`INSERT INTO changes (topic, scope, keys) VALUES ('tasks', $1, '{7}')`, [a.location]);
    await expect.poll(() => heard(agent)).toEqual(['tasks']);
    await pool.query(`INSERT INTO changes (topic, scope, keys) VALUES ('products', 0, '{P}')`);
    await expect.poll(() => heard(agent)).toEqual(['tasks', 'products']);
    await expect.poll(() => heard(old)).toEqual(['products']);
  });

  it('S1 answers what it has taken before it stops', async () => {
    const { agent } = await hub.greet(a);
    const holder = await pool.connect();
    await holder.query('BEGIN; LOCK TABLE movements IN SHARE MODE');
    const pushed = agent.ask('push', salesPush(1, 200));
    await expect.poll(() => hub.sync.lanes.some(({ inFlight }) => inFlight > 0)).toBe(true);
    const stopping = hub.sync.stop();
    // A stop that does not wait would be over by then.
    await sleep(systemClock, 200);
    await holder.query('COMMIT');
    holder.release();
    await stopping;
    expect(await pushed).toMatchObject({ ok: true, value: { ackedSeq: 200 } });
  });
});
