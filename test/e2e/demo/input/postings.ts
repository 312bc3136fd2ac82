import { documentsFromRows } from '#agent/pos/csv/documents-from-rows.ts';
import type { Delivery, ExpectedRefusal, PlanPart, Posting } from './delivery.ts';
import { penceOf, type ExpectedFact } from '../oracle/expected-facts.ts';
import { salesFeed } from './feeds.ts';
import { KEY_PREFIX } from './rules.ts';
import { londonInstant } from '../oracle/london-time.ts';
import type { InputRow } from './slice.ts';
import { spread, type DealtInvoice } from './stores.ts';

const build = documentsFromRows(salesFeed('/unused'));

/** The postings of one invoice, in the same shapes and under the same keys as its CSV export gives. */
export function postingsOf(dealt: DealtInvoice): { postings: Posting[]; refusals: ExpectedRefusal[] } {
  const { store, invoice } = dealt;
  const { documents } = build(invoice.rows.map((row) => ({ line: row.number, raw: row.raw, cells: cellsOf(row) })));
  const postings = documents.map(({ kind, key, body }): Posting => ({
    key,
    text: JSON.stringify({ kind, key, body }),
    answer: 'taken',
  }));
  const refusals = dealt.unreadable.map((row): ExpectedRefusal => {
    const text = JSON.stringify({ kind: 'sale', key: `${KEY_PREFIX}${row.invoice}:${row.number}`, body: asSold(row) });
    postings.push({ key: '', text, answer: 'FACT_INVALID' });
    return { store, code: 'FACT_INVALID', verbatim: text, why: 'price below zero', rows: [row.number] };
  });
  return { postings, refusals };
}

/** What a till posts that does not look: the row as it is, though no sale can have it. */
function asSold(row: InputRow) {
  const line = { sku: row.sku, quantity: Number(row.quantity), unitPriceMinor: penceOf(row.price) };
  return { occurredAt: londonInstant(row.date), receiptNo: row.invoice, currency: 'GBP', lines: [line] };
}

function cellsOf({ invoice, sku, quantity, price, date, description }: InputRow) {
  return { document: invoice, sku, quantity, price, date, time: '', description, till: '' };
}

/** A till that posts each invoice when it is made, one in twenty a second time, as if the answer had been lost. */
export function postSingly(invoices: readonly DealtInvoice[], dayOf: (dealt: DealtInvoice) => number): PlanPart {
  const parts = invoices.map((dealt) => {
    const { postings, refusals } = postingsOf(dealt);
    const { store, invoice } = dealt;
    const post: Delivery = { store, day: dayOf(dealt), way: 'post', postings, asArray: false };
    const again = spread(`again:${invoice.number}`) % 20 === 0 ? [{ ...post, day: post.day + 0.01 }] : [];
    return { deliveries: [post, ...again], refusals };
  });
  return joinParts(parts);
}

/** A till that collects: what was sold in each hour goes in one request. */
export function postHourly(invoices: readonly DealtInvoice[], dayOf: (dealt: DealtInvoice) => number): PlanPart {
  const hours = Map.groupBy(invoices, ({ invoice }) => `${invoice.day} ${Math.floor(invoice.minute / 60)}`);
  const parts = [...hours.values()].map((dealt) => {
    const made = dealt.map(postingsOf);
    const postings = made.flatMap((one) => one.postings);
    const store = dealt[0]!.store;
    const day = Math.max(...dealt.map(dayOf));
    const delivery: Delivery = { store, day, way: 'post', postings, asArray: true };
    return { deliveries: [delivery], refusals: made.flatMap((one) => one.refusals) };
  });
  return joinParts(parts);
}

export function postCount(fact: ExpectedFact, day: number): Delivery {
  const { store, kind, key, body } = fact;
  const text = JSON.stringify({ kind, key, body });
  return { store, day, way: 'post', postings: [{ key, text, answer: 'taken' }], asArray: false };
}

export function joinParts(parts: readonly PlanPart[]): PlanPart {
  return { deliveries: parts.flatMap((part) => part.deliveries), refusals: parts.flatMap((part) => part.refusals) };
}
