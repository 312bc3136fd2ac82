import { seededRandom, type Random } from '#shared/runtime/random.ts';
import type { Outage } from './stock-event.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** Nightly stores send when the day is over, UTC. */
const NIGHT_HOUR = 2;
/** Later than this after it happened, a fact was held up. */
const PROMPT_MS = 60_000;
const MONDAY_MS = 4 * DAY_MS;

export const OUTAGE_KINDS = ['recorded', 'random', 'nightly', 'weekend'] as const;
export type OutageKind = (typeof OUTAGE_KINDS)[number];

/**
 * Simulated silences of one location. `random`: every four days on average, of 6 hours in the median and up to three
 * days. `nightly`: all that is sold in a day is heard of in the night after it. `weekend`: every other weekend, from
 * Friday evening to Monday morning.
 */
export function simulateOutages(
  kind: Exclude<OutageKind, 'recorded'>,
  { from, to }: { from: number; to: number },
  seed: number,
): Outage[] {
  const random = seededRandom(seed);
  switch (kind) {
    case 'random':
      return randomOutages(from, to, random);
    case 'nightly':
      return nightlyOutages(from, to);
    case 'weekend':
      return weekendOutages(from, to, random);
    default:
      return kind satisfies never;
  }
}

function randomOutages(from: number, to: number, random: Random): Outage[] {
  const outages: Outage[] = [];
  for (let at = from; ;) {
    at -= Math.log(1 - random()) * 4 * DAY_MS;
    if (at >= to) return outages;
    const normal = Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
    const end = at + Math.min(72, 6 * Math.exp(1.2 * normal)) * HOUR_MS;
    outages.push({ from: at, to: end });
    at = end;
  }
}

function nightlyOutages(from: number, to: number): Outage[] {
  const outages: Outage[] = [];
  const first = Math.floor(from / DAY_MS) * DAY_MS + NIGHT_HOUR * HOUR_MS;
  for (let at = first; at < to; at += DAY_MS) outages.push({ from: Math.max(from, at), to: at + DAY_MS });
  return outages;
}

function weekendOutages(from: number, to: number, random: Random): Outage[] {
  const outages: Outage[] = [];
  const week = 7 * DAY_MS;
  const monday = Math.floor((from - MONDAY_MS) / week) * week + MONDAY_MS;
  for (let at = monday; at < to; at += week) {
    const friday = at + 4 * DAY_MS + 18 * HOUR_MS;
    const isSilent = random() < 0.5;
    if (isSilent && friday > from && friday < to) outages.push({ from: friday, to: friday + 62 * HOUR_MS });
  }
  return outages;
}

/** The silences that a location's facts tell of: each late one spans from when it happened to when it was heard of. */
export class RecordedOutages {
  readonly #outages: Outage[] = [];

  /** Facts in the order of `at`. */
  add(at: number, receivedAt: number): void {
    if (receivedAt - at < PROMPT_MS) return;
    const last = this.#outages.at(-1);
    if (!last || at > last.to) this.#outages.push({ from: at, to: receivedAt });
    else if (receivedAt > last.to) this.#outages[this.#outages.length - 1] = { from: last.from, to: receivedAt };
  }

  get outages(): readonly Outage[] {
    return this.#outages;
  }
}
