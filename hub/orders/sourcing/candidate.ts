import { distanceKm, type Spot } from './distance.ts';
import type { Criterion, LimitName, SourcingDocument } from './sourcing-document.ts';

/** A location that could give units, as it is known at this moment. */
export interface Candidate {
  readonly location: string;
  /** Units of each wanted sku that the channel may have from there. */
  readonly units: ReadonlyMap<string, number>;
  /** How long ago its facts were complete; null: it was never heard of. */
  readonly silentMinutes: number | null;
  /** Parcels that were asked of it today. */
  readonly parcelsToday: number;
}

export interface WantedLine {
  readonly line: string;
  readonly sku: string;
  readonly units: number;
  /** Locations that cannot give this line. */
  readonly avoid: readonly string[];
}

export interface Wanted {
  readonly channel: string;
  readonly lines: readonly WantedLine[];
  /** Where the goods go; null: it is not known. */
  readonly near: Spot | null;
  /** The only location that is of use: the customer collects there. */
  readonly collectAt: string | null;
}

/** What the rules say of a location for a channel. */
export interface RatedCandidate extends Candidate {
  readonly distanceKm: number | null;
  /** Null: no limit. */
  readonly keepUnits: number;
  readonly parcelsPerDay: number | null;
  /** Why it is never asked; null: it may be. */
  readonly excluded: string | null;
  /** Why it is asked only when a limit is given up. */
  readonly beyond: Readonly<Partial<Record<LimitName, string>>>;
}

/** The part of a document that is about one channel. */
export interface ChannelSourcing {
  readonly criteria: readonly Criterion[];
  readonly giveUp: readonly LimitName[];
  rate(candidate: Candidate, wanted: Wanted): RatedCandidate;
}

export function sourcingOf(document: SourcingDocument, channel: string): ChannelSourcing {
  const own = document.channels.find(({ code }) => code === channel);
  const places = new Map(document.locations.map((place) => [place.code, place]));
  const excludedHere = new Set(own?.excluded);
  return {
    criteria: own?.criteria ?? document.criteria,
    giveUp: own?.giveUp ?? document.giveUp,
    rate(candidate, { near, collectAt }) {
      const { location, silentMinutes, parcelsToday } = candidate;
      const place = places.get(location);
      const parcelsPerDay = place?.parcelsPerDay ?? document.parcelsPerDay ?? null;
      const heardWithin = place?.heardWithinMinutes ?? document.heardWithinMinutes ?? null;
      let excluded: string | null = null;
      if (collectAt !== null && collectAt !== location) excluded = `the customer collects at ${collectAt}`;
      else if (place?.closed === true) excluded = 'closed by the rules';
      else if (excludedHere.has(location)) excluded = `excluded by the rules for ${channel}`;
      const beyond: Partial<Record<LimitName, string>> = {};
      if (parcelsPerDay !== null && parcelsToday >= parcelsPerDay) {
        beyond.capacity = `${parcelsToday} of ${parcelsPerDay} parcels a day are taken`;
      }
      if (heardWithin !== null && (silentMinutes === null || silentMinutes > heardWithin)) {
        beyond.fresh =
          silentMinutes === null ? 'was never heard of' : `was last heard of ${Math.round(silentMinutes)} minutes ago`;
      }
      const spot = spotOf(place);
      return {
        ...candidate,
        distanceKm: near === null || spot === null ? null : distanceKm(near, spot),
        keepUnits: place?.keepUnits ?? document.keepUnits ?? 0,
        parcelsPerDay,
        excluded,
        beyond,
      };
    },
  };
}

function spotOf(place: SourcingDocument['locations'][number] | undefined): Spot | null {
  const { latitude, longitude } = place ?? {};
  return latitude === undefined || longitude === undefined ? null : { latitude, longitude };
}
