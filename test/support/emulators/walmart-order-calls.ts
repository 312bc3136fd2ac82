import type { EmulatedAnswer } from './channel-server.ts';
import { shownOrder, type AskedLine, type WalmartOrderBook } from './walmart-order-book.ts';

interface Line {
  readonly lineNumber: string;
  readonly orderLineStatuses?: {
    readonly orderLineStatus: readonly {
      readonly statusQuantity: { readonly amount: string };
      readonly cancellationReason?: string;
    }[];
  };
  readonly refunds?: {
    readonly refund: readonly {
      readonly refundCharges: { readonly refundCharge: readonly { readonly charge: Charge }[] };
    }[];
  };
}
interface Charge {
  readonly chargeAmount: { readonly currency: string; readonly amount: number };
  readonly tax?: { readonly taxAmount: { readonly amount: number } };
}

/** The lines that a request to ship, cancel or refund names. The model has checked its form. */
export function askedLines(body: unknown): AskedLine[] {
  const [inner] = Object.values((body ?? {}) as Record<string, { orderLines: { orderLine: readonly Line[] } }>);
  return (inner?.orderLines.orderLine ?? []).map(({ lineNumber, orderLineStatuses, refunds }) => {
    const statuses = orderLineStatuses?.orderLineStatus ?? [];
    const charges = (refunds?.refund ?? []).flatMap(({ refundCharges }) => refundCharges.refundCharge);
    return {
      lineNumber,
      units: statuses.reduce((sum, { statusQuantity }) => sum + Number(statusQuantity.amount), 0),
      reason: statuses[0]?.cancellationReason,
      product: charges.reduce((sum, { charge }) => sum + charge.chargeAmount.amount, 0),
      tax: charges.reduce((sum, { charge }) => sum + (charge.tax?.taxAmount.amount ?? 0), 0),
      currency: charges[0]?.charge.chargeAmount.currency ?? '',
    };
  });
}

/** A parameter as it came. */
export const textOf = (value: unknown): string => (typeof value === 'string' ? value : '');

/** A page of orders: those that nobody has acknowledged, or those that have changed. */
export function ordersAnswer(
  book: WalmartOrderBook,
  name: string,
  parameters: Readonly<Record<string, unknown>>,
  from: number,
): EmulatedAnswer {
  const isReleased = name === 'getAllReleasedOrders';
  const time = (key: string): number => Date.parse(textOf(parameters[key]) || '1970-01-01');
  const found = [...book.orders.values()].filter(
    ({ lines, at, modifiedAt }) =>
      at >= time('createdStartDate') &&
      (isReleased
        ? lines.some(({ units, acknowledged, cancelled }) => acknowledged < units && cancelled < units)
        : modifiedAt >= time('lastModifiedStartDate')),
  );
  // Small pages, so that there are several.
  const limit = Math.min(Number(parameters['limit'] ?? 100), 2);
  const order = found.slice(from, from + limit).map(shownOrder);
  const isLast = from + limit >= found.length;
  const query = new URLSearchParams({
    ...Object.fromEntries(Object.entries(parameters).map(([key, value]) => [key, String(value)])),
    hasMoreElements: 'true',
    soIndex: String(from + limit),
  });
  const meta = { totalCount: found.length, limit, ...(!isLast && { nextCursor: `?${query.toString()}` }) };
  return { status: 200, body: { list: { meta, elements: { order } } } };
}
