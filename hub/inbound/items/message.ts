import { z } from 'zod';

/** So many items a message or request has at most; a statement of stock is one. */
export const MESSAGE_ITEMS_MAX = 1_000;

const items = z.array(z.unknown()).min(1).max(MESSAGE_ITEMS_MAX);

/** What a webhook says, and a line of a file of JSON lines. Its items are read one by one, each for itself. */
export const inboundMessage = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('inbound.facts'), data: z.strictObject({ facts: items }) }),
  z.strictObject({ type: z.literal('inbound.products'), data: z.strictObject({ products: items }) }),
  z.strictObject({ type: z.literal('inbound.stock'), data: z.looseObject({}) }),
]);
export type InboundMessage = z.output<typeof inboundMessage>;

/** A line of a file says one thing. */
export const inboundLine = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('inbound.fact'), data: z.looseObject({}) }),
  z.strictObject({ type: z.literal('inbound.product'), data: z.looseObject({}) }),
  z.strictObject({ type: z.literal('inbound.stock'), data: z.looseObject({}) }),
]);
export type InboundLine = z.output<typeof inboundLine>;
