import { BUFFER_MOST, BUFFER_UNITS } from '#shared/stock/buffer-thresholds.ts';
import {
  DEMAND_REFERENCE_AT,
  HALF_LIFE_MS,
  LEAST_DISPERSION,
  PRIOR_HOURS,
  PRIOR_UNITS,
  UNKNOWN,
} from '#shared/stock/demand.ts';
import { SPREAD_EDGES } from '#shared/stock/unseen-demand.ts';
import type { RuleSet } from './rule-set.ts';

const HOUR_MS = 3_600_000;
/** Weighted hours that a long watched position comes to. */
const HOURS_MOST = HALF_LIFE_MS / HOUR_MS / Math.LN2;
const [LEAST_SPREAD = 1] = SPREAD_EDGES;
const MOST_SPREAD = SPREAD_EDGES.at(-1) ?? 1;
const UNITS_MOST = BUFFER_UNITS.at(-1) ?? 0;

/**
 * CTEs that end in `buffers (location_no, sku, lag, record)`: what shared/stock/demand.ts and lag-buffer.ts withhold at
 * positions of `place`, for each channel's risk. Only positions of a silent location, or where the record may be wrong:
 * of a position that has never sold nothing is known to have got lost.
 */
export function buffersText(set: RuleSet): string {
  const risks = [...new Set(set.channels.map(({ epsilon }) => epsilon))];
  const riskOf = (slot: number): number =>
    risks.indexOf(set.channels.find((channel) => channel.slot === slot)?.epsilon ?? NaN);
  const slots = Array.from({ length: set.slots }, (_, place) => riskOf(place + 1));
  const all = (text: (risk: number) => string, separator: string): string =>
    risks.map((_, risk) => text(risk)).join(separator);
  const bySlot = (text: (risk: number) => string): string =>
    slots.map((risk) => (risk < 0 ? '0' : text(risk))).join(', ');
  const joins = all(
    (risk) => `
  JOIN lag_thresholds s${risk} ON s${risk}.epsilon = ${risks[risk]} AND s${risk}.class = u.silent_class
  JOIN lag_thresholds w${risk} ON w${risk}.epsilon = ${risks[risk]} AND w${risk}.class = u.whole_class`,
    '',
  );
  return `quiet AS MATERIALIZED (
  SELECT l.location_no, q.step_ms > 0 AS silent, coalesce(q.exposure_hours, 0) AS exposure,
    CASE WHEN q.step_ms > 0 THEN q.as_of ELSE basis.seen_at END AS seen_at,
    CASE WHEN q.step_ms > 0 THEN q.as_of + q.step_ms ELSE basis.seen_at END AS until
  FROM (SELECT DISTINCT location_no FROM place) AS l
  CROSS JOIN basis
  LEFT JOIN LATERAL (
    SELECT as_of, step_ms, exposure_hours FROM location_silence s
    WHERE s.location_no = l.location_no ORDER BY silence_no DESC LIMIT 1
  ) AS q ON true
  WHERE q.step_ms > 0 OR (basis.seen_at IS NOT NULL AND ${set.unrecordedLoss} > 0)
), prior AS MATERIALIZED (
  SELECT category, location_no, rate_per_hour, dispersion FROM demand_priors
  WHERE run_no = (SELECT max(run_no) FROM demand_runs)
), chain AS MATERIALIZED (
  -- One row, also before the first run.
  SELECT coalesce(max(rate_per_hour), ${UNKNOWN.ratePerHour}) AS rate, coalesce(max(dispersion), ${UNKNOWN.dispersion}) AS dispersion,
    coalesce((SELECT power(2::float8, (${DEMAND_REFERENCE_AT} - seen_at) / ${HALF_LIFE_MS}::float8) FROM demand_runs
      ORDER BY run_no DESC LIMIT 1), 0) AS scale
  FROM prior WHERE category = '' AND location_no = 0
), sku_prior AS MATERIALIZED (
  -- The same sku in all locations, which leans on its category, and where it has none on the chain.
  SELECT own.sku, (units + rate * ${PRIOR_HOURS}) / (hours + ${PRIOR_HOURS}) AS rate,
    greatest(${LEAST_DISPERSION}, (squares + dispersion * ${PRIOR_UNITS}) / (units + ${PRIOR_UNITS})) AS dispersion
  FROM (
    SELECT sku.sku, coalesce(greatest(0, d.units) * chain.scale, 0) AS units,
      coalesce(greatest(0, d.squares) * chain.scale, 0) AS squares,
      coalesce(greatest(0, ${HOURS_MOST} * (d.shelves - d.firsts * chain.scale)), 0) AS hours,
      coalesce(own.rate_per_hour, chain.rate) AS rate, coalesce(own.dispersion, chain.dispersion) AS dispersion
    FROM (SELECT DISTINCT sku, category FROM place) AS sku
    CROSS JOIN chain
    LEFT JOIN demand_skus d ON d.sku = sku.sku
    LEFT JOIN prior own ON own.category = sku.category AND own.location_no = 0
    OFFSET 0
  ) AS own
), estimate AS MATERIALIZED (
  SELECT e.location_no, e.sku, e.exposure * e.units / (e.hours + ${PRIOR_HOURS}) AS mean, e.dispersion,
    e.units / e.dispersion AS shape,
    ${set.unrecordedLoss} * e.units / (e.hours + ${PRIOR_HOURS})
      * CASE WHEN e.first_at IS NULL THEN 0 ELSE greatest(0, e.until - coalesce(e.anchor_at, e.first_at)) END
      / ${HOUR_MS}.0::float8 AS loss
  FROM (
    SELECT seen.location_no, seen.sku, seen.exposure, seen.until, seen.anchor_at, seen.first_at, seen.hours,
      seen.units + seen.prior_rate * ${PRIOR_HOURS} AS units,
      greatest(${LEAST_DISPERSION}, (seen.squares + seen.prior_dispersion * ${PRIOR_UNITS}) / (seen.units + ${PRIOR_UNITS}))
        AS dispersion
    FROM (
      SELECT place.location_no, place.sku, q.exposure, q.until, p.anchor_at, d.first_at,
        CASE WHEN d.first_at < q.seen_at THEN greatest(0, d.units) * scale.factor ELSE 0 END AS units,
        CASE WHEN d.first_at < q.seen_at THEN greatest(0, d.squares) * scale.factor ELSE 0 END AS squares,
        CASE WHEN d.first_at < q.seen_at
             THEN ${HOURS_MOST} * (1 - power(2::float8, (d.first_at - q.seen_at) / ${HALF_LIFE_MS}::float8)) ELSE 0 END AS hours,
        sku_prior.rate * coalesce(level.rate_per_hour / chain.rate, 1) AS prior_rate, sku_prior.dispersion AS prior_dispersion
      FROM place
      JOIN quiet q USING (location_no)
      JOIN positions p ON p.location_no = place.location_no AND p.sku = place.sku
      LEFT JOIN demand d ON d.location_no = place.location_no AND d.sku = place.sku
      JOIN sku_prior ON sku_prior.sku = place.sku
      CROSS JOIN chain
      LEFT JOIN prior level ON level.location_no = place.location_no AND level.category = ''
      CROSS JOIN LATERAL (
        SELECT power(2::float8, (${DEMAND_REFERENCE_AT} - q.seen_at) / ${HALF_LIFE_MS}::float8) AS factor OFFSET 0
      ) AS scale
      OFFSET 0
    ) AS seen
    OFFSET 0
  ) AS e
), unseen AS MATERIALIZED (
  SELECT location_no, sku, mean / (silent_spread - 1) AS silent_shape, (mean + loss) / (whole_spread - 1) AS whole_shape,
    width_bucket(silent_spread, ${edges()}) AS silent_class, width_bucket(whole_spread, ${edges()}) AS whole_class
  FROM (
    SELECT *, ${spread('mean')} AS silent_spread, ${spread('(mean + loss)')} AS whole_spread FROM estimate OFFSET 0
  ) AS e
), withheld AS MATERIALIZED (
  SELECT u.location_no, u.sku, ${all((risk) => `${units(`s${risk}`, 'u.silent_shape')} AS b${risk}`, ', ')},
    ${all((risk) => `${units(`w${risk}`, 'u.whole_shape')} AS t${risk}`, ', ')}
  FROM unseen u${joins}
), buffers AS MATERIALIZED (
  SELECT location_no, sku,
    CASE WHEN ${all((risk) => `b${risk} > 0`, ' OR ')} THEN ARRAY[${bySlot((risk) => `b${risk}`)}]::int[] END AS lag,
    CASE WHEN ${all((risk) => `t${risk} > b${risk}`, ' OR ')}
         THEN ARRAY[${bySlot((risk) => `t${risk} - b${risk}`)}]::int[] END AS record
  FROM withheld
)`;
}

function edges(): string {
  return `'{${SPREAD_EDGES.join(',')}}'::float8[]`;
}

/** unseenDemand's spread of a mean. */
function spread(mean: string): string {
  return `least(${MOST_SPREAD}, greatest(${LEAST_SPREAD}, dispersion + ${mean} / shape))`;
}

/** bufferAt: the units of the place in the table, and beyond it in proportion to the shape. */
function units(table: string, shape: string): string {
  return `coalesce(('{${BUFFER_UNITS.join(',')}}'::int[])[width_bucket(${shape}, ${table}.thresholds) + 1],
      least(${BUFFER_MOST}, ceil(${UNITS_MOST} * ${shape} / ${table}.thresholds[${BUFFER_UNITS.length}]))::int)`;
}
