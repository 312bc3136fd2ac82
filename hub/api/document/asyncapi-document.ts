import { z } from 'zod';
import { CORRELATION_HEADER } from '#shared/protocol/correlation.ts';
import { ERRORS, type ErrorCode } from '#shared/protocol/errors.ts';
import { AGENT_EVENT_SCHEMAS, HUB_EVENT_SCHEMAS } from '#shared/protocol/event-schemas.ts';
import { NAMESPACE } from '#shared/protocol/events.ts';
import { cloudEventHeadersOf, cloudEventOf } from '#hub/outbox/cloud-events.ts';
import { EVENT_TYPES, eventType, messageOf } from '#hub/outbox/event-types.ts';
import { Schemas, type JsonSchema } from './json-schemas.ts';

type ChannelName = 'agent' | 'webhook' | 'nats';

interface Message {
  readonly name: string;
  readonly summary: string;
  readonly payload: JsonSchema;
  readonly contentType?: string;
  readonly headers?: JsonSchema;
  readonly correlationId?: { readonly location: string };
}

interface Said {
  readonly channel: ChannelName;
  readonly action: 'send' | 'receive';
  readonly key: string;
  readonly message: Message;
  readonly reply?: Message;
  /** The same in another form, by its key. */
  readonly forms?: Readonly<Record<string, Message>>;
}

/** Content type of an event in structured mode. */
const CLOUD_EVENT = 'application/cloudevents+json';

const refusal = z
  .strictObject({
    ok: z.literal(false),
    error: z.strictObject({
      code: z.enum(Object.keys(ERRORS) as [ErrorCode, ...ErrorCode[]]),
      detail: z.string(),
      remedy: z.string(),
      retryAfterMs: z.int().min(0).optional(),
    }),
  })
  .meta({ id: 'Refusal' });

const signature = {
  'webhook-id': z.string().describe('The same at each attempt: what came once under it is not taken again.'),
  'webhook-timestamp': z.string().regex(/^\d+$/).describe('Of the attempt, seconds since 1970.'),
  'webhook-signature': z
    .string()
    .describe(
      'v1,BASE64 of HMAC-SHA256 over ID.TIMESTAMP.BODY; two of them, parted by a space, while a secret is rotated.',
    ),
  [CORRELATION_HEADER.toLowerCase()]: z.string(),
};
const webhookHeaders = z.looseObject(signature).meta({ id: 'WebhookHeaders' });
const natsHeaders = z
  .looseObject({
    'Nats-Msg-Id': z.string().describe('The id of the event: within the duplicate window the stream keeps it once.'),
    'content-type': z.literal(CLOUD_EVENT),
  })
  .meta({ id: 'NatsHeaders' });

const DESCRIPTION = `What the hub says and hears beside its HTTP API: webhooks, NATS JetStream, and the socket.io namespace of the stores' agents.

A webhook is made by POST /v1/webhooks. Each message is a POST, signed as Standard Webhooks are; it is delivered once 2xx is answered, in the order of \`sequence\`, at least once. Its \`form\` says whether messages are our own or CloudEvents 1.0, structured or binary. \`run --nats-url\` has every event published to a JetStream stream, structured, at least once, those of one \`subject\` in order. Over the sockets every event of an agent is answered, by what it asked for or by a refusal with its code.`;

/** The AsyncAPI document, made of the schemas that messages are checked and written by. Seen from the hub. */
export function asyncApiDocument(version: string) {
  const schemas = new Schemas();
  const said = [...socketEvents(schemas), ...webhookEvents(schemas), ...natsEvents(schemas)];
  const of = (channel: ChannelName) => said.filter((one) => one.channel === channel);
  return {
    asyncapi: '3.0.0' as const,
    info: { title: 'Shelfwire hub', version, description: DESCRIPTION },
    defaultContentType: 'application/json',
    servers: {
      hub: {
        host: '{host}',
        protocol: 'socket.io',
        variables: { host: { default: '127.0.0.1:7070', description: 'Where the hub listens.' } },
      },
      nats: {
        host: '{server}',
        protocol: 'nats',
        variables: { server: { description: 'As --nats-url says.' } },
      },
      receiver: {
        host: '{receiver}',
        protocol: 'https',
        variables: { receiver: { description: 'Of the address that a webhook was made with.' } },
      },
    },
    channels: {
      agent: {
        address: NAMESPACE,
        description: 'A socket.io namespace, WebSocket only; an event has the name of its message.',
        servers: [{ $ref: '#/servers/hub' }],
        messages: messagesOf(of('agent')),
      },
      webhook: {
        address: null,
        description: 'The address that a webhook was made with.',
        servers: [{ $ref: '#/servers/receiver' }],
        messages: messagesOf(of('webhook')),
      },
      nats: {
        address: '{prefix}.{event}',
        parameters: {
          prefix: { description: 'As --nats-prefix says.', default: 'shelfwire' },
          event: {
            description: 'The type of the event; of order.changed, a dot and the code of the channel behind it.',
          },
        },
        description: 'Subjects of the stream of --nats-stream.',
        servers: [{ $ref: '#/servers/nats' }],
        messages: messagesOf(of('nats')),
      },
    },
    operations: Object.fromEntries(said.map((one) => [`${one.action}${capitalized(one.key)}`, operation(one)])),
    components: { schemas: schemas.components() },
  };
}

function socketEvents(schemas: Schemas): Said[] {
  const heard = Object.entries(AGENT_EVENT_SCHEMAS).map(([name, { summary, message, answer }]): Said => {
    const granted = z.strictObject({ ok: z.literal(true), value: answer });
    const reply = { name: `${name} answered`, summary: 'What was asked for, or why not.' };
    return {
      channel: 'agent',
      action: 'receive',
      key: name,
      message: { name, summary, payload: schemas.request(message) },
      reply: { ...reply, payload: schemas.answer(z.union([granted, refusal])) },
    };
  });
  const told = Object.entries(HUB_EVENT_SCHEMAS).map(([name, { summary, message }]): Said => {
    return {
      channel: 'agent',
      action: 'send',
      key: name,
      message: { name, summary, payload: schemas.answer(message) },
    };
  });
  return [...heard, ...told];
}

function webhookEvents(schemas: Schemas): Said[] {
  return Object.entries(EVENT_TYPES).map(([name, { summary, data }]) => {
    const correlationId = { location: '$message.payload#/correlationId' };
    const headers = schemas.answer(webhookHeaders);
    const key = keyOf(name);
    const binary = z.looseObject({ ...signature, ...cloudEventHeadersOf(name) });
    return {
      channel: 'webhook',
      action: 'send',
      key,
      message: { name, summary, payload: schemas.answer(messageOf(name, data)), headers, correlationId },
      forms: {
        [`${key}CloudEvent`]: { ...cloudEvent(schemas, name), headers },
        [`${key}CloudEventBinary`]: {
          name: `${name} as CloudEvent, binary`,
          summary,
          payload: schemas.answer(data),
          headers: schemas.answer(binary),
          correlationId: { location: '$message.header#/ce-correlationid' },
        },
      },
    };
  });
}

function natsEvents(schemas: Schemas): Said[] {
  return Object.keys(EVENT_TYPES).map((name) => ({
    channel: 'nats',
    action: 'send',
    key: `${keyOf(name)}OverNats`,
    message: { ...cloudEvent(schemas, name), name: `${name} over NATS`, headers: schemas.answer(natsHeaders) },
  }));
}

function cloudEvent(schemas: Schemas, name: string): Message {
  const { summary = '', data = z.unknown() } = eventType(name) ?? {};
  return {
    name: `${name} as CloudEvent`,
    summary,
    contentType: CLOUD_EVENT,
    payload: schemas.answer(cloudEventOf(name, data)),
    correlationId: { location: '$message.payload#/correlationid' },
  };
}

/** order.changed: orderChanged. */
function keyOf(name: string): string {
  return name
    .split('.')
    .map((word, place) => (place === 0 ? word : capitalized(word)))
    .join('');
}

const answerKey = (key: string) => `${key}Answer`;

function messagesOf(said: readonly Said[]): Record<string, Message> {
  return Object.fromEntries(
    said.flatMap(({ key, message, reply, forms = {} }) => [
      [key, message] as const,
      ...Object.entries(forms),
      ...(reply ? [[answerKey(key), reply] as const] : []),
    ]),
  );
}

function operation({ action, channel, key, message, reply, forms = {} }: Said) {
  const to = { $ref: `#/channels/${channel}` };
  const messages = (name: string) => [{ $ref: `#/channels/${channel}/messages/${name}` }];
  return {
    action,
    channel: to,
    summary: message.summary,
    messages: [key, ...Object.keys(forms)].flatMap(messages),
    ...(reply && { reply: { channel: to, messages: messages(answerKey(key)) } }),
    ...(channel === 'webhook' && { bindings: { http: { method: 'POST', bindingVersion: '0.3.0' } } }),
  };
}

function capitalized(word: string): string {
  return word.charAt(0).toUpperCase() + word.slice(1);
}
