import { z } from 'zod';
import { CORRELATION_HEADER } from '#shared/protocol/correlation.ts';
import { ERRORS, type ErrorCode } from '#shared/protocol/errors.ts';
import { AGENT_EVENT_SCHEMAS, HUB_EVENT_SCHEMAS } from '#shared/protocol/event-schemas.ts';
import { NAMESPACE } from '#shared/protocol/events.ts';
import { EVENT_TYPES, messageOf } from '#hub/outbox/event-types.ts';
import { Schemas, type JsonSchema } from './json-schemas.ts';

type ChannelName = 'agent' | 'webhook';

interface Message {
  readonly name: string;
  readonly summary: string;
  readonly payload: JsonSchema;
  readonly headers?: JsonSchema;
  readonly correlationId?: { readonly location: string };
}

interface Said {
  readonly channel: ChannelName;
  readonly action: 'send' | 'receive';
  readonly key: string;
  readonly message: Message;
  readonly reply?: Message;
}

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

const webhookHeaders = z
  .object({
    'webhook-id': z.string().describe('The same at each attempt: what came once under it is not taken again.'),
    'webhook-timestamp': z.string().regex(/^\d+$/).describe('Of the attempt, seconds since 1970.'),
    'webhook-signature': z
      .string()
      .describe(
        'v1,BASE64 of HMAC-SHA256 over ID.TIMESTAMP.BODY; two of them, parted by a space, while a secret is rotated.',
      ),
    [CORRELATION_HEADER.toLowerCase()]: z.string(),
  })
  .meta({ id: 'WebhookHeaders' });

const DESCRIPTION = `What the hub says and hears beside its HTTP API: webhooks, and the socket.io namespace of the stores' agents.

A webhook is made by POST /v1/webhooks. Each message is a POST, signed as Standard Webhooks are; it is delivered once 2xx is answered, in the order of \`sequence\`, at least once. Over the sockets every event of an agent is answered, by what it asked for or by a refusal with its code.`;

/** The AsyncAPI document, made of the schemas that messages are checked and written by. Seen from the hub. */
export function asyncApiDocument(version: string) {
  const schemas = new Schemas();
  const said = [...socketEvents(schemas), ...webhookEvents(schemas)];
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
  return Object.entries(EVENT_TYPES).map(([name, { summary, data }]) => ({
    channel: 'webhook',
    action: 'send',
    key: name
      .split('.')
      .map((word, place) => (place === 0 ? word : capitalized(word)))
      .join(''),
    message: {
      name,
      summary,
      payload: schemas.answer(messageOf(name, data)),
      headers: schemas.answer(webhookHeaders),
      correlationId: { location: '$message.payload#/correlationId' },
    },
  }));
}

const answerKey = (key: string) => `${key}Answer`;

function messagesOf(said: readonly Said[]): Record<string, Message> {
  return Object.fromEntries(
    said.flatMap(({ key, message, reply }) => [
      [key, message] as const,
      ...(reply ? [[answerKey(key), reply] as const] : []),
    ]),
  );
}

function operation({ action, channel, key, message, reply }: Said) {
  const to = { $ref: `#/channels/${channel}` };
  const messages = (name: string) => [{ $ref: `#/channels/${channel}/messages/${name}` }];
  return {
    action,
    channel: to,
    summary: message.summary,
    messages: messages(key),
    ...(reply && { reply: { channel: to, messages: messages(answerKey(key)) } }),
    ...(channel === 'webhook' && { bindings: { http: { method: 'POST', bindingVersion: '0.3.0' } } }),
  };
}

function capitalized(word: string): string {
  return word.charAt(0).toUpperCase() + word.slice(1);
}
