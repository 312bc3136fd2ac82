import { sourcingOf, type Candidate, type RatedCandidate, type Wanted } from './candidate.ts';
import { choose, placeBy, type Part } from './choose.ts';
import type { LimitName, SourcingDocument } from './sourcing-document.ts';

/** What became of one candidate, and why. */
export interface CandidateReport {
  readonly location: string;
  /** Empty: it was not asked; `why` says why. */
  readonly chosen: readonly Part[];
  readonly why: string;
  readonly distanceKm: number | null;
  readonly silentMinutes: number | null;
  readonly parcelsToday: number;
  /** By each criterion in its order, in steps; less is better. Null: nothing is known. */
  readonly places: readonly { readonly by: string; readonly place: number | null }[];
}

export interface Sourced {
  readonly parts: readonly Part[];
  /** Units that are nowhere to be had, by line. */
  readonly missing: readonly { readonly line: string; readonly units: number }[];
  /** Limits that had to be given up for it. */
  readonly gaveUp: readonly LimitName[];
  readonly candidates: readonly CandidateReport[];
}

/**
 * Where the units of an order are taken from. Pure: the same candidates, order and rules give the same answer, with what
 * became of each candidate. Limits are given up one after the other only as far as units are missing otherwise.
 */
export function source(wanted: Wanted, candidates: readonly Candidate[], document: SourcingDocument): Sourced {
  const rules = sourcingOf(document, wanted.channel);
  const rated = candidates.map((candidate) => rules.rate(candidate, wanted));
  let best: { parts: Part[]; gaveUp: readonly LimitName[]; units: number } | undefined;
  const total = wanted.lines.reduce((sum, { units }) => sum + units, 0);
  for (let given = 0; given <= rules.giveUp.length; given += 1) {
    const gaveUp = rules.giveUp.slice(0, given);
    const asked = rated.filter((candidate) => whyNotAsked(candidate, gaveUp) === null);
    const parts = choose(asked, wanted, rules.criteria, supplyWith(gaveUp));
    const units = parts.reduce((sum, part) => sum + part.units, 0);
    // A limit is given up for units, never for nothing.
    if (best === undefined || units > best.units) best = { parts, gaveUp, units };
    if (units === total) break;
  }
  const { parts, gaveUp } = best ?? { parts: [], gaveUp: [] };
  const supply = supplyWith(gaveUp);
  const first = parts[0]?.location;
  return {
    parts,
    missing: wanted.lines.flatMap(({ line, units }) => {
      const found = parts.filter((part) => part.line === line).reduce((sum, part) => sum + part.units, 0);
      return found === units ? [] : [{ line, units: units - found }];
    }),
    gaveUp,
    candidates: rated.map((candidate): CandidateReport => {
      const { location, distanceKm, silentMinutes, parcelsToday } = candidate;
      const chosen = parts.filter((part) => part.location === location);
      const places = rules.criteria.map((criterion) => {
        const place = placeBy(criterion, candidate, wanted.lines, supply);
        return { by: criterion.by, place: Number.isFinite(place) ? place : null };
      });
      const why = chosen.length > 0 ? whyChosen(location === first) : whyNot(candidate);
      return { location, chosen, why, distanceKm, silentMinutes, parcelsToday, places };
    }),
  };

  function whyNot(candidate: RatedCandidate): string {
    const barred = whyNotAsked(candidate, gaveUp);
    if (barred !== null) return barred;
    const has = wanted.lines.some(
      ({ sku, avoid }) => !avoid.includes(candidate.location) && supply(candidate, sku) > 0,
    );
    if (has) return 'others come before it by the criteria';
    const kept = wanted.lines.some(({ sku }) => (candidate.units.get(sku) ?? 0) > 0);
    if (!kept) return 'has none of the wanted units';
    const avoided = wanted.lines.some(
      ({ sku, avoid }) => avoid.includes(candidate.location) && supply(candidate, sku) > 0,
    );
    return avoided ? 'could not give them before' : `keeps ${candidate.keepUnits} of each sku`;
  }
}

/** What may be taken: all there is, less what stays on the shelf while that is not given up. */
const supplyWith =
  (gaveUp: readonly LimitName[]) =>
  ({ units, keepUnits }: RatedCandidate, sku: string): number =>
    Math.max(0, (units.get(sku) ?? 0) - (gaveUp.includes('keep') ? 0 : keepUnits));

function whyNotAsked({ excluded, beyond }: RatedCandidate, gaveUp: readonly LimitName[]): string | null {
  if (excluded !== null) return excluded;
  for (const limit of ['capacity', 'fresh'] as const) {
    const why = beyond[limit];
    if (why !== undefined && !gaveUp.includes(limit)) return why;
  }
  return null;
}

const whyChosen = (isFirst: boolean): string =>
  isFirst ? 'the best by the criteria' : 'the best for what was missing then';
