import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { canonicalContent } from '#shared/protocol/content.ts';
import type { FactKind } from '#shared/protocol/fact.ts';
import { decodeFrame, type ReadFact } from '#shared/protocol/frame.ts';
import { createTestDatabase, type TestDatabase } from '#test/support/database.ts';
import type { Ledger } from './incoming.ts';
import { createLedger } from './merge.ts';
import { createQuarantineDecisions } from './release.ts';

const AT = 1_790_000_000_000;
let database: TestDatabase;
let ledger: Ledger;

beforeAll(async () => {
  database = await createTestDatabase();
  ledger = createLedger(database.pool);
});
afterAll(() => database.drop());
beforeEach(async () => {
  await database.clear();
  await database.pool.query(`
    INSERT INTO locations (code, name) VALUES ('S1', 'One');
    INSERT INTO devices (location_no, name, public_key) VALUES (1, 'a', decode(repeat('01', 32), 'hex')),
      (1, 'b', decode(repeat('02', 32), 'hex'));
    INSERT INTO journals (device_no, epoch, location_no) VALUES (1, 1, 1), (2, 1, 1);`);
});

function fact(seq: number, ms: number, kind: FactKind, body: object, key = `k${seq}`): ReadFact {
  return {
    ok: true,
    seq,
    at: AT + ms,
    offsetMs: 0,
    key,
    correlationId: key,
    source: 't',
    ...canonicalContent(kind, body),
  };
}
const line = (quantity: number) => [{ sku: 'APPLE', quantity }];
const sale = (seq: number, ms: number, quantity = 1, key = `k${seq}`) =>
  fact(seq, ms, 'sale', { currency: 'GBP', lines: [{ sku: 'APPLE', quantity, unitPriceMinor: 100 }] }, key);
const count = (seq: number, ms: number, quantity: number) => fact(seq, ms, 'count', { lines: line(quantity) });
const receipt = (seq: number, ms: number, quantity: number) => fact(seq, ms, 'receipt', { lines: line(quantity) });
const voids = (seq: number, ms: number, key: string) => fact(seq, ms, 'void', { voids: key, reason: 'mistake' });

async function push(...facts: ReadFact[]) {
  const [outcome] = await ledger.merge([{ location: 1, journal: 1, fromSeq: facts[0]!.seq, facts }]);
  return outcome!;
}
async function one(text: string): Promise<Record<string, unknown> | undefined> {
  return (await database.pool.query<Record<string, unknown>>(text)).rows[0];
}
const onHand = async () => (await one(`SELECT on_hand FROM positions WHERE sku = 'APPLE'`))?.['on_hand'];
const table = async (name: string) => (await one(`SELECT count(*)::int AS n FROM ${name}`))?.['n'];

describe('watermarks', () => {
  it('S1 F3 frames are taken without a gap, and a gap is told with the watermark', async () => {
    expect(await push(sale(1, 0), sale(2, 1))).toMatchObject({ watermark: 2, gap: false, duplicates: 0 });
    expect(await push(sale(4, 3))).toMatchObject({ watermark: 2, gap: true });
    expect(await push(sale(2, 1), sale(3, 2))).toMatchObject({ watermark: 3, gap: false, duplicates: 1 });
    expect(await table('facts')).toBe(3);
    expect(await onHand()).toBe(-3);
  });

  it('S1 nothing of a transaction that fails is kept', async () => {
    const broken = { ...sale(2, 1), digest: 'not hexadecimal' } as ReadFact;
    await expect(push(sale(1, 0), broken)).rejects.toThrow(/uuid/);
    expect([await table('facts'), await table('movements'), await table('positions')]).toEqual([0, 0, 0]);
    expect(await one('SELECT watermark FROM journals WHERE journal_no = 1')).toEqual({ watermark: 0 });
  });
});

describe('transfers of a store to itself', () => {
  const out = (seq: number, to: string, key = `k${seq}`) =>
    fact(seq, seq, 'transferOut', { transfer: 'T1', to, lines: line(2) }, key);
  const into = (seq: number, from: string) => fact(seq, seq, 'transferIn', { transfer: 'T2', from, lines: line(3) });

  it('F5 M7 are set aside with what is wrong, alone, and move nothing', async () => {
    const outcome = await push(receipt(1, 1, 10), out(2, 'S1'), into(3, 'S1'), sale(4, 4));
    expect(outcome).toMatchObject({
      watermark: 4,
      quarantined: [
        { seq: 2, code: 'TRANSFER_TO_ITSELF' },
        { seq: 3, code: 'TRANSFER_TO_ITSELF' },
      ],
    });
    expect([await onHand(), await table('transfers'), await table('facts')]).toEqual([9, 0, 2]);
    expect((await one('SELECT detail FROM quarantine WHERE seq = 2'))?.['detail']).toMatch(
      /^to: "S1" is the store itself/,
    );
    expect((await one('SELECT detail FROM quarantine WHERE seq = 3'))?.['detail']).toMatch(/^from: "S1"/);
  });

  it('M1 S1 come again as duplicates, are not released, and leave their key to the corrected one', async () => {
    await push(out(1, 'S1', 'DOC'));
    expect(await push(out(1, 'S1', 'DOC'))).toMatchObject({ watermark: 1, duplicates: 1, quarantined: [] });
    expect(await table('quarantine')).toBe(1);
    const id = Number((await one('SELECT quarantine_no AS id FROM quarantine'))?.['id']);
    const decisions = createQuarantineDecisions(database.pool);
    const released = decisions.release(id, { by: 'me', note: null, asKey: undefined });
    await expect(released).rejects.toMatchObject({ code: 'TRANSFER_TO_ITSELF' });
    await decisions.dismiss(id, { by: 'me', note: null });
    expect(await push(out(2, 'S2', 'DOC'))).toMatchObject({ watermark: 2, duplicates: 0, quarantined: [] });
    expect([await onHand(), await table('transfers')]).toEqual([-2, 1]);
  });
});

describe('keys', () => {
  it('F4 the same key with the same content is a duplicate, also from another journal and clock', async () => {
    await push(sale(1, 0, 2, 'R1'));
    expect(await push(sale(2, 50, 2, 'R1'))).toMatchObject({ watermark: 2, duplicates: 1, quarantined: [] });
    const other = [{ location: 1, journal: 2, fromSeq: 1, facts: [sale(1, 90, 2, 'R1')] }];
    const told = await table('changes');
    expect(await ledger.merge(other)).toMatchObject([{ watermark: 1, duplicates: 1 }]);
    // The other journal's store view must learn that its fact is in the position already.
    expect(await table('changes')).toBe(Number(told) + 1);
    expect(await onHand()).toBe(-2);
  });

  it('F4 the same key with other content is quarantined verbatim and never merged, and the rest is taken', async () => {
    const outcome = await push(sale(1, 0, 2, 'R1'), sale(2, 1, 5, 'R1'), sale(3, 2, 1));
    expect(outcome).toMatchObject({ watermark: 3, quarantined: [{ seq: 2, code: 'KEY_REUSED' }] });
    expect(await onHand()).toBe(-3);
    const row = (await one('SELECT seq, key, code, protocol_line FROM quarantine'))!;
    expect(row).toMatchObject({ seq: 2, key: 'R1', code: 'KEY_REUSED' });
    expect(decodeFrame(row['protocol_line'] as Buffer, 'lines', 2, 1)[0]).toMatchObject({ ok: true, key: 'R1' });
    await push(sale(1, 0, 2, 'R1'), sale(2, 1, 5, 'R1'), sale(3, 2, 1));
    expect(await table('quarantine')).toBe(1);
  });

  it('F4 a quarantined fact can be released under a key of its own, once', async () => {
    await push(sale(1, 0, 2, 'R1'), sale(2, 1, 5, 'R1'));
    const { release, dismiss } = createQuarantineDecisions(database.pool);
    const decision = { by: 'anna', note: 'another till' };
    await expect(release(1, { ...decision, asKey: undefined })).rejects.toMatchObject({ code: 'KEY_REUSED' });
    await release(1, { ...decision, asKey: 'R1-till-2' });
    expect(await onHand()).toBe(-7);
    await expect(release(1, { ...decision, asKey: 'R1-x' })).rejects.toMatchObject({ code: 'CONFLICT' });
    await expect(dismiss(1, decision)).rejects.toMatchObject({ code: 'CONFLICT' });
    await expect(dismiss(99, decision)).rejects.toMatchObject({ code: 'NOT_FOUND' });
    expect(await onHand()).toBe(-7);
  });

  it('F5 what cannot be read is kept verbatim, also with bytes that are no text, and stays there when read again', async () => {
    const verbatim = '1\t2\tsale\tbad \u0000 line';
    const bad: ReadFact = { ok: false, seq: 2, key: null, code: 'FACT_INVALID', detail: 'nul \u0000', verbatim };
    expect(await push(sale(1, 0), bad, sale(3, 2))).toMatchObject({ watermark: 3, quarantined: [{ seq: 2 }] });
    const row = (await one('SELECT protocol_line FROM quarantine'))!;
    expect((row['protocol_line'] as Buffer).toString()).toBe(verbatim);
    const { release } = createQuarantineDecisions(database.pool);
    await expect(release(1, { by: 'anna', note: null, asKey: undefined })).rejects.toMatchObject({
      code: 'FACT_INVALID',
    });
    expect(await one('SELECT resolved_at FROM quarantine')).toEqual({ resolved_at: null });
  });
});

describe('counts', () => {
  it('M2 a backdated receipt before a count leaves the counted number alone (erpnext#54295)', async () => {
    await push(count(1, 100, 1));
    await push(receipt(2, 50, 41));
    expect(await onHand()).toBe(1);
    expect(await one('SELECT expected, variance FROM counts')).toEqual({ expected: 41, variance: -40 });
  });

  it('M2 in the same millisecond the seq decides what the count has seen', async () => {
    await push(sale(1, 10, 7), count(2, 10, 20), sale(3, 10, 4));
    expect(await onHand()).toBe(16);
    expect(await one('SELECT expected, variance FROM counts')).toEqual({ expected: -7, variance: 27 });
  });

  it('M3 a late count changes history only, or becomes the anchor when it is newer', async () => {
    await push(count(1, 100, 10), sale(2, 150, 3));
    await push(count(3, 50, 99));
    expect(await onHand()).toBe(7);
    await push(count(4, 120, 20));
    expect(await onHand()).toBe(17);
    expect(await one('SELECT anchor_seq FROM positions')).toEqual({ anchor_seq: 4 });
  });

  it('M4 merging goes below zero without being refused', async () => {
    expect(await push(count(1, 0, 1), sale(2, 1, 3))).toMatchObject({ watermark: 2, quarantined: [] });
    expect(await onHand()).toBe(-2);
  });

  it('M5 a variance follows late facts and voids', async () => {
    await push(receipt(1, 0, 10), count(2, 100, 8));
    expect(await one('SELECT variance FROM counts')).toEqual({ variance: -2 });
    await push(sale(3, 50, 2));
    expect(await one('SELECT variance FROM counts')).toEqual({ variance: 0 });
    await push(voids(4, 200, 'k3'));
    expect(await one('SELECT variance FROM counts')).toEqual({ variance: -2 });
    expect(await onHand()).toBe(8);
  });
});

describe('corrections', () => {
  it('F1 facts and movements are only ever inserted: a void adds its reversal', async () => {
    await push(count(1, 0, 10), sale(2, 1, 4), voids(3, 2, 'k2'), voids(4, 3, 'k2'));
    expect(await onHand()).toBe(10);
    const { rows } = await database.pool.query('SELECT quantity, reversal FROM movements ORDER BY reversal');
    expect(rows).toEqual([
      { quantity: -4, reversal: false },
      { quantity: 4, reversal: true },
    ]);
  });

  it('F1 a void may come before its fact, and a released fact obeys it too', async () => {
    await push(voids(1, 5, 'k2'), sale(2, 1, 4));
    expect(await onHand()).toBe(0);
    await push(sale(3, 6, 9, 'R1'), sale(4, 7, 8, 'R1'), voids(5, 8, 'R2'));
    await createQuarantineDecisions(database.pool).release(1, { by: 'anna', note: null, asKey: 'R2' });
    expect(await onHand()).toBe(-9);
  });
});
