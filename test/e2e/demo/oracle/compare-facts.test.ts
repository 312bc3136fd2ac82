import { describe, expect, it } from 'vitest';
import { compareFacts, compareQuarantine } from './compare-facts.ts';
import { compareNumbers } from './compare-stock.ts';
import type { ExpectedFact } from './expected-facts.ts';
import type { HeldFact } from './held-facts.ts';
import { londonInstant } from './london-time.ts';

const body = {
  occurredAt: 1_000,
  currency: 'GBP',
  lines: [
    { sku: 'A', quantity: 2 },
    { sku: 'P', quantity: 1, service: true as const },
  ],
};
const expected: ExpectedFact = { store: 'YORK', key: 'k', kind: 'sale', body, rows: [] };
const held: HeldFact = { seq: 1, key: 'k', kind: 'sale', at: 1_000, body, ledger: ['A -2 sellable'] };

describe('the judge of the demo', () => {
  it('finds a fact right only when content and ledger are', () => {
    expect(compareFacts([expected], [held])).toMatchObject({
      right: [expected],
      lost: [],
      doubled: [],
      different: [],
      gaps: 0,
    });
    const other = { ...body, currency: 'EUR' };
    for (const wrong of [{ kind: 'return' }, { at: 1_001 }, { body: other }, { ledger: ['A -3 sellable'] }]) {
      expect(compareFacts([expected], [{ ...held, ...wrong }])).toMatchObject({ right: [], different: ['k'] });
    }
  });

  it('finds what is lost, doubled, strange, and gaps', () => {
    expect(compareFacts([expected], [])).toMatchObject({ lost: ['k'] });
    expect(compareFacts([expected], [{ ...held, ledger: [] }])).toMatchObject({ lost: ['k'] });
    expect(compareFacts([expected], [held, { ...held, seq: 2 }])).toMatchObject({ doubled: ['k'] });
    expect(compareFacts([expected], [{ ...held, ledger: [...held.ledger, ...held.ledger] }])).toMatchObject({
      doubled: ['k'],
    });
    expect(compareFacts([], [held])).toMatchObject({ unexpected: ['k'] });
    expect(compareFacts([expected], [{ ...held, seq: 3 }])).toMatchObject({ gaps: 2 });
    const hole: HeldFact = { ...held, seq: 2, key: 'hole:1:2', kind: 'void', body: { hole: true }, ledger: [] };
    expect(compareFacts([expected], [held, hole])).toMatchObject({ unexpected: [], holes: 1, gaps: 0 });
  });

  it('finds what quarantine misses, and what nobody expects in it', () => {
    const refusal = { store: 'YORK', code: 'KEY_REUSED', verbatim: 'x', why: '', rows: [7] } as const;
    const came = { id: '1', at: 1, source: 'http', code: 'KEY_REUSED', detail: '', verbatim: 'x' } as const;
    const item = { ...came, state: 'open', key: null, origin: null, acts: [] } as const;
    expect(compareQuarantine([refusal], [item])).toEqual({ found: [refusal], missing: [], unexpected: [] });
    const other = { ...item, verbatim: 'y' };
    expect(compareQuarantine([refusal], [other])).toEqual({ found: [], missing: [refusal], unexpected: [other] });
  });

  it('finds numbers that differ, are missing or are too many', () => {
    const must = new Map(Object.entries({ a: 1, b: 2 }));
    expect(compareNumbers(must, new Map(must)).wrong).toEqual([]);
    expect(compareNumbers(must, new Map(Object.entries({ a: 1, b: 3, c: 0 }))).wrong).toHaveLength(2);
    expect(compareNumbers(must, new Map()).wrong).toHaveLength(2);
  });

  it('knows when London has summer time', () => {
    expect(londonInstant('2011-08-01 08:30:00')).toBe(Date.UTC(2011, 7, 1, 7, 30));
    expect(londonInstant('2010-12-01 08:26:00')).toBe(Date.UTC(2010, 11, 1, 8, 26));
    expect(londonInstant('2011-03-27 09:00:00')).toBe(Date.UTC(2011, 2, 27, 8));
    expect(londonInstant('2011-10-30 09:00:00')).toBe(Date.UTC(2011, 9, 30, 9));
  });
});
