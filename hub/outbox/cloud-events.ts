import { z } from 'zod';

/** Forms of a message: ours, and CloudEvents 1.0 in structured and in binary mode. */
export const MESSAGE_FORMS = ['standard', 'cloudEvents', 'cloudEventsBinary'] as const;
export const messageForm = z.enum(MESSAGE_FORMS);
export type MessageForm = z.output<typeof messageForm>;

export const CLOUD_EVENTS_VERSION = '1.0';
/** Ids are unique over all hubs, so all of them are one source. */
export const EVENT_SOURCE = '/shelfwire/hub';
const SEQUENCE_DIGITS = 16;

export const cloudEventType = (type: string): string => `shelfwire.${type}`;

/** Sorts as text as it does as a number, as CloudEvents' extension of this name asks. */
export const shownSequence = (sequence: number): string => String(sequence).padStart(SEQUENCE_DIGITS, '0');

const attributes = (type: string) => ({
  specversion: z.literal(CLOUD_EVENTS_VERSION),
  id: z.string().describe('The same at each attempt: what came once under it is not taken again.'),
  source: z.literal(EVENT_SOURCE),
  type: z.literal(cloudEventType(type)),
  subject: z
    .string()
    .optional()
    .describe('What it is of: the number of an order. Events of one subject come in order.'),
  time: z.iso.datetime({ precision: 3 }).describe('When it happened.'),
  sequence: z
    .string()
    .regex(new RegExp(`^\\d{${SEQUENCE_DIGITS}}$`))
    .describe('Grows with every message of a receiver, as text too: of two numbers the one with the higher is newer.'),
  correlationid: z.string().describe('Finds the story in the logs.'),
});

/** Structured mode: the event is the body. */
export const cloudEventOf = <Data extends z.ZodType>(type: string, data: Data) =>
  z.strictObject({ ...attributes(type), datacontenttype: z.literal('application/json'), data });

/** Binary mode: headers beside the data, values in %XX where HTTP asks for it. */
export const cloudEventHeadersOf = (type: string) => {
  const named = Object.entries(attributes(type)).map(([name, value]) => [`ce-${name}`, value]);
  return Object.fromEntries(named) as Record<string, z.ZodType>;
};
