import { describe, expect, it } from 'vitest';
import { canonicalContent } from './content.ts';
import { ShelfwireError } from './errors.ts';
import { BODIES, type FactKind } from './fact.ts';
import { LIMITS } from './limits.ts';

const line = { sku: 'A', quantity: 2 };
const priced = { ...line, unitPriceMinor: 100 };
const BODY_OF: Record<FactKind, object> = {
  sale: { currency: 'GBP', lines: [priced] },
  return: { currency: 'GBP', lines: [{ ...priced, condition: 'damaged' }] },
  count: { lines: [line] },
  receipt: { lines: [line] },
  transferOut: { transfer: 'T1', to: 'S2', lines: [line] },
  transferIn: { transfer: 'T1', from: 'S2', lines: [line] },
  adjustment: { reason: 'thrown away', lines: [{ sku: 'A', quantity: -2 }] },
  task: { task: 1, step: 'picked', lines: [{ line: 'a', ...line }] },
  void: { voids: 'R1', reason: 'mistake' },
};

const refusal = (kind: string, body: unknown): string | undefined => {
  try {
    canonicalContent(kind, body);
    return undefined;
  } catch (error) {
    return error instanceof ShelfwireError ? `${error.code} ${error.message}` : String(error);
  }
};

describe('content', () => {
  it.each(Object.keys(BODIES) as FactKind[])(
    'X2 a %s is taken, and refused with an unknown or missing field',
    (kind) => {
      expect(refusal(kind, BODY_OF[kind])).toBeUndefined();
      expect(refusal(kind, { ...BODY_OF[kind], surprise: 1 })).toMatch(/^FACT_INVALID .*surprise/);
      expect(refusal(kind, {})).toMatch(/^FACT_INVALID/);
      expect(refusal(kind, null)).toMatch(/^FACT_INVALID/);
      expect(refusal(kind, [BODY_OF[kind]])).toMatch(/^FACT_INVALID/);
    },
  );

  it('X2 limits hold: lines, quantities, text, whole numbers, instants', () => {
    const lines = (amount: number) => Array.from({ length: amount }, () => priced);
    expect(refusal('sale', { currency: 'GBP', lines: lines(LIMITS.linesPerFact) })).toBeUndefined();
    expect(refusal('sale', { currency: 'GBP', lines: lines(LIMITS.linesPerFact + 1) })).toMatch(/^FACT_INVALID lines/);
    const withLine = (change: object) => refusal('sale', { currency: 'GBP', lines: [{ ...priced, ...change }] });
    for (const quantity of [0, -1, 1.5, '2', Number.MAX_SAFE_INTEGER, Number.NaN, null]) {
      expect(withLine({ quantity })).toMatch(/^FACT_INVALID lines\.0\.quantity/);
    }
    for (const sku of ['', 'A\nB', 'A\tB', '\ud800', 'x'.repeat(65), 7]) {
      expect(withLine({ sku })).toMatch(/^FACT_INVALID lines\.0\.sku/);
    }
    expect(refusal('sale', { ...BODY_OF.sale, occurredAt: 1_600_000_000 })).toMatch(/occurredAt/);
    expect(refusal('count', { lines: [line, line] })).toMatch(/each sku once/);
    expect(refusal('void', { voids: 'R1', hole: true, reason: 'x' })).toMatch(/either/);
    expect(refusal('constructor', {})).toMatch(/^FACT_KIND_UNKNOWN/);
  });

  it('F4 the digest is of the content, whatever the order of its keys', () => {
    const a = canonicalContent('sale', { currency: 'GBP', lines: [{ sku: 'A', quantity: 2, unitPriceMinor: 100 }] });
    const b = canonicalContent('sale', { lines: [{ unitPriceMinor: 100, quantity: 2, sku: 'A' }], currency: 'GBP' });
    const c = canonicalContent('sale', { currency: 'GBP', lines: [{ sku: 'A', quantity: 3, unitPriceMinor: 100 }] });
    expect(a.digest).toBe(b.digest);
    expect(a.bodyText).toBe(b.bodyText);
    expect(a.digest).not.toBe(c.digest);
    expect(a.digest).not.toBe(canonicalContent('receipt', { lines: [line] }).digest);
  });
});
