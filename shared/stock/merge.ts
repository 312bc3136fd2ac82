import type { FactContent } from '../protocol/fact.ts';
import { limitAt, type CountDecision, type DatedCountLimit } from './count-limit.ts';
import { movementLines } from './movement.ts';
import type { FactOrder } from './order.ts';
import { PositionHistory, type PositionState } from './position-history.ts';
import { Transfer, transferNote, type TransferLine } from './transfer.ts';

/** What the merge needs to know of a fact; `location` comes from the device's credential (S4). */
export interface MergeableFact {
  readonly location: number;
  readonly order: FactOrder;
  readonly key: string;
  readonly digest: string;
  readonly content: FactContent;
}

export type MergeOutcome = 'merged' | 'duplicate' | 'KEY_REUSED';

/** What a person decided about a count. */
export interface CountVerdict {
  readonly location: number;
  readonly sku: string;
  readonly order: FactOrder;
  readonly decision: CountDecision;
}

/** Open units of a transfer that are settled without a fact: lost ones above zero, below zero what came without being sent. */
export interface WriteOff {
  readonly from: string;
  readonly transfer: string;
  readonly sku: string;
  readonly place: string;
  readonly units: number;
}

export interface InventorySettings {
  /** The code by which transfers name a location. */
  readonly codeOf?: (location: number) => string;
  /** How far counts may lie from what was expected. */
  readonly limits?: readonly DatedCountLimit[];
}

/**
 * The canonical inventory as a pure structure: the meaning of the hub's SQL merge, which is held against it.
 * A fact is taken once by (location, key) (F4); positions and transfers depend on the set of facts taken, and on the sets of
 * limits and decisions, not on their way (M1).
 */
export class Inventory {
  readonly #codeOf: (location: number) => string;
  readonly #limits: readonly DatedCountLimit[];
  readonly #facts = new Map<string, MergeableFact>();
  /** Keys that a void names, by location, also before their fact has come. */
  readonly #voided = new Set<string>();
  readonly #positions = new Map<string, PositionHistory>();
  readonly #decisions = new Map<string, CountDecision>();
  /** By "sender transfer". */
  readonly #transfers = new Map<string, Transfer>();

  constructor({ codeOf = (location) => `S${location}`, limits = [] }: InventorySettings = {}) {
    this.#codeOf = codeOf;
    this.#limits = limits;
  }

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

  /** A person's decision on a count of one sku. Kept if the count is still to come. */
  decide({ location, sku, order, decision }: CountVerdict): void {
    this.#decisions.set(countName(location, sku, order), decision);
    this.history(location, sku)?.decide(order, decision);
  }

  writeOff({ from, transfer, sku, place, units }: WriteOff): void {
    this.#transfer(from, transfer).writeOff(sku, place, units);
  }

  /** The lines of every transfer by "sender transfer". */
  transfers(): Map<string, TransferLine[]> {
    return new Map([...this.#transfers].map(([id, transfer]) => [id, transfer.lines()]));
  }

  #void(location: number, key: string): void {
    const id = name(location, key);
    if (this.#voided.has(id)) return;
    this.#voided.add(id);
    const target = this.#facts.get(id);
    if (target) this.#reverse(target);
  }

  #apply({ location, order, content }: MergeableFact): void {
    this.#note(location, content, 1);
    for (const { sku, condition, quantity } of movementLines(content)) {
      this.#history(location, sku).addMovement({ order, condition, quantity });
    }
    if (content.kind !== 'count') return;
    const limit = limitAt(this.#limits, location, order.at);
    for (const { sku, quantity } of content.body.lines) {
      const decision = this.#decisions.get(countName(location, sku, order));
      this.#history(location, sku).addCount(order, quantity, { limit, decision });
    }
  }

  #reverse({ location, order, content }: MergeableFact): void {
    this.#note(location, content, -1);
    for (const { sku, condition, quantity } of movementLines(content)) {
      this.#history(location, sku).addMovement({ order, condition, quantity: -quantity });
    }
    if (content.kind !== 'count') return;
    for (const { sku } of content.body.lines) this.#history(location, sku).removeCount(order);
  }

  #note(location: number, content: FactContent, sign: 1 | -1): void {
    const note = transferNote(this.#codeOf(location), content);
    if (note) this.#transfer(note.from, note.transfer).add(note, sign);
  }

  #transfer(from: string, id: string): Transfer {
    const name = `${from} ${id}`;
    let transfer = this.#transfers.get(name);
    if (!transfer) this.#transfers.set(name, (transfer = new Transfer()));
    return transfer;
  }

  #history(location: number, sku: string): PositionHistory {
    const id = name(location, sku);
    let history = this.#positions.get(id);
    if (!history) this.#positions.set(id, (history = new PositionHistory()));
    return history;
  }
}

function countName(location: number, sku: string, { journal, seq }: FactOrder): string {
  return `${location} ${journal}-${seq} ${sku}`;
}

function name(location: number, text: string): string {
  return `${location} ${text}`;
}
