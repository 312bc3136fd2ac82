/**
 * CTEs that say which facts the hub had taken at an instant without looking at them: `ask (location_no, instant)` from two
 * arrays, locations and ms, each location once; `held`, up to which seq each of their journals was there; and `late`, facts
 * below that which came out of quarantine after the instant.
 */
export function knownText(locations: string, instants: string): string {
  return `ask AS MATERIALIZED (
    SELECT location_no, to_timestamp(ms / 1000) AS instant
    FROM unnest(${locations}::int[], ${instants}::float8[]) AS a (location_no, ms)
  ), held AS MATERIALIZED (
    SELECT j.journal_no, ask.instant, seq_held_at(j.location_no, j.journal_no, ask.instant) AS seq
    FROM ask JOIN journals j USING (location_no)
  ), late AS MATERIALIZED (
    SELECT q.journal_no, q.seq
    FROM held
    JOIN quarantine q ON q.journal_no = held.journal_no AND q.seq <= held.seq AND q.resolution = 'released'
    JOIN facts f ON f.location_no = q.location_no AND f.journal_no = q.journal_no AND f.seq = q.seq
    WHERE f.received_at > held.instant
  )`;
}

/** Whether the fact with the journal and the seq of a row had been taken. */
export function isKnown(row: string): string {
  return `EXISTS (SELECT FROM held WHERE held.journal_no = ${row}.journal_no AND ${row}.seq <= held.seq)
    AND NOT EXISTS (SELECT FROM late WHERE late.journal_no = ${row}.journal_no AND late.seq = ${row}.seq)`;
}

/** Whether the fact of a row was void by what had been taken. No EXISTS: PostgreSQL might read all facts once to answer it. */
export function isKnownVoid(row: string): string {
  return `(
    SELECT true FROM facts f
    JOIN voids v ON v.location_no = f.location_no AND v.target_key = f.key
    WHERE f.location_no = ${row}.location_no AND f.journal_no = ${row}.journal_no AND f.seq = ${row}.seq AND ${isKnown('v')}
    LIMIT 1) IS TRUE`;
}
