import type { Condition } from '../protocol/fields.ts';
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
 */
export class PositionHistory {
  readonly #movements: PlacedMovement[] = [];
  readonly #counts: PlacedCount[] = [];
  #onHand = 0;
  #damaged = 0;
  #quarantined = 0;

  get state(): PositionState {
    const anchor = this.#counts.at(-1);
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

  /** Counts in order, with expectation. Voided ones are not among them. */
  get counts(): readonly Readonly<PlacedCount>[] {
    return this.#counts;
  }

  addMovement(movement: PlacedMovement): void {
    this.#movements.splice(placeAfter(this.#movements, movement.order), 0, movement);
    if (movement.condition === 'damaged') this.#damaged += movement.quantity;
    else if (movement.condition === 'quarantined') this.#quarantined += movement.quantity;
    else {
      const absorber = this.#counts[placeAfter(this.#counts, movement.order)];
      if (absorber) absorber.expected += movement.quantity;
      else this.#onHand += movement.quantity;
    }
  }

  addCount(order: FactOrder, counted: number): void {
    const place = placeAfter(this.#counts, order);
    const next = this.#counts[place];
    const added = { order, counted, expected: this.#expectedAt(order, this.#counts[place - 1]) };
    this.#counts.splice(place, 0, added);
    if (next) next.expected = this.#expectedAt(next.order, added);
    else this.#onHand = counted + this.#sellableBetween(order, undefined);
  }

  /** Takes a voided count out: the one before it is in force again. */
  removeCount(order: FactOrder): void {
    const place = this.#counts.findIndex((placed) => compareOrder(placed.order, order) === 0);
    if (place < 0) return;
    this.#counts.splice(place, 1);
    const before = this.#counts[place - 1];
    const next = this.#counts[place];
    if (next) next.expected = this.#expectedAt(next.order, before);
    else this.#onHand = (before?.counted ?? 0) + this.#sellableBetween(before?.order, undefined);
  }

  /** The count that absorbed what happened at this place in the order, or undefined when nothing did. */
  absorberOf(order: FactOrder): Readonly<PlacedCount> | undefined {
    return this.#counts[placeAfter(this.#counts, order)];
  }

  /** The movement that brought onHand below zero for the last time, or undefined while it is not negative (M4). */
  get shortfall(): PlacedMovement | undefined {
    if (this.#onHand >= 0) return undefined;
    const anchor = this.#counts.at(-1);
    let balance = anchor?.counted ?? 0;
    let culprit: PlacedMovement | undefined;
    for (const movement of this.#movements.slice(anchor ? placeAfter(this.#movements, anchor.order) : 0)) {
      if (movement.condition !== 'sellable') continue;
      if (balance >= 0 && balance + movement.quantity < 0) culprit = movement;
      balance += movement.quantity;
    }
    return culprit;
  }

  #expectedAt(order: FactOrder, before: PlacedCount | undefined): number {
    return (before?.counted ?? 0) + this.#sellableBetween(before?.order, order);
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
