import type { ColumnRole, TableLook } from '#shared/agent-api/sources.ts';
import { dateFormatsOf, decimalSeparatorOf, isDecimal, isGtin, isTime, isUnits, share } from './value-shapes.ts';

/** What exports call their columns, without marks and spaces, in the languages of our neighbours. */
const NAMES: Readonly<Record<ColumnRole, readonly string[]>> = {
  document: [
    'invoiceno',
    'invoice',
    'receiptno',
    'receipt',
    'ticketno',
    'ticket',
    'transactionid',
    'transaction',
    'documentno',
    'document',
    'orderno',
    'belegnr',
    'belegnummer',
    'beleg',
    'bonnr',
    'bonnummer',
    'bon',
    'quittung',
    'rechnungsnummer',
    'rechnung',
    'facture',
    'numero',
    'factura',
    'scontrino',
    'bonnumber',
    'paragon',
  ],
  count: [
    'countid',
    'count',
    'countno',
    'zaehlung',
    'zahlung',
    'zaehlliste',
    'inventurnr',
    'inventur',
    'inventory',
    'inventaire',
    'conteo',
    'inventario',
    'telling',
  ],
  sku: [
    'sku',
    'stockcode',
    'itemcode',
    'itemno',
    'item',
    'articleno',
    'article',
    'productcode',
    'product',
    'artikelnr',
    'artikelnummer',
    'artikel',
    'artnr',
    'ean',
    'gtin',
    'barcode',
    'upc',
    'plu',
    'reference',
    'codigo',
    'articulo',
    'articolo',
    'codice',
    'artikelcode',
    'kod',
  ],
  quantity: [
    'quantity',
    'qty',
    'units',
    'pieces',
    'menge',
    'anzahl',
    'stueck',
    'stuck',
    'stk',
    'quantite',
    'qte',
    'cantidad',
    'quantita',
    'aantal',
    'ilosc',
    'counted',
    'gezaehlt',
    'gezahlt',
    'bestand',
  ],
  price: [
    'unitprice',
    'price',
    'einzelpreis',
    'vkpreis',
    'preis',
    'prixunitaire',
    'prix',
    'preciounitario',
    'precio',
    'prezzounitario',
    'prezzo',
    'prijs',
    'cena',
  ],
  date: [
    'invoicedate',
    'datetime',
    'timestamp',
    'soldat',
    'date',
    'belegdatum',
    'verkaufsdatum',
    'datum',
    'tag',
    'day',
    'fecha',
    'data',
    'jour',
  ],
  time: ['time', 'uhrzeit', 'zeit', 'heure', 'hora', 'ora', 'tijd'],
  description: [
    'description',
    'bezeichnung',
    'artikelbezeichnung',
    'beschreibung',
    'libelle',
    'designation',
    'descripcion',
    'descrizione',
    'omschrijving',
    'name',
    'text',
  ],
  till: ['till', 'register', 'terminal', 'workstation', 'kassennr', 'kasse', 'caisse', 'caja', 'cassa', 'kassa', 'pos'],
  countedBy: ['countedby', 'counter', 'user', 'employee', 'mitarbeiter', 'gezaehltvon', 'operator'],
};

const OF_TRANSACTIONS: readonly ColumnRole[] = [
  'document',
  'sku',
  'quantity',
  'price',
  'date',
  'time',
  'description',
  'till',
];
const OF_COUNTS: readonly ColumnRole[] = ['count', 'sku', 'quantity', 'date', 'time', 'countedBy'];

interface Column {
  readonly name: string;
  /** Of the rows that were looked at, trimmed, blank ones left out. */
  readonly values: readonly string[];
}

/** What the columns of a table are, by their names and by how their values look. Pure; a guess that people check. */
export function guessColumns(columns: readonly Column[]): TableLook['guess'] {
  const sales = assign(columns, OF_TRANSACTIONS);
  const counts = assign(columns, OF_COUNTS);
  const kind = counts.count !== undefined && sales.price === undefined ? 'counts' : 'transactions';
  const mapped = kind === 'counts' ? counts : sales;
  const valuesOf = (role: ColumnRole) => columns.find(({ name }) => name === mapped[role])?.values ?? [];
  const times = valuesOf('time');
  const dates = valuesOf('date').map((date, place) =>
    mapped.time === undefined ? date : `${date} ${times[place] ?? ''}`,
  );
  const { best: dateFormat, alike } = dateFormatsOf(dates);
  const otherDateFormat = alike.find((format) => orderOf(format) !== orderOf(dateFormat ?? ''));
  const decimalSeparator = decimalSeparatorOf([...valuesOf('price'), ...valuesOf('quantity')]);
  const returnPrefix = prefixOfReturns(valuesOf('document'), valuesOf('quantity'));
  return { kind, columns: mapped, dateFormat, otherDateFormat, decimalSeparator, returnPrefix };
}

/** Each role its best column, the surest first; a column has one role. */
function assign(columns: readonly Column[], roles: readonly ColumnRole[]): Partial<Record<ColumnRole, string>> {
  const scored = roles
    .flatMap((role) => columns.map((column) => ({ role, column, score: scoreOf(role, column) })))
    .filter(({ score }) => score >= 2)
    .toSorted((a, b) => b.score - a.score);
  const mapped: Partial<Record<ColumnRole, string>> = {};
  const taken = new Set<string>();
  for (const { role, column } of scored) {
    if (mapped[role] !== undefined || taken.has(column.name)) continue;
    mapped[role] = column.name;
    taken.add(column.name);
  }
  return mapped;
}

function scoreOf(role: ColumnRole, { name, values }: Column): number {
  const plain = name
    .toLowerCase()
    .normalize('NFD')
    .replaceAll(/[^a-z0-9]/g, '');
  const place = NAMES[role].indexOf(plain);
  const byName =
    place !== -1 ? 4 - place / 100 : NAMES[role].some((one) => one.length > 3 && plain.includes(one)) ? 2 : 0;
  const fits = fitOf(role, values);
  // What cannot be of this role is not, whatever it is called.
  return fits < 0 ? 0 : byName + fits;
}

/** -1: its values cannot be of that role; above 0: they speak for it. Any value may be of the roles that are not here. */
const FITS: Partial<Readonly<Record<ColumnRole, (values: readonly string[]) => number>>> = {
  sku: (values) => (share(values, isGtin) > 0.8 ? 2 : 0),
  quantity: (values) => (share(values, isUnits) > 0.6 ? 0.5 : -1),
  price: (values) => (share(values, isDecimal) > 0.8 ? 0.2 + share(values, (value) => /[.,]\d\d$/.test(value)) : -1),
  date: (values) => (dateFormatsOf(values.slice(0, 20)).best === undefined ? -1 : 2),
  time: (values) => (share(values, isTime) > 0.9 ? 2 : -1),
};

const fitOf = (role: ColumnRole, values: readonly string[]): number =>
  values.length === 0 ? 0 : (FITS[role]?.(values) ?? 0);

/** Which of day, month and year comes first. */
const orderOf = (format: string): string => format.replaceAll(/[^yMd]/g, '').replaceAll(/(.)\1+/g, '$1');

/** Letters that documents with units below zero begin with, and no others. */
function prefixOfReturns(documents: readonly string[], quantities: readonly string[]): string | undefined {
  const letters = (number: string) => /^[A-Za-z]{1,8}/.exec(number)?.[0];
  const back = new Set(documents.filter((_, row) => quantities[row]?.startsWith('-')).map(letters));
  const [prefix] = back;
  if (back.size !== 1 || prefix === undefined) return undefined;
  const isOthers = documents.some(
    (number, row) => quantities[row]?.startsWith('-') !== true && letters(number) === prefix,
  );
  return isOthers ? undefined : prefix;
}
