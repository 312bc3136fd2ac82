/** A trouble that is gone for so long is a new one when it is back. */
const FORGET_MS = 10 * 60_000;
/** Between two notices. */
const PAUSE_MS = 60_000;

/** Which troubles people have been told of: code -> when it was last there, ms; and when the last notice was. */
export interface Noticed {
  readonly seenAt: ReadonlyMap<string, number>;
  readonly toldAt: number;
}

export const NOTHING_NOTICED: Noticed = { seenAt: new Map(), toldAt: Number.NEGATIVE_INFINITY };

/**
 * What is to be told now: each trouble once, however often it comes and goes within ten minutes, and no notice within a
 * minute of another; what comes meanwhile waits and is told together.
 */
export function nextNotice(
  noticed: Noticed,
  troubles: readonly string[],
  now: number,
): { readonly noticed: Noticed; readonly tell: readonly string[] } {
  const seenAt = new Map([...noticed.seenAt].filter(([, at]) => now - at < FORGET_MS));
  for (const code of troubles) if (seenAt.has(code)) seenAt.set(code, now);
  const fresh = [...new Set(troubles)].filter((code) => !seenAt.has(code));
  if (fresh.length === 0 || now - noticed.toldAt < PAUSE_MS) {
    return { noticed: { seenAt, toldAt: noticed.toldAt }, tell: [] };
  }
  for (const code of fresh) seenAt.set(code, now);
  return { noticed: { seenAt, toldAt: now }, tell: fresh };
}
