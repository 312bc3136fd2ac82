import type { Queryable } from '#hub/db/snapshot.ts';
import {
  addSale,
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
import { salesCountedBy, type CountedSale } from './position-at.ts';

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

/** By the facts that runs up to this one had counted, and by the pure functions; null: before the first run. */
export async function demandAt(client: Queryable, sku: string, run: number | null): Promise<DemandAt> {
  const sales = run === null ? [] : await salesCountedBy(client, sku, run);
  const byLocation = Map.groupBy(sales, ({ location }) => location);
  const sums = new Map([...byLocation].map(([location, own]) => [location, sumsOf(own)]));
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
    of: (location) => ({ sums: own(location), unitsSold: unitsOf(byLocation.get(location) ?? []) }),
    estimate(location, from) {
      const level = priors.find((row) => row.category === '' && row.location === location) ?? chain;
      return estimateDemand(seenDemand(own(location), from), localPrior(ofSku, level, chain));
    },
  };
}

function sumsOf(sales: readonly CountedSale[]): DemandSums {
  let sums = NO_SALES;
  for (const { at, quantity, takenBack } of sales) {
    sums = addSale(sums, at, quantity);
    if (takenBack === true) sums = addSale(sums, at, quantity, -1);
  }
  return sums;
}

function unitsOf(sales: readonly CountedSale[]): number {
  return sales.reduce((sum, { quantity, takenBack }) => (takenBack === true ? sum : sum + quantity), 0);
}
