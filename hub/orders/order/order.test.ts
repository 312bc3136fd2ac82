import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { canonicalOrder, splitOrder } from './canonical-order.ts';
import { checkTotals, lineTotal, refundOf } from './order-money.ts';

const ORDER = {
  channel: 'web',
  channelOrderId: '1001',
  orderedAt: '2026-11-01T10:00:00Z',
  currency: 'EUR',
  taxIncluded: false,
  lines: [{ line: '1', sku: 'A', units: 2, priceMinor: 1_000, discountMinor: 200, taxMinor: 342 }],
  shipping: { priceMinor: 490, taxMinor: 93 },
  totalMinor: 2_725,
  payment: 'paid',
  delivery: { kind: 'ship', country: 'DE', near: { latitude: 52.52, longitude: 13.4 } },
  customer: { reference: 'c-77', contact: { name: 'Ada', address: ['Street 1'], city: 'Berlin' } },
};
const read = (changes: object = {}) => splitOrder(canonicalOrder.parse({ ...ORDER, ...changes }));
const refused = (changes: object) => canonicalOrder.safeParse({ ...ORDER, ...changes }).error?.issues[0]?.message;
const lineWith = (changes: object) => ({ lines: [{ ...ORDER.lines[0], ...changes }] });

describe('the canonical order', () => {
  it('keeps personal data apart from what is kept for good', () => {
    const { content, customer } = read();
    expect(JSON.stringify(content)).not.toMatch(/Ada|Street|Berlin|c-77/);
    expect(customer).toEqual(ORDER.customer);
  });

  it('is the same however it is spelled, and another when something of it is', () => {
    const { digest, customerDigest } = read();
    const respelled = Object.fromEntries(Object.entries(ORDER).reverse());
    const again = splitOrder(canonicalOrder.parse({ ...respelled, orderedAt: '2026-11-01T11:00:00+01:00' }));
    expect(again.digest).toEqual(digest);
    expect(read({ payment: 'pending' }).digest).toEqual(digest);
    expect(read(lineWith({ units: 3 })).digest).not.toEqual(digest);
    const moved = read({ customer: { reference: 'c-77', contact: { name: 'Ada', address: ['Street 2'] } } });
    expect(moved.digest).toEqual(digest);
    expect(moved.customerDigest).not.toEqual(customerDigest);
  });

  it.each([
    ['an unknown field', { colour: 'red' }, 'Unrecognized key: "colour"'],
    ['a line without a sku', lineWith({ sku: undefined }), 'exactly one of sku and channelSku must be given'],
    ['a line with both', lineWith({ channelSku: 'X' }), 'exactly one of sku and channelSku must be given'],
    ['a line id twice', { lines: [ORDER.lines[0], ORDER.lines[0]] }, 'each line id once'],
    ['a line that is named like a part of every object', lineWith({ line: '__proto__' }), /every object/],
    ['no lines', { lines: [] }, /Too small/],
    [
      'too many lines',
      { lines: Array.from({ length: 501 }, (_, n) => ({ ...ORDER.lines[0], line: `${n}` })) },
      /Too big/,
    ],
    ['half a unit', lineWith({ units: 0.5 }), /expected int/],
    ['a huge price', lineWith({ priceMinor: 1e15 }), /Too big/],
    [
      'a door for a place',
      { delivery: { kind: 'ship', country: 'DE', near: { latitude: 52.5231, longitude: 0 } } },
      'must have two decimals at most',
    ],
    ['an instant without offset', { orderedAt: '2026-11-01T10:00:00' }, /must be an instant/],
    [
      'the address of somebody who collects',
      { delivery: { kind: 'collect', store: 'S1' } },
      'only a name is kept of who collects: leave address, city away',
    ],
  ])('refuses %s', (_, changes, message) => {
    expect(refused(changes)).toMatch(message);
  });
});

describe('the money of an order', () => {
  it('comes to its total, with tax on top or contained', () => {
    expect(() => checkTotals(read().content)).not.toThrow();
    expect(() => checkTotals(read({ taxIncluded: true, totalMinor: 2_290 }).content)).not.toThrow();
  });

  it.each([
    ['another total', { totalMinor: 2_726 }, 'come to 2725, and totalMinor is 2726'],
    ['too much discount', lineWith({ discountMinor: 2_001 }), '1: the discount 2001 is more than 2000'],
    ['more tax than price', { ...lineWith({ taxMinor: 1_801 }), taxIncluded: true }, 'of 1800 cannot 1801 be tax'],
    ['beyond all orders', lineWith({ units: 1_000_000, priceMinor: 100_000_000_000 }), 'more than an order may cost'],
  ])('refuses %s', (_, changes, detail) => {
    expect(() => checkTotals(read(changes).content)).toThrow(
      expect.objectContaining({ code: 'ORDER_TOTALS', message: expect.stringContaining(detail) }),
    );
  });

  it('given back in any parts comes to the whole, and never to less than nothing', () => {
    const cuts = fc.array(fc.integer({ min: 1, max: 5 }), { minLength: 1, maxLength: 12 });
    fc.assert(
      fc.property(cuts, fc.nat(1_000_000), fc.nat(99), fc.boolean(), (parts, priceMinor, percent, taxIncluded) => {
        const units = parts.reduce((sum, part) => sum + part, 0);
        const discountMinor = Math.floor((priceMinor * units * percent) / 100);
        const line = { units, priceMinor, discountMinor, taxMinor: taxIncluded ? 0 : 77 };
        let before = 0;
        let sum = 0;
        for (const part of parts) {
          const back = refundOf(line, taxIncluded, before, part);
          expect(back).toBeGreaterThanOrEqual(0);
          sum += back;
          before += part;
        }
        expect(sum).toBe(lineTotal(line, taxIncluded));
      }),
    );
  });
});
