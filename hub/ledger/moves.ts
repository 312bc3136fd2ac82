import type { PoolClient } from 'pg';

/** By how much a transaction moves one position's onHand. */
export interface Move {
  readonly location: number;
  readonly sku: string;
  readonly change: number;
  /** The position may have come with this transaction; false: it was there before. */
  readonly mayBeNew: boolean;
}

/** A sku of which other units than before are on their way to a place, or are to arrive at another time. */
export interface InboundChange {
  /** A store's code, perhaps of none that is known. */
  readonly place: string;
  readonly sku: string;
}

/** Who follows what the ledger does, in the ledger's own transaction. */
export interface StockObserver {
  /**
   * Called once a transaction, after everything of it is entered: each moved position once, and where other units are on
   * their way. Positions and transfers stand as they will after the commit; locked against other merges are the locations
   * of the former and the rows of the latter.
   */
  moved(client: PoolClient, moves: readonly Move[], inbound: readonly InboundChange[]): Promise<void>;
}

/** Gathers what a transaction moves; several steps of it may touch one position. */
export class Moves {
  readonly #byPosition = new Map<string, Move>();
  readonly #inbound: InboundChange[] = [];

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

  addInbound(change: InboundChange): void {
    this.#inbound.push(change);
  }

  /** Tells the observer what has come together, when there is anything. */
  async tell(client: PoolClient, observer: StockObserver | undefined): Promise<void> {
    if (observer === undefined) return;
    const moves = [...this.#byPosition.values()].filter(({ change, mayBeNew }) => change !== 0 || mayBeNew);
    if (moves.length + this.#inbound.length > 0) await observer.moved(client, moves, this.#inbound);
  }
}
