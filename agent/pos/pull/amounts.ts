import { minorDigits, toMinor } from '#shared/files/decimal.ts';

/** A number as JSON has it, in the smallest unit of a currency; not a number where it is out of reason. */
export function minorOf(amount: number, currency: string): number {
  return toMinor(amount.toFixed(6), minorDigits(currency), '.') ?? Number.NaN;
}
