import { z } from 'zod';
import { key, text } from '#shared/protocol/fields.ts';
import { CANCEL_REASONS } from '#hub/orders/states/act.ts';
import { soldSku, soldUnits, type OrderForm } from '../each-order.ts';

const quantity = z.int().min(0).max(2_147_483_647);

/** What a receiver says of an item; to `stock.levels` nothing (all were taken), or an item each. */
const leveled = z.discriminatedUnion('status', [
  z.object({ channelSku: text, status: z.literal('taken') }),
  /** It applies it later. */
  z.object({ channelSku: text, status: z.literal('accepted') }),
  /** Its number is another than `changeFrom`. */
  z.object({ channelSku: text, status: z.literal('stale') }),
  /** It has taken a message of a higher sequence for it. */
  z.object({ channelSku: text, status: z.literal('older') }),
  z.object({ channelSku: text, status: z.literal('unknown') }),
  z.object({ channelSku: text, status: z.literal('refused'), detail: z.string().max(1_024) }),
]);
export type Leveled = z.output<typeof leveled>;
export const levelsAnswer = z.object({ items: z.array(leveled).max(1_000) });

/** To `stock.bulk`: what it is asked for by `stock.outcome`. */
export const bulkAnswer = z.object({ ticket: z.string().min(1).max(1_024) });

/** To `stock.outcome`: it works at it still, or an item each; those that it does not name are read. */
export const outcomeAnswer = z.union([
  z.object({ state: z.literal('working') }),
  z.object({ state: z.literal('done'), items: z.array(leveled).max(10_000) }),
]);

/** To `stock.read`: those that it does not name it does not know. */
export const readAnswer = z.object({ items: z.array(z.object({ channelSku: text, quantity })).max(1_000) });

const channelOrder = z.object({
  id: key,
  /** In the form of POST /v1/orders. */
  order: z.unknown(),
  /** Grows with every change of the order. */
  version: z.int().min(0).nullable().default(null),
  cancelled: z.enum(CANCEL_REASONS).nullable().default(null),
});

export const ORDER_FORM: OrderForm<z.output<typeof channelOrder>> = {
  order: channelOrder,
  name: z.object({ id: z.string() }).transform(({ id }) => id),
  lines: z.object({ order: z.object({ lines: z.array(z.unknown()) }) }).transform(({ order }) => order.lines),
  line: z.union([z.object({ channelSku: soldSku, units: soldUnits }), z.object({ sku: soldSku, units: soldUnits })]),
};

/** To `orders.read`. */
export const ordersAnswer = z.object({
  orders: z.array(z.unknown()).max(250),
  next: z.string().min(1).max(1_024).nullable(),
});

/** What it sends. */
export const incoming = z.object({
  type: z.enum(['order.changed', 'listing.changed']),
  data: z.union([
    z.object({ order: z.looseObject({ id: key }) }),
    z.object({ listing: text.describe('Its number at the receiver is to be read anew.') }),
  ]),
});
