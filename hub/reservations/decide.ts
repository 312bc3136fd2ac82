import { ShelfwireError } from '#shared/protocol/errors.ts';
import { availableToSell, type ExclusiveShare, type Share } from '#shared/stock/ats.ts';
import type { AnsweredLine, ReservationRequest } from './reservation.ts';
import type { Candidate, Placement, Sourcing, WantedLine } from './sourcing.ts';

/** One location's part of a sku, as it is under the sku's lock. Lists over channels are indexed by slot - 1. */
export interface Shelf {
  readonly location: number;
  readonly onHand: number;
  readonly reserved: number;
  /** Null: the channel does not sell from there. */
  readonly withheld: readonly (number | null)[];
  /** Of all channels, whose slot is the name. */
  readonly exclusives: readonly ExclusiveShare[];
  readonly shared: readonly (Share | undefined)[];
}

/** A sku as it is under its lock. */
export interface Stock {
  readonly sku: string;
  readonly shelves: readonly Shelf[];
  readonly holdback: readonly (number | null)[];
  readonly cap: readonly (number | null)[];
  readonly minPublish: readonly (number | null)[];
  readonly inbound: readonly (number | null)[];
}

/** What a channel may have of a sku at this moment. */
export interface Offer {
  /** What it may sell: limits, and units on their way, included. */
  readonly ats: number;
  /** Where units are, for this channel. */
  readonly candidates: readonly Candidate[];
  /** What can be reserved: of what it may sell, what is on hand. */
  readonly reservable: number;
}

/** The formula of shared/stock/ats.ts over what is stored. */
export function offerOf(stock: Stock, slot: number): Offer {
  const at = <Value>(list: readonly (Value | null | undefined)[]): Value | undefined => list[slot - 1] ?? undefined;
  const own = stock.shelves.filter(({ withheld }) => at(withheld) !== undefined);
  const { ats, shelves } = availableToSell(
    String(slot),
    own.map(({ location, onHand, reserved, withheld, exclusives, shared }) => ({
      location: String(location),
      onHand,
      reserved,
      safetyStock: at(withheld) ?? 0,
      lagBuffer: 0,
      recordBuffer: 0,
      exclusives,
      shared: at(shared),
    })),
    {
      inbound: at(stock.inbound) ?? 0,
      holdback: at(stock.holdback) ?? 0,
      cap: at(stock.cap) ?? Infinity,
      minPublish: at(stock.minPublish) ?? 0,
    },
  );
  const candidates = shelves.flatMap(({ sellable }, place) => {
    const location = own[place]?.location;
    return location === undefined || sellable === 0 ? [] : [{ location, units: sellable }];
  });
  const there = candidates.reduce((sum, { units }) => sum + units, 0);
  return { ats, candidates, reservable: Math.min(ats, there) };
}

/** Units held for a line of a request at a location. */
export interface Part extends Placement {
  readonly sku: string;
}

export type Decision =
  | { readonly granted: true; readonly parts: readonly Part[]; readonly lines: readonly Omit<AnsweredLine, 'parts'>[] }
  | { readonly granted: false; readonly refusal: ShelfwireError };

/**
 * Stock under its locks while requests are decided one after the other: what one is granted, the next one does not find
 * (R1). A request is one act: all its lines together get what the channel may have at this moment.
 */
export class Shelves {
  readonly #stocks: Map<string, Stock>;
  readonly #offers = new Map<string, Offer>();

  constructor(stocks: readonly Stock[]) {
    this.#stocks = new Map(stocks.map((stock) => [stock.sku, stock]));
  }

  offer(sku: string, slot: number): Offer {
    const name = `${slot} ${sku}`;
    let offer = this.#offers.get(name);
    if (offer === undefined) {
      const stock = this.#stocks.get(sku);
      offer = stock === undefined ? { ats: 0, candidates: [], reservable: 0 } : offerOf(stock, slot);
      this.#offers.set(name, offer);
    }
    return offer;
  }

  hold(parts: readonly Part[]): void {
    for (const { sku, location, units } of parts) {
      const stock = this.#stocks.get(sku);
      if (stock === undefined) throw new Error(`"${sku}" is held, and there is none`);
      const shelves = stock.shelves.map((shelf) =>
        shelf.location === location ? { ...shelf, reserved: shelf.reserved + units } : shelf,
      );
      this.#stocks.set(sku, { ...stock, shelves });
    }
    const skus = new Set(parts.map(({ sku }) => sku));
    for (const name of this.#offers.keys()) if (skus.has(name.slice(name.indexOf(' ') + 1))) this.#offers.delete(name);
  }
}

/** What a request names, by the numbers of this hub. */
export interface Names {
  readonly slot: number;
  /** Undefined: there is no such location. */
  readonly locationOf: (code: string) => number | undefined;
}

/** Decides one request and holds what it is granted. */
export function decide(shelves: Shelves, request: ReservationRequest, names: Names, source: Sourcing): Decision {
  const { lines, mode } = request;
  const offers = new Map(lines.map(({ sku }) => [sku, shelves.offer(sku, names.slot)]));
  const wanted = clip(request, names, offers);
  const candidates = new Map([...offers].map(([sku, offer]) => [sku, offer.candidates]));
  const parts = checked(source(wanted, candidates), wanted, candidates);
  const held = new Map<number, number>();
  for (const { line, units } of parts) held.set(line, (held.get(line) ?? 0) + units);
  const answered = lines.map(({ line, sku, units }) => {
    const reserved = held.get(line) ?? 0;
    return { line, sku, units, reserved, missing: units - reserved };
  });
  const isShort = mode === 'all' ? answered.some(({ missing }) => missing > 0) : parts.length === 0;
  if (isShort) return { granted: false, refusal: shortOf(request, answered, offers) };
  shelves.hold(parts);
  return { granted: true, parts, lines: answered };
}

/** Lines with what they may get at most: together no more than the channel may have, the first ones first. */
function clip({ lines }: ReservationRequest, names: Names, offers: ReadonlyMap<string, Offer>): WantedLine[] {
  const left = new Map([...offers].map(([sku, { reservable }]) => [sku, reservable]));
  return lines.flatMap(({ line, sku, units, location: code }) => {
    const location = code === undefined ? undefined : names.locationOf(code);
    if (code !== undefined && location === undefined) return [];
    const there = offers.get(sku)?.candidates.find((one) => one.location === location)?.units ?? 0;
    const rest = left.get(sku) ?? 0;
    const most = Math.min(units, rest, code === undefined ? Infinity : there);
    left.set(sku, rest - most);
    return most === 0 ? [] : [{ line, sku, units: most, location }];
  });
}

/** A sourcing that places more than it was given is a bug, and must never become a promise. */
function checked(
  placements: readonly Placement[],
  wanted: readonly WantedLine[],
  candidates: ReadonlyMap<string, readonly Candidate[]>,
): Part[] {
  const byLine = new Map(wanted.map((line) => [line.line, { ...line, rest: line.units }]));
  const left = new Map<string, number>();
  for (const [sku, list] of candidates) {
    for (const { location, units } of list) left.set(`${location} ${sku}`, units);
  }
  const parts = new Map<string, Part>();
  for (const { line, location, units } of placements) {
    const own = byLine.get(line);
    const place = `${location} ${own?.sku}`;
    const there = left.get(place) ?? 0;
    const isElsewhere = own?.location !== undefined && own.location !== location;
    if (
      own === undefined ||
      !Number.isInteger(units) ||
      units < 1 ||
      units > own.rest ||
      units > there ||
      isElsewhere
    ) {
      throw new Error(`the sourcing placed ${units} units of line ${line} at location ${location}`);
    }
    own.rest -= units;
    left.set(place, there - units);
    const name = `${line} ${location}`;
    parts.set(name, { line, location, sku: own.sku, units: units + (parts.get(name)?.units ?? 0) });
  }
  return [...parts.values()];
}

const LINES_NAMED = 10;

/** Says what could be had of each line that is short, and what of it is still on its way. */
function shortOf(
  { channel }: ReservationRequest,
  lines: readonly Omit<AnsweredLine, 'parts'>[],
  offers: ReadonlyMap<string, Offer>,
): ShelfwireError {
  const short = lines
    .filter(({ missing }) => missing > 0)
    .map(({ line, sku, units, reserved }) => {
      const { ats = 0, reservable = 0 } = offers.get(sku) ?? {};
      return { line, sku, units, available: reserved, onTheWay: Math.max(0, ats - reservable) };
    });
  const named = short.slice(0, LINES_NAMED).map(({ line, sku, units, available, onTheWay }) => {
    const coming = onTheWay > 0 ? `; ${onTheWay} more are on their way and cannot be reserved yet` : '';
    return `line ${line} ("${sku}"): ${available} of ${units} can be had${coming}`;
  });
  const more = short.length > named.length ? `, and ${short.length - named.length} more lines` : '';
  return new ShelfwireError('RESERVATION_SHORT', `Channel "${channel}": ${named.join(', ')}${more}.`, {
    context: { short },
  });
}
