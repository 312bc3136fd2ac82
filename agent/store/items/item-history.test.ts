import { expect, it, onTestFinished } from 'vitest';
import { downId } from '../collections/fields.ts';
import { openEdgeStore } from '#test/support/edge-store.ts';

const DAY = Date.parse('2026-03-01T00:00:00Z');

it('M2 says of one item what happened, why, and what was there then; a count of another device is among it', async () => {
  const edge = await openEdgeStore();
  onTestFinished(() => edge[Symbol.asyncDispose]());
  const { itemHistories, db } = edge.store;
  const tell = (kind: string, key: string, at: number, body: object) =>
    edge.context.intake.take('http:till-1', [
      { submission: { kind, key, body: { occurredAt: DAY + at, ...body } }, verbatim: () => '' },
    ]);
  const line = (quantity: number, more: object = {}) => ({ sku: 'A', quantity, unitPriceMinor: 1, ...more });
  await tell('sale', 's1', 1, { currency: 'EUR', till: 'till-1', receiptNo: '1', lines: [line(2), line(1)] });
  await tell('count', 'c', 3, { countedBy: 'Ada', lines: [{ sku: 'A', quantity: 10 }] });
  // Told late, and of before the count: it changes nothing after it.
  await tell('sale', 'late', 2, { currency: 'EUR', lines: [line(4)] });
  await tell('return', 'r', 4, {
    currency: 'EUR',
    reason: 'faulty',
    lines: [line(1, { condition: 'damaged' }), line(1, { condition: 'sellable' })],
  });
  await tell('sale', 'wrong', 5, { currency: 'EUR', lines: [line(9)] });
  await edge.context.intake.take('ui:Ada', [
    { submission: { kind: 'void', key: 'v', body: { voids: 'wrong', reason: 'keyed in twice' } }, verbatim: () => '' },
  ]);
  const shown = async () => {
    const history = await itemHistories.read('A', 100);
    return history?.changes.map(({ key, change, after, isVoided }) => [key, change, after, isVoided]);
  };
  expect(await shown()).toEqual([
    ['wrong', 0, 11, true],
    ['r', 1, 11, false],
    ['c', null, 10, false],
    ['late', -4, null, false],
    ['s1', -3, null, false],
  ]);
  expect(await itemHistories.read('A', 100)).toMatchObject({
    item: { onHand: 11 },
    knownSince: DAY + 3,
    elsewhere: 0,
    changes: [
      {},
      { kind: 'return', reason: 'faulty', other: { damaged: 1 } },
      { reference: 'Ada', counted: 10 },
      {},
      { till: 'till-1' },
    ],
  });
  // Another device of the store has counted since, and its position has come down.
  await db.positions.upsert({
    id: downId('A'),
    sku: 'A',
    onHand: 20,
    damaged: 0,
    quarantined: 0,
    anchor: { at: DAY + 6, journal: 77, seq: 1, quantity: 21 },
    journal: 1,
    watermark: 0,
  });
  const [latest] = (await shown()) ?? [];
  expect(latest).toEqual([null, 10, 21, false]);
  // Cut after the latest two: the first is reckoned from the count.
  const cut = await itemHistories.read('A', 2);
  expect(cut?.isCut).toBe(true);
  expect(cut?.changes.map(({ key }) => key)).toEqual([null, 'wrong', 'r']);
  expect(await itemHistories.read('B', 2)).toBeUndefined();
});
