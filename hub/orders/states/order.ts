import type { OrderContent, Payment } from '../order/canonical-order.ts';
import { newLine, placeName, type LineUnits, type UnitsAt } from './line-units.ts';
import type { OrderState } from './order-state.ts';

/** What is known of the money: `failed` once it was refused, or taken back from us. */
export type PaymentState = Payment | 'failed';

/** An order as it stands. */
export interface Order {
  readonly content: OrderContent;
  readonly state: OrderState;
  readonly payment: PaymentState;
  readonly lines: readonly LineUnits[];
  /** Our sku of each line, once it is known. */
  readonly skus: Readonly<Record<string, string>>;
  /** Where units of a line were promised and not found: they are not looked for there again. */
  readonly avoid: readonly { readonly line: string; readonly location: string }[];
  /**
   * Money that the channel was asked to give back so far. Where an edit at the channel changes what that was worth, so much more
   * or less: by itself an edit makes nothing due.
   */
  readonly refundedMinor: number;
}

export function newOrder(content: OrderContent, payment: Payment): Order {
  return {
    content,
    state: 'received',
    payment,
    lines: content.lines.map(({ line, units, calledOff }) => newLine(line, units, calledOff)),
    skus: {},
    avoid: [],
    refundedMinor: 0,
  };
}

/** What is held for the order, and where. */
export function heldUnits({ lines }: Order): UnitsAt[] {
  return lines.flatMap(({ line, places }) =>
    places.flatMap(({ reserved, picked, ...place }) =>
      reserved + picked === 0 ? [] : [{ line, ...placeName(place), units: reserved + picked }],
    ),
  );
}
