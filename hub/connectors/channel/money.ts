import { minorDigits } from '#shared/files/decimal.ts';

/** "12.5" EUR is 1250; what is finer than the smallest unit is rounded. Throws RangeError for what is no amount. */
export function minorOf(amount: string, currency: string): number {
  const [, sign, whole = '', fraction = ''] = /^(-?)(\d{1,15})(?:\.(\d{1,10}))?$/.exec(amount) ?? [];
  if (whole === '') throw new RangeError(`"${amount.slice(0, 32)}" is no amount of money`);
  const digits = minorDigits(currency);
  const kept = Number(whole + fraction.slice(0, digits).padEnd(digits, '0'));
  const rounded = kept + (Number(fraction[digits] ?? '0') >= 5 ? 1 : 0);
  return sign === '-' ? -rounded : rounded;
}

/** 1250 EUR is "12.50". */
export function amountOf(minor: number, currency: string): string {
  const digits = minorDigits(currency);
  if (digits === 0) return String(minor);
  const text = String(minor).padStart(digits + 1, '0');
  return `${text.slice(0, -digits)}.${text.slice(-digits)}`;
}
