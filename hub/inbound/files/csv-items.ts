import { minorDigits, toMinor, toUnits } from '#shared/files/decimal.ts';
import { dateReader } from '#shared/files/local-time.ts';
import { currency } from '#shared/protocol/fields.ts';
import type { CsvRow } from './csv-rows.ts';
import type { CsvMapping } from './mapping.ts';

/** Reads cells of one mapping; what it throws is a `CellProblem`. */
export function csvReader(mapping: CsvMapping) {
  const readDate = dateReader(mapping.dateFormat, mapping.timeZone);
  const { decimalSeparator } = mapping;

  const units = (text: string): number => {
    const value = toUnits(text, decimalSeparator);
    if (value === undefined) throw new CellProblem(`quantity: "${text.slice(0, 40)}" is not a whole number`);
    return value;
  };
  const instant = (text: string | undefined): number | undefined => {
    if (text === undefined || text === '') return undefined;
    const at = readDate(text);
    if (at === undefined) throw new CellProblem(`at: "${text.slice(0, 40)}" is not a date like ${mapping.dateFormat}`);
    return at;
  };
  const money = (text: string, code: string): number => {
    if (!currency.safeParse(code).success) throw new CellProblem(`currency: "${code.slice(0, 8)}" is no ISO 4217 code`);
    const minor = toMinor(text, minorDigits(code), decimalSeparator);
    if (minor === undefined) throw new CellProblem(`price: "${text.slice(0, 40)}" is not a decimal number`);
    return minor;
  };

  return {
    /** A row of stock: of which location, and what is there. */
    stock: ({ fields }: CsvRow) => ({
      location: fields['location'] ?? '',
      at: instant(fields['at']),
      line: { sku: fields['sku'] ?? '', quantity: units(fields['quantity'] ?? '') },
    }),

    /** A product; an empty cell withdraws what was said before. */
    product: ({ fields }: CsvRow, defaultCurrency: string | null): unknown => {
      const { sku, at, price, currency: code = defaultCurrency ?? '', deleted, ...texts } = fields;
      const said = Object.fromEntries(Object.entries(texts).map(([field, text]) => [field, text === '' ? null : text]));
      return {
        sku,
        ...said,
        ...(at !== undefined && { saidAt: instant(at) }),
        ...(price !== undefined && { price: price === '' ? null : { minor: money(price, code), currency: code } }),
        ...(deleted !== undefined && { deleted: yes(deleted) }),
      };
    },

    /** The rows of one document as a fact. */
    fact: (rows: readonly CsvRow[], defaultCurrency: string | null): unknown => {
      const [first] = rows;
      if (first === undefined) throw new Error('a document without rows');
      const { fields } = first;
      const { document, location } = fields;
      const body = {
        ...optional('occurredAt', instant(fields['at'])),
        ...headOf(mapping.kind, fields, mapping.name, defaultCurrency),
        lines: rows.map((row) => lineOf(row, fields['currency'] ?? defaultCurrency)),
      };
      return { kind: mapping.kind, location, key: `${mapping.name}:${document}`, body };

      function lineOf(row: CsvRow, code: string | null): unknown {
        const { sku, quantity = '', price, condition } = row.fields;
        return {
          sku,
          quantity: units(quantity),
          ...(condition !== undefined && condition !== '' && { condition }),
          ...(price !== undefined && price !== '' && { unitPriceMinor: money(price, code ?? '') }),
        };
      }
    },
  };
}

/** A cell that cannot be read: its row is rejected with this reason. */
export class CellProblem extends Error {}

function headOf(
  kind: CsvMapping['kind'],
  fields: CsvRow['fields'],
  mapping: string,
  defaultCurrency: string | null,
): Record<string, unknown> {
  const { document, reference, supplier, reason, code, transfer, to, from, currency } = fields;
  if (kind === 'receipt') return { ...optional('reference', reference), ...optional('supplier', supplier) };
  if (kind === 'adjustment') return { reason, ...optional('code', code) };
  if (kind === 'transferOut') return { transfer: transfer ?? document, to };
  if (kind === 'transferIn') return { transfer: transfer ?? document, from };
  if (kind === 'shipment') {
    return { reference: reference ?? document, ...optional('currency', currency ?? defaultCurrency ?? undefined) };
  }
  throw new Error(`mapping ${mapping} makes no facts`);
}

function optional(name: string, value: string | number | undefined): Record<string, unknown> {
  return value === undefined || value === '' ? {} : { [name]: value };
}

function yes(text: string): boolean | null {
  if (text === '') return null;
  if (/^(1|true|yes|y|x|deleted)$/i.test(text)) return true;
  if (/^(0|false|no|n)$/i.test(text)) return false;
  throw new CellProblem(`deleted: "${text.slice(0, 20)}" is neither true nor false`);
}
