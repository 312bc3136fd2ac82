/**
 * Digits behind the point, where they are not two (ISO 4217). Not asked of Intl: that says how people write prices (none for
 * HUF), which differs between versions, and minor units that are kept or sent must mean the same everywhere.
 */
const DIGITS: Readonly<Record<string, number>> = {
  BHD: 3,
  BIF: 0,
  CLF: 4,
  CLP: 0,
  DJF: 0,
  GNF: 0,
  IQD: 3,
  ISK: 0,
  JOD: 3,
  JPY: 0,
  KMF: 0,
  KRW: 0,
  KWD: 3,
  LYD: 3,
  OMR: 3,
  PYG: 0,
  RWF: 0,
  TND: 3,
  UGX: 0,
  UYI: 0,
  UYW: 4,
  VND: 0,
  VUV: 0,
  XAF: 0,
  XOF: 0,
  XPF: 0,
};

/** Digits after the point that a currency has: 2 for EUR, 0 for JPY. */
export const minorDigits = (currency: string): number => DIGITS[currency] ?? 2;

/**
 * A decimal as a whole number of its smallest unit ("2.55" with 2 digits -> 255), on digits, never through a float.
 * Digits beyond are rounded half away from zero. Undefined for what is no decimal or not a safe integer.
 */
export function toMinor(text: string, digits: number, separator: '.' | ','): number | undefined {
  const match = (separator === '.' ? /^([+-]?)(\d+)(?:\.(\d*))?$/ : /^([+-]?)(\d+)(?:,(\d*))?$/).exec(text);
  if (!match) return undefined;
  const [, sign, whole = '', fraction = ''] = match;
  const kept = Number(whole + fraction.slice(0, digits).padEnd(digits, '0'));
  const value = kept + ((fraction[digits] ?? '0') >= '5' ? 1 : 0);
  if (!Number.isSafeInteger(value)) return undefined;
  return sign === '-' && value !== 0 ? -value : value;
}

/** Whole units: "6", "-6", also "6.0" as spreadsheets write it; "6.5" is none. */
export function toUnits(text: string, separator: '.' | ','): number | undefined {
  const match = (separator === '.' ? /^([+-]?\d{1,12})(?:\.0*)?$/ : /^([+-]?\d{1,12})(?:,0*)?$/).exec(text);
  return match ? Number(match[1]) + 0 : undefined;
}
