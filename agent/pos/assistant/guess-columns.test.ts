import { expect, it } from 'vitest';
import { guessColumns } from './guess-columns.ts';

const table = (header: string, ...rows: readonly string[]) => {
  const names = header.split(',');
  return names.map((name, place) => ({ name, values: rows.map((row) => row.split(',')[place] ?? '') }));
};

it.each([
  [
    'English',
    table(
      'InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID',
      '536365,85123A,Lamp,6,2010-12-01 08:26:00,2.55,17850',
    ),
    {
      document: 'InvoiceNo',
      sku: 'StockCode',
      description: 'Description',
      quantity: 'Quantity',
      date: 'InvoiceDate',
      price: 'UnitPrice',
    },
  ],
  [
    'German',
    table(
      'Bon-Nr.,Kasse,Artikelnummer,Bezeichnung,Menge,Einzelpreis,Datum,Uhrzeit',
      '17,2,4711,Lampe,1,2.50,31.12.2026,09:15',
    ),
    {
      document: 'Bon-Nr.',
      till: 'Kasse',
      sku: 'Artikelnummer',
      description: 'Bezeichnung',
      quantity: 'Menge',
      price: 'Einzelpreis',
      date: 'Datum',
      time: 'Uhrzeit',
    },
  ],
  [
    'French',
    table('Ticket,Référence,Désignation,Quantité,Prix unitaire,Jour', '9,A1,Lampe,2,3.00,31/12/2026'),
    {
      document: 'Ticket',
      sku: 'Référence',
      description: 'Désignation',
      quantity: 'Quantité',
      price: 'Prix unitaire',
      date: 'Jour',
    },
  ],
])('guesses what columns are by their names in %s', (_, columns, expected) => {
  expect(guessColumns(columns)).toMatchObject({ kind: 'transactions', columns: expected });
});

it('goes by the values where names say nothing: a GTIN with its check digit, dates, and none that cannot be', () => {
  const columns = table('x,y,Qty,z', '4012345123456,31.12.2026 10:00,2,9', '96385074,01.02.2026 11:30,one,8');
  const { columns: mapped, dateFormat, otherDateFormat } = guessColumns(columns);
  expect(mapped).toEqual({ sku: 'x', date: 'y' });
  expect([dateFormat, otherDateFormat]).toEqual(['dd.MM.yyyy HH:mm', undefined]);
});

it('says when day and month could be the other way round, how decimals are written, and what returns begin with', () => {
  const columns = [
    { name: 'Invoice', values: ['1', 'C2', '3'] },
    { name: 'Qty', values: ['1', '-1', '2'] },
    { name: 'Price', values: ['1,50', '2,00', '3,10'] },
    { name: 'Date', values: ['01/02/2026', '03/04/2026', '05/06/2026'] },
  ];
  expect(guessColumns(columns)).toMatchObject({
    dateFormat: 'dd/MM/yyyy',
    otherDateFormat: 'MM/dd/yyyy',
    decimalSeparator: ',',
    returnPrefix: 'C',
  });
});

it('knows a stock count from sales', () => {
  const columns = table('Zählung,EAN,Bestand,Datum', 'Z1,4012345123456,12,2026-03-01');
  expect(guessColumns(columns)).toMatchObject({
    kind: 'counts',
    columns: { count: 'Zählung', sku: 'EAN', quantity: 'Bestand', date: 'Datum' },
  });
});
