import type { PoolClient } from 'pg';
import type { FactBodies } from '#shared/protocol/fact.ts';
import { handedOverLines, type HandedOverLine } from '#shared/stock/handed-over.ts';
import type { Place, PlacedContent } from './placed-fact.ts';

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

/** A line by which reserved units were handed over, in its place. */
export type HandOver = Place & HandedOverLine;

/** A store's answer to a task, in its place. */
export interface TaskAnswer {
  readonly place: Place;
  readonly body: FactBodies['task'];
}

/** What a transaction does to stock, as its observer is told. */
export interface StockChange {
  /** Each moved position once. */
  readonly moves: readonly Move[];
  /** Where other units are on their way. */
  readonly inbound: readonly InboundChange[];
  /** Lines that name a reservation; those that are void by the end of the transaction are among `takenBack` too. */
  readonly handedOver: readonly HandOver[];
  /** Such lines that are void from now on: of facts taken now or before. */
  readonly takenBack: readonly HandOver[];
  /** Answers to tasks; those that are void by the end of the transaction are among `withdrawn` too. */
  readonly answers: readonly TaskAnswer[];
  /** Where answers stand that are void from now on. */
  readonly withdrawn: readonly Place[];
}

/** Who follows what the ledger does, in the ledger's own transaction. */
export interface StockObserver {
  /**
   * Called once a transaction, after everything of it is entered. Positions and transfers stand as they will after the
   * commit; locked against other merges are the locations of the former and the rows of the latter.
   */
  moved(client: PoolClient, change: StockChange): Promise<void>;
}

/** Gathers what a transaction moves; several steps of it may touch one position. */
export class Moves {
  readonly #byPosition = new Map<string, Move>();
  readonly #inbound: InboundChange[] = [];
  readonly #handedOver: HandOver[] = [];
  readonly #takenBack: HandOver[] = [];
  readonly #answers: TaskAnswer[] = [];
  readonly #withdrawn: Place[] = [];

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

  /** What a fact hands over of reservations, and answers to tasks; of one that was voided, what it no longer does. */
  addTold({ place, content }: PlacedContent, takenBack = false): void {
    const list = takenBack ? this.#takenBack : this.#handedOver;
    for (const line of handedOverLines(content)) list.push({ ...place, ...line });
    if (content.kind !== 'task') return;
    if (takenBack) this.#withdrawn.push(place);
    else this.#answers.push({ place, body: content.body });
  }

  /** Tells the observer what has come together, when there is anything. */
  async tell(client: PoolClient, observer: StockObserver | undefined): Promise<void> {
    if (observer === undefined) return;
    const change: StockChange = {
      moves: [...this.#byPosition.values()].filter(({ change, mayBeNew }) => change !== 0 || mayBeNew),
      inbound: this.#inbound,
      handedOver: this.#handedOver,
      takenBack: this.#takenBack,
      answers: this.#answers,
      withdrawn: this.#withdrawn,
    };
    if (Object.values(change).some((list: readonly unknown[]) => list.length > 0)) await observer.moved(client, change);
  }
}
