import type { Queryable } from '#hub/db/snapshot.ts';

/** How far the hub held one journal of a device at an instant. */
export interface PastWatermark {
  readonly location: number;
  readonly device: number;
  /** Null: the device had been enrolled, and nothing of it had arrived. */
  readonly journal: number | null;
  /** The hub had every fact up to here, set aside ones included. */
  readonly seq: number;
  /** When that last fact happened at the device, ms since 1970; null: none, or it was set aside. */
  readonly at: number | null;
}

/**
 * $1 locations, $2 the instant in ms. A fact released from quarantine was taken when it was set aside; its own row in facts
 * came later, and tells nothing of then.
 */
const WATERMARKS = `
  SELECT d.location_no AS location, d.device_no AS device, held.journal_no AS journal, coalesce(held.seq, 0) AS seq, held.at
  FROM (SELECT to_timestamp($2::float8 / 1000) AS instant) AS moment
  JOIN devices d ON d.location_no = ANY ($1::int[]) AND d.enrolled_at <= moment.instant AND d.source_no IS NULL AND NOT d.by_hub
  LEFT JOIN LATERAL (
    SELECT j.journal_no, last.seq, last.at
    FROM journals j
    CROSS JOIN LATERAL (SELECT seq_held_at(j.location_no, j.journal_no, moment.instant) AS up_to OFFSET 0) AS held
    CROSS JOIN LATERAL (
      SELECT seq, at FROM (
        (SELECT seq, CASE WHEN received_at <= moment.instant THEN at END AS at FROM facts f
          WHERE f.location_no = j.location_no AND f.journal_no = j.journal_no AND f.seq <= held.up_to
          ORDER BY seq DESC LIMIT 1)
        UNION ALL
        (SELECT seq, NULL FROM quarantine q
          WHERE q.journal_no = j.journal_no AND q.seq <= held.up_to ORDER BY seq DESC LIMIT 1)
      ) AS both_kinds
      ORDER BY seq DESC, at NULLS LAST LIMIT 1
    ) AS last
    WHERE j.device_no = d.device_no
  ) AS held ON true
  WHERE held.seq > 0 OR d.revoked_at IS NULL OR d.revoked_at > moment.instant
  ORDER BY d.location_no, d.device_no, held.journal_no`;

/** Until where each device's journals at these locations were known to the hub at an instant: what its numbers rest on. */
export async function watermarksAt(
  client: Queryable,
  locations: readonly number[],
  at: number,
): Promise<Map<number, PastWatermark[]>> {
  const { rows } = await client.query<PastWatermark>(WATERMARKS, [locations, at]);
  return Map.groupBy(rows, ({ location }) => location);
}
