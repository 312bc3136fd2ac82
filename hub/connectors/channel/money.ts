/** Digits behind the point, where they are not two (ISO 4217). */
const DIGITS: Readonly<Record<string, number>> = {
  BHD: 3,
  BIF: 0,
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
  VND: 0,
  VUV: 0,
  XAF: 0,
  XOF: 0,
  XPF: 0,
};

const digitsOf = (currency: string): number => DIGITS[currency] ?? 2;

/** "12.5" EUR is 1250; what is finer than the smallest unit is rounded. Throws RangeError for what is no amount. */
export function minorOf(amount: string, currency: string): number {
  const [, sign, whole = '', fraction = ''] = /^(-?)(\d{1,15})(?:\.(\d{1,10}))?$/.exec(amount) ?? [];
  if (whole === '') throw new RangeError(`"${amount.slice(0, 32)}" is no amount of money`);
  const digits = digitsOf(currency);
  const kept = Number(whole + fraction.slice(0, digits).padEnd(digits, '0'));
  const rounded = kept + (Number(fraction[digits] ?? '0') >= 5 ? 1 : 0);
  return sign === '-' ? -rounded : rounded;
}

/** 1250 EUR is "12.50". */
export function amountOf(minor: number, currency: string): string {
  const digits = digitsOf(currency);
  if (digits === 0) return String(minor);
  const text = String(minor).padStart(digits + 1, '0');
  return `${text.slice(0, -digits)}.${text.slice(-digits)}`;
}
