import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openEdgeStore, type EdgeStore } from '#test/support/edge-store.ts';
import { returned } from '#shared/protocol/facts/return.ts';
import type { PersonRole } from '#shared/agent-api/answers.ts';

const DAY = Date.parse('2026-03-01T00:00:00Z');
const HOUR = 3_600_000;

let edge: EdgeStore;
beforeAll(async () => {
  edge = await openEdgeStore();
});
afterAll(() => edge[Symbol.asyncDispose]());

const tell = (kind: string, key: string, body: object) =>
  edge.context.intake.take('test', [{ submission: { kind, key, body }, verbatim: () => '' }]);
const line = (sku: string, quantity: number, unitPriceMinor: number, more: object = {}) => ({
  sku,
  quantity,
  unitPriceMinor,
  ...more,
});
const sale = (key: string, receiptNo: string, lines: object[], more: object = {}) =>
  tell('sale', key, { occurredAt: DAY + 9 * HOUR, till: 'till-1', receiptNo, currency: 'EUR', lines, ...more });
const back = (sale: string | undefined, lines: object[], more: object = {}) =>
  returned.parse({
    ...(sale === undefined ? {} : { sale }),
    currency: 'EUR',
    lines: lines.map((one) => ({ condition: 'sellable', ...one })),
    ...more,
  });
const giveBack = (key: string, body: object, role: PersonRole = 'clerk') =>
  edge.store.returns.guarded(key, returned.parse(body), role, () => tell('return', key, body));
const code = (name: string) => expect.objectContaining({ code: name });

describe('returns', () => {
  it('finds a receipt with what has come back of each line, whatever is said of it meanwhile', async () => {
    await sale('r1-a', 'R1', [
      line('A', 2, 500),
      line('A', 1, 300),
      line('B', 1, 100),
      line('POST', 1, 450, { service: true }),
    ]);
    expect(await edge.store.returns.ofReceipt('R1')).toMatchObject([
      {
        key: 'r1-a',
        till: 'till-1',
        currency: 'EUR',
        isVoided: false,
        lines: [{ returned: 0 }, {}, {}, { isService: true }],
      },
    ]);
    // As a till says it: of the sku, at the price of the second line.
    await tell('return', 'r1-till', back('r1-a', [line('A', 1, 300)]));
    await giveBack('r1-ui', back('r1-a', [line('A', 1, 500)]));
    const [found] = await edge.store.returns.ofReceipt('R1');
    expect(found?.lines.map(({ sku, quantity, returned }) => [sku, quantity, returned])).toEqual([
      ['A', 2, 1],
      ['A', 1, 1],
      ['B', 1, 0],
      ['POST', 1, 0],
    ]);
    await tell('void', 'r1-v', { voids: 'r1-ui', reason: 'wrong customer' });
    expect((await edge.store.returns.ofReceipt('R1'))[0]?.lines[0]?.returned).toBe(0);
    expect(await edge.store.returns.ofReceipt('r1')).toEqual([]);
  });

  it('finds a lost receipt by time, till and sku, the latest first, and none that was taken back', async () => {
    const at = (hour: number, till: string) => ({ occurredAt: DAY + 48 * HOUR + hour * HOUR, till });
    await sale('l1', 'L1', [line('A', 1, 500)], at(9, 'till-1'));
    await sale('l2', 'L2', [line('B', 1, 500)], at(10, 'till-1'));
    await sale('l3', 'L3', [line('A', 1, 500)], at(11, 'till-2'));
    await sale('l4', 'L4', [line('A', 1, 500)], at(12, 'till-1'));
    await tell('void', 'l4-v', { voids: 'l4', reason: 'keyed in twice' });
    const day = { from: DAY + 48 * HOUR, to: DAY + 72 * HOUR };
    const keys = async (more: object) => (await edge.store.returns.between({ ...day, ...more })).map(({ key }) => key);
    expect(await keys({})).toEqual(['l3', 'l2', 'l1']);
    expect(await keys({ sku: 'A' })).toEqual(['l3', 'l1']);
    expect(await keys({ sku: 'A', till: 'till-1' })).toEqual(['l1']);
    expect(await keys({ to: DAY + 58 * HOUR })).toEqual(['l1']);
  });

  it('takes no more back than was sold and not returned, also when two say it at once, and no more money', async () => {
    await sale('u', 'U', [line('A', 3, 334, { discountMinor: 2 })]);
    const twice = await Promise.allSettled([
      giveBack('u-1', back('u', [line('A', 2, 333)])),
      giveBack('u-2', back('u', [line('A', 2, 333)])),
    ]);
    expect(twice.map(({ status }) => status)).toEqual(['fulfilled', 'rejected']);
    expect(twice[1]).toMatchObject({ reason: { code: 'RETURN_UNITS', message: 'Of "A" 1 can come back, not 2.' } });
    await expect(giveBack('u-3', back('u', [line('A', 1, 999)]))).rejects.toEqual(code('RETURN_UNITS'));
    await expect(giveBack('u-4', back('u', [line('B', 1, 1)]))).rejects.toEqual(code('RETURN_UNITS'));
    await expect(giveBack('u-5', back('u', [line('A', 1, 334)], { currency: 'GBP' }))).rejects.toEqual(
      code('REQUEST_INVALID'),
    );
    await giveBack('u-6', back('u', [line('A', 1, 334)]));
    await expect(giveBack('u-7', back('u', [line('A', 1, 0)]))).rejects.toEqual(code('RETURN_UNITS'));
  });

  it('F4 the same return said again is answered as before, though nothing more could come back', async () => {
    await sale('d', 'D', [line('A', 1, 100)]);
    const body = back('d', [line('A', 1, 100)], { reason: 'too small' });
    expect(await giveBack('d-1', body)).toMatchObject([{ status: 'appended' }]);
    expect(await giveBack('d-1', body)).toMatchObject([{ status: 'duplicate' }]);
    const bodies = (await edge.facts()).filter(({ key }) => key === 'd-1');
    expect(bodies).toMatchObject([{ body: { reason: 'too small', lines: [{ quantity: 1 }] } }]);
  });

  it('without a sale that is known here only a manager takes goods back, and says that there is no receipt', async () => {
    const lines = [line('A', 1, 100)];
    await expect(giveBack('n-1', back('nobody', lines))).rejects.toEqual(code('RETURN_SALE_UNKNOWN'));
    await expect(giveBack('n-2', back(undefined, lines))).rejects.toEqual(code('RETURN_SALE_UNKNOWN'));
    const without = back(undefined, lines, { noReceipt: true, receiptNo: 'S2-77' });
    await expect(giveBack('n-3', without)).rejects.toEqual(code('FORBIDDEN'));
    expect(await giveBack('n-4', without, 'manager')).toMatchObject([{ status: 'appended' }]);
    await sale('n-s', 'N', [line('A', 1, 100)]);
    await tell('void', 'n-v', { voids: 'n-s', reason: 'keyed in twice' });
    await expect(giveBack('n-5', back('n-s', lines))).rejects.toEqual(code('RETURN_SALE_UNKNOWN'));
    await expect(giveBack('n-6', back('n-s', lines, { noReceipt: true }), 'manager')).rejects.toEqual(
      code('REQUEST_INVALID'),
    );
  });

  it('gives returns and arrivals as slips, the latest first', async () => {
    const at = DAY + 96 * HOUR;
    await tell('receipt', 's-1', {
      occurredAt: at,
      reference: 'LS-1',
      supplier: 'Lights',
      lines: [{ sku: 'A', quantity: 4, condition: 'damaged' }],
    });
    await tell('transferIn', 's-2', {
      occurredAt: at + 1,
      transfer: 'T1',
      from: 'S02',
      final: true,
      lines: [{ sku: 'A', quantity: 4 }],
    });
    const list = await edge.store.slips.list({ kinds: ['receipt', 'transferIn'], to: at + 2, limit: 10 });
    expect(list).toMatchObject([
      { key: 's-2', reference: 'T1', partner: 'S02', isFinal: true, lines: [{ condition: 'sellable' }] },
      { key: 's-1', reference: 'LS-1', partner: 'Lights', lines: [{ sku: 'A', quantity: 4, condition: 'damaged' }] },
    ]);
    expect(await edge.store.slips.list({ kinds: ['receipt', 'transferIn'], to: at + 1, limit: 10 })).toHaveLength(1);
    expect(await edge.store.slips.get('n-4')).toMatchObject({
      hasNoReceipt: true,
      reference: 'S2-77',
      currency: 'EUR',
    });
    expect(await edge.store.slips.get('n-s')).toBeUndefined();
  });
});
