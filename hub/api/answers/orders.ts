import { z } from 'zod';
import { ERRORS, type ErrorCode } from '#shared/protocol/errors.ts';
import { LANES, SUBSTITUTIONS } from '#hub/orders/order/canonical-order.ts';
import { contact } from '#hub/orders/order/contact.ts';
import { ORDER_STATES } from '#hub/orders/states/order-state.ts';
import { natural, shownInstant } from './fields.ts';

const code = z.enum(Object.keys(ERRORS) as [ErrorCode, ...ErrorCode[]]);

const order = {
  id: natural,
  channel: z.string(),
  channelOrderId: z.string(),
  state: z.enum(ORDER_STATES),
  payment: z.enum(['pending', 'paid', 'onHandover', 'failed']),
  lane: z.enum(LANES),
  totalMinor: natural,
  receivedAt: shownInstant,
  enteredAt: shownInstant.describe('Since when it is in its state.'),
  dueAt: shownInstant.nullable().describe('When it should have left its state; null: it may stay.'),
  late: z.boolean(),
  problem: z
    .strictObject({ code, detail: z.string(), remedy: z.string() })
    .nullable()
    .describe('Why it does not go on by itself.'),
};

const money = { priceMinor: natural, discountMinor: natural, taxMinor: natural };

const line = z.strictObject({
  line: z.string(),
  sku: z.string().nullable().describe('Ours; null while it is not known.'),
  channelSku: z.string().optional(),
  units: natural.describe('All that were ever ordered of it.'),
  ...money,
  substitution: z.enum(SUBSTITUTIONS).optional().describe('Absent: as the order says.'),
  open: natural.describe('Nobody has them for the order yet.'),
  reserved: natural,
  picked: natural,
  handed: natural,
  cancelled: natural,
  calledOff: natural.describe('Of the cancelled: taken out at the channel, which has settled their money.'),
  returned: natural,
  places: z.array(
    z.strictObject({
      location: z.string(),
      substitute: z
        .string()
        .optional()
        .describe("The sku that the store gives instead, at the price of the line; absent: the line's own."),
      reserved: natural,
      picked: natural,
      handed: natural,
    }),
  ),
});

const event = z.strictObject({
  event: natural,
  at: shownInstant,
  act: z.string(),
  by: z.string(),
  detail: z.unknown(),
  steps: z.array(z.strictObject({ event: z.string(), from: z.enum(ORDER_STATES), to: z.enum(ORDER_STATES) })),
  refused: z.string().nullable().describe('What was said is true and could not be taken: the code of why.'),
  correlationId: z.string(),
});

export const orderEffect = z.strictObject({
  id: natural,
  order: natural,
  kind: z.string(),
  detail: z.unknown(),
  createdAt: shownInstant,
  attempts: natural,
  error: z.unknown().describe('Why it failed when it was last tried; null: it did not.'),
  sourcing: z.unknown().describe('Of a `reserve` why units were taken from where.'),
  doneAt: shownInstant.nullable(),
  doneBy: z.string().nullable(),
});

export const orderListed = z.strictObject(order).meta({ id: 'Order' });

export const orderInFull = z.strictObject({
  ...order,
  orderedAt: shownInstant,
  currency: z.string(),
  taxIncluded: z.boolean(),
  shipping: z.strictObject(money),
  refundedMinor: natural.describe('That the channel was asked to give back.'),
  delivery: z.unknown(),
  promise: z.strictObject({ lane: z.enum(LANES), by: shownInstant.optional() }),
  partial: z.boolean(),
  onUnavailable: z.enum(['cancel', 'wait']),
  substitution: z
    .enum(SUBSTITUTIONS)
    .optional()
    .describe('Whether stores may give something else; absent: they may not.'),
  correlationId: z.string(),
  lines: z.array(line),
  events: z.array(event),
  effects: z.array(orderEffect),
  holds: z.array(
    z.strictObject({
      reservation: natural,
      line: z.string(),
      location: z.string(),
      substitute: z.string().nullable().describe("The sku that is held instead of the line's; null: the line's own."),
      units: natural,
      released: natural,
      handed: natural,
    }),
  ),
  edits: z
    .array(
      z.strictObject({
        edit: natural.describe('0 is the order as it came first.'),
        version: natural.nullable().describe('Of the channel; null: it names none.'),
        receivedAt: shownInstant,
        by: z.string(),
        content: z.unknown(),
      }),
    )
    .describe('What came when the channel had changed the order, the newest 50; empty: it never did.'),
  conflicts: z.array(z.strictObject({ receivedAt: shownInstant, by: z.string(), content: z.unknown() })),
});

export const customerOrder = z.strictObject({
  order: natural,
  channelOrderId: z.string(),
  receivedAt: shownInstant,
  state: z.enum(ORDER_STATES),
  contact: contact.nullable(),
  retainUntil: shownInstant,
});
