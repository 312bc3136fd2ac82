const DAY_MS = 86_400_000;
/** At once at most; the rest of the day's changes comes back over the day, so that no 24 hours see more than allowed. */
const BURST = 0.5;
/** Of what may be spent at once, kept for numbers that say too much. */
const RESERVE = 0.4;

/** How often a listing could still be changed, some time ago; null: never changed, or long ago. */
export interface KeptChanges {
  readonly left: number;
  readonly ageMs: number;
}

/**
 * How often one listing may be changed by its channel's rule for a day: a bucket of its own, so that the rule holds in any
 * 24 hours, in whatever time zone the channel counts. What is not urgent leaves some of it for what is.
 *
 * @returns what is left after a change now, or for how long there must be none, whole ms
 */
export function spendChange(
  perDay: number,
  kept: KeptChanges | null,
  isUrgent: boolean,
): { readonly left: number } | { readonly waitMs: number } {
  const burst = Math.max(1, Math.floor(perDay * BURST));
  const perMs = Math.max(perDay - burst, 0.5) / DAY_MS;
  const left = kept === null ? burst : Math.min(burst, kept.left + Math.max(0, kept.ageMs) * perMs);
  const needs = 1 + (isUrgent ? 0 : Math.floor(burst * RESERVE));
  return left >= needs ? { left: left - 1 } : { waitMs: Math.ceil((needs - left) / perMs) };
}
