import type { Queryable } from '#hub/db/snapshot.ts';
import { readCompleteness } from '#hub/availability/completeness.ts';
import type { Candidate } from './candidate.ts';

const PARCELS = `
  SELECT location, count(*)::int AS parcels FROM order_parcels
   WHERE location = ANY($1::text[]) AND asked_at >= $2 GROUP BY location`;

/** Locations with units, together with what is known of them. A day begins at midnight UTC. */
export async function toCandidates(
  client: Queryable,
  units: ReadonlyMap<string, ReadonlyMap<string, number>>,
  now: Date,
): Promise<Candidate[]> {
  const codes = [...units.keys()];
  if (codes.length === 0) return [];
  const today = new Date(now);
  today.setUTCHours(0, 0, 0, 0);
  const known = await readCompleteness(client, codes);
  const asOf = new Map(known.map(({ location, asOf }) => [location, asOf]));
  const { rows } = await client.query<{ location: string; parcels: number }>(PARCELS, [codes, today]);
  const parcels = new Map(rows.map((row) => [row.location, row.parcels]));
  return [...units].map(([location, own]) => {
    const heardAt = asOf.get(location) ?? null;
    return {
      location,
      units: own,
      silentMinutes: heardAt === null ? null : Math.max(0, now.getTime() - heardAt) / 60_000,
      parcelsToday: parcels.get(location) ?? 0,
    };
  });
}
