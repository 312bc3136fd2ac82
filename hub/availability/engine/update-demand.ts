import type { Pool, PoolClient } from 'pg';
import { transaction } from '#hub/db/transaction.ts';
import {
  DEMAND_REFERENCE_AT,
  HALF_LIFE_MS,
  LEAST_DISPERSION,
  PRIOR_HOURS,
  PRIOR_UNITS,
  QUANTITY_CAP,
  UNKNOWN,
} from '#shared/stock/demand.ts';
import { holdRunner } from './recompute-jobs.ts';
import { soldAt } from './sold-at-sql.ts';

/** Facts that one run looks at, over all journals: bounds its memory and its time. */
const FACTS_A_RUN = 200_000;
const HOUR_MS = 3_600_000;
const WEEK_MS = 168 * HOUR_MS;
const MONDAY_MS = 4 * 24 * HOUR_MS;

const BEGIN_RUN = 'INSERT INTO demand_runs (seen_at) VALUES ($1) RETURNING run_no';

/** Out of quarantine, and no run has counted it yet. */
const RELEASED = `quarantine q
    WHERE q.resolution = 'released' AND NOT EXISTS (SELECT FROM demand_released r WHERE r.quarantine_no = q.quarantine_no)`;

/**
 * $1 the run, $2 facts at most. Counts what is new of each journal: facts up to its watermark are all here, so the
 * next run begins behind them and misses none, but for those that come out of quarantine later. A voided sale counts for
 * nothing: it is left out when its void is here already, and taken back when the void comes later than it was counted.
 * `at` is soldAt from `due` on, hours too.
 */
const COUNT_SALES = `
  WITH fresh AS MATERIALIZED (
    SELECT j.journal_no, j.location_no, coalesce(m.seq, 0) AS after_seq,
      least(j.watermark, coalesce(m.seq, 0) + $2::bigint / greatest(1, (SELECT count(*) FROM journals))) AS to_seq
    FROM journals j
    LEFT JOIN LATERAL (
      SELECT seq FROM demand_marks m WHERE m.journal_no = j.journal_no ORDER BY run_no DESC LIMIT 1
    ) AS m ON true
    WHERE j.watermark > coalesce(m.seq, 0)
  ), passed AS (
    DELETE FROM demand_marks m USING fresh WHERE m.journal_no = fresh.journal_no
  ), marked AS (
    INSERT INTO demand_marks (journal_no, run_no, seq) SELECT journal_no, $1, to_seq FROM fresh
  ), released AS MATERIALIZED (
    SELECT own.quarantine_no, own.location_no, own.journal_no, own.seq, own.seq <= coalesce(fresh.after_seq, own.seq) AS passed
    FROM (SELECT q.* FROM ${RELEASED}) AS own LEFT JOIN fresh USING (journal_no)
    WHERE own.seq <= coalesce(fresh.to_seq, own.seq)
  ), noted AS (
    INSERT INTO demand_released (quarantine_no, run_no) SELECT quarantine_no, $1 FROM released
  ), due AS MATERIALIZED (
    SELECT f.location_no, f.journal_no, f.seq, f.kind, f.key, ${soldAt('f')} AS at, f.body
    FROM fresh
    JOIN facts f ON f.location_no = fresh.location_no AND f.journal_no = fresh.journal_no
      AND f.seq > fresh.after_seq AND f.seq <= fresh.to_seq
    WHERE f.kind IN ('sale', 'void')
    UNION ALL
    SELECT f.location_no, f.journal_no, f.seq, f.kind, f.key, ${soldAt('f')} AS at, f.body
    FROM released JOIN facts f USING (location_no, journal_no, seq)
    WHERE released.passed AND f.kind IN ('sale', 'void')
  ), sale AS MATERIALIZED (
    SELECT f.location_no, f.at, f.body, 1 AS times
    FROM due f
    WHERE f.kind = 'sale'
      AND NOT EXISTS (
        SELECT FROM voids v LEFT JOIN fresh AS own ON own.journal_no = v.journal_no
        WHERE v.location_no = f.location_no AND v.target_key = f.key AND (own.to_seq IS NULL OR v.seq <= own.to_seq))
    UNION ALL
    SELECT f.location_no, ${soldAt('f')}, f.body, -1
    FROM due t
    JOIN voids v ON v.location_no = t.location_no AND v.journal_no = t.journal_no AND v.seq = t.seq
    JOIN facts f ON f.location_no = v.location_no AND f.key = v.target_key AND f.kind = 'sale'
    -- Counted by an earlier run, which did not know the void.
    JOIN LATERAL (
      SELECT seq FROM demand_marks m WHERE m.journal_no = f.journal_no AND m.run_no < $1 ORDER BY run_no DESC LIMIT 1
    ) AS counted ON f.seq <= counted.seq
    WHERE t.kind = 'void'
      AND NOT EXISTS (SELECT FROM released r WHERE r.journal_no = f.journal_no AND r.seq = f.seq)
  ), line AS MATERIALIZED (
    SELECT sale.location_no, l.sku, sale.at, least(${QUANTITY_CAP}, l.quantity) AS quantity,
      sale.times * ${weight('sale.at')} AS weight, sale.times * l.quantity AS sold
    FROM sale
    CROSS JOIN LATERAL jsonb_to_recordset(sale.body::jsonb -> 'lines') AS l (sku text, quantity int, service boolean)
    WHERE l.service IS NOT TRUE
  ), own AS MATERIALIZED (
    SELECT location_no, sku COLLATE "C" AS sku, sum(quantity * weight) AS units, sum(quantity * quantity * weight) AS squares,
      min(at) AS first_at, sum(sold) AS sold
    FROM line GROUP BY location_no, sku
  ), summed AS (
    INSERT INTO demand AS d (location_no, sku, units, squares, first_at, sold)
    SELECT location_no, sku, units, squares, first_at, sold FROM own
    ON CONFLICT (location_no, sku) DO UPDATE SET units = d.units + excluded.units,
      squares = d.squares + excluded.squares, first_at = least(d.first_at, excluded.first_at), sold = d.sold + excluded.sold
    RETURNING sku, location_no, units, squares, first_at, sold
  ), kept AS (
    INSERT INTO demand_past (run_no, sku, location_no, units, squares, first_at, sold) SELECT $1, * FROM summed
  ), pooled AS (
    -- Rows of demand are read as they were before this statement.
    INSERT INTO demand_skus AS d (sku, units, squares, shelves, firsts)
    SELECT own.sku, sum(own.units), sum(own.squares), count(*) FILTER (WHERE before.first_at IS NULL),
      sum(${weight('least(before.first_at, own.first_at)')} - coalesce(${weight('before.first_at')}, 0))
    FROM own LEFT JOIN demand before ON before.location_no = own.location_no AND before.sku = own.sku
    GROUP BY own.sku
    ON CONFLICT (sku) DO UPDATE SET units = d.units + excluded.units, squares = d.squares + excluded.squares,
      shelves = d.shelves + excluded.shelves, firsts = d.firsts + excluded.firsts
  ), hours AS (
    INSERT INTO demand_hours AS h (location_no, hour, sales)
    SELECT location_no, (((at - ${MONDAY_MS}) % ${WEEK_MS}) / ${HOUR_MS})::smallint, sum(weight)
    FROM line GROUP BY 1, 2
    ON CONFLICT (location_no, hour) DO UPDATE SET sales = h.sales + excluded.sales
  )
  SELECT coalesce(sum(to_seq - after_seq), 0)::bigint AS facts, coalesce(bool_or(behind), false) AS behind
  FROM (SELECT fresh.*, j.watermark > to_seq AS behind FROM fresh JOIN journals j USING (journal_no)) AS f`;

function weight(at: string): string {
  return `power(2::float8, (${at} - ${DEMAND_REFERENCE_AT}) / ${HALF_LIFE_MS}::float8)`;
}

/**
 * $1 the run, $2 the instant it is seen from. The chain leans on what is assumed of any; each category and each location
 * on the chain. What a sku sells in all locations is in demand_skus.
 */
const MAKE_PRIORS = `
  WITH seen AS MATERIALIZED (
    SELECT coalesce(p.category, '') AS category, d.location_no, sum(greatest(0, d.units)) / ${weight('$2::bigint')} AS units,
      sum(greatest(0, d.squares)) / ${weight('$2::bigint')} AS squares,
      sum(${HALF_LIFE_MS / HOUR_MS / Math.LN2} * (1 - power(2::float8, (d.first_at - $2) / ${HALF_LIFE_MS}::float8))) AS hours
    FROM demand d LEFT JOIN products p USING (sku)
    WHERE d.first_at < $2
    GROUP BY 1, 2
  ), chain AS MATERIALIZED (
    SELECT ${posterior('coalesce(sum(units), 0)', 'coalesce(sum(squares), 0)', 'coalesce(sum(hours), 0)', String(UNKNOWN.ratePerHour), String(UNKNOWN.dispersion))}
    FROM seen
  ), pool AS (
    SELECT coalesce(category, '') AS category, coalesce(location_no, 0) AS location_no, sum(units) AS units,
      sum(squares) AS squares, sum(hours) AS hours
    FROM seen GROUP BY GROUPING SETS ((category), (location_no))
  )
  INSERT INTO demand_priors (run_no, category, location_no, rate_per_hour, dispersion)
  SELECT $1::int, '', 0, rate, dispersion FROM chain
  UNION ALL
  SELECT $1::int, pool.category, pool.location_no, ${posterior('units', 'squares', 'hours', 'chain.rate', 'chain.dispersion')}
  FROM pool CROSS JOIN chain WHERE category <> '' OR location_no <> 0`;

function posterior(units: string, squares: string, hours: string, rate: string, dispersion: string): string {
  return `(${units} + ${rate} * ${PRIOR_HOURS}) / (${hours} + ${PRIOR_HOURS}) AS rate,
    greatest(${LEAST_DISPERSION}, (${squares} + ${dispersion} * ${PRIOR_UNITS}) / (${units} + ${PRIOR_UNITS})) AS dispersion`;
}

/**
 * Adds what has been sold since the last run to the estimates of demand. Gives how many facts it looked at.
 */
export async function updateDemand(pool: Pool, now: number): Promise<number> {
  let total = 0;
  for (;;) {
    const { facts, behind } = await transaction(pool, (client) => runOnce(client, now));
    total += facts;
    if (!behind) return total;
  }
}

async function runOnce(client: PoolClient, now: number): Promise<{ facts: number; behind: boolean }> {
  const nothing = { facts: 0, behind: false };
  await holdRunner(client);
  const { rowCount } = await client.query(`
    SELECT FROM journals j
    WHERE watermark > coalesce((
      SELECT seq FROM demand_marks m WHERE m.journal_no = j.journal_no ORDER BY run_no DESC LIMIT 1), 0)
    UNION ALL
    SELECT FROM ${RELEASED}
    LIMIT 1`);
  if (rowCount === 0) return nothing;
  const begun = await client.query<{ run_no: number }>(BEGIN_RUN, [now]);
  const run = begun.rows[0]?.run_no;
  const { rows } = await client.query<{ facts: number; behind: boolean }>(COUNT_SALES, [run, FACTS_A_RUN]);
  await client.query(MAKE_PRIORS, [run, now]);
  return rows[0] ?? nothing;
}
