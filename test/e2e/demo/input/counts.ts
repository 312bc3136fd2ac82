import { seededRandom, type Random } from '#shared/runtime/random.ts';
import { londonInstant } from '../oracle/london-time.ts';
import { stockChanges, type ExpectedFact } from '../oracle/expected-facts.ts';
import { COUNT_PREFIX, type StoreCode } from './rules.ts';
import { foldShelves } from '../oracle/shelves.ts';

const LINES_PER_COUNT = 500;
const LATE_BY: Readonly<Record<StoreCode, number>> = { YORK: 0, BATH: 2, LEEDS: Number.POSITIVE_INFINITY };

/** A stock count, with when it is taken and when it is handed in, in days since the beginning. */
export interface PlannedCount {
  readonly fact: ExpectedFact;
  readonly takenDay: number;
  readonly handedInDay: number;
}

/**
 * The counts of one store: all shelves before the first day, a part of them on two nights. Every seventh shelf opens
 * with less than will be sold (stock will go below zero), every fifth recount finds another number than the books.
 * The first recount comes in time in YORK, where sales come late; two days late in BATH, and in LEEDS last of all (M3).
 */
export function planCounts(
  store: StoreCode,
  facts: readonly ExpectedFact[],
  days: readonly string[],
  seed: number,
): PlannedCount[] {
  const random = seededRandom(seed + store.length * 7919 + store.charCodeAt(0));
  const opening = countsAt(store, 'opening', `${days[0]} 05:00:00`, openingLines(facts, random));
  const planned = opening.map((fact) => ({ fact, takenDay: 0, handedInDay: 0 }));
  const nights = [Math.floor(days.length / 3), Math.floor((days.length * 2) / 3)];
  const all = [...facts, ...opening];
  for (const [place, night] of [...new Set(nights)].entries()) {
    const time = `${days[night]} 22:00:00`;
    const books = foldShelves(all, londonInstant(time));
    const lines = [...books]
      .filter(() => random() < 0.25)
      .map(([sku, { onHand }]) => ({
        sku,
        quantity: Math.max(0, onHand + (random() < 0.2 ? whole(random, -5, 5) : 0)),
      }));
    const counts = countsAt(store, `night-${place + 1}`, time, lines);
    all.push(...counts);
    const lateBy = place > 0 ? 0 : LATE_BY[store];
    const takenDay = night + 0.95;
    const handedInDay = Math.min(takenDay + lateBy, days.length - 0.05);
    planned.push(...counts.map((fact) => ({ fact, takenDay, handedInDay })));
  }
  return planned;
}

function openingLines(facts: readonly ExpectedFact[], random: Random): { sku: string; quantity: number }[] {
  const changes = new Map<string, number>();
  for (const { sku, quantity } of facts.flatMap(stockChanges)) changes.set(sku, (changes.get(sku) ?? 0) + quantity);
  return [...changes].map(([sku, change]) => {
    const needed = Math.max(0, -change);
    const quantity = random() < 1 / 7 ? Math.floor(needed * random()) : needed + whole(random, 3, 60);
    return { sku, quantity };
  });
}

function countsAt(
  store: StoreCode,
  name: string,
  time: string,
  lines: readonly { sku: string; quantity: number }[],
): ExpectedFact[] {
  return Array.from({ length: Math.ceil(lines.length / LINES_PER_COUNT) }, (_, part) => ({
    store,
    key: `${COUNT_PREFIX}${name}-${part + 1}`,
    kind: 'count' as const,
    body: {
      occurredAt: londonInstant(time),
      countedBy: 'night shift',
      lines: lines.slice(part * LINES_PER_COUNT, (part + 1) * LINES_PER_COUNT),
    },
    rows: [],
  }));
}

/** A whole number from `low` to `high`. */
const whole = (random: Random, low: number, high: number): number => low + Math.floor(random() * (high - low + 1));
