import type { Pool } from 'pg';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { encodeFrame } from '#shared/protocol/frame.ts';
import { digestOf } from '#shared/protocol/content.ts';
import { factsDigest } from '#shared/protocol/messages/hello.ts';
import type { PushAnswer } from '#shared/protocol/messages/push.ts';
import { createTestDatabase, type TestDatabase } from '#test/support/database.ts';
import { framedSales } from '#test/support/frames.ts';
import { enrolDevice, TEST_EPOCH, type TestDevice } from '#test/support/raw-agent.ts';
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

describe('handshake', () => {
  it('greets a device with its journal, its watermark and the time of the hub', async () => {
    const before = Date.now();
    const { agent, welcome } = await hub.greet(a);
    expect(welcome).toMatchObject({
      protocol: 2,
      watermark: 0,
      credit: expect.any(Number) as number,
      store: { code: `A${turn}`, name: `A${turn}` },
    });
    expect(welcome.hubNow).toBeGreaterThanOrEqual(before);
    expect(welcome.hubNow).toBeLessThanOrEqual(Date.now());
    expect(codeOf(await agent.ask('push', salesPush(1, 3)))).toBe('ok');
    agent.close();
    const again = await hub.greet(a);
    expect(again.welcome).toMatchObject({ journal: welcome.journal, watermark: 3 });
    const other = await hub.greet(a, { epoch: TEST_EPOCH + 1 });
    expect(other.welcome.watermark).toBe(0);
    expect(other.welcome.journal).not.toBe(welcome.journal);
  });

  it('S2 says up to where it holds earlier epochs of that device, 0 where it does not know one', async () => {
    const { agent } = await hub.greet(a);
    await agent.ask('push', salesPush(1, 3));
    const { agent: foreign } = await hub.greet(b, { epoch: TEST_EPOCH + 1 });
    await foreign.ask('push', salesPush(1, 5, { epoch: TEST_EPOCH + 1 }));
    const { welcome } = await hub.greet(a, { epoch: TEST_EPOCH + 2, earlier: [TEST_EPOCH + 1, TEST_EPOCH] });
    expect(welcome).toMatchObject({
      watermark: 0,
      earlier: [
        { epoch: TEST_EPOCH + 1, watermark: 0 },
        { epoch: TEST_EPOCH, watermark: 3 },
      ],
    });
    const { rows } = await pool.query('SELECT epoch FROM journals WHERE device_no = $1 ORDER BY 1', [a.device]);
    expect(rows).toEqual([{ epoch: TEST_EPOCH }, { epoch: TEST_EPOCH + 2 }]);
  });

  it('S2 names what it holds beyond the acknowledged by keys and contents, also what it set aside, and says which it has not', async () => {
    const { agent } = await hub.greet(a);
    const [first] = framedSales({ epoch: TEST_EPOCH, fromSeq: 1, count: 1, keyPrefix: 'K' });
    const other = framedSales({ epoch: TEST_EPOCH, fromSeq: 2, count: 1, keyPrefix: 'K', sku: 'OTHER' })[0]!;
    const lines = [first!, { ...other, seq: 2, key: 'K1' }, { ...first!, seq: 3 }, { ...other, seq: 4, key: 'K4' }];
    const frame = new Uint8Array(encodeFrame(lines, 'lines'));
    const push = { epoch: TEST_EPOCH, fromSeq: 1, count: 4, encoding: 'lines', frame };
    expect(await agent.ask('push', push)).toMatchObject({
      ok: true,
      value: { quarantined: [{ seq: 2 }], duplicates: 1 },
    });
    const { welcome } = await hub.greet(a, { ackedSeq: 0 });
    const named = (place: number) => {
      const { key, kind, bodyText } = lines[place]!;
      return { key, digest: digestOf(kind, bodyText) };
    };
    expect(welcome.held).toEqual({ digest: factsDigest([0, 1, 3].map(named)), without: [3] });
    expect((await hub.greet(a, { ackedSeq: 3 })).welcome.held).toEqual({
      digest: factsDigest([named(3)]),
      without: [],
    });
    expect((await hub.greet(a, { ackedSeq: 4 })).welcome.held).toBeNull();
  });

  it('S2 F5 says that it cannot name what it could not read, and names what is ahead of its clock', async () => {
    const { agent } = await hub.greet(a);
    const [good] = framedSales({ epoch: TEST_EPOCH, fromSeq: 1, count: 1, keyPrefix: 'K' });
    const bodyText = '{"lines":[{"sku":"É 😀","quantity":1}]}';
    const ahead = { ...good!, seq: 2, key: 'count', kind: 'count' as const, at: Date.now() + 86_400_000, bodyText };
    const odd = [
      { ...good!, seq: 3, key: 'odd', bodyText: '{"new":1}' },
      { ...good!, seq: 4, key: 'nul', bodyText: '\0' },
    ];
    const frame = new Uint8Array(encodeFrame([good!, ahead, ...odd], 'lines'));
    await agent.ask('push', { epoch: TEST_EPOCH, fromSeq: 1, count: 4, encoding: 'lines', frame });
    const { welcome } = await hub.greet(a, { ackedSeq: 0 });
    const facts = [good!, ahead].map(({ key, kind, bodyText: text }) => ({ key, digest: digestOf(kind, text) }));
    expect(welcome).toMatchObject({ watermark: 4, held: { digest: factsDigest(facts), without: [3, 4] } });
  });

  it('X1 nothing is served before hello', async () => {
    const agent = hub.connect();
    await agent.challenge;
    expect(codeOf(await agent.ask('push', salesPush(1, 1)))).toBe('HELLO_REQUIRED');
    expect(codeOf(await agent.ask('pull', { collection: 'products', checkpoint: null, limit: 10 }))).toBe(
      'HELLO_REQUIRED',
    );
    expect(codeOf(await agent.ask('status', {}))).toBe('HELLO_REQUIRED');
    expect(await hub.factsOf(a)).toBe(0);
  });

  it('X1 S4 refuses a device that is unknown, has another key, or is revoked', async () => {
    expect(codeOf(await hub.connect().hello({ ...a, device: 999_999 }))).toBe('DEVICE_UNKNOWN');
    expect(codeOf(await hub.connect().hello({ ...a, key: b.key }))).toBe('SIGNATURE_INVALID');
    expect(codeOf(await hub.connect().hello({ ...a, device: b.device }))).toBe('SIGNATURE_INVALID');
    await hub.sync.revokeDevice(a.device, 'lost');
    expect(codeOf(await hub.connect().hello({ ...a, key: b.key }))).toBe('SIGNATURE_INVALID');
    const revoked = hub.connect();
    expect(codeOf(await revoked.hello(a))).toBe('DEVICE_REVOKED');
    await revoked.ended;
  });

  it('X1 a nonce is answered once, on its own connection', async () => {
    const { agent } = await hub.greet(a);
    expect(codeOf(await agent.hello(a))).toBe('NONCE_REPLAYED');
    expect(codeOf(await agent.ask('push', salesPush(1, 1)))).toBe('ok');
    const foreign = (await agent.challenge).nonce;
    const thief = hub.connect();
    expect(codeOf(await thief.hello(a, { nonce: foreign }))).toBe('NONCE_REPLAYED');
    expect(
      codeOf(await thief.ask('push', salesPush(2, 1)).catch(() => ({ ok: false, error: { code: 'ended' } }) as never)),
    ).not.toBe('ok');
    expect(await hub.factsOf(a)).toBe(1);
  });

  it('S4 the epoch is signed: it cannot be exchanged on the way', async () => {
    const agent = hub.connect();
    const { nonce } = await agent.challenge;
    const other = await hub.connect().hello(a, { nonce, epoch: TEST_EPOCH });
    expect(codeOf(other)).toBe('SIGNATURE_INVALID');
  });

  it('S6 refuses protocols out of its range, whatever else they say', async () => {
    expect(codeOf(await hub.connect().hello(a, { protocol: 0 }))).toBe('PROTOCOL_TOO_OLD');
    expect(codeOf(await hub.connect().hello(a, { protocol: 3, unheardOf: true }))).toBe('PROTOCOL_TOO_NEW');
  });

  it('S6 serves an agent of protocol 1, fact by fact', async () => {
    const { agent, welcome } = await hub.greet(a, { protocol: 1 });
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
    const { agent: older } = await hub.greet(a);
    const { agent: newer } = await hub.greet(a);
    expect(await older.ended).toBe('io server disconnect');
    expect(codeOf(await newer.ask('push', salesPush(1, 1)))).toBe('ok');
    expect(hub.sync.sessions).toBe(1);
  });

  it('X1 revocation ends the session and says why', async () => {
    const { agent } = await hub.greet(a);
    await hub.sync.revokeDevice(a.device, 'stolen');
    await agent.ended;
    expect(agent.heard).toContainEqual({ event: 'revoked', message: { reason: 'stolen' } });
    await expect.poll(() => hub.sync.sessions).toBe(0);
  });

  it('X1 revocation by another process ends the session as well', async () => {
    const { agent } = await hub.greet(a);
    await pool.query(`UPDATE devices SET revoked_at = now(), revoked_reason = 'elsewhere' WHERE device_no = $1`, [
      a.device,
    ]);
    await agent.ended;
    expect(agent.heard).toContainEqual({ event: 'revoked', message: { reason: 'elsewhere' } });
  });
});
