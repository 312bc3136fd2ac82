import type { Pool, PoolClient } from 'pg';
import { transaction } from '#hub/db/transaction.ts';
import {
  accumulateProfile,
  exposureHours,
  hourProfile,
  HOURS_OF_WEEK,
  type HourProfile,
} from '#shared/stock/hour-profile.ts';
import { readCompleteness, type Completeness } from '../completeness.ts';
import { holdRunner, requestJob } from './recompute-jobs.ts';
import { coversSilence, silenceStep } from './silence-steps.ts';

interface LocationRow {
  location_no: number;
  code: string;
  /** Since when a device may have recorded something. */
  enrolled_at: number | null;
  as_of: number | null;
  step_ms: number | null;
}

const LOCATIONS = `
  SELECT l.location_no, l.code, q.as_of, q.step_ms,
    (SELECT (extract(epoch FROM min(enrolled_at)) * 1000)::bigint FROM devices d
      WHERE d.location_no = l.location_no AND d.revoked_at IS NULL AND d.source_no IS NULL) AS enrolled_at
  FROM locations l
  LEFT JOIN LATERAL (
    SELECT as_of, step_ms FROM location_silence s WHERE s.location_no = l.location_no ORDER BY silence_no DESC LIMIT 1
  ) AS q ON true
  ORDER BY l.location_no`;

const HOURS = `
  SELECT coalesce(location_no, 0) AS location_no, hour, sum(sales) AS sales FROM demand_hours
  GROUP BY GROUPING SETS ((location_no, hour), (hour))`;

const INSERT = `
  INSERT INTO location_silence (location_no, as_of, step_ms, exposure_hours, watermarks)
  VALUES ($1, $2, $3, $4, $5) RETURNING silence_no`;

/** A location whose silence has come to another step. */
interface Change {
  readonly location: number;
  readonly code: string;
  readonly asOf: number | null;
  readonly stepMs: number;
  readonly known: Completeness | undefined;
}

/**
 * Looks which locations have grown silent, or have come back, and asks for their buffers to be made anew. A location
 * that is heard of writes nothing, and so does a hub that comes after another. Gives how many changed.
 */
export async function sweepSilence(pool: Pool, now: number): Promise<number> {
  return transaction(pool, async (client) => {
    await holdRunner(client);
    const { rows } = await client.query<LocationRow>(LOCATIONS);
    const known = await readCompleteness(
      client,
      rows.map((row) => row.code),
    );
    const byCode = new Map(known.map((completeness) => [completeness.location, completeness]));
    const changes = rows.flatMap((row) => changeOf(row, byCode.get(row.code), now) ?? []);
    if (changes.length === 0) return 0;
    const profiles = await readProfiles(client);
    for (const change of changes) await write(client, change, profiles, now);
    return changes.length;
  });
}

/**
 * Undefined while what was last written covers the present, and the time until the next look. A device that has never
 * said anything may have sold since it was enrolled; where there is no device nobody sells.
 */
function changeOf(row: LocationRow, known: Completeness | undefined, now: number): Change | undefined {
  const asOf = known?.asOf ?? row.enrolled_at;
  const stepMs = asOf === null ? 0 : silenceStep(now - asOf);
  const written = { asOf: row.as_of ?? 0, stepMs: row.step_ms ?? 0 };
  const isCovered = stepMs === 0 || coversSilence(written, asOf ?? 0, now);
  if (stepMs === written.stepMs && isCovered) return undefined;
  return { location: row.location_no, code: row.code, asOf, stepMs, known };
}

async function write(client: PoolClient, change: Change, profiles: Profiles, now: number): Promise<void> {
  const { location, code, asOf, stepMs, known } = change;
  const exposure = asOf === null ? 0 : exposureHours(profiles(location), asOf, asOf + stepMs);
  const watermarks = JSON.stringify(known?.journals ?? []);
  const { rows } = await client.query<{ silence_no: number }>(INSERT, [location, asOf, stepMs, exposure, watermarks]);
  const silence = rows[0]?.silence_no;
  if (silence === undefined) throw new Error('a silence was not written down');
  const reason =
    stepMs === 0
      ? `${code} is heard of again`
      : `${code} is silent: up to ${Math.round(stepMs / 60_000)} minutes unseen`;
  await requestJob(client, { kind: 'silence', reason, location, silence, seenAt: now });
}

type Profiles = (location: number) => readonly number[];

/** Each location's own hours, shrunk to the chain's; accumulated over the week. */
async function readProfiles(client: PoolClient): Promise<Profiles> {
  const { rows } = await client.query<{ location_no: number; hour: number; sales: number }>(HOURS);
  const hours = new Map<number, number[]>();
  for (const { location_no, hour, sales } of rows) {
    let own = hours.get(location_no);
    if (!own) hours.set(location_no, (own = Array.from({ length: HOURS_OF_WEEK }, () => 0)));
    own[hour] = sales;
  }
  const chain: HourProfile = hourProfile(hours.get(0) ?? []);
  return (location) => accumulateProfile(hourProfile(hours.get(location) ?? [], chain));
}
