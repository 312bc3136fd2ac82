/** One key that was pressed: its character, and when by the browser's clock of events, ms. */
export interface PressedKey {
  readonly char: string;
  readonly at: number;
}

/** What was typed before Enter: the code of an article, or how many of the last one. */
export type Typed = { readonly code: string } | { readonly units: number };

/** Between two keys of a scanner, on average; nobody types so fast. A busy machine may halt in between. */
const SCANNER_MS = 40;
/** Whoever typed a number and left it has paused at least so long before a scan. */
const PAUSE_MS = 400;
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

/** The keys behind the last pause. */
function afterPause(keys: readonly PressedKey[]): readonly PressedKey[] {
  const from = keys.findLastIndex(({ at }, place) => at - (keys[place - 1]?.at ?? at) >= PAUSE_MS);
  return keys.slice(Math.max(0, from));
}

function isFast(keys: readonly PressedKey[]): boolean {
  const tookMs = (keys.at(-1)?.at ?? 0) - (keys[0]?.at ?? 0);
  return tookMs <= SCANNER_MS * (keys.length - 1);
}
