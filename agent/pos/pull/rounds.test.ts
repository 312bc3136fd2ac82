import { expect, it } from 'vitest';
import type { OrderPage } from './order-reader.ts';
import { afterPage, beginRound } from './rounds.ts';

const earlier = (text: string, ms: number): string => String(Number(text) - ms);
const rules = { reader: { earlier }, overlapMs: 100 };
const page = (changedAt: readonly number[], more: Partial<OrderPage> = {}): OrderPage => ({
  orders: changedAt.map((at) => ({
    id: `${at}`,
    changedAt: `${at}`,
    verbatim: '',
    key: '',
    facts: { passedOver: '' },
  })),
  next: null,
  serverNow: '5000',
  ...more,
});

it('S3 a round begins an overlap before what is done, and before a server’s clock that was set back', () => {
  expect(beginRound({ doneTo: '4000', round: null }, null, rules).since).toBe('3900');
  expect(beginRound({ doneTo: '4000', round: null }, '3000', rules).since).toBe('2900');
  expect(beginRound({ doneTo: '4000', round: null }, '9000', rules).since).toBe('3900');
});

it('S3 what is done is what was seen, but of a round of several pages no more than when it began', () => {
  const before = { doneTo: '4000', round: null };
  const round = beginRound(before, null, rules);
  expect(afterPage(before, round, page([4100, 4200]))).toEqual({ doneTo: '4200', round: null });
  expect(afterPage(before, round, page([]))).toEqual({ doneTo: '4000', round: null });
  // A clock here that was ahead at the first start is put right by the server's.
  expect(afterPage({ doneTo: '7000', round: null }, round, page([])).doneTo).toBe('5000');
  const first = afterPage(before, round, page([4200, 4300], { next: 'x' }));
  expect(first).toMatchObject({ doneTo: '4000', round: { after: 'x', beganAt: '5000', highest: '4300' } });
  const last = afterPage(first, first.round ?? round, page([6000], { serverNow: '6001' }));
  expect(last).toEqual({ doneTo: '5000', round: null });
});

it('S3 where the server does not say its time, a round of several pages moves nothing on', () => {
  const before = { doneTo: '4000', round: null };
  const round = beginRound(before, null, rules);
  expect(afterPage(before, round, page([4200], { serverNow: null })).doneTo).toBe('4200');
  const first = afterPage(before, round, page([4200], { next: 'x', serverNow: null }));
  expect(afterPage(first, first.round ?? round, page([4400], { serverNow: null })).doneTo).toBe('4000');
});
