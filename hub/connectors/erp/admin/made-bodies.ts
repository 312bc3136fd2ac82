import type { DocumentKind } from '#hub/outbox/documents/document-kinds.ts';

interface Made {
  readonly body: Readonly<Record<string, unknown>>;
  /** Of a void: the kind of what it takes back. */
  readonly of?: DocumentKind;
}

const priced = { sku: 'SKU-1', quantity: 1, unitPriceMinor: 199 };
const plain = { sku: 'SKU-1', quantity: 1 };
const ordered = { line: 'a', sku: 'SKU-1', units: 1, priceMinor: 199, discountMinor: 0, taxMinor: 0 };
const order = {
  order: 1,
  channel: 'web',
  channelOrderId: 'made-1',
  orderedAt: '2026-01-01T00:00:00.000Z',
  currency: 'EUR',
  totalMinor: 199,
  lines: [{ ...ordered, handed: 1, cancelled: 0, returned: 0 }],
};

/** The least that a document of each kind may say: what a mapping needs beside it may be missing one day. */
export const MADE_BODIES: Readonly<Record<DocumentKind, Made>> = {
  sale: { body: { currency: 'EUR', lines: [priced] } },
  return: { body: { currency: 'EUR', lines: [{ ...priced, condition: 'sellable' }] } },
  receipt: { body: { lines: [plain] } },
  transferOut: { body: { transfer: 'made', to: 'S2', lines: [plain] } },
  transferIn: { body: { transfer: 'made', from: 'S2', lines: [plain] } },
  transferSettled: {
    body: {
      from: 'S2',
      transfer: 'made',
      reason: 'lostOnTheWay',
      lines: [{ sku: 'SKU-1', place: 'S2', quantity: -1 }],
    },
  },
  adjustment: { body: { reason: 'made', lines: [{ sku: 'SKU-1', quantity: -1 }] } },
  handOver: { body: { task: 1, step: 'handedOver', lines: [{ line: 'a', sku: 'SKU-1', quantity: 1 }] } },
  count: { body: { lines: [plain] } },
  variance: { body: { lines: [{ sku: 'SKU-1', quantity: -1 }] } },
  void: { body: { reason: 'made' }, of: 'sale' },
  orderConfirmed: { body: order },
  orderChanged: { body: order },
  orderShipped: { body: order },
  orderCancelled: { body: order },
  orderRefunded: { body: { ...order, amountMinor: 199 } },
};
