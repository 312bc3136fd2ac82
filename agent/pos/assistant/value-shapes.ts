import { dateReader } from '#shared/files/local-time.ts';

const DATES = [
  'yyyy-MM-dd',
  'dd.MM.yyyy',
  'd.M.yyyy',
  'dd/MM/yyyy',
  'MM/dd/yyyy',
  'M/d/yyyy',
  'd/M/yyyy',
  'yyyy/MM/dd',
  'dd-MM-yyyy',
  'yyyyMMdd',
  'dd.MM.yy',
  'dd/MM/yy',
  'MM/dd/yy',
];
const TIMES = [
  '',
  ' HH:mm:ss',
  ' H:mm:ss',
  ' HH:mm',
  ' H:mm',
  'THH:mm:ss',
  'THH:mm:ssXXX',
  'THH:mm:ss.SSSXXX',
  ' HHmmss',
];

export const DATE_FORMATS: readonly string[] = DATES.flatMap((date) => TIMES.map((time) => date + time));

/** Of a hundred values so many must be dates: there may be a broken row among them. */
const DATES_SHARE = 0.8;

/** The formats that these are dates of, the best first: those that fit as well as the first fit `alike`. */
export function dateFormatsOf(values: readonly string[]): {
  readonly best: string | undefined;
  readonly alike: string[];
} {
  const some = [...new Set(values)].slice(0, 100);
  const fits = DATE_FORMATS.map((format) => {
    const read = dateReader(format, 'UTC');
    return { format, fit: share(some, (value) => read(value) !== undefined) };
  }).filter(({ fit }) => fit >= DATES_SHARE);
  const most = Math.max(...fits.map(({ fit }) => fit));
  const [best, ...alike] = fits.filter(({ fit }) => fit === most).map(({ format }) => format);
  return { best, alike };
}

/** Share of the values, 0 to 1, that a test holds for; 0 where there are none. */
export function share(values: readonly string[], holds: (value: string) => boolean): number {
  return values.length === 0 ? 0 : values.filter(holds).length / values.length;
}

export const isUnits = (value: string): boolean => /^[+-]?\d{1,7}([.,]0*)?$/.test(value);
export const isDecimal = (value: string): boolean => /^[+-]?\d{1,9}([.,]\d{1,4})?$/.test(value);
export const isTime = (value: string): boolean => /^([01]?\d|2[0-3]):[0-5]\d(:[0-5]\d)?$/.test(value);

/** A GTIN of 8, 12, 13 or 14 digits whose last one is its check digit. */
export function isGtin(value: string): boolean {
  if (!/^(\d{8}|\d{12,14})$/.test(value)) return false;
  const digits = Array.from(value.padStart(14, '0'), Number);
  const sum = digits.slice(0, 13).reduce((total, digit, place) => total + digit * (place % 2 === 0 ? 3 : 1), 0);
  return (10 - (sum % 10)) % 10 === digits[13];
}

/** By prices: a comma between units and cents, or a point. */
export function decimalSeparatorOf(values: readonly string[]): '.' | ',' {
  const count = (pattern: RegExp) => values.filter((value) => pattern.test(value)).length;
  return count(/,\d{1,4}$/) > count(/\.\d{1,4}$/) ? ',' : '.';
}
