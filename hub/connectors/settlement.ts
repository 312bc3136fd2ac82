/** One amount of a settlement: an order has several, such as its price, tax and commission. Fees and refunds are negative. */
export interface SettlementLine {
  /** As the channel names it: Order, Refund and more. */
  readonly transactionType: string;
  /** Null where the line belongs to no order, as subscriptions do. */
  readonly orderId: string | null;
  readonly sku: string | null;
  readonly quantity: number | null;
  readonly amountType: string;
  readonly amountDescription: string;
  readonly amountMinor: number;
  readonly currency: string;
  /** An instant, UTC. */
  readonly postedAt: string;
}

export interface Settlement {
  readonly settlementId: string;
  readonly currency: string;
  /** What is paid out, as the report says; its lines sum up to it when all of them are there. */
  readonly totalMinor: number;
  readonly lines: readonly SettlementLine[];
}
