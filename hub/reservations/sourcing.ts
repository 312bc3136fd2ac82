/** A line as a sourcing decides about it. */
export interface WantedLine {
  readonly line: number;
  readonly sku: string;
  /** What may be placed at most: never more than the channel may sell. */
  readonly units: number;
  /** Only there; undefined: anywhere. */
  readonly location: number | undefined;
}

/** Where a channel finds units of a sku, by the number of the location. */
export interface Candidate {
  readonly location: number;
  readonly units: number;
}

export interface Placement {
  readonly line: number;
  readonly location: number;
  readonly units: number;
}

/**
 * Decides from where the lines of one request are taken: a pure function. It never places more of a sku at a location
 * than its candidate has, nor more of a line than is wanted; what it leaves out is not to be had. Whoever calls it checks.
 */
export type Sourcing = (
  lines: readonly WantedLine[],
  candidates: ReadonlyMap<string, readonly Candidate[]>,
) => readonly Placement[];

/**
 * Fewest parcels, nearest to empty last: takes the location that can give the most of what is still wanted, then the one
 * that has most left of it, until nothing more can be had. Lines that are bound to a location come first, so that no other
 * line takes their units. One location that has everything is always found; of several the fewest nearly always are.
 */
export const fewestParcels: Sourcing = (lines, candidates) => {
  const left = new Map<string, Map<number, number>>();
  for (const [sku, list] of candidates) left.set(sku, new Map(list.map(({ location, units }) => [location, units])));
  const open = lines.map((line) => ({ ...line, rest: line.units }));
  const placed: Placement[] = [];
  const takeFrom = (location: number, own: typeof open): void => {
    for (const line of own) {
      const there = left.get(line.sku);
      const units = Math.min(line.rest, there?.get(location) ?? 0);
      if (units <= 0) continue;
      line.rest -= units;
      there?.set(location, (there.get(location) ?? 0) - units);
      placed.push({ line: line.line, location, units });
    }
  };
  const bound = Map.groupBy(
    open.filter(({ location }) => location !== undefined),
    ({ location }) => location ?? 0,
  );
  for (const [location, own] of bound) takeFrom(location, own);
  const free = open.filter(({ location }) => location === undefined);
  // Where a parcel is sent from anyhow costs nothing more.
  for (const location of bound.keys()) takeFrom(location, free);
  for (;;) {
    const best = bestLocation(free, left);
    if (best === undefined) return placed;
    takeFrom(best, free);
  }
};

interface Score {
  readonly location: number;
  readonly gives: number;
  readonly has: number;
}

function bestLocation(
  open: readonly { readonly sku: string; readonly rest: number }[],
  left: ReadonlyMap<string, ReadonlyMap<number, number>>,
): number | undefined {
  const wanted = new Map<string, number>();
  for (const { sku, rest } of open) if (rest > 0) wanted.set(sku, (wanted.get(sku) ?? 0) + rest);
  const scores = new Map<number, Score>();
  for (const [sku, rest] of wanted) {
    for (const [location, units] of left.get(sku) ?? []) {
      if (units <= 0) continue;
      const known = scores.get(location);
      scores.set(location, {
        location,
        gives: Math.min(rest, units) + (known?.gives ?? 0),
        has: units + (known?.has ?? 0),
      });
    }
  }
  let best: Score | undefined;
  for (const score of scores.values()) if (best === undefined || isBetter(score, best)) best = score;
  return best?.location;
}

function isBetter(one: Score, other: Score): boolean {
  if (one.gives !== other.gives) return one.gives > other.gives;
  if (one.has !== other.has) return one.has > other.has;
  return one.location < other.location;
}
