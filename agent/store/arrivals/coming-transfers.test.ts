import { describe, expect, it } from 'vitest';
import { comingTransfers, nameOf, type OwnArrival } from './coming-transfers.ts';

const EPOCH = 5;
const at = (seq: number) => ({ epoch: EPOCH, seq });
const TRANSFER = {
  from: 'S02',
  fromName: 'Two',
  transfer: 'T1',
  leftAt: null,
  expectedAt: null,
  lines: [
    { sku: 'A', sent: 10, received: 2, coming: 8 },
    { sku: 'B', sent: 1, received: 0, coming: 1 },
  ],
};
const arrival = (seq: number, quantity: number, more: Partial<OwnArrival> & { final?: true } = {}): OwnArrival => ({
  place: at(seq),
  voidPlace: more.voidPlace,
  body: { transfer: 'T1', from: 'S02', lines: [{ sku: 'A', quantity }], ...(more.final ? { final: true } : {}) },
});
/** The hub had this store's facts up to seq 10 when it answered. */
const read = (...own: OwnArrival[]) =>
  comingTransfers({ transfers: [TRANSFER] }, at(10), new Map([[nameOf('S02', 'T1'), own]]))[0]?.lines.map(
    ({ received, coming }) => [received, coming],
  );

describe('what is on its way', () => {
  it('M7 has own receipts on top that the answer does not contain, each once', () => {
    expect(read()).toEqual([
      [2, 8],
      [0, 1],
    ]);
    expect(read(arrival(9, 2), arrival(11, 3))).toEqual([
      [5, 5],
      [0, 1],
    ]);
    expect(read(arrival(9, 2), arrival(11, 30))?.[0]).toEqual([32, 0]);
  });

  it('M7 a receipt that was taken back is on its way again, whether the hub has heard of either', () => {
    expect(read(arrival(9, 2, { voidPlace: at(10) }))?.[0]).toEqual([2, 8]);
    expect(read(arrival(9, 2, { voidPlace: at(11) }))?.[0]).toEqual([0, 10]);
    expect(read(arrival(11, 2, { voidPlace: at(12) }))?.[0]).toEqual([2, 8]);
  });

  it('is over when all has come, or when somebody has said so', () => {
    const b: OwnArrival = {
      ...arrival(12, 1),
      body: { transfer: 'T1', from: 'S02', lines: [{ sku: 'B', quantity: 1 }] },
    };
    expect(read(arrival(11, 8))).toHaveLength(2);
    expect(read(arrival(11, 8), b)).toBeUndefined();
    expect(read(arrival(11, 1, { final: true }))).toBeUndefined();
    expect(read(arrival(11, 1, { final: true, voidPlace: at(12) }))).toHaveLength(2);
  });
});
