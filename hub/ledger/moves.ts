import type { PoolClient } from 'pg';

/** By how much a transaction moves one position's onHand. */
export interface Move {
  readonly location: number;
  readonly sku: string;
  readonly change: number;
  /** The position may have come with this transaction; false: it was there before. */
  readonly mayBeNew: boolean;
}

/** Who follows what the ledger does, in the ledger's own transaction. */
export interface StockObserver {
  /**
   * Called once a transaction, after everything of it is entered: each moved position once. Positions stand as they will
   * after the commit; their locations are locked against other merges.
   */
  moved(client: PoolClient, moves: readonly Move[]): Promise<void>;
}

/** Gathers what a transaction moves; several steps of it may touch one position. */
export class Moves {
  readonly #byPosition = new Map<string, Move>();

  add(location: number, sku: string, change: number, mayBeNew: boolean): void {
    const name = `${location} ${sku}`;
    const known = this.#byPosition.get(name);
    this.#byPosition.set(name, {
      location,
      sku,
      change: change + (known?.change ?? 0),
      mayBeNew: mayBeNew || known?.mayBeNew === true,
    });
  }

  /** Tells the observer what has come together, when there is anything. */
  async tell(client: PoolClient, observer: StockObserver | undefined): Promise<void> {
    if (observer === undefined) return;
    const moves = [...this.#byPosition.values()].filter(({ change, mayBeNew }) => change !== 0 || mayBeNew);
    if (moves.length > 0) await observer.moved(client, moves);
  }
}
