import { londonInstant } from '#test/e2e/demo/oracle/london-time.ts';
import { SERVICE_SKUS } from '#test/e2e/demo/input/rules.ts';
import { readSlice, type InputRow, type Invoice } from '#test/e2e/demo/input/slice.ts';
import { spread } from '#test/e2e/demo/input/stores.ts';
import { simulateOutages, type OutageKind } from '#hub/availability/what-if/outages.ts';
import type { Past, StockEvent } from '#hub/availability/what-if/stock-event.ts';
import { Survey, type ToldEvent } from '#hub/availability/what-if/survey.ts';

/** Stores of unequal size: what each sells of the whole, percent. */
export const STORES = [24, 18, 15, 12, 11, 9, 7, 4] as const;

/** A marketplace that sells from all, one that only sells from the five large stores, and the chain's own shop. */
export const CHANNELS = [
  { code: 'marketplace', locations: new Set(STORES.keys()), epsilon: 0.01 },
  { code: 'outlet', locations: new Set([0, 1, 2, 3, 4]), epsilon: 0.02 },
  { code: 'webshop', locations: new Set(STORES.keys()), epsilon: 0.05 },
] as const;

export interface Retail {
  readonly events: readonly StockEvent[];
  readonly past: Past;
}

export type SimulatedOutages = Exclude<OutageKind, 'recorded'>;

/** The sales of an "Online Retail" file: what went out, by invoice and sku; returns and corrections are no demand. */
export function readSales(path: string, seed: number, channelShare: number): ToldEvent[] {
  return readSlice(path).invoices.flatMap((invoice) => dealt(invoice, seed, channelShare));
}

/** The same sales with other silences. */
export function makeRetail(
  told: readonly ToldEvent[],
  kind: SimulatedOutages,
  seed: number,
  learnDays: number,
): Retail {
  const survey = new Survey(STORES.length);
  for (const event of told) survey.add(event);
  const [from, to] = [told[0]?.at ?? 0, (told.at(-1)?.at ?? 0) + 1];
  const past: Past = {
    from,
    measuredFrom: from + learnDays * 86_400_000,
    to,
    locations: STORES.map((share, place) => `S${place + 1}-${share}`),
    channels: CHANNELS,
    shelves: survey.shelves,
    outages: STORES.map((_, place) => simulateOutages(kind, { from, to }, seed * 1_000 + place)),
  };
  return { events: told.map((event) => survey.place(event)), past };
}

function dealt({ number, rows }: Invoice, seed: number, channelShare: number): ToldEvent[] {
  if (/^[AC]/.test(number)) return [];
  const location = storeOf(spread(`${seed}:${number}`) / 2 ** 32);
  const isOrder = spread(`channel:${seed}:${number}`) / 2 ** 32 < channelShare;
  const open = [...CHANNELS.keys()].filter((channel) => CHANNELS[channel]?.locations.has(location));
  const channel = isOrder ? (open[spread(`which:${seed}:${number}`) % open.length] ?? -1) : -1;
  const at = londonInstant(rows[0]?.date ?? '');
  const units = new Map<string, number>();
  for (const row of rows) if (isGoods(row)) units.set(row.sku, (units.get(row.sku) ?? 0) + Number(row.quantity));
  return [...units].map(([sku, quantity]) => {
    return { at, receivedAt: at, location, sku, kind: isOrder ? 'order' : 'walkIn', quantity, channel };
  });
}

function isGoods({ sku, quantity, price }: InputRow): boolean {
  return Number(quantity) > 0 && Number(price) >= 0 && !SERVICE_SKUS.includes(sku);
}

function storeOf(part: number): number {
  let sum = 0;
  for (const [place, share] of STORES.entries()) {
    sum += share / 100;
    if (part < sum) return place;
  }
  return STORES.length - 1;
}
