import { KnownDemand } from './known-demand.ts';
import { ruleFor, type ChannelRule, type Policy, type Situation } from './policy.ts';
import type { Outage, Past, StockEvent } from './stock-event.ts';
import { Supply } from './supply.ts';
import { Ledger, type Calibration } from './tally.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

/**
 * What is offered is looked at in the middle of equal steps that divide the measured period: a mean weighs each alike. They
 * are at most so long, no divisor of a day, and at least so many, a prime: all hours of a day are met, also in few days.
 */
const STEP_MS_MAX = 13.1 * HOUR_MS;
const STEPS_MIN = 29;

export interface ReplayOptions {
  /** Looks at every shelf at the end of every silence: unseen demand against the buffer. Costs time. */
  readonly calibrates?: boolean;
}

interface Unreceived {
  readonly shelf: number;
  readonly at: number;
  readonly quantity: number;
}

/**
 * One past period under one policy. Two worlds run beside each other: the shelves as they are, and what the hub knows
 * of them. While a store is silent its sales stay unknown, and a channel's order is accepted by what the hub knows:
 *
 *     known = units on the shelf + those that left unseen       published = max(0, known - buffer)
 *
 * - An order is accepted when published >= its quantity, and then cancelled when the store has not so many.
 * - What is accepted leaves the hub's number at once. A cancelled order leaves the shelf alone; the hub learns of it when
 *   it hears the store again.
 * - A customer in the store takes what is there, at most what he wants. With stock of the ledger's own he takes all: it
 *   is known that he did.
 * - Nothing is used before the hub had it: estimates are made of received sales, and every day anew.
 *
 * Pure: events come in order, nothing is read or written.
 */
export class Replay {
  readonly ledger: Ledger;
  /** By channel. */
  readonly calibration: Calibration[];
  /** Shelf-samples of the measured period that were empty, and all. */
  readonly shelves = { empty: 0, all: 0 };

  readonly #past: Past;
  readonly #rules: ChannelRule[];
  readonly #known: KnownDemand;
  readonly #supply: Supply | undefined;
  readonly #calibrates: boolean;
  readonly #units: Float64Array;
  /** Units that left and the hub does not know of; negative when units came. */
  readonly #unseen: Float64Array;
  /** Units that were sold in the store in the silence, and that were wanted, also when they were not there. */
  readonly #sold: Float64Array;
  readonly #wanted: Float64Array;
  readonly #isOpen: Uint8Array;
  readonly #shelvesOf: number[][];
  readonly #openings: number[];
  readonly #unreceived: Unreceived[][];
  readonly #outageNo: number[];
  #opened = 0;
  #nextMorning: number;
  readonly #steps: number;
  readonly #stepMs: number;
  #sampled = 0;

  constructor(past: Past, policy: Policy, { calibrates = false }: ReplayOptions = {}) {
    const { shelves, locations, channels, from } = past;
    this.#past = past;
    this.#rules = channels.map(({ code }) => ruleFor(policy, code));
    this.#known = new KnownDemand(shelves, locations.length);
    this.#supply = past.opening ? undefined : new Supply(shelves, past);
    this.#calibrates = calibrates;
    this.#units = past.opening ? past.opening.slice() : new Float64Array(shelves.length);
    this.#unseen = new Float64Array(shelves.length);
    this.#sold = new Float64Array(shelves.length);
    this.#wanted = new Float64Array(shelves.length);
    this.#isOpen = new Uint8Array(shelves.length);
    this.#shelvesOf = locations.map(() => []);
    for (const [shelf, { location }] of shelves.entries()) this.#shelvesOf[location]?.push(shelf);
    this.#openings = [...shelves.keys()].toSorted((a, b) => this.#opensAt(a) - this.#opensAt(b));
    this.#unreceived = locations.map(() => []);
    this.#outageNo = locations.map(() => 0);
    this.#nextMorning = Supply.firstDelivery(from);
    const measuredMs = past.to - past.measuredFrom;
    this.#steps = Math.max(STEPS_MIN, Math.ceil(measuredMs / STEP_MS_MAX));
    this.#stepMs = measuredMs / this.#steps;
    this.ledger = new Ledger(past.measuredFrom);
    this.calibration = channels.map(() => ({
      windows: 0,
      exceeded: 0,
      wantedMore: 0,
      buffered: 0,
      bufferedExceeded: 0,
    }));
  }

  /** The next event; never before the one before it. */
  take(event: StockEvent): void {
    this.#moveTo(event.at);
    switch (event.kind) {
      case 'walkIn':
        return this.#sell(event);
      case 'order':
        return this.#order(event);
      case 'supply':
        return this.#change(event.shelf, event.quantity);
      case 'count':
        return this.#change(event.shelf, event.quantity - (this.#units[event.shelf] ?? 0));
      default:
        return event.kind satisfies never;
    }
  }

  /** Runs on to the end of the period. */
  finish(): this {
    this.#moveTo(this.#past.to);
    return this;
  }

  #sell({ at, shelf, quantity }: StockEvent): void {
    const there = this.#supply ? Math.max(0, this.#units[shelf] ?? 0) : Infinity;
    const sold = Math.min(quantity, there);
    const location = this.#locationOf(shelf);
    if (this.#outageAt(location, at)) {
      add(this.#sold, shelf, sold);
      add(this.#wanted, shelf, quantity);
      if (sold > 0) this.#unreceived[location]?.push({ shelf, at, quantity: sold });
    } else if (sold > 0) this.#known.addSale(shelf, at, sold);
    this.#change(shelf, -sold);
  }

  #order({ at, shelf, quantity, channel }: StockEvent): void {
    const rule = this.#rules[channel];
    if (!rule) return;
    const location = this.#locationOf(shelf);
    const outage = this.#outageAt(location, at);
    const there = Math.max(0, this.#units[shelf] ?? 0);
    const tally = this.ledger.at(channel, location, at);
    const known = there + (this.#unseen[shelf] ?? 0);
    const published = known - this.#bufferOf(rule, this.#situation(shelf, location, outage, at));
    if (published < quantity) {
      tally.refused += 1;
      if (there >= quantity) tally.refusedInVain += 1;
      return;
    }
    tally.accepted += 1;
    tally.acceptedUnits += quantity;
    if (outage) tally.acceptedInSilence += 1;
    if (there >= quantity) {
      add(this.#units, shelf, -quantity);
      return;
    }
    tally.cancelled += 1;
    tally.cancelledUnits += quantity;
    tally.oversoldUnits += quantity - there;
    if (outage) add(this.#unseen, shelf, -quantity);
  }

  /** Units come or go; the hub hears of it at once, or when the silence ends. */
  #change(shelf: number, quantity: number): void {
    add(this.#units, shelf, quantity);
    if (this.#outageAt(this.#locationOf(shelf), this.#now)) add(this.#unseen, shelf, -quantity);
  }

  #bufferOf({ buffer, isAlways }: ChannelRule, situation: Situation): number {
    return isAlways || situation.silentSince !== undefined ? buffer(situation, this.#known) : 0;
  }

  #situation(shelf: number, location: number, outage: Outage | undefined, now: number): Situation {
    const silentSince = outage?.from;
    const exposureHours = silentSince === undefined ? 0 : this.#known.exposure(location, silentSince, now);
    return { shelf, silentSince, now, exposureHours };
  }

  // Time ------------------------------------------------------------------------------------------------------------

  #now = 0;

  /** Does what falls due until then, in its order: shelves open, deliveries come, silences end, samples are taken. */
  #moveTo(until: number): void {
    for (;;) {
      const opening = this.#opensAt(this.#openings[this.#opened] ?? -1);
      const heard = this.#nextHeard();
      const due = Math.min(opening, this.#supply ? this.#nextMorning : Infinity, this.#nextSample(), heard.at);
      if (due > until) break;
      this.#now = due;
      if (due === heard.at) this.#hear(heard.location);
      else if (due === opening) this.#open(this.#openings[this.#opened++] ?? -1);
      else if (due === this.#nextMorning && this.#supply) {
        this.#supply.morning(Math.floor(due / DAY_MS), this.#units, (shelf, units) => this.#change(shelf, units));
        this.#nextMorning += DAY_MS;
      } else {
        this.#sample(due);
        this.#sampled += 1;
      }
    }
    this.#now = until;
  }

  #nextSample(): number {
    if (this.#sampled === this.#steps) return Infinity;
    return Math.floor(this.#past.measuredFrom + (this.#sampled + 0.5) * this.#stepMs);
  }

  #opensAt(shelf: number): number {
    const first = this.#past.shelves[shelf]?.firstAt;
    if (first === undefined) return Infinity;
    return this.#supply ? this.#supply.firstAt(shelf) : Math.max(this.#past.from, first);
  }

  #open(shelf: number): void {
    this.#isOpen[shelf] = 1;
    this.#known.watch(shelf, this.#now);
    if (this.#supply) this.#change(shelf, this.#supply.firstFill(shelf));
  }

  #nextHeard(): { location: number; at: number } {
    const next = { location: -1, at: Infinity };
    for (const [location, no] of this.#outageNo.entries()) {
      const at = this.#past.outages[location]?.[no]?.to ?? Infinity;
      if (at < next.at) Object.assign(next, { location, at });
    }
    return next;
  }

  /** The outage that a location is in. */
  #outageAt(location: number, at: number): Outage | undefined {
    const outage = this.#past.outages[location]?.[this.#outageNo[location] ?? 0];
    return outage && at >= outage.from && at < outage.to ? outage : undefined;
  }

  /** A silence ends: all that happened in it becomes known. */
  #hear(location: number): void {
    const no = this.#outageNo[location] ?? 0;
    const outage = this.#past.outages[location]?.[no];
    if (this.#calibrates && outage && outage.from >= this.#past.measuredFrom) this.#calibrate(location, outage);
    for (const { shelf, at, quantity } of this.#unreceived[location] ?? []) this.#known.addSale(shelf, at, quantity);
    this.#unreceived[location] = [];
    for (const shelf of this.#shelvesOf[location] ?? []) {
      this.#unseen[shelf] = 0;
      this.#sold[shelf] = 0;
      this.#wanted[shelf] = 0;
    }
    this.#outageNo[location] = no + 1;
  }

  // Looking on ------------------------------------------------------------------------------------------------------

  #calibrate(location: number, outage: Outage): void {
    const situation = { ...this.#situation(0, location, outage, outage.to), shelf: 0 };
    for (const [channel, rule] of this.#rules.entries()) {
      const calibration = this.calibration[channel];
      if (!calibration || !this.#past.channels[channel]?.locations.has(location)) continue;
      for (const shelf of this.#shelvesOf[location] ?? []) {
        if (this.#isOpen[shelf] !== 1) continue;
        situation.shelf = shelf;
        const buffer = this.#bufferOf(rule, situation);
        const isExceeded = (this.#sold[shelf] ?? 0) > buffer;
        calibration.windows += 1;
        if (isExceeded) calibration.exceeded += 1;
        if ((this.#wanted[shelf] ?? 0) > buffer) calibration.wantedMore += 1;
        if (buffer > 0) calibration.buffered += 1;
        if (buffer > 0 && isExceeded) calibration.bufferedExceeded += 1;
      }
    }
  }

  #sample(now: number): void {
    for (const [location, shelves] of this.#shelvesOf.entries()) {
      const outage = this.#outageAt(location, now);
      const situation = { ...this.#situation(0, location, outage, now), shelf: 0 };
      const sums = new Map<string, { offered: number; withheld: number }>();
      for (const [channel, { locations }] of this.#past.channels.entries()) {
        const rule = this.#rules[channel];
        if (!rule || !locations.has(location)) continue;
        let sum = sums.get(rule.key);
        if (!sum) sums.set(rule.key, (sum = this.#offer(rule, shelves, situation)));
        const tally = this.ledger.at(channel, location, now);
        tally.offeredUnitHours += (sum.offered * this.#stepMs) / HOUR_MS;
        tally.withheldUnitHours += (sum.withheld * this.#stepMs) / HOUR_MS;
      }
      for (const shelf of shelves) {
        if (this.#isOpen[shelf] !== 1) continue;
        this.shelves.all += 1;
        if ((this.#units[shelf] ?? 0) <= 0) this.shelves.empty += 1;
      }
    }
  }

  #offer(
    rule: ChannelRule,
    shelves: readonly number[],
    situation: Situation & { shelf: number },
  ): { offered: number; withheld: number } {
    let [offered, withheld] = [0, 0];
    for (const shelf of shelves) {
      const known = (this.#units[shelf] ?? 0) + (this.#unseen[shelf] ?? 0);
      if (known <= 0) continue;
      situation.shelf = shelf;
      const kept = Math.min(known, this.#bufferOf(rule, situation));
      withheld += kept;
      offered += known - kept;
    }
    return { offered, withheld };
  }

  #locationOf(shelf: number): number {
    return this.#past.shelves[shelf]?.location ?? 0;
  }
}

function add(to: Float64Array, place: number, value: number): void {
  to[place] = (to[place] ?? 0) + value;
}
