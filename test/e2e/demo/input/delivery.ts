import type { ErrorCode } from '#shared/protocol/errors.ts';
import type { StoreCode } from './rules.ts';

/** One fact as a till posts it, and what must be answered: `taken` is appended, or a duplicate of the same. */
export interface Posting {
  readonly key: string;
  /** JSON, or what a broken till sends instead. */
  readonly text: string;
  readonly answer: 'taken' | ErrorCode;
}

interface Due {
  readonly store: StoreCode;
  /** When it is handed over: trading days since the beginning, with the part of the day. */
  readonly day: number;
}

/** Something that a store's machines hand to its agent. */
export type Delivery =
  | (Due & { readonly way: 'post'; readonly postings: readonly Posting[]; readonly asArray: boolean })
  | (Due & {
      readonly way: 'drop';
      readonly feed: 'sales' | 'counts';
      readonly name: string;
      readonly text: string;
      /** Keys of the facts in it. */
      readonly keys: readonly string[];
      /** Written in pieces under its final name, as some tills do: the agent must not take it before it is complete. */
      readonly inPieces: boolean;
    });

/** Something that must stand in a store's quarantine in the end, verbatim, with this code. */
export interface ExpectedRefusal {
  readonly store: StoreCode;
  readonly code: ErrorCode;
  readonly verbatim: string;
  readonly why: string;
  /** Numbers of the input rows that it accounts for; none for the dirt that the demo adds. */
  readonly rows: readonly number[];
}

/** What part of the plan a maker adds. */
export interface PlanPart {
  readonly deliveries: readonly Delivery[];
  readonly refusals: readonly ExpectedRefusal[];
}
