import { expect, it, onTestFinished } from 'vitest';
import { openEdgeStore } from '#test/support/edge-store.ts';

const DAY = Date.parse('2026-03-01T00:00:00Z');
const HOUR = 3_600_000;
const line = (quantity: number, unitPriceMinor: number, more: object = {}) => ({
  sku: 'A',
  quantity,
  unitPriceMinor,
  ...more,
});

it('adds up the day by hours and currencies, without what was taken back on any day, and goes on with what comes', async () => {
  const edge = await openEdgeStore();
  onTestFinished(() => edge[Symbol.asyncDispose]());
  const tell = (kind: string, key: string, body: object) =>
    edge.context.intake.take('test', [{ submission: { kind, key, body }, verbatim: () => '' }]);
  const sale = (key: string, hour: number, lines: object[], currency = 'EUR') =>
    tell('sale', key, { occurredAt: DAY + hour * HOUR, currency, lines });
  const read = () => edge.store.dayBook.read({ from: DAY, to: DAY + 24 * HOUR, feed: 10 });
  await sale('before', -1, [line(1, 100)]);
  await sale('a', 9, [line(2, 300, { discountMinor: 50, taxMinor: 10 }), line(1, 400, { service: true })]);
  await sale('b', 9.5, [line(1, 100)]);
  await sale('wrong', 10, [line(9, 100)]);
  await sale('after', 24, [line(1, 100)]);
  await tell('void', 'v', { voids: 'wrong', reason: 'keyed in twice' });
  const first = await read();
  expect(first).toMatchObject({ sales: 2, returns: 0, units: 3, netMinor: { EUR: 600 - 50 + 10 + 400 + 100 } });
  expect(first.hours).toEqual([{ at: DAY + 9 * HOUR, sales: 2, returns: 0, units: 3, netMinor: { EUR: 1_060 } }]);
  expect(first.feed.map(({ key, isVoided }) => [key, isVoided])).toEqual([
    ['wrong', true],
    ['b', false],
    ['a', false],
  ]);
  await sale('c', 11, [line(1, 1_000)], 'GBP');
  const body = { occurredAt: DAY + 12 * HOUR, currency: 'EUR', lines: [{ ...line(1, 60), condition: 'damaged' }] };
  await tell('return', 'r', body);
  await tell('void', 'v2', { voids: 'b', reason: 'wrong till' });
  expect(await read()).toMatchObject({ sales: 2, returns: 1, units: 2, netMinor: { EUR: 900, GBP: 1_000 } });
  // What people have counted is a fact for each sku, and one thing in the feed.
  for (const [sku, hour] of [
    ['A', 13],
    ['B', 14],
    ['C', 13.5],
  ] as const) {
    const submission = {
      kind: 'count',
      key: `count:${sku}`,
      correlationId: 'count:1',
      body: { occurredAt: DAY + hour * HOUR, lines: [{ sku, quantity: 4 }] },
    };
    await edge.context.intake.take('ui:Mia', [{ submission, verbatim: () => '' }]);
  }
  await tell('void', 'v3', { voids: 'count:C', reason: 'the wrong shelf' });
  expect((await read()).feed.filter(({ kind }) => kind === 'count')).toMatchObject([
    { at: DAY + 14 * HOUR, lines: 2, units: 8, isVoided: false },
    { at: DAY + 13.5 * HOUR, lines: 1, units: 4, isVoided: true },
  ]);
  // Another day, and back.
  expect(await edge.store.dayBook.read({ from: DAY - 24 * HOUR, to: DAY, feed: 10 })).toMatchObject({
    sales: 1,
    units: 1,
  });
  expect(await read()).toMatchObject({ sales: 2, returns: 1 });
});
