import type { Pool } from 'pg';
import { ShelfwireError } from '#shared/protocol/errors.ts';
import { LOCKS } from '#hub/db/advisory-locks.ts';
import { readUnderLock } from '#hub/db/read-under-lock.ts';
import type { Queryable } from '#hub/db/snapshot.ts';
import { transaction, withRetries } from '#hub/db/transaction.ts';
import {
  COMPARISON_LIMITS,
  correctionOf,
  type ComparisonBody,
  type CorrectRule,
  type Schedule,
  type Side,
} from './comparison.ts';

/** A comparison as it is shown. */
export interface Comparison {
  readonly number: number;
  readonly code: string;
  readonly name: string;
  readonly side: Side;
  readonly settings: Readonly<Record<string, unknown>>;
  readonly schedule: Schedule | null;
  readonly correct: CorrectRule;
  readonly enabled: boolean;
  readonly nextAt: Date | null;
  readonly createdAt: Date;
  readonly createdBy: string;
  /** Differences that are neither ended nor ignored. */
  readonly differences: number;
  readonly lastRun: number | null;
}

/** $1 schedule as json: when it comes next after now, by PostgreSQL's clock; NULL without one. */
export const nextAt = (schedule: string): string => `
  CASE
    WHEN ${schedule} ->> 'everyMinutes' IS NOT NULL
      THEN clock_timestamp() + make_interval(mins => (${schedule} ->> 'everyMinutes')::int)
    WHEN ${schedule} ->> 'dailyAt' IS NOT NULL THEN (
      SELECT min(at) FROM (
        SELECT (((clock_timestamp() AT TIME ZONE (${schedule} ->> 'timeZone'))::date + days) + (${schedule} ->> 'dailyAt')::time)
          AT TIME ZONE (${schedule} ->> 'timeZone') AS at FROM generate_series(0, 2) AS days
      ) AS ahead WHERE at > clock_timestamp())
  END`;

const SHOWN = `
  SELECT c.comparison_no AS number, c.code, c.name, c.side, c.settings, c.schedule, c.correct, c.enabled,
    c.next_at AS "nextAt", c.created_at AS "createdAt", c.created_by AS "createdBy",
    (SELECT count(*)::int FROM differences d
      WHERE d.comparison_no = c.comparison_no AND d.ended_at IS NULL AND d.state IN ('open', 'explained')) AS differences,
    (SELECT max(run_no) FROM comparison_runs r WHERE r.comparison_no = c.comparison_no) AS "lastRun"
  FROM comparisons c`;

const PUT = `
  INSERT INTO comparisons (code, name, side, settings, schedule, correct, enabled, next_at, created_by)
  VALUES ($1, $2, $3::comparison_side, $4, $5::json, $6, $7, CASE WHEN $7 THEN ${nextAt('$5::json')} END, $8)
  ON CONFLICT (code) DO UPDATE SET name = excluded.name, settings = excluded.settings, schedule = excluded.schedule,
    correct = excluded.correct, enabled = excluded.enabled,
    next_at = CASE WHEN comparisons.schedule::text IS NOT DISTINCT FROM excluded.schedule::text AND comparisons.next_at IS NOT NULL
      AND excluded.enabled THEN comparisons.next_at ELSE excluded.next_at END
  WHERE comparisons.side = excluded.side`;
const COUNT = `SELECT count(*)::int AS others FROM comparisons WHERE code <> $1`;

/**
 * Makes a comparison, or sets one anew. Its side stays. Throws RECONCILE_NOT_CORRECTABLE, RECONCILE_LIMIT, CONFLICT.
 */
export function putComparison(pool: Pool, code: string, asked: ComparisonBody, by: string): Promise<Comparison> {
  const { name, side, settings, schedule, correct, enabled } = asked;
  if (correct.mode !== 'never') correctionOf(side, correct.towards);
  return withRetries(() =>
    transaction(pool, async (client) => {
      const { others = 0 } =
        (await readUnderLock<{ others: number }>(client, LOCKS.comparisonLimit, COUNT, [code])) ?? {};
      if (others >= COMPARISON_LIMITS.comparisons) {
        throw new ShelfwireError('RECONCILE_LIMIT', `There are ${COMPARISON_LIMITS.comparisons} comparisons already.`);
      }
      const values = [
        code,
        name,
        side,
        JSON.stringify(settings),
        schedule && JSON.stringify(schedule),
        JSON.stringify(correct),
      ];
      const { rowCount } = await client.query(PUT, [...values, enabled, by]);
      if (rowCount === 0) throw new ShelfwireError('CONFLICT', `"${code}" compares another side: take another code.`);
      return requireComparison(client, code);
    }),
  );
}

/** By their numbers. */
export async function listComparisons(client: Queryable, after: number, limit: number): Promise<Comparison[]> {
  const list = `${SHOWN} WHERE c.comparison_no > $1 ORDER BY c.comparison_no LIMIT $2`;
  return (await client.query<Comparison>(list, [after, limit])).rows;
}

/** Throws NOT_FOUND. */
export async function requireComparison(client: Queryable, code: string): Promise<Comparison> {
  const [found] = (await client.query<Comparison>(`${SHOWN} WHERE c.code = $1`, [code])).rows;
  if (found === undefined) throw new ShelfwireError('NOT_FOUND', `There is no comparison "${code}".`);
  return found;
}
