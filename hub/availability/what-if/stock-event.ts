/** Something that happened at a shelf, in the order of the ledger. */
export interface StockEvent {
  /** ms since 1970. */
  readonly at: number;
  /** Place of its shelf among `Past.shelves`. */
  readonly shelf: number;
  /**
   * `walkIn`: somebody wants to buy in the store. `order`: a channel's customer wants to. `supply`: units come, or go
   * when negative, for another reason. `count`: so many are there.
   */
  readonly kind: 'walkIn' | 'order' | 'supply' | 'count';
  readonly quantity: number;
  /** Place of the channel among `Past.channels`; -1 for what is no order. */
  readonly channel: number;
}

/** One sku at one location, and what is told of its demand over the whole period: by this its supply is sized. */
export interface Shelf {
  readonly location: number;
  /** Place of its sku: shelves of the same sku in other locations have the same. */
  readonly sku: number;
  /** First event, ms since 1970. */
  firstAt: number;
  /** Units that were wanted, by anybody, and in how many sales. */
  wanted: number;
  sales: number;
}

/** A store cannot be heard: what happens from `from` on becomes known at `to`. ms since 1970. */
export interface Outage {
  readonly from: number;
  readonly to: number;
}

export interface Channel {
  readonly code: string;
  /** Places of the locations that it sells from. */
  readonly locations: ReadonlySet<number>;
  /** Stands for all channels that the hub does not know: of the report only when it has orders. */
  readonly isUnknown?: boolean;
}

/** A past period, as far as it must be known before it is replayed. */
export interface Past {
  readonly from: number;
  /** Until then there is only learning: what happens is replayed, but not tallied. */
  readonly measuredFrom: number;
  readonly to: number;
  /** Codes. */
  readonly locations: readonly string[];
  readonly channels: readonly Channel[];
  readonly shelves: readonly Shelf[];
  /** By location, in order, never overlapping. */
  readonly outages: readonly (readonly Outage[])[];
  /** Units on each shelf at `from`, when stock is the ledger's own; else stock is simulated (`Supply`). */
  readonly opening?: Float64Array;
}
