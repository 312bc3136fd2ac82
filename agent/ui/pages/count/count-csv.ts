import type { CountReview } from '#shared/agent-api/counts.ts';
import { csvText } from '../../parts/csv.ts';
import { differenceOf, worthOf } from './review-sums.ts';

const COLUMNS = [
  'count',
  'state',
  'sku',
  'name',
  'counted',
  'countedAt',
  'expected',
  'difference',
  'unitPriceMinor',
  'currency',
  'differenceMinor',
  'movedWhileCounted',
  'zones',
  'countedBy',
];

/** A count as a file, with the same names in every language: a program reads them. Codes that nobody knows are lines without a sku. */
export function countCsv({ name, state, lines, missing, unknown }: CountReview): string {
  const at = (instant: number) => new Date(instant).toISOString();
  return csvText([
    COLUMNS,
    ...lines.map((line) => [
      name,
      state,
      line.sku,
      line.name,
      line.counted,
      at(line.at),
      line.expected,
      differenceOf(line),
      line.unitPriceMinor,
      line.currency,
      worthOf(line)?.minor ?? null,
      line.moved,
      line.zones.map(({ zone }) => zone).join('; '),
      [...new Set(line.zones.flatMap(({ counters }) => counters.map(({ by }) => by)))].join('; '),
    ]),
    ...missing.map(({ sku, name: item, expected }) => [
      name,
      state,
      sku,
      item,
      null,
      '',
      expected,
      null,
      null,
      null,
      null,
      null,
      '',
      '',
    ]),
    ...unknown.map(({ code, quantity, lastAt, zones, by }) => [
      name,
      state,
      '',
      code,
      quantity,
      at(lastAt),
      null,
      null,
      null,
      null,
      null,
      null,
      zones.join('; '),
      by.join('; '),
    ]),
  ]);
}
