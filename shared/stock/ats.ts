/**
 * What a channel may sell of one sku, by parts that are all kept beside the number (A1):
 *
 *     base       = max(0, onHand - reserved)                                              per location
 *     exclusive  = what allocations give to one channel alone: units first, in their order, then percents of the rest
 *     common     = base - all exclusive parts
 *     reach      = own exclusive part + common (at most the channel's shared allocation of it, when it has one)
 *     sellable   = max(0, reach - safetyStock - lagBuffer - recordBuffer)
 *     pool       = sum of sellable over the channel's locations + inbound
 *     ats        = min(max(0, pool - holdback), cap), and 0 below minPublish
 *
 * Exclusive parts never overlap (A2): at each location they come to base at most. What is common may be offered by
 * several channels at once; that is the policy. heldForOthers = base - reach.
 */

/** A share of one location's units of one sku: a number of units, or a percentage. */
export type Share = { readonly units: number } | { readonly percent: number };

/** An exclusive allocation at one location: whose it is, and how much. */
export interface ExclusiveShare {
  readonly channel: string;
  readonly share: Share;
}

/** One location's part, as one channel sees it. All in units. */
export interface ShelfInput {
  readonly location: string;
  readonly onHand: number;
  readonly reserved: number;
  readonly safetyStock: number;
  /** Units withheld because the location is silent. */
  readonly lagBuffer: number;
  /** Units withheld because the record may be wrong: the last count is old. */
  readonly recordBuffer: number;
  /** Exclusive allocations of this sku here, of all channels, in the order of the rules. Percents come to 100 at most. */
  readonly exclusives: readonly ExclusiveShare[];
  /** How much of the common part this channel may use; undefined: all of it. */
  readonly shared: Share | undefined;
}

/** A location's part with what follows from it. */
export interface ShelfTerms extends Omit<ShelfInput, 'exclusives' | 'shared'> {
  /** Units here that other channels have for themselves, or that this one's shared allocation does not reach. */
  readonly heldForOthers: number;
  readonly sellable: number;
}

/** What holds for a channel's sku as a whole. Units; `cap` Infinity when there is none. */
export interface ChannelLimits {
  /** Units on their way to the channel's locations that arrive within its horizon. */
  readonly inbound: number;
  readonly holdback: number;
  readonly cap: number;
  readonly minPublish: number;
}

export interface AtsTerms extends ChannelLimits {
  readonly shelves: readonly ShelfTerms[];
  readonly pool: number;
  readonly ats: number;
}

/** The number and all its terms. The SQL that keeps it up to date is held against this. */
export function availableToSell(channel: string, shelves: readonly ShelfInput[], limits: ChannelLimits): AtsTerms {
  const terms = shelves.map((shelf) => shelfTerms(channel, shelf));
  const pool = terms.reduce((sum, shelf) => sum + shelf.sellable, limits.inbound);
  const offered = Math.min(Math.max(0, pool - limits.holdback), limits.cap);
  return { ...limits, shelves: terms, pool, ats: offered < limits.minPublish ? 0 : offered };
}

/** What of a location's base each exclusive allocation gets, in their order. The rest is common. */
export function exclusiveParts(base: number, exclusives: readonly ExclusiveShare[]): number[] {
  let rest = base;
  const fixed = exclusives.map(({ share }) => {
    const part = 'units' in share ? Math.min(share.units, rest) : 0;
    rest -= part;
    return part;
  });
  return exclusives.map(({ share }, place) =>
    'percent' in share ? percentOf(rest, share.percent) : (fixed[place] ?? 0),
  );
}

function shelfTerms(channel: string, shelf: ShelfInput): ShelfTerms {
  const { exclusives, shared, ...given } = shelf;
  const base = Math.max(0, shelf.onHand - shelf.reserved);
  const parts = exclusiveParts(base, exclusives);
  const own = parts.reduce((sum, part, place) => sum + (exclusives[place]?.channel === channel ? part : 0), 0);
  const common = base - parts.reduce((sum, part) => sum + part, 0);
  const reach = own + (shared === undefined ? common : shareOf(common, shared));
  const sellable = Math.max(0, reach - shelf.safetyStock - shelf.lagBuffer - shelf.recordBuffer);
  return { ...given, heldForOthers: base - reach, sellable };
}

function shareOf(units: number, share: Share): number {
  return 'units' in share ? Math.min(share.units, units) : percentOf(units, share.percent);
}

function percentOf(units: number, percent: number): number {
  return Math.floor((units * percent) / 100);
}
