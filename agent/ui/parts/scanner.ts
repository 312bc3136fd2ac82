/** One key that was pressed: its character, and when by the browser's clock of events, ms. */
export interface PressedKey {
  readonly char: string;
  readonly at: number;
}

/** Between two keys of a scanner, on average; nobody types so fast. A busy machine may halt in between. */
const SCANNER_MS = 40;
/** Whoever typed a number and left it has paused at least so long before a scan. */
export const PAUSE_MS = 400;
/** So few characters may come from a hand that is in a hurry. */
const HAND_CHARS = 3;

/** The keys behind the last pause. */
export function afterPause(keys: readonly PressedKey[]): readonly PressedKey[] {
  const from = keys.findLastIndex(({ at }, place) => at - (keys[place - 1]?.at ?? at) >= PAUSE_MS);
  return keys.slice(Math.max(0, from));
}

export function isFast(keys: readonly PressedKey[]): boolean {
  const tookMs = (keys.at(-1)?.at ?? 0) - (keys[0]?.at ?? 0);
  return tookMs <= SCANNER_MS * (keys.length - 1);
}

/** What a scanner has typed last; undefined: a person has. */
export function scannedBy(keys: readonly PressedKey[]): string | undefined {
  const last = afterPause(keys);
  const isScan = last.length > HAND_CHARS && isFast(last);
  return isScan ? last.map(({ char }) => char).join('') : undefined;
}
