import type { Queryable } from '#hub/db/snapshot.ts';

/** How far the hub knows one device's journal: every fact up to `seq`, which covers everything until `asOf`. */
export interface JournalKnowledge {
  readonly device: number;
  readonly journal: number;
  readonly seq: number;
  /** ms since 1970. */
  readonly asOf: number;
}

/** What the numbers of one location rest on. */
export interface Completeness {
  readonly location: string;
  /** The earliest `asOf` of its devices: until then nothing is missing. Null when none of them has begun a journal. */
  readonly asOf: number | null;
  readonly journals: readonly JournalKnowledge[];
}

/**
 * Until when a journal is known completely: the `at` of the last fact that we hold, since later ones carry a later
 * `at` (S5), or the device's last report when all that existed then has arrived; whichever is later. A fact dated ahead
 * proves nothing beyond its own arrival. Of a journal of which nothing has come, until it was begun, or until its
 * oldest unsent fact; what was reported before it was begun is of another journal.
 * Journals of sources are left out: they tell when they like, and their silence means nothing.
 * A device that was revoked says no more: it is left out once another of the location is known beyond its revocation,
 * and until then its stock is known no longer than it was. A journal that was begun anew since is left out, and so is
 * what the hub itself writes.
 */
const KNOWN_JOURNALS = `
  WITH known AS MATERIALIZED (
    SELECT l.code, d.location_no, d.device_no, d.revoked_at, j.journal_no, j.watermark, last.heard,
           coalesce(last.heard, least((extract(epoch FROM j.begun_at) * 1000)::bigint, s.oldest_unsent_at)) AS until
      FROM locations l
      JOIN devices d ON d.location_no = l.location_no AND d.source_no IS NULL
      JOIN LATERAL (
        SELECT journal_no, location_no, watermark, begun_at FROM journals
         WHERE device_no = d.device_no ORDER BY epoch DESC LIMIT 1
      ) j ON true
      LEFT JOIN device_status s ON s.device_no = d.device_no AND s.reported_at >= j.begun_at
      LEFT JOIN LATERAL (
        SELECT least(at, (extract(epoch FROM received_at) * 1000)::bigint) AS at FROM facts
         WHERE location_no = j.location_no AND journal_no = j.journal_no AND seq <= j.watermark
         ORDER BY seq DESC LIMIT 1
      ) held ON true
      CROSS JOIN LATERAL (
        SELECT greatest(
          held.at,
          CASE WHEN s.last_seq <= j.watermark THEN (extract(epoch FROM s.reported_at) * 1000)::bigint END
        ) AS heard
      ) last
     WHERE l.code = ANY($1::text[]) AND NOT d.by_hub
  )
  SELECT k.code, k.device_no AS device, k.journal_no AS journal, k.watermark AS seq,
         least(k.until, (extract(epoch FROM clock_timestamp()) * 1000)::bigint) AS "asOf"
    FROM known k
   WHERE k.revoked_at IS NULL OR NOT EXISTS (
     SELECT FROM known other
      WHERE other.location_no = k.location_no AND other.device_no <> k.device_no
        AND other.heard >= (extract(epoch FROM k.revoked_at) * 1000)::bigint
   )
   ORDER BY k.device_no`;

/** What the numbers of these locations rest on; read it in the same snapshot as the numbers. Sorted by code. */
export async function readCompleteness(client: Queryable, locations: readonly string[]): Promise<Completeness[]> {
  const codes = [...new Set(locations)].sort();
  const { rows } = await client.query<JournalKnowledge & { code: string }>(KNOWN_JOURNALS, [codes]);
  const byLocation = Map.groupBy(rows, (row) => row.code);
  return codes.map((location) => {
    const journals = (byLocation.get(location) ?? []).map(toKnowledge);
    return { location, asOf: earliest(journals), journals };
  });
}

function toKnowledge({ device, journal, seq, asOf }: JournalKnowledge): JournalKnowledge {
  return { device, journal, seq, asOf };
}

function earliest(journals: readonly JournalKnowledge[]): number | null {
  return journals.length === 0 ? null : Math.min(...journals.map(({ asOf }) => asOf));
}
