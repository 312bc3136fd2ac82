import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { madeDocument } from '#test/contract/erp-connector/erp-contract.ts';
import { ErpFailure } from '../connector.ts';
import { idocExample } from '../idoc/idoc-example.ts';
import { x12Example } from '../x12/x12-example.ts';
import { canonicalDocument } from './canonical-document.ts';
import { mappingDocument, type Fields, type MappingDocument } from './mapping-document.ts';
import { render } from './render.ts';

const document = canonicalDocument({
  key: 'S1/a',
  kind: 'sale',
  location: 'S1',
  at: Date.UTC(2026, 10, 28, 9, 5, 7),
  correlationId: 'story',
  body: {
    currency: 'EUR',
    till: 'T1',
    lines: [
      { sku: 'A', quantity: 2, unitPriceMinor: 150, discountMinor: 50 },
      { sku: 'B', quantity: 1, unitPriceMinor: 1_000 },
    ],
  },
  target: null,
});
const mapped = (fields: Fields, tables: MappingDocument['tables'] = {}, given = document) => {
  const made = render(given, { routes: [], tables, documents: { [given.kind]: { target: 'T', fields } } });
  return made.act === 'write' ? made.payload : made;
};

const codeOf = (act: () => unknown): string => {
  try {
    act();
    return 'none';
  } catch (error) {
    return error instanceof ErpFailure ? error.code : String(error);
  }
};

describe('what a mapping makes of a document', () => {
  it('days and times are those of the store, in summer and in winter; instants are UTC', () => {
    const fields: Fields = {
      day: { from: 'at', as: 'date' },
      time: { from: 'at', as: 'time' },
      compact: { from: 'at', as: 'compactDate' },
      compactTime: { from: 'at', as: 'compactTime' },
      iso: { from: 'at', as: 'iso' },
      datetime: { from: 'at', as: 'datetime' },
    };
    const shown = (location: string | null, at: string, zones: object) => {
      const given = { ...document, location, at: Date.parse(at) };
      const mapping = mappingDocument.parse({
        routes: [{ kinds: ['sale'] }],
        documents: { sale: { target: 'T', fields } },
        ...zones,
      });
      return Object.values((render(given, mapping) as { payload: object }).payload).join(' ');
    };
    const zones = { timeZone: 'Europe/Berlin', timeZones: { NY: 'America/New_York', LON: 'UTC' } };
    expect(shown('S1', '2026-07-01T22:30:00Z', zones)).toBe(
      '2026-07-02 00:30:00 20260702 003000 2026-07-01T22:30:00.000Z 2026-07-01 22:30:00',
    );
    expect(shown('S1', '2026-12-01T22:30:00Z', zones)).toContain('2026-12-01 23:30:00 20261201 233000');
    expect(shown('NY', '2026-12-02T04:30:00Z', zones)).toContain('2026-12-01 23:30:00');
    expect(shown('LON', '2026-07-01T22:30:00Z', zones)).toContain('2026-07-01 22:30:00 20260701');
    expect(shown(null, '2026-07-01T22:30:00Z', zones)).toContain('2026-07-02 00:30:00');
    expect(shown('S1', '2026-07-01T22:30:00Z', {})).toContain('2026-07-01 22:30:00 20260701');
    expect(
      mappingDocument.safeParse({ routes: [{ kinds: ['sale'] }], documents: {}, timeZone: 'Mars/Base' }).success,
    ).toBe(false);
  });

  it('constants, fields, tables, texts, turns, lists and objects', () => {
    const fields: Fields = {
      type: { value: 'POS' },
      none: { value: null },
      store: { from: 'location', table: 'stores' },
      other: { from: 'till', table: 'stores', default: 'elsewhere' },
      bin: { text: '{location}/{till}', table: 'bins' },
      note: { text: '{location} at {till}' },
      missing: { from: 'receiptNo', optional: true },
      fallback: { from: 'receiptNo', default: 'none' },
      total: { from: 'totalMinor', as: 'major' },
      refund: { from: 'totalMinor', as: 'majorMinus' },
      day: { from: 'at', as: 'date' },
      time: { from: 'at', as: 'time' },
      iso: { from: 'at', as: 'iso' },
      text: { from: 'totalMinor', as: 'text' },
      items: {
        each: 'lines',
        where: { field: 'quantity', is: 'above', value: 1 },
        fields: { code: { from: 'sku' }, qty: { from: 'quantity', as: 'minus' }, till: { from: 'till' } },
      },
      payments: { list: [{ amount: { from: 'totalMinor' } }] },
      head: { fields: { deep: { value: 1 } } },
    };
    expect(mapped(fields, { stores: { S1: 7 }, bins: { 'S1/T1': 'B' } })).toEqual({
      type: 'POS',
      none: null,
      store: 7,
      other: 'elsewhere',
      bin: 'B',
      note: 'S1 at T1',
      fallback: 'none',
      total: 12.5,
      refund: -12.5,
      day: '2026-11-28',
      time: '09:05:07',
      iso: '2026-11-28T09:05:07.000Z',
      text: '1250',
      items: [{ code: 'A', qty: -2, till: 'T1' }],
      payments: [{ amount: 1_250 }],
      head: { deep: 1 },
    });
  });

  it('money has the decimals of its currency', () => {
    const of = (currency: string) =>
      mapped({ total: { from: 'totalMinor', as: 'major' } }, {}, { ...document, currency });
    expect(['JPY', 'KWD', 'EUR', 'HUF', 'IQD'].map((one) => of(one))).toEqual(
      [1_250, 1.25, 12.5, 12.5, 1.25].map((total) => ({ total })),
    );
  });

  it.each([
    [{ x: { from: 'nothing' } }, 'x: the document has no "nothing".'],
    [{ x: { from: 'location', table: 'stores' } }, 'x: the table "stores" has no "S1".'],
    [{ x: { text: '{nothing}' } }, 'x: the document has no "{nothing}".'],
    [{ x: { each: 'till', fields: {} } }, 'x: "till" is no list.'],
    [{ x: { from: 'till', as: 'major' } }, 'x: "T1" is no number.'],
    [
      { items: { each: 'lines', fields: { d: { from: 'discountMinor' } } } },
      'items[1].d: the document has no "discountMinor".',
    ],
    // What objects have of themselves is no field of a document.
    [{ x: { from: 'constructor' } }, 'x: the document has no "constructor".'],
  ] satisfies [Fields, string][])('says what it misses: %j', (fields, message) => {
    expect(() => mapped(fields)).toThrow(new ErpFailure('ERP_MAPPING_FAILED', message));
  });

  it.for([
    [{ quantity: 5, to: 'damaged' }, '344', '343', 0],
    [{ quantity: 5, condition: 'damaged', to: 'sellable' }, '343', '344', 0],
    [{ quantity: 5 }, '701', '702', 5],
    [{ quantity: -5, condition: 'damaged' }, '702', '701', -5],
  ] as const)('an adjustment by %j is %s at SAP, taken back %s, and %i by X12', ([change, type, back, units]) => {
    const body = { reason: 'x', lines: [{ sku: 'A', ...change }] };
    const known = { location: 'S1', at: 0, correlationId: 'c' };
    const made = canonicalDocument({ ...known, key: 'S1/a', kind: 'adjustment', body, target: null });
    const sent = { reference: null, mapping: null, isBegun: true, begunBy: [] };
    const target = { document: 1, key: 'S1/a', kind: 'adjustment', state: 'posted', ...sent, body } as const;
    const taken = canonicalDocument({ ...known, key: 'S1/v', kind: 'void', body: { voids: 'a', reason: 'x' }, target });
    expect(render(made, idocExample)).toMatchObject({
      payload: { E1WPG01: { E1WPG02: [{ BEWART: type, MENGE: 5 }] } },
    });
    expect(render(taken, idocExample)).toMatchObject({
      payload: { E1WPG01: { E1WPG02: [{ BEWART: back, MENGE: 5 }] } },
    });
    expect(render(made, x12Example)).toMatchObject({ payload: { lines: [{ activity: 'QT', quantity: units }] } });
    expect(render(taken, x12Example)).toMatchObject({ payload: { lines: [{ activity: 'QT', quantity: 0 - units }] } });
  });

  it('adjustments have a direction, and of each line the conditions that units leave and enter', () => {
    const of = (...lines: object[]) =>
      canonicalDocument({
        ...document,
        kind: 'adjustment',
        body: { reason: 'x', lines },
        target: null,
        location: 'S1',
      });
    expect(of({ sku: 'A', quantity: 1 })).toMatchObject({ direction: 'in', lines: [{ destination: 'sellable' }] });
    expect(of({ sku: 'A', quantity: -1, condition: 'damaged' })).toMatchObject({
      direction: 'out',
      lines: [{ source: 'damaged' }],
    });
    expect(of({ sku: 'A', quantity: 1, to: 'damaged' })).toMatchObject({
      direction: 'move',
      lines: [{ source: 'sellable', destination: 'damaged' }],
    });
    expect(of({ sku: 'A', quantity: 1 }, { sku: 'B', quantity: -1 })).toMatchObject({ direction: 'mixed' });
  });

  it('X2 whatever a mapping says that is one, it ends, and fails in no other way than by its code', () => {
    const leaf = fc.oneof(
      fc.record({ value: fc.oneof(fc.string(), fc.integer(), fc.constant(null)) }),
      fc.record({
        from: fc.constantFrom('till', 'lines', 'at', 'lines.0', '__proto__', 'toString'),
        as: fc.constantFrom('major', 'date', 'text', 'minus'),
      }),
      fc.record({ text: fc.string({ minLength: 1 }) }),
    );
    const fields = fc.dictionary(
      fc.string({ minLength: 1, maxLength: 5 }),
      fc.oneof(
        leaf,
        fc.record({
          each: fc.constantFrom('lines', 'till'),
          fields: fc.dictionary(fc.string({ minLength: 1, maxLength: 3 }), leaf),
        }),
      ),
    );
    fc.assert(
      fc.property(fields, (given) => {
        const parsed = mappingDocument.safeParse({
          routes: [{ kinds: ['sale'] }],
          documents: { sale: { target: 't', fields: given } },
        });
        if (!parsed.success) return;
        expect(codeOf(() => render(document, parsed.data))).toMatch(/^(none|ERP_MAPPING_FAILED)$/);
      }),
    );
  });
});

describe('what is a mapping', () => {
  const whole = { routes: [{ kinds: ['sale'] }], documents: { sale: { target: 't', all: true } } };
  it.each([
    [
      'a kind that is routed and not mapped',
      { ...whole, routes: [{ kinds: ['sale', 'return'] }] },
      'there is no document "return"',
    ],
    [
      'a table that is not there',
      { ...whole, documents: { sale: { target: 't', fields: { a: { from: 'b', table: 'c' } } } } },
      'there is no table "c"',
    ],
    [
      'one in a line',
      {
        ...whole,
        documents: {
          sale: { target: 't', fields: { a: { each: 'lines', fields: { b: { text: 'x', table: 'c' } } } } },
        },
      },
      'there is no table "c"',
    ],
    ['cancelling what is no void', { ...whole, documents: { sale: { cancel: true } } }, 'only a void cancels'],
    [
      'a route that ends before it begins',
      { ...whole, routes: [{ kinds: ['sale'], from: '2026-02-01T00:00:00Z', until: '2026-01-01T00:00:00Z' }] },
      'it ends before it begins',
    ],
    ['no route', { ...whole, routes: [] }, 'Too small'],
    [
      'a path that is none',
      { ...whole, documents: { sale: { target: 't', fields: { a: { from: 'b c' } } } } },
      'must be the name of a field',
    ],
    ['another field', { ...whole, more: 1 }, 'Unrecognized key'],
  ])('X2 refuses %s', (_, given, message) => {
    const problems = mappingDocument.safeParse(given).error?.issues.map((issue) => issue.message);
    expect(problems?.join('\n')).toContain(message);
  });

  it('takes a void of what it maps, for ERPs that cancel', () => {
    const cancels = mappingDocument.parse({ ...whole, documents: { ...whole.documents, void: { cancel: true } } });
    expect(render(madeDocument('void', 'S1/v'), cancels)).toEqual({ act: 'cancel', target: 't', key: 'S1/sale' });
  });
});
