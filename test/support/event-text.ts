import { z } from 'zod';
import { asyncApiDocument } from '#hub/api/document/asyncapi-document.ts';

/** An event as it came over a wire. */
export interface EventText {
  readonly over: 'webhook' | 'nats';
  /** By their names in small letters. */
  readonly headers: Readonly<Record<string, string>>;
  readonly text: string;
}

/** What every form of an event says. */
export interface ReadEvent {
  readonly id: string;
  readonly type: string;
  readonly subject: string | undefined;
  readonly sequence: number;
  readonly correlationId: string;
  readonly time: string;
  readonly data: Record<string, unknown>;
}

const document = asyncApiDocument('1.2.3');

/** Reads an event as a receiver does, after it was held against the AsyncAPI document. Throws where they differ. */
export function readEvent(event: EventText): ReadEvent {
  const { headers, text } = event;
  const body = JSON.parse(text) as Record<string, unknown>;
  const isBinary = headers['ce-type'] !== undefined;
  const isCloudEvent = headers['content-type'] === 'application/cloudevents+json';
  const type = String(isBinary ? headers['ce-type'] : body['type']).replace(/^shelfwire\./, '');
  const form =
    event.over === 'nats' ? ' over NATS' : isBinary ? ' as CloudEvent, binary' : isCloudEvent ? ' as CloudEvent' : '';
  const message = Object.values(document.channels[event.over].messages).find(({ name }) => name === `${type}${form}`);
  if (message === undefined) throw new Error(`the document has no message ${type}${form}`);
  check(message.payload, body, 'payload');
  check({ ...smallNames(message.headers ?? {}) }, headers, 'headers');
  if (!isBinary && !isCloudEvent) {
    const { timestamp, sequence, correlationId, data } = body as {
      timestamp: string;
      sequence: number;
      correlationId: string;
      data: Record<string, unknown>;
    };
    return {
      id: headers['webhook-id'] ?? '',
      type,
      subject: undefined,
      sequence,
      correlationId,
      time: timestamp,
      data,
    };
  }
  const attribute = (name: string) => {
    const header = headers[`ce-${name}`];
    if (isBinary) return header === undefined ? undefined : decodeURIComponent(header);
    return body[name] as string | undefined;
  };
  return {
    id: attribute('id') ?? '',
    type,
    subject: attribute('subject'),
    sequence: Number(attribute('sequence')),
    correlationId: attribute('correlationid') ?? '',
    time: attribute('time') ?? '',
    data: (isBinary ? body : body['data']) as Record<string, unknown>,
  };
}

function check(schema: object, value: unknown, what: string): void {
  const parsed = z.fromJSONSchema(resolved(schema) as Parameters<typeof z.fromJSONSchema>[0]).safeParse(value);
  if (!parsed.success) throw new Error(`${what} is not what the document says: ${z.prettifyError(parsed.error)}`);
}

/** A schema with what it refers to in the place of the references. */
function resolved(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(resolved);
  if (typeof schema !== 'object' || schema === null) return schema;
  const { $ref: reference, pattern, ...rest } = schema as Record<string, unknown>;
  if (typeof reference === 'string') {
    return resolved(document.components.schemas[reference.replace('#/components/schemas/', '')]);
  }
  const parts = Object.entries(rest).map(([name, part]) => [name, resolved(part)]);
  return { ...(Object.fromEntries(parts) as object), ...(typeof pattern === 'string' && { pattern: spelt(pattern) }) };
}

/** JSON Schema reads patterns as Unicode, our reader of it does not: classes are spelt out. */
function spelt(pattern: string): string {
  return pattern
    .replaceAll(String.raw`\p{Cc}`, String.raw`\u0000-\u001f\u007f-\u009f`)
    .replaceAll(String.raw`\p{Cs}`, '');
}

function smallNames(schema: object): object {
  const whole = resolved(schema) as { properties?: Record<string, unknown>; required?: readonly string[] };
  const properties = Object.entries(whole.properties ?? {}).map(([name, part]) => [name.toLowerCase(), part]);
  const required = (whole.required ?? []).map((name) => name.toLowerCase());
  return { ...whole, properties: Object.fromEntries(properties) as object, required };
}
