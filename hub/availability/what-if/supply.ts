import type { Shelf } from './stock-event.ts';

const DAY_MS = 86_400_000;
/** Deliveries come in the morning, UTC. */
const DELIVERY_MS = 6 * 3_600_000;
const REVIEW_DAYS = 7;
const LEAD_DAYS = 2;
/** A shelf is first filled this long before it first sells. */
const AHEAD_MS = 7 * DAY_MS;
/** Weeks of mean demand that are left when more is ordered, and that are ordered. */
const [WEEKS_LEFT, WEEKS_ORDERED] = [0.75, 1.5];

/**
 * Simulated receipts, for a ledger that knows sales only. Each shelf is reviewed once a week; when its units are at or
 * below s, it is filled up to S, two days later (a periodic (s, S) policy):
 *
 *     s = 0.75 weeks of mean demand       S = s + 1.5 weeks of mean demand, at least a usual sale
 *
 * Means are those of the shelf's whole period, so before Christmas and after a wholesale line shelves do run empty: of
 * the "Online Retail" shelves 5 % at any time.
 * Pure: what is delivered is told, the units are the caller's.
 */
export class Supply {
  readonly #reorderAt: Float64Array;
  readonly #fillTo: Float64Array;
  readonly #firstAt: Float64Array;
  /** Deliveries that are under way, by day. */
  readonly #due = new Map<number, { shelf: number; units: number }[]>();
  readonly #underWay: Float64Array;

  constructor(shelves: readonly Shelf[], { from, to }: { from: number; to: number }) {
    this.#underWay = new Float64Array(shelves.length);
    this.#firstAt = Float64Array.from(shelves, ({ firstAt }) => Math.max(from, firstAt - AHEAD_MS));
    this.#reorderAt = new Float64Array(shelves.length);
    this.#fillTo = new Float64Array(shelves.length);
    for (const [place, { wanted, sales, firstAt }] of shelves.entries()) {
      const weeks = Math.max(1, (to - firstAt) / (7 * DAY_MS));
      const weekly = wanted / weeks;
      const left = Math.ceil(WEEKS_LEFT * weekly);
      this.#reorderAt[place] = left;
      this.#fillTo[place] = left + Math.ceil(Math.max(WEEKS_ORDERED * weekly, wanted / Math.max(1, sales)));
    }
  }

  /** The first delivery of a day; later ones are a day apart. */
  static firstDelivery(from: number): number {
    return Math.floor(from / DAY_MS) * DAY_MS + DELIVERY_MS;
  }

  /** When a shelf is first filled. */
  firstAt(shelf: number): number {
    return this.#firstAt[shelf] ?? 0;
  }

  /** What a shelf is first filled with: anything between its two marks, so that not all run out together. */
  firstFill(shelf: number): number {
    const [low, high] = [this.#reorderAt[shelf] ?? 0, this.#fillTo[shelf] ?? 0];
    return Math.ceil(low + (high - low) * (((shelf * 7_919) % 997) / 997));
  }

  /** One morning: what was ordered two days ago comes, then a seventh of the shelves is reviewed. */
  morning(day: number, units: Float64Array, deliver: (shelf: number, units: number) => void): void {
    for (const { shelf, units: ordered } of this.#due.get(day) ?? []) {
      this.#underWay[shelf] = 0;
      deliver(shelf, ordered);
    }
    this.#due.delete(day);
    const orders: { shelf: number; units: number }[] = [];
    for (let shelf = day % REVIEW_DAYS; shelf < units.length; shelf += REVIEW_DAYS) {
      const there = Math.max(0, units[shelf] ?? 0);
      if ((this.#underWay[shelf] ?? 0) > 0 || there > (this.#reorderAt[shelf] ?? 0)) continue;
      const ordered = (this.#fillTo[shelf] ?? 0) - there;
      this.#underWay[shelf] = ordered;
      orders.push({ shelf, units: ordered });
    }
    this.#due.set(day + LEAD_DAYS, orders);
  }
}
