import { createHash } from 'node:crypto';
import { expectInvoice, type ExpectedFact } from '../oracle/expected-facts.ts';
import { STORES, type StoreCode } from './rules.ts';
import type { InputRow, Invoice, Slice } from './slice.ts';

/** An invoice in the store that it was dealt to, and what must become of it. */
export interface DealtInvoice {
  readonly store: StoreCode;
  readonly invoice: Invoice;
  readonly facts: readonly ExpectedFact[];
  readonly unreadable: readonly InputRow[];
}

/** Deals the invoices to the stores: the same seed deals the same. Bad debt goes round, so that each way meets it. */
export function dealInvoices(slice: Slice, seed: number): DealtInvoice[] {
  return slice.invoices.map((invoice) => {
    const money = invoice.number.startsWith('A') ? Number(invoice.number.slice(1)) : undefined;
    const place = (money ?? spread(`${seed}:${invoice.number}`)) % STORES.length;
    const store = STORES[place] ?? STORES[0];
    return { store, invoice, ...expectInvoice(store, invoice) };
  });
}

/** A number that looks random but is always the same for the same text. */
export function spread(text: string): number {
  return createHash('sha256').update(text).digest().readUInt32LE(0);
}
