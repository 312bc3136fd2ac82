import type { Queryable } from '#hub/db/snapshot.ts';
import {
  demandWeight,
  estimateDemand,
  localPrior,
  NO_SALES,
  pooledPrior,
  seenDemand,
  seenGroup,
  UNKNOWN,
  type DemandEstimate,
  type DemandPrior,
  type DemandSums,
} from '#shared/stock/demand.ts';

/** What a run of demand estimates knew of a sku. */
export interface DemandAt {
  /** Units sold and since when, of one location. */
  of(location: number): { readonly sums: DemandSums; readonly unitsSold: number };
  /** The location's demand as seen from an instant, ms since 1970. */
  estimate(location: number, seenAt: number): DemandEstimate;
}

const PRIORS = `
  SELECT category, location_no AS location, rate_per_hour AS "ratePerHour", dispersion, seen_at AS "seenAt"
  FROM demand_priors JOIN demand_runs USING (run_no)
  WHERE run_no = $1 AND category IN ('', (SELECT category FROM products WHERE sku = $2))`;

type PriorRow = DemandPrior & { readonly category: string; readonly location: number; readonly seenAt: number };

/** $1 sku, $2 the run: the sums of each location as the last run that changed them, up to this one, left them. */
const SUMS = `
  SELECT l.location_no AS location, own.units, own.squares, own.first_at AS "firstAt", own.sold
  FROM locations l
  CROSS JOIN LATERAL (
    SELECT units, squares, first_at, sold FROM demand_past p
    WHERE p.sku = $1 AND p.location_no = l.location_no AND p.run_no <= $2 ORDER BY p.run_no DESC LIMIT 1
  ) AS own
  ORDER BY l.location_no`;

type SumsRow = DemandSums & { readonly location: number; readonly sold: number };

/** By what runs up to this one had counted, and by the pure functions; null: before the first run. */
export async function demandAt(client: Queryable, sku: string, run: number | null): Promise<DemandAt> {
  const counted = run === null ? [] : (await client.query<SumsRow>(SUMS, [sku, run])).rows;
  const sums = new Map(counted.map((row) => [row.location, row]));
  const priors = run === null ? [] : (await client.query<PriorRow>(PRIORS, [run, sku])).rows;
  const chain = priors.find((row) => row.category === '' && row.location === 0) ?? UNKNOWN;
  const parent = priors.find((row) => row.category !== '') ?? chain;
  const group = { units: 0, squares: 0, shelves: 0, firsts: 0 };
  for (const { units, squares, firstAt } of sums.values()) {
    group.units += units;
    group.squares += squares;
    group.shelves += 1;
    group.firsts += demandWeight(firstAt);
  }
  const seenAt = priors[0]?.seenAt;
  const ofSku = seenAt === undefined ? parent : pooledPrior([seenGroup(group, seenAt)], parent);
  const own = (location: number): DemandSums => sums.get(location) ?? NO_SALES;
  return {
    of: (location) => ({ sums: own(location), unitsSold: sums.get(location)?.sold ?? 0 }),
    estimate(location, from) {
      const level = priors.find((row) => row.category === '' && row.location === location) ?? chain;
      return estimateDemand(seenDemand(own(location), from), localPrior(ofSku, level, chain));
    },
  };
}
