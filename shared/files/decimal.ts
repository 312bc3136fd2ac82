/** Digits after the point that a currency has: 2 for EUR, 0 for JPY. */
export function minorDigits(currency: string): number {
  return new Intl.NumberFormat('en', { style: 'currency', currency }).resolvedOptions().maximumFractionDigits ?? 2;
}

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
