import type { Pool } from 'pg';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createQuarantineDecisions } from '#hub/ledger/release.ts';
import { canonicalContent } from '#shared/protocol/content.ts';
import { encodeFrame, type FramedFact } from '#shared/protocol/frame.ts';
import type { PushAnswer } from '#shared/protocol/messages/push.ts';
import { createTestDatabase, type TestDatabase } from '#test/support/database.ts';
import { enrolDevice, TEST_EPOCH, type RawAgent, type TestDevice } from '#test/support/raw-agent.ts';
import { RunningSync } from '#test/support/running-sync.ts';

const HOUR = 3_600_000;

let database: TestDatabase;
let pool: Pool;
let hub: RunningSync;
let device: TestDevice;
let agent: RawAgent;
let turn = 0;

beforeAll(async () => {
  database = await createTestDatabase({ max: 10 });
  pool = database.pool;
});
afterAll(() => database.drop());

beforeEach(async () => {
  device = await enrolDevice(pool, `S${(turn += 1)}`);
  hub = await RunningSync.start(pool);
  ({ agent } = await hub.greet(device));
});
afterEach(() => hub.stop());

async function push(
  seq: number,
  kind: 'count' | 'sale' | 'receipt' | 'void',
  at: number,
  body: object,
): Promise<PushAnswer> {
  const { bodyText } = canonicalContent(kind, body);
  const key = `${kind}-${seq}`;
  const fact: FramedFact = { seq, at, offsetMs: 0, kind, key, correlationId: key, source: 'test', bodyText };
  const frame = new Uint8Array(encodeFrame([fact], 'lines'));
  const answer = await agent.ask<PushAnswer>('push', {
    epoch: TEST_EPOCH,
    fromSeq: seq,
    count: 1,
    encoding: 'lines',
    frame,
  });
  if (!answer.ok) throw new Error(answer.error.detail);
  return answer.value;
}

const count = (quantity: number) => ({ lines: [{ sku: 'A', quantity }] });
const sale = (quantity: number) => ({ currency: 'EUR', lines: [{ sku: 'A', quantity, unitPriceMinor: 1 }] });

async function onHand(): Promise<number | undefined> {
  const { rows } = await pool.query<{ on_hand: number }>('SELECT on_hand FROM positions WHERE location_no = $1', [
    device.location,
  ]);
  return rows[0]?.on_hand;
}

async function quarantined(): Promise<{ id: number; code: string }> {
  const text = 'SELECT quarantine_no AS id, code FROM quarantine WHERE location_no = $1';
  const { rows } = await pool.query<{ id: number; code: string }>(text, [device.location]);
  expect(rows).toHaveLength(1);
  return rows[0]!;
}

describe('what was made by a clock far ahead', () => {
  it('S5 M2 F5 a count is set aside, and does not hide what is sold until its instant', async () => {
    const now = Date.now();
    await push(1, 'count', now - HOUR, count(10));
    expect(await push(2, 'count', now + 24 * HOUR, count(50))).toMatchObject({
      ackedSeq: 2,
      quarantined: [{ seq: 2, code: 'FACT_AHEAD' }],
    });
    await push(3, 'sale', now, sale(4));
    expect([await onHand(), (await quarantined()).code]).toEqual([6, 'FACT_AHEAD']);
  });

  it('S5 M2 units that were received by it are not counted twice by a count that has seen them', async () => {
    const now = Date.now();
    expect(await push(1, 'receipt', now + 24 * HOUR, count(10))).toMatchObject({
      quarantined: [{ seq: 1, code: 'FACT_AHEAD' }],
    });
    await push(2, 'count', now, count(10));
    expect([await onHand(), (await quarantined()).code]).toEqual([10, 'FACT_AHEAD']);
  });

  it('S5 M1 a sale ahead is taken: not absorbed by a count made after it, it is promised too little, never too much', async () => {
    const now = Date.now();
    expect(await push(1, 'sale', now + 24 * HOUR, sale(4))).toMatchObject({ ackedSeq: 1, quarantined: [] });
    await push(2, 'count', now, count(10));
    expect(await onHand()).toBe(6);
  });

  it('F1 F5 a count is merged as it is when it is released, and can be voided then', async () => {
    const now = Date.now();
    await push(1, 'count', now + HOUR, count(50));
    await push(2, 'sale', now, sale(4));
    const { release } = createQuarantineDecisions(pool);
    await release((await quarantined()).id, { by: 'test', note: null, asKey: undefined });
    expect(await onHand()).toBe(50);
    await push(3, 'void', now, { voids: 'count-1', reason: 'the clock was wrong' });
    expect(await onHand()).toBe(-4);
  });

  it('F1 a count that was voided stays without effect, also when it is released', async () => {
    const now = Date.now();
    await push(1, 'count', now + HOUR, count(50));
    await push(2, 'void', now, { voids: 'count-1', reason: 'the clock was wrong' });
    await push(3, 'sale', now, sale(4));
    const { release } = createQuarantineDecisions(pool);
    await release((await quarantined()).id, { by: 'test', note: null, asKey: undefined });
    expect(await onHand()).toBe(-4);
  });
});
