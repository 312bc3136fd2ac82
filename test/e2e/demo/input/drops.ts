import type { Delivery, ExpectedRefusal, PlanPart } from './delivery.ts';
import type { ExpectedFact } from '../oracle/expected-facts.ts';
import type { StoreCode } from './rules.ts';
import type { Slice } from './slice.ts';
import type { DealtInvoice } from './stores.ts';

type Drop = Extract<Delivery, { way: 'drop' }>;

const MIDDAY = 13 * 60;

/**
 * The exports of a till that writes files: the morning at midday, the whole day after closing (so the morning comes
 * twice), every third one in pieces; now and then the very same file again under another name, and an export of the
 * last five days as a Windows machine writes it.
 */
export function dropExports(slice: Slice, store: StoreCode, invoices: readonly DealtInvoice[]): PlanPart {
  const deliveries: Delivery[] = [];
  const ofDay = Map.groupBy(invoices, ({ invoice }) => invoice.day);
  const drop = (day: number, name: string, dealt: readonly DealtInvoice[], more: Partial<Drop> = {}): void => {
    if (dealt.length > 0) deliveries.push({ ...salesDrop(store, day, name, csvOf(slice, dealt), dealt), ...more });
  };
  for (const [place, day] of slice.days.entries()) {
    const dealt = ofDay.get(day) ?? [];
    const morning = dealt.filter(({ invoice }) => invoice.minute < MIDDAY);
    drop(place + partOfDay(MIDDAY), `sales-${day}-morning.csv`, morning);
    drop(place + 0.9, `sales-${day}.csv`, dealt, { inPieces: place % 3 === 0 });
    if (place % 4 === 1) drop(place + 0.95, `sales-${day}-copy.csv`, dealt);
    if (place % 5 === 4) {
      const week = slice.days.slice(place - 4, place + 1).flatMap((one) => ofDay.get(one) ?? []);
      const text = `\uFEFF${csvOf(slice, week).replaceAll('\n', '\r\n')}`;
      drop(place + 0.97, `week-until-${day}.csv`, week, { text });
    }
  }
  return { deliveries, refusals: invoices.flatMap(refusalsOf) };
}

function refusalsOf({ store, unreadable }: DealtInvoice): ExpectedRefusal[] {
  return unreadable.map((row) => {
    return { store, code: 'CSV_ROW_INVALID', verbatim: row.raw, why: 'price below zero', rows: [row.number] };
  });
}

export function csvOf(slice: Slice, dealt: readonly DealtInvoice[]): string {
  const rows = dealt.flatMap(({ invoice }) => invoice.rows.map((row) => row.raw));
  return `${[slice.header, ...rows].join('\n')}\n`;
}

export function salesDrop(
  store: StoreCode,
  day: number,
  name: string,
  text: string,
  dealt: readonly DealtInvoice[],
): Drop {
  const keys = dealt.flatMap(({ facts }) => facts.map(({ key }) => key));
  return { store, day, way: 'drop', feed: 'sales', name, text, keys, inPieces: false };
}

/** A count as the counting program exports it: the shop's own time, one row a shelf. */
export function countDrop(fact: ExpectedFact, day: number): Drop {
  const { store, key, body } = fact;
  const id = key.slice(key.indexOf(':') + 1);
  const wall = new Date(body.occurredAt).toLocaleString('sv-SE', { timeZone: 'Europe/London' });
  const by = String(body['countedBy']);
  const rows = body.lines.map(({ sku, quantity }) => [id, sku, quantity, wall, by].join(','));
  const text = `${['Count,Sku,Counted,At,By', ...rows].join('\n')}\n`;
  return { store, day, way: 'drop', feed: 'counts', name: `count-${id}.csv`, text, keys: [key], inPieces: false };
}

/** Where a minute of the day lies in the feed: shops are open from six to nine at most, files follow after closing. */
export function partOfDay(minute: number): number {
  return Math.min(0.88, Math.max(0.02, ((minute - 360) / 900) * 0.88));
}
