import { afterPause, isFast, type PressedKey } from '../../parts/scanner.ts';

/** What was typed before Enter: the code of an article, or how many of the last one. */
export type Typed = { readonly code: string } | { readonly units: number };

/** From so many characters on what came as from a scanner is a scan, whatever was typed before the pause. */
const SCAN_CHARS = 6;
/** So few digits are always a number of units, however fast they came; codes are longer. */
const UNITS_DIGITS = 3;
const UNITS_DIGITS_SLOW = 5;

/** Tells scanner and keyboard apart by speed: no field needs the focus, and a number before a scan is not part of it. */
export function readKeys(keys: readonly PressedKey[]): Typed | undefined {
  const last = afterPause(keys);
  const used = last.length >= SCAN_CHARS && isFast(last) ? last : keys;
  const text = used
    .map(({ char }) => char)
    .join('')
    .trim();
  if (text === '') return undefined;
  const digits = isFast(used) ? UNITS_DIGITS : UNITS_DIGITS_SLOW;
  return /^\d+$/.test(text) && text.length <= digits ? { units: Number(text) } : { code: text };
}
