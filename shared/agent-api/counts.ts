import type { WireError } from '../protocol/errors.ts';
import type { Expectation } from './count-acts.ts';

/** open: people count; approving: it is approved and on its way into the journal. */
export type CountState = 'open' | 'approving' | 'approved' | 'cancelled';

/** What an approved count has come to. */
export interface CountOutcome {
  /** Skus that were counted, and those of them with another number than expected. */
  readonly items: number;
  readonly differing: number;
  readonly units: number;
  /** Units that were there and not expected, and the other way round. */
  readonly over: number;
  readonly short: number;
}

/** A count without its lines. Instants are ms since 1970. */
export interface CountHeader {
  readonly id: string;
  readonly name: string;
  readonly zone: string;
  readonly blind: boolean;
  readonly expected: Expectation['kind'];
  readonly state: CountState;
  readonly openedBy: string;
  readonly openedAt: number;
  readonly endedBy: string | null;
  readonly endedAt: number | null;
  /** Why it was cancelled. */
  readonly reason: string | null;
  /** For managers, of an approved one. */
  readonly outcome: CountOutcome | null;
}

/** What one person counted of one sku in one zone. */
export interface CountLine {
  readonly sku: string;
  readonly name: string | null;
  readonly zone: string;
  readonly quantity: number;
  readonly scans: number;
  readonly firstAt: number;
  readonly lastAt: number;
  /** What the store has of it now; null where it is not to be seen. */
  readonly expected: number | null;
}

/** An act of one's own that can be taken back. */
export interface RecentAct {
  readonly entry: string;
  readonly sku: string | null;
  readonly name: string | null;
  readonly code: string;
  readonly zone: string;
  readonly quantity: number;
  readonly at: number;
}

export interface OtherCounter {
  readonly name: string;
  readonly zones: readonly string[];
  readonly items: number;
  /** Null in a blind count. */
  readonly units: number | null;
  readonly lastAt: number;
  /** What they counted last; empty in a blind count. */
  readonly last: readonly Pick<CountLine, 'sku' | 'name' | 'zone' | 'quantity'>[];
}

/** A code that no product has; it is kept until somebody says what it is. */
export interface UnknownCode {
  readonly code: string;
  readonly quantity: number;
  readonly by: readonly string[];
  readonly zones: readonly string[];
  readonly lastAt: number;
  /** Several products have this GTIN. */
  readonly isAmbiguous: boolean;
}

export interface NamedSku {
  readonly sku: string;
  readonly name: string | null;
}

/** A count as one of its counters sees it. */
export interface CountView extends CountHeader {
  /** Acts so far: what is approved is what was seen at this version. */
  readonly version: number;
  readonly items: number;
  readonly units: number;
  /** Own lines, the last one touched first; at most 100. */
  readonly lines: readonly CountLine[];
  /** The last one first. */
  readonly recent: readonly RecentAct[];
  readonly others: readonly OtherCounter[];
  readonly unknown: readonly UnknownCode[];
  /** To be counted again. */
  readonly recount: readonly NamedSku[];
  /** Of those that are expected, how many nobody has counted yet; null: nothing in particular is expected. */
  readonly missing: number | null;
  readonly zones: readonly string[];
}

/** What became of one act. `taken` and `repeated` mean: it is on disk. */
export interface ActAnswer {
  readonly key: string;
  readonly status: 'taken' | 'repeated' | 'refused';
  /** Why it was refused. */
  readonly problem: WireError | null;
  /** Of a scan, what it was; null: nobody knows the code. */
  readonly sku: string | null;
  readonly name: string | null;
  /** What this person has counted of it in this zone by now. */
  readonly quantity: number | null;
}

export interface ActsAnswer {
  readonly version: number;
  readonly acts: readonly ActAnswer[];
}

/** What one person says of a sku in a zone. */
export interface CountedBy {
  readonly by: string;
  readonly quantity: number;
  readonly lastAt: number;
}

export interface ReviewLine {
  readonly sku: string;
  readonly name: string | null;
  /** Null while counters contradict each other. */
  readonly counted: number | null;
  /** When it was counted last: this is the instant that the count speaks of. */
  readonly at: number;
  /** What the books say of that instant; null: it was counted again since, so this one changes only history. */
  readonly expected: number | null;
  /** Units that were sold or came between the first and the last scan of it: whether they were counted is not known. */
  readonly moved: number;
  readonly unitPriceMinor: number | null;
  readonly currency: string | null;
  readonly isZeroed: boolean;
  readonly zones: readonly {
    readonly zone: string;
    readonly counters: readonly CountedBy[];
    readonly isConflict: boolean;
    readonly choice: string | null;
  }[];
}

/** What a manager looks at before approving, or what was approved. */
export interface CountReview extends CountHeader {
  readonly version: number;
  readonly counters: readonly string[];
  readonly lines: readonly ReviewLine[];
  /** Expected and counted by nobody, with what the books say now; at most 2,000 of `missingItems`. */
  readonly missing: readonly (NamedSku & { readonly expected: number })[];
  readonly missingItems: number;
  readonly unknown: readonly UnknownCode[];
  readonly recount: readonly NamedSku[];
  readonly conflicts: number;
  /** Acts that a damaged disk has lost. */
  readonly lost: number;
}
