import type { RatedCandidate, Wanted, WantedLine } from './candidate.ts';
import type { Criterion } from './sourcing-document.ts';

/** Units of a line to be taken from a location. */
export interface Part {
  readonly line: string;
  readonly location: string;
  readonly units: number;
}

/** Pairs are looked at one by one among so many; beyond it the best of them one after the other. */
const PAIRED_MAX = 150;

/** What may be taken of a sku at a location. */
type Supply = (candidate: RatedCandidate, sku: string) => number;

/**
 * Which locations give what, among those that may be asked. The best one first, by the criteria in their order; then, as
 * long as units are missing, the best for what is left. Where fewer parcels count first, two that have everything are
 * preferred to more.
 */
export function choose(
  candidates: readonly RatedCandidate[],
  wanted: Wanted,
  criteria: readonly Criterion[],
  supply: Supply,
): Part[] {
  const compare = comparer(criteria, supply);
  let needs = wanted.lines;
  const parts: Part[] = [];
  let left = candidates;
  let isFirst = true;
  while (needs.length > 0) {
    const able = left.filter((candidate) => coverOf(candidate, needs, supply) > 0);
    const best = bestOf(able, needs, compare);
    if (best === undefined) return parts;
    let turn = [best];
    if (isFirst && criteria[0]?.by === 'parcels' && coverOf(best, needs, supply) < totalOf(needs)) {
      turn = bestPair(able, needs, compare, supply) ?? turn;
    }
    for (const candidate of turn) {
      const taken = take(candidate, needs, supply);
      parts.push(...taken.parts);
      needs = taken.needs;
    }
    left = left.filter((candidate) => !turn.includes(candidate));
    isFirst = false;
  }
  return parts;
}

type Compare = (a: RatedCandidate, b: RatedCandidate, needs: readonly WantedLine[]) => number;

/** How a location stands by a criterion, in steps: less is better. */
export function placeBy(
  criterion: Criterion,
  candidate: RatedCandidate,
  needs: readonly WantedLine[],
  supply: Supply,
): number {
  switch (criterion.by) {
    case 'parcels':
      return -coverOf(candidate, needs, supply);
    case 'distance':
      return candidate.distanceKm === null ? Infinity : Math.floor(candidate.distanceKm / criterion.step);
    case 'freshness':
      return candidate.silentMinutes === null ? Infinity : Math.floor(candidate.silentMinutes / criterion.step);
    case 'stock':
      return -Math.floor(leftBehind(candidate, needs, supply) / criterion.step);
    case 'load': {
      const { parcelsPerDay, parcelsToday } = candidate;
      if (parcelsPerDay === null) return 0;
      return parcelsPerDay === 0 ? Infinity : Math.floor((100 * parcelsToday) / parcelsPerDay / criterion.step);
    }
  }
  throw new Error('A criterion without a meaning.');
}

function comparer(criteria: readonly Criterion[], supply: Supply): Compare {
  return (a, b, needs) => {
    for (const criterion of criteria) {
      const [placeA, placeB] = [placeBy(criterion, a, needs, supply), placeBy(criterion, b, needs, supply)];
      if (placeA !== placeB) return placeA < placeB ? -1 : 1;
    }
    return a.location < b.location ? -1 : 1;
  };
}

function bestOf(
  able: readonly RatedCandidate[],
  needs: readonly WantedLine[],
  compare: Compare,
): RatedCandidate | undefined {
  let best: RatedCandidate | undefined;
  for (const candidate of able) if (best === undefined || compare(candidate, best, needs) < 0) best = candidate;
  return best;
}

/** The first pair, the best candidates first, that has everything together; undefined when there is none. */
function bestPair(
  able: readonly RatedCandidate[],
  needs: readonly WantedLine[],
  compare: Compare,
  supply: Supply,
): RatedCandidate[] | undefined {
  const ranked = able.toSorted((a, b) => compare(a, b, needs)).slice(0, PAIRED_MAX);
  for (const [place, first] of ranked.entries()) {
    const rest = take(first, needs, supply).needs;
    const second = ranked.slice(place + 1).find((other) => coverOf(other, rest, supply) === totalOf(rest));
    if (second !== undefined) return [first, second];
  }
  return undefined;
}

function take(
  candidate: RatedCandidate,
  needs: readonly WantedLine[],
  supply: Supply,
): { parts: Part[]; needs: WantedLine[] } {
  const left = new Map<string, number>();
  const parts: Part[] = [];
  const rest: WantedLine[] = [];
  for (const need of needs) {
    const there = left.get(need.sku) ?? supply(candidate, need.sku);
    const units = need.avoid.includes(candidate.location) ? 0 : Math.min(there, need.units);
    left.set(need.sku, there - units);
    if (units > 0) parts.push({ line: need.line, location: candidate.location, units });
    if (units < need.units) rest.push({ ...need, units: need.units - units });
  }
  return { parts, needs: rest };
}

function coverOf(candidate: RatedCandidate, needs: readonly WantedLine[], supply: Supply): number {
  return take(candidate, needs, supply).parts.reduce((sum, { units }) => sum + units, 0);
}

function leftBehind(candidate: RatedCandidate, needs: readonly WantedLine[], supply: Supply): number {
  const skus = new Set(needs.map(({ sku }) => sku));
  const there = [...skus].reduce((sum, sku) => sum + (candidate.units.get(sku) ?? 0), 0);
  return there - coverOf(candidate, needs, supply);
}

const totalOf = (needs: readonly WantedLine[]): number => needs.reduce((sum, { units }) => sum + units, 0);
