import { z } from 'zod';
import { currency as currencyCode } from '#shared/protocol/fields.ts';
import { minorOf } from '../pull/amounts.ts';
import { factLines, type OrderLine } from '../pull/money-lines.ts';
import type { OrderFacts, PulledDocument } from '../pull/order-reader.ts';
import { pulledKeyPrefix } from '../pull/pull-feed.ts';
import type { ErpnextFeed } from './feed-config.ts';

export const invoiceRow = z.object({
  name: z.string().min(1).max(140),
  /** 0 is a draft, 1 is submitted, 2 is cancelled. */
  docstatus: z.int().min(0).max(2),
  posting_date: z.string().regex(/^\d{4}-\d\d-\d\d$/),
  posting_time: z.string().regex(/^\d{1,2}:\d\d:\d\d(\.\d{1,6})?$/),
  is_return: z.int(),
  return_against: z.string().max(140).nullable(),
  pos_profile: z.string().max(140).nullable(),
  currency: z.string(),
  /** What is taken off the invoice as a whole. */
  discount_amount: z.number().nullable(),
});
type InvoiceRow = z.infer<typeof invoiceRow>;

export interface Item {
  readonly item_code: string;
  readonly qty: number;
  /** Of one unit, and of the line, as the customer paid it before what is taken off the invoice. */
  readonly rate: number;
  readonly amount: number;
}

/**
 * Turns a POS invoice into facts. Pure: a sale or a return, key = prefix + its name. A cancelled one is what it was and a void
 * of that (":void"): whether it had been read before does not matter. Drafts have no facts.
 */
export function factsOfInvoice(
  feed: ErpnextFeed,
  invoice: InvoiceRow,
  items: readonly Item[],
  edges: { instantOf(local: string): number | undefined; isStocked(item: string): boolean },
): OrderFacts {
  if (invoice.docstatus === 0) return { passedOver: 'draft' };
  const { currency } = invoice;
  if (!currencyCode.safeParse(currency).success) return { rejected: `"${currency.slice(0, 20)}" is no currency` };
  const time = invoice.posting_time.split('.')[0]?.padStart(8, '0');
  const occurredAt = edges.instantOf(`${invoice.posting_date} ${time}`);
  if (occurredAt === undefined) return { rejected: `"${invoice.posting_date}" is no date` };
  const isReturn = invoice.is_return === 1;
  const way = isReturn ? -1 : 1;
  if (items.some(({ qty }) => qty * way < 0)) return { rejected: 'a line goes the other way than the invoice' };
  const off = Math.abs(minorOf(invoice.discount_amount ?? 0, currency));
  const lines = factLines([
    ...items
      .filter(({ qty }) => qty !== 0)
      .map((item): OrderLine => ({
        sku: item.item_code,
        units: item.qty * way,
        unitPriceMinor: minorOf(item.rate, currency),
        amountMinor: minorOf(item.amount * way, currency),
        taxMinor: 0,
        isService: !edges.isStocked(item.item_code),
      })),
    ...(off > 0
      ? [{ sku: feed.differenceSku, units: 1, unitPriceMinor: 0, amountMinor: -off, taxMinor: 0, isService: true }]
      : []),
  ]);
  if (typeof lines === 'string') return { rejected: lines };
  if (lines.length === 0) return { passedOver: 'empty' };
  const prefix = pulledKeyPrefix(feed);
  const key = prefix + invoice.name;
  const head = {
    occurredAt,
    ...(invoice.pos_profile ? { till: invoice.pos_profile } : {}),
    receiptNo: invoice.name,
    currency,
  };
  const made: PulledDocument = isReturn
    ? {
        kind: 'return',
        key,
        body: {
          ...head,
          ...(invoice.return_against ? { sale: prefix + invoice.return_against } : {}),
          lines: lines.map(({ sku, quantity, unitPriceMinor, discountMinor = 0, service }) => ({
            sku,
            quantity,
            unitPriceMinor: Math.round(unitPriceMinor - discountMinor / quantity),
            condition: feed.returnCondition,
            ...(service ? { service } : {}),
          })),
        },
      }
    : { kind: 'sale', key, body: { ...head, lines } };
  if (invoice.docstatus === 1) return { documents: [made] };
  const taken: PulledDocument = {
    kind: 'void',
    key: `${key}:void`,
    body: { voids: key, reason: 'cancelled in ERPNext' },
  };
  return { documents: [made, taken] };
}
