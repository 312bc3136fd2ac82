import type { FileDocument } from '../files/file-document.ts';

export type PulledDocument = Omit<FileDocument, 'rows'>;

/** What an order says has happened, in order; or why there is nothing to take (`passedOver`), or why it cannot be. */
export type OrderFacts =
  | { readonly documents: readonly PulledDocument[] }
  | { readonly passedOver: string }
  | { readonly rejected: string };

/** An order as the other side has it now. */
export interface PulledOrder {
  /** Unique there; pages follow it. */
  readonly id: string;
  /** When it was last changed by the other side's clock, as text that sorts by time. */
  readonly changedAt: string;
  /** As it came. */
  readonly verbatim: string;
  /** The key that its facts have, or begin with. */
  readonly key: string;
  readonly facts: OrderFacts;
}

export interface OrderPage {
  /** By id, ascending. */
  readonly orders: readonly PulledOrder[];
  /** The id to go on behind; null at the end. */
  readonly next: string | null;
  /** The other side's clock when it answered, as `changedAt` is written; null: it did not say. */
  readonly serverNow: string | null;
}

/** Reads the orders of one point of sale. Knows its API and nothing of checkpoints. */
export interface OrderReader {
  /** Before the feed's name in the source of its facts. */
  readonly prefix: string;
  /** An instant as `changedAt` is written. */
  textOf(instantMs: number): string;
  /** The same text so many ms earlier. */
  earlier(changedAt: string, ms: number): string;
  /** Those changed at or after `since`, a page by id behind `after`. Throws POS_* codes. */
  read(asked: {
    readonly since: string;
    readonly after: string | null;
    readonly limit: number;
    readonly signal: AbortSignal;
  }): Promise<OrderPage>;
}
