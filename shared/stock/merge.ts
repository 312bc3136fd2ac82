import type { FactContent } from '../protocol/fact.ts';
import { movementLines } from './movement.ts';
import type { FactOrder } from './order.ts';
import { PositionHistory, type PositionState } from './position-history.ts';

/** What the merge needs to know of a fact; `location` comes from the device's credential (S4). */
export interface MergeableFact {
  readonly location: number;
  readonly order: FactOrder;
  readonly key: string;
  readonly digest: string;
  readonly content: FactContent;
}

export type MergeOutcome = 'merged' | 'duplicate' | 'KEY_REUSED';

/**
 * The canonical inventory as a pure structure: the meaning of the hub's SQL merge, which is held against it.
 * A fact is taken once by (location, key) (F4); positions depend on the set of facts taken, not on their way (M1).
 */
export class Inventory {
  readonly #facts = new Map<string, MergeableFact>();
  /** Keys that a void names, by location, also before their fact has come. */
  readonly #voided = new Set<string>();
  readonly #positions = new Map<string, PositionHistory>();

  merge(fact: MergeableFact): MergeOutcome {
    const id = name(fact.location, fact.key);
    const known = this.#facts.get(id);
    if (known) return known.digest === fact.digest ? 'duplicate' : 'KEY_REUSED';
    this.#facts.set(id, fact);
    this.#apply(fact);
    if (this.#voided.has(id)) this.#reverse(fact);
    if (fact.content.kind === 'void' && fact.content.body.voids !== undefined)
      this.#void(fact.location, fact.content.body.voids);
    return 'merged';
  }

  position(location: number, sku: string): PositionState | undefined {
    return this.#positions.get(name(location, sku))?.state;
  }

  history(location: number, sku: string): PositionHistory | undefined {
    return this.#positions.get(name(location, sku));
  }

  /** Every position by "location sku". */
  positions(): Map<string, PositionState> {
    return new Map([...this.#positions].map(([id, history]) => [id, history.state]));
  }

  #void(location: number, key: string): void {
    const id = name(location, key);
    if (this.#voided.has(id)) return;
    this.#voided.add(id);
    const target = this.#facts.get(id);
    if (target) this.#reverse(target);
  }

  #apply({ location, order, content }: MergeableFact): void {
    for (const { sku, condition, quantity } of movementLines(content)) {
      this.#history(location, sku).addMovement({ order, condition, quantity });
    }
    if (content.kind !== 'count') return;
    for (const { sku, quantity } of content.body.lines) this.#history(location, sku).addCount(order, quantity);
  }

  #reverse({ location, order, content }: MergeableFact): void {
    for (const { sku, condition, quantity } of movementLines(content)) {
      this.#history(location, sku).addMovement({ order, condition, quantity: -quantity });
    }
    if (content.kind !== 'count') return;
    for (const { sku } of content.body.lines) this.#history(location, sku).removeCount(order);
  }

  #history(location: number, sku: string): PositionHistory {
    const id = name(location, sku);
    let history = this.#positions.get(id);
    if (!history) this.#positions.set(id, (history = new PositionHistory()));
    return history;
  }
}

function name(location: number, text: string): string {
  return `${location} ${text}`;
}
