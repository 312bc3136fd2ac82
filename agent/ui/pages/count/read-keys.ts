/** One key that was pressed: its character, and when by the browser's clock of events, ms. */
export interface PressedKey {
  readonly char: string;
  readonly at: number;
}

/** What was typed before Enter: the code of an article, or how many of the last one. */
export type Typed = { readonly code: string } | { readonly units: number };

/** A scanner sends its characters one behind the other; nobody types so fast. */
const SCANNER_MS = 30;
/** From so many characters on a fast run is a scan, whatever was typed before it and left. */
const RUN_MIN = 6;
/** So few digits are always a number of units, however fast they came; codes are longer. */
const UNITS_DIGITS = 3;
const UNITS_DIGITS_SLOW = 5;

/** Tells scanner and keyboard apart by speed: no field needs the focus, and a number before a scan is not part of it. */
export function readKeys(keys: readonly PressedKey[]): Typed | undefined {
  const run = fastRun(keys);
  const used = run.length >= RUN_MIN ? run : keys;
  const text = used
    .map(({ char }) => char)
    .join('')
    .trim();
  if (text === '') return undefined;
  const isSlow = run.length < used.length;
  const digits = isSlow ? UNITS_DIGITS_SLOW : UNITS_DIGITS;
  return /^\d+$/.test(text) && text.length <= digits ? { units: Number(text) } : { code: text };
}

/** The keys at the end that came as from a scanner. */
function fastRun(keys: readonly PressedKey[]): readonly PressedKey[] {
  let from = keys.length - 1;
  while (from > 0 && (keys[from]?.at ?? 0) - (keys[from - 1]?.at ?? 0) <= SCANNER_MS) from--;
  return keys.slice(Math.max(0, from));
}
