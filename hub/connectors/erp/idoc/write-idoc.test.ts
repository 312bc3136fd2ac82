import { expect, it } from 'vitest';
import { madeDocument } from '#test/contract/erp-connector/erp-contract.ts';
import { readIdoc, type IdocNode } from '#test/support/idoc-reader.ts';
import { canonicalDocument } from '../mapping/canonical-document.ts';
import { render } from '../mapping/render.ts';
import { idocExample } from './idoc-example.ts';
import { receiptNumberOf, writeIdoc, type WrittenWith } from './write-idoc.ts';

const asked: WrittenWith = {
  parties: {
    client: '100',
    senderPort: 'SHELFWIRE',
    senderType: 'KU',
    receiverPort: 'SAPPRD',
    receiverType: 'LS',
    receiver: 'PRDCLNT100',
    isTest: false,
  },
  extra: {},
  key: 'S1/a',
  number: 42,
  atMs: Date.UTC(2026, 0, 31, 13, 5, 9),
};
const fieldsOf = ({ children }: IdocNode) =>
  Object.fromEntries(children.filter((child) => child.children.length === 0).map(({ name, text }) => [name, text]));

it('a sale is a receipt: control record, serial number, receipt number, lines with their prices, what was paid', () => {
  const sale = render(
    canonicalDocument({
      key: 'S1/a',
      kind: 'sale',
      location: 'S1',
      at: Date.UTC(2026, 0, 31, 13, 5, 0),
      correlationId: 'c',
      body: {
        currency: 'EUR',
        lines: [
          { sku: 'A&<B>', quantity: 2, unitPriceMinor: 199, discountMinor: 1 },
          { sku: 'C', quantity: 1, unitPriceMinor: 1_000 },
        ],
      },
      target: null,
    }),
    idocExample,
  );
  if (sale.act !== 'write') throw new Error('it is written');
  const { type, control, segments } = readIdoc(writeIdoc(sale.target, sale.payload, asked));
  expect([type, control.get('SERIAL'), control.get('SNDPRN'), control.get('CREDAT'), control.get('CRETIM')]).toEqual([
    'WPUBON01',
    '00000000000000000042',
    '0000001001',
    '20260131',
    '130509',
  ]);
  const [receipt] = segments as [IdocNode];
  expect(fieldsOf(receipt)).toEqual({
    KASSID: '1',
    VORGDATUM: '20260131',
    VORGZEIT: '130500',
    BONNUMMER: receiptNumberOf('S1/a'),
    BELEGWAERS: 'EUR',
  });
  const [first, second, paid] = receipt.children.filter(({ children }) => children.length > 0) as [
    IdocNode,
    IdocNode,
    IdocNode,
  ];
  expect(fieldsOf(first)).toEqual({ QUALARTNR: 'ARTN', ARTNR: 'A&<B>', VORZEICHEN: '-', MENGE: '2' });
  expect(fieldsOf(first.children.at(-1) as IdocNode)).toEqual({
    VORZEICHEN: '+',
    KONDITION: 'PN10',
    KONDVALUE: '3.97',
  });
  expect(fieldsOf(second)).toMatchObject({ ARTNR: 'C' });
  expect(fieldsOf(paid)).toEqual({ VORZEICHEN: '+', ZAHLART: 'CASH', SUMME: '13.97' });
});

it('a void of a sale is the receipt of what comes back, under a number of its own', () => {
  const taken = render(madeDocument('void', 'S1/v'), idocExample);
  if (taken.act !== 'write') throw new Error('it is written');
  const { type, segments } = readIdoc(writeIdoc(taken.target, taken.payload, { ...asked, key: 'S1/v' }));
  const [receipt] = segments as [IdocNode];
  const [line] = receipt.children.filter(({ name }) => name === 'E1WPB02') as [IdocNode];
  expect([type, fieldsOf(line)['VORZEICHEN'], fieldsOf(receipt)['BONNUMMER']]).toEqual([
    'WPUBON01',
    '+',
    receiptNumberOf('S1/v'),
  ]);
});

it('sales by article and goods that move; a release may have more fields', () => {
  const sums = {
    SNDPRN: '1',
    E1WPU01: { BELEGDATUM: '20260131', BELEGWAERS: 'EUR', E1WPU02: [{ ARTNR: 'A', UMSMENGE: 2.5 }] },
  };
  expect(readIdoc(writeIdoc('WPUUMS01', sums, asked)).type).toBe('WPUUMS01');
  const goods = {
    SNDPRN: '1',
    E1WPG01: { BELEGDATUM: '20260131', E1WPG02: [{ ARTNR: 'A', BEWART: '101', MENGE: 1, KOSTL: '7' }] },
  };
  expect(() => writeIdoc('WPUWBW01', goods, asked)).toThrow('E1WPG01.E1WPG02[0].KOSTL: there is no such field');
  expect(writeIdoc('WPUWBW01', goods, { ...asked, extra: { E1WPG02: { KOSTL: 10 } } })).toContain('<KOSTL>7</KOSTL>');
});

it.for([
  [{ E1WPB01: {} }, 'SNDPRN: the partner number of the store is missing.'],
  [{ SNDPRN: '1' }, 'E1WPB01: the segment is missing.'],
  [{ SNDPRN: '1', E1WPB01: { E1WPB02: [] } }, 'E1WPB01.E1WPB02: the segment is missing.'],
  [{ SNDPRN: '1', OTHER: {} }, 'OTHER: "WPUBON01" has no such segment at its top.'],
  [{ SNDPRN: '12345678901', E1WPB01: { E1WPB02: {} } }, 'EDI_DC40.SNDPRN: "12345678901" is longer than 10 signs.'],
  [{ SNDPRN: '1', E1WPB01: { KASSID: {}, E1WPB02: {} } }, 'E1WPB01.KASSID: it is neither a text nor a number.'],
  [{ SNDPRN: '1', E1WPB01: { KASSID: 'a\nb', E1WPB02: {} } }, 'E1WPB01.KASSID: it has a sign in it that is not text.'],
] as const)('X2 %j is refused: %s', ([payload, says]) => {
  expect(() => writeIdoc('WPUBON01', payload, asked)).toThrow(says);
});

it('X2 another type is refused', () => {
  expect(() => writeIdoc('ORDERS05', {}, asked)).toThrow(
    'is not an IDoc type that is written: WPUBON01, WPUUMS01, WPUWBW01.',
  );
});
