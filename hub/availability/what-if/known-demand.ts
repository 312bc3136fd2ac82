import {
  demandWeight,
  estimateDemand,
  localPrior,
  pooledPrior,
  QUANTITY_CAP,
  seenGroup,
  type DemandEstimate,
  type DemandPrior,
  type SeenDemand,
} from '#shared/stock/demand.ts';
import {
  accumulateProfile,
  exposureHours,
  hourOfWeek,
  hourProfile,
  HOURS_OF_WEEK,
} from '#shared/stock/hour-profile.ts';
import type { Shelf } from './stock-event.ts';

const DAY_MS = 86_400_000;

interface Group {
  units: number;
  squares: number;
  shelves: number;
  firsts: number;
}

const emptyGroup = (): Group => ({ units: 0, squares: 0, shelves: 0, firsts: 0 });

/**
 * What the hub knows of demand: it is told of sales as they are received, and makes its estimates anew each day, when
 * they are first asked for. The prior of a shelf is its sku in all stores, at the rate of its store; of that the chain.
 */
export class KnownDemand {
  readonly #shelves: readonly Shelf[];
  readonly #own: Group[];
  readonly #bySku: Group[];
  readonly #byLocation: Group[];
  readonly #chain = emptyGroup();
  readonly #hours: Float64Array[];
  #today = Number.NaN;
  #chainPrior: DemandPrior = pooledPrior([]);
  #locationPriors: DemandPrior[] = [];
  #accumulated: (readonly number[])[] = [];
  readonly #skuPriors = new Map<number, DemandPrior>();
  readonly #estimates: (DemandEstimate | undefined)[];
  readonly #estimatedOn: Float64Array;

  constructor(shelves: readonly Shelf[], locations: number) {
    const groups = (count: number) => Array.from({ length: count }, emptyGroup);
    this.#shelves = shelves;
    this.#own = groups(shelves.length);
    this.#bySku = groups(shelves.reduce((most, { sku }) => Math.max(most, sku + 1), 0));
    this.#byLocation = groups(locations);
    this.#hours = Array.from({ length: locations }, () => new Float64Array(HOURS_OF_WEEK));
    this.#estimates = Array.from({ length: shelves.length });
    this.#estimatedOn = new Float64Array(shelves.length).fill(Number.NaN);
  }

  /** From now on the shelf is watched. */
  watch(shelf: number, at: number): void {
    for (const group of this.#groupsOf(shelf)) {
      group.shelves += 1;
      group.firsts += demandWeight(at);
    }
  }

  /** `at` is at most the instant that the replay has come to, whatever clock it was read from. */
  addSale(shelf: number, at: number, quantity: number): void {
    const weight = demandWeight(at);
    const counted = Math.min(quantity, QUANTITY_CAP);
    for (const group of this.#groupsOf(shelf)) {
      group.units += counted * weight;
      group.squares += counted * counted * weight;
    }
    const hours = this.#hours[this.#shelves[shelf]?.location ?? 0];
    const hour = hourOfWeek(at);
    if (hours) hours[hour] = (hours[hour] ?? 0) + weight;
  }

  /** Weighted hours of a silence at a location. */
  exposure(location: number, from: number, to: number): number {
    this.#turnTo(to);
    return exposureHours(this.#accumulated[location] ?? [], from, to);
  }

  estimate(shelf: number, now: number): DemandEstimate {
    const day = this.#turnTo(now);
    const made = this.#estimates[shelf];
    if (made && this.#estimatedOn[shelf] === day) return made;
    const { location, sku } = this.#shelves[shelf] ?? { location: 0, sku: 0 };
    const group = this.#skuPrior(sku, now);
    const prior = localPrior(group, this.#locationPriors[location] ?? this.#chainPrior, this.#chainPrior);
    const estimate = estimateDemand(this.#seen(shelf, now), prior);
    this.#estimates[shelf] = estimate;
    this.#estimatedOn[shelf] = day;
    return estimate;
  }

  /** Plain mean of the shelf's own sales, units an hour: what simpler rules go by. */
  ownRate(shelf: number, now: number): number {
    const { units, hours } = this.#seen(shelf, now);
    return hours > 0 ? units / hours : 0;
  }

  #seen(shelf: number, now: number): SeenDemand {
    return seenGroup(this.#own[shelf] ?? emptyGroup(), now);
  }

  #groupsOf(shelf: number): Group[] {
    const { location, sku } = this.#shelves[shelf] ?? { location: 0, sku: 0 };
    return [this.#own[shelf], this.#bySku[sku], this.#byLocation[location], this.#chain].filter(
      (group) => group !== undefined,
    );
  }

  #skuPrior(sku: number, now: number): DemandPrior {
    let prior = this.#skuPriors.get(sku);
    if (!prior) this.#skuPriors.set(sku, (prior = pooledPrior(this.#seenOf(this.#bySku[sku], now), this.#chainPrior)));
    return prior;
  }

  #seenOf(group: Group | undefined, now: number): SeenDemand[] {
    return group ? [seenGroup(group, now)] : [];
  }

  /** Makes anew, on a new day, what all estimates of that day rest on. */
  #turnTo(now: number): number {
    const day = Math.floor(now / DAY_MS);
    if (day === this.#today) return day;
    this.#today = day;
    this.#skuPriors.clear();
    this.#chainPrior = pooledPrior([seenGroup(this.#chain, now)]);
    this.#locationPriors = this.#byLocation.map((group) => pooledPrior([seenGroup(group, now)], this.#chainPrior));
    const scale = 1 / demandWeight(now);
    const scaled = this.#hours.map((hours) => hours.map((weight) => weight * scale));
    const chain = Array.from({ length: HOURS_OF_WEEK }, (_, hour) =>
      scaled.reduce((sum, hours) => sum + (hours[hour] ?? 0), 0),
    );
    const chainProfile = hourProfile(chain);
    this.#accumulated = scaled.map((hours) => accumulateProfile(hourProfile([...hours], chainProfile)));
    return day;
  }
}
