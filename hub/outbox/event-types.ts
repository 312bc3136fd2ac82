import { z } from 'zod';
import { key, sku, storeCode, text } from '#shared/protocol/fields.ts';

/** Levels that one message takes. */
export const LEVELS_PER_MESSAGE = 200;

interface EventType {
  readonly summary: string;
  /** Whether webhooks may ask for it; else it only comes when somebody asks for it. */
  readonly subscribable: boolean;
  readonly data: z.ZodType;
  /** What an event is of, one line: those of one subject come in order. */
  readonly subjectOf?: (data: never) => string;
  /** Where it goes beyond its type, for receivers that take a part: a word of a NATS subject. */
  readonly topicOf?: (data: never) => string;
}

/** The states are the orders' own, which know this room and not the other way round. */
const orderState = z.string().max(32);
const availabilityItem = z.strictObject({
  channel: storeCode,
  sku,
  available: z.int().min(0).max(2_147_483_647).describe('What the channel may sell now.'),
});
/** Nothing personal: who may see that reads the order. */
const orderChanged = z.strictObject({
  order: z.int().min(1).describe('GET /v1/orders/NUMBER has all of it.'),
  channel: storeCode,
  channelOrderId: key,
  state: orderState.describe('As GET /v1/orders/NUMBER says it.'),
  before: orderState.nullable().describe('Null: it has just been taken in.'),
  act: z.string().max(64).describe('What was said of it, or done, that led there.'),
});
/** Of a level a message has the newest value of each subject, several at once. */
const levels = <Item extends z.ZodType>(item: Item) =>
  z.strictObject({ items: z.array(item).min(1).max(LEVELS_PER_MESSAGE) });

/** Everything that a webhook can be told. A new type is one line here; whoever causes it calls `addEvents`. */
export const EVENT_TYPES = {
  'availability.changed': {
    summary:
      'What channels may sell has changed: the newest number of each sku and channel; those between may be left out.',
    subscribable: true,
    data: levels(availabilityItem),
  },
  'order.changed': {
    summary:
      'An order was taken in, has another state, was changed at its channel (`edit`), or a store gives something else for a line of it (`substitute`).',
    subscribable: true,
    data: orderChanged,
    subjectOf: ({ order }: z.output<typeof orderChanged>) => String(order),
    topicOf: ({ channel }: z.output<typeof orderChanged>) => channel,
  },
  'webhook.ping': {
    summary: 'Somebody tries the webhook: POST /v1/webhooks/NUMBER/ping.',
    subscribable: false,
    data: z.strictObject({ webhook: z.int().min(1), by: text }),
  },
} as const satisfies Record<string, EventType>;

export type EventTypeName = keyof typeof EVENT_TYPES;
export type EventData<Type extends EventTypeName> = z.input<(typeof EVENT_TYPES)[Type]['data']>;

const names = Object.keys(EVENT_TYPES) as EventTypeName[];
const subscribable = names.filter((name) => EVENT_TYPES[name].subscribable) as [EventTypeName, ...EventTypeName[]];
/** What a webhook may be told of. */
export const eventTypeName = z.enum(subscribable);

/** Undefined: of a type that an older version knew. */
export function eventType(name: string): EventType | undefined {
  return Object.hasOwn(EVENT_TYPES, name) ? EVENT_TYPES[name as EventTypeName] : undefined;
}

/** A message's body in our own form, the same for every type. */
export const messageOf = <Data extends z.ZodType>(type: string, data: Data) =>
  z.strictObject({
    type: z.literal(type),
    timestamp: z.iso.datetime({ precision: 3 }).describe('When it happened.'),
    sequence: z
      .int()
      .min(1)
      .describe(
        'Grows with every message of a webhook: of two numbers the one in the message with the higher sequence is newer.',
      ),
    correlationId: z.string().describe('Finds the story in the logs.'),
    data,
  });
