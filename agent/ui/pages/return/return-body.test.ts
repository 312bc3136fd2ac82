import { expect, it } from 'vitest';
import type { SoldReceipt } from '#shared/agent-api/answers.ts';
import { refundMinor, returnBody, scannedLine, type Choices } from './return-body.ts';

const line = { name: null, isService: false, returned: 0, discountMinor: 0, taxMinor: 0 };
const SALE: SoldReceipt = {
  key: 's',
  at: 1,
  source: 'http:till-1',
  receiptNo: '1000',
  till: null,
  currency: 'EUR',
  isVoided: false,
  lines: [
    { ...line, line: 0, sku: 'A', quantity: 3, returned: 1, unitPriceMinor: 334, discountMinor: 2 },
    { ...line, line: 1, sku: 'A', quantity: 1, unitPriceMinor: 200 },
    { ...line, line: 2, sku: 'POST', quantity: 1, unitPriceMinor: 450, isService: true },
  ],
};

it('gives back what was paid, each line in its condition, and goes from line to line as articles are scanned', () => {
  const choices = new Map([
    [0, { units: 2, condition: 'damaged' }],
    [2, { units: 1, condition: 'sellable' }],
  ]) satisfies Choices;
  expect(refundMinor(SALE, choices)).toBe(667 + 450);
  expect(returnBody(SALE, choices, 'too small')).toEqual({
    receiptNo: '1000',
    sale: 's',
    reason: 'too small',
    currency: 'EUR',
    lines: [
      { sku: 'A', quantity: 1, unitPriceMinor: 333, condition: 'damaged' },
      { sku: 'A', quantity: 1, unitPriceMinor: 334, condition: 'damaged' },
      { sku: 'POST', quantity: 1, unitPriceMinor: 450, condition: 'sellable', service: true },
    ],
  });
  expect(scannedLine(SALE, new Map(), 'A')?.line).toBe(0);
  expect(scannedLine(SALE, choices, 'A')?.line).toBe(1);
  expect(scannedLine(SALE, choices, 'B')).toBeUndefined();
});
