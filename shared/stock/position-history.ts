import type { Condition } from '../protocol/fields.ts';
import { countState, type CountDecision, type CountLimit, type CountState } from './count-limit.ts';
import { compareOrder, placeAfter, type FactOrder } from './order.ts';

/** A movement of one position, placed at the instant of its fact. A reversal stands at its target's instant. */
export interface PlacedMovement {
  readonly order: FactOrder;
  readonly condition: Condition;
  readonly quantity: number;
}

/** A count of one position, with what the ledger expected at that instant (M5). */
export interface PlacedCount {
  readonly order: FactOrder;
  readonly counted: number;
  expected: number;
  state: CountState;
}

/** What decides about a count's being in force besides its variance. */
export interface CountJudgement {
  readonly limit?: CountLimit | undefined;
  readonly decision?: CountDecision | undefined;
}

export interface PositionState {
  readonly onHand: number;
  readonly damaged: number;
  readonly quarantined: number;
  readonly anchor: { readonly order: FactOrder; readonly quantity: number } | null;
}

/**
 * All movements and counts of one location x sku, and the position that follows from them. Each change does the
 * least work that keeps these true:
 *
 *     movements   --m1---m2-------m3--m4-->        counts  ------C1--------C2------>
 *
 * - onHand = C2.counted + movements after C2 (without a count: the sum of all)                     (M2)
 * - C2.expected = C1.counted + movements between C1 and C2; variance = counted - expected          (M5)
 * - a movement before a count is absorbed by it: it changes that count's expectation, not onHand   (M2)
 * - a count older than the anchor changes history only; a newer one becomes the anchor             (M3)
 * - a count that is not in force (held, rejected) has its expectation, and nothing builds on it: whether it is held
 *   follows from what lies before it, so one walk from left to right decides about all             (M1)
 * - the first count in force is never held: before it the books began at zero, which is no number to defend
 */
export class PositionHistory {
  readonly #movements: PlacedMovement[] = [];
  readonly #counts: (PlacedCount & { judgement: CountJudgement })[] = [];
  #onHand = 0;
  #damaged = 0;
  #quarantined = 0;

  get state(): PositionState {
    const anchor = this.#anchor;
    return {
      onHand: this.#onHand,
      damaged: this.#damaged,
      quarantined: this.#quarantined,
      anchor: anchor ? { order: anchor.order, quantity: anchor.counted } : null,
    };
  }

  get movements(): readonly PlacedMovement[] {
    return this.#movements;
  }

  /** Counts in order, with expectation and state. Voided ones are not among them. */
  get counts(): readonly Readonly<PlacedCount>[] {
    return this.#counts;
  }

  addMovement(movement: PlacedMovement): void {
    this.#movements.splice(placeAfter(this.#movements, movement.order), 0, movement);
    if (movement.condition === 'damaged') this.#damaged += movement.quantity;
    else if (movement.condition === 'quarantined') this.#quarantined += movement.quantity;
    else {
      const place = placeAfter(this.#counts, movement.order);
      if (place < this.#counts.length) this.#walk(place);
      else this.#onHand += movement.quantity;
    }
  }

  addCount(order: FactOrder, counted: number, judgement: CountJudgement = {}): void {
    const place = placeAfter(this.#counts, order);
    this.#counts.splice(place, 0, { order, counted, expected: 0, state: 'held', judgement });
    this.#walk(place);
  }

  /** Takes a voided count out: the one before it is in force again. */
  removeCount(order: FactOrder): void {
    const place = this.#placeOf(order);
    if (place < 0) return;
    this.#counts.splice(place, 1);
    this.#walk(place);
  }

  /** A person has decided about a count. */
  decide(order: FactOrder, decision: CountDecision): void {
    const place = this.#placeOf(order);
    const count = this.#counts[place];
    if (!count) return;
    count.judgement = { ...count.judgement, decision };
    this.#walk(place);
  }

  /** The count that absorbed what happened at this place in the order, or undefined when nothing did. */
  absorberOf(order: FactOrder): Readonly<PlacedCount> | undefined {
    return this.#counts.slice(placeAfter(this.#counts, order)).find(({ state }) => state === 'inForce');
  }

  /** The movement that brought onHand below zero for the last time, or undefined while it is not negative (M4). */
  get shortfall(): PlacedMovement | undefined {
    if (this.#onHand >= 0) return undefined;
    const anchor = this.#anchor;
    let balance = anchor?.counted ?? 0;
    let culprit: PlacedMovement | undefined;
    for (const movement of this.#movements.slice(anchor ? placeAfter(this.#movements, anchor.order) : 0)) {
      if (movement.condition !== 'sellable') continue;
      if (balance >= 0 && balance + movement.quantity < 0) culprit = movement;
      balance += movement.quantity;
    }
    return culprit;
  }

  get #anchor(): PlacedCount | undefined {
    return this.#counts.findLast(({ state }) => state === 'inForce');
  }

  #placeOf(order: FactOrder): number {
    return this.#counts.findIndex((placed) => compareOrder(placed.order, order) === 0);
  }

  /** Makes expectation and state of the counts from this place on anew, and onHand from the last of them. */
  #walk(from: number): void {
    let isCounted = this.#counts.slice(0, from).some(({ state }) => state === 'inForce');
    for (const [place, count] of this.#counts.entries()) {
      if (place < from) continue;
      const { limit, decision } = count.judgement;
      count.expected = this.#bookAt(this.#counts[place - 1], count.order);
      count.state = countState(count, isCounted ? limit : undefined, decision);
      isCounted ||= count.state === 'inForce';
    }
    this.#onHand = this.#bookAt(this.#counts.at(-1), undefined);
  }

  /** What the books say at an instant (undefined: now), given the last count before it, in force or not. */
  #bookAt(before: PlacedCount | undefined, until: FactOrder | undefined): number {
    const base = before?.state === 'inForce' ? before.counted : (before?.expected ?? 0);
    return base + this.#sellableBetween(before?.order, until);
  }

  #sellableBetween(after: FactOrder | undefined, until: FactOrder | undefined): number {
    const from = after ? placeAfter(this.#movements, after) : 0;
    const to = until ? placeAfter(this.#movements, until) : this.#movements.length;
    let sum = 0;
    for (const movement of this.#movements.slice(from, to)) {
      if (movement.condition === 'sellable') sum += movement.quantity;
    }
    return sum;
  }
}
