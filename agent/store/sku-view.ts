import type { PositionState } from '#shared/stock/position-history.ts';
import { overlayOnHand, type LocalEvent } from '#shared/stock/overlay.ts';
import { comparePlace, type Place } from './stock-place.ts';

/**
 * One sellable event of the store's own journal. The hub's position contains it from `place` on: the fact's own
 * place, or for a reversal the later one of target and void.
 */
export interface SkuEvent {
  readonly kind: 'movement' | 'count';
  readonly at: number;
  /** The fact that gives the order: for a reversal, the target. */
  readonly fact: Place;
  readonly place: Place;
  readonly quantity: number;
}

/** The hub's position of a sku, and up to which place it contains this store's own facts. */
export interface HubPosition {
  readonly state: PositionState;
  readonly place: Place;
}

const NOTHING_KNOWN: Place = { epoch: 0, seq: 0 };
/** One for the many skus of which nothing is held; it stays empty. */
const NO_EVENTS: SkuEvent[] = [];

/**
 * The store's own view of one sku: the hub's position plus the events that it does not contain. Events that it does
 * contain are kept only while an unknown count needs them: movements after that count apply on top of it.
 */
export class SkuView {
  #hub: HubPosition | null = null;
  #events: SkuEvent[] = NO_EVENTS;
  #onHand: number | undefined;

  get hub(): HubPosition | null {
    return this.#hub;
  }

  get isEmpty(): boolean {
    return this.#hub === null && this.#events.length === 0;
  }

  setHub(hub: HubPosition | null): void {
    this.#hub = hub;
    this.#onHand = undefined;
    if (this.#events.length > 0 && !this.#hasUnknownCount())
      this.#events = this.#events.filter((event) => this.#isUnknown(event));
  }

  add(event: SkuEvent): void {
    if (this.#isUnknown(event) || this.#hasUnknownCount()) {
      if (this.#events === NO_EVENTS) this.#events = [event];
      else this.#events.push(event);
    }
    this.#onHand = undefined;
  }

  /** Takes a voided count out that the hub's position does not contain. */
  removeCount(fact: Place): void {
    this.#events = this.#events.filter((event) => event.kind !== 'count' || comparePlace(event.fact, fact) !== 0);
    this.#onHand = undefined;
  }

  /** Replaces what is held of the events that the hub's position contains. */
  setKnown(events: readonly SkuEvent[]): void {
    const unknown = this.#events.filter((event) => this.#isUnknown(event));
    this.#events = [...unknown, ...events.filter((event) => !this.#isUnknown(event))];
    this.#onHand = undefined;
  }

  /** The places of the events that the hub's position does not contain. */
  *unknownPlaces(): Iterable<Place> {
    for (const event of this.#events) if (this.#isUnknown(event)) yield event.place;
  }

  onHand(journalOf: (epoch: number) => number): number {
    this.#onHand ??= this.#compute(journalOf);
    return this.#onHand;
  }

  #compute(journalOf: (epoch: number) => number): number {
    if (this.#events.length === 0) return this.#hub?.state.onHand ?? 0;
    const unknown: LocalEvent[] = [];
    const known: LocalEvent[] = [];
    for (const event of this.#events) {
      const { kind, at, fact, quantity } = event;
      const placed = { order: { at, journal: journalOf(fact.epoch), seq: fact.seq }, kind, quantity };
      (this.#isUnknown(event) ? unknown : known).push(placed);
    }
    return overlayOnHand(this.#hub?.state ?? null, unknown, known);
  }

  #isUnknown(event: SkuEvent): boolean {
    return comparePlace(event.place, this.#hub?.place ?? NOTHING_KNOWN) > 0;
  }

  #hasUnknownCount(): boolean {
    return this.#events.some((event) => event.kind === 'count' && this.#isUnknown(event));
  }
}
