/** What came of one channel's orders at one location in one week. */
export interface Tally {
  /** Orders that found enough published, and their units. */
  accepted: number;
  acceptedUnits: number;
  /** Of these, orders that were accepted while the store was silent. */
  acceptedInSilence: number;
  /** Accepted orders that the store cannot ship: the channel's customer is told no. */
  cancelled: number;
  /** Units of cancelled orders, and of these such as the store did not have. */
  cancelledUnits: number;
  oversoldUnits: number;
  /** Orders that the published number turned away, and of these such as the store could have shipped. */
  refused: number;
  refusedInVain: number;
  /** Unit-hours that were published, and that the policy withheld of what was known to be there. */
  offeredUnitHours: number;
  withheldUnitHours: number;
}

export const emptyTally = (): Tally => ({
  accepted: 0,
  acceptedUnits: 0,
  acceptedInSilence: 0,
  cancelled: 0,
  cancelledUnits: 0,
  oversoldUnits: 0,
  refused: 0,
  refusedInVain: 0,
  offeredUnitHours: 0,
  withheldUnitHours: 0,
});

export function addTally(to: Tally, from: Tally): Tally {
  for (const name of Object.keys(to) as (keyof Tally)[]) to[name] += from[name];
  return to;
}

/** How often unseen demand was more than a buffer: over shelves and silences, at each silence's end. */
export interface Calibration {
  windows: number;
  /** More left the shelf unseen than was withheld. */
  exceeded: number;
  /** More was wanted, whether or not it was there: what no record of sales can tell. */
  wantedMore: number;
  /** Windows and excesses where the buffer was not zero. */
  buffered: number;
  bufferedExceeded: number;
}

/**
 * Tallies by channel, and within it by location and week: what a bootstrap draws from. What lies before `from` goes
 * into a tally that nobody reads.
 */
export class Ledger {
  readonly #cells = new Map<string, Tally>();
  readonly #from: number;

  readonly #before = emptyTally();

  constructor(from: number) {
    this.#from = from;
  }

  at(channel: number, location: number, now: number): Tally {
    if (now < this.#from) return this.#before;
    const key = `${channel} ${location} ${Math.floor((now - this.#from) / (7 * 86_400_000))}`;
    let cell = this.#cells.get(key);
    if (!cell) this.#cells.set(key, (cell = emptyTally()));
    return cell;
  }

  /** Keys are "channel location week". */
  get cells(): ReadonlyMap<string, Readonly<Tally>> {
    return this.#cells;
  }

  /** The sum over locations and weeks; of all channels when none is named. */
  total(channel?: number): Tally {
    const total = emptyTally();
    for (const [key, cell] of this.#cells) {
      if (channel === undefined || key.startsWith(`${channel} `)) addTally(total, cell);
    }
    return total;
  }
}
