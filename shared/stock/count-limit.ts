/** How far a count may lie from what was expected before somebody has to approve it; null: this does not limit. */
export interface CountLimit {
  readonly units: number | null;
  /** Of what was expected. */
  readonly percent: number | null;
}

/** A limit from an instant on: for the counts of one location, or (location 0) of all that have none of their own. */
export interface DatedCountLimit extends CountLimit {
  readonly location: number;
  /** It judges counts whose `at` is this or later: a new limit leaves what was counted before alone. */
  readonly fromAt: number;
}

/** Location of limits that hold for the whole chain. */
export const CHAIN = 0;

/** A decision of a person on a count that was held. */
export type CountDecision = 'approved' | 'rejected';

/** inForce: it replaces the number; held: beyond the limit and not decided; rejected: seen, and not believed. */
export type CountState = 'inForce' | 'held' | 'rejected';

/** The limit that judges a count of this location and instant: the latest of its own, else the chain's latest. */
export function limitAt(limits: readonly DatedCountLimit[], location: number, at: number): CountLimit | undefined {
  let found: DatedCountLimit | undefined;
  for (const limit of limits) {
    if (limit.fromAt > at || (limit.location !== location && limit.location !== CHAIN)) continue;
    const isOwn = limit.location === location;
    const isFoundOwn = found?.location === location;
    if (!found || (isOwn && !isFoundOwn) || (isOwn === isFoundOwn && limit.fromAt > found.fromAt)) found = limit;
  }
  return found;
}

/** A decision stands; without one a count is in force unless its variance is beyond every part of the limit that is set. */
export function countState(
  { counted, expected }: { readonly counted: number; readonly expected: number },
  limit: CountLimit | undefined,
  decision: CountDecision | undefined,
): CountState {
  if (decision) return decision === 'approved' ? 'inForce' : 'rejected';
  const { units = null, percent = null } = limit ?? {};
  if (units === null && percent === null) return 'inForce';
  const variance = Math.abs(counted - expected);
  const isBeyondUnits = units === null || variance > units;
  const isBeyondPercent = percent === null || variance * 100 > percent * Math.abs(expected);
  return isBeyondUnits && isBeyondPercent ? 'held' : 'inForce';
}
