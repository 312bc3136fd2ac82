import type { Message } from '#hub/outbox/begin-messages.ts';
import { CLOUD_EVENTS_VERSION, cloudEventType, EVENT_SOURCE, shownSequence } from '#hub/outbox/cloud-events.ts';

export interface MessageText {
  readonly contentType: string;
  readonly body: string;
  /** Of the form, beside those of the transport. */
  readonly headers: Readonly<Record<string, string>>;
}

/** A message as its receiver wants it: always the same text, so that each attempt signs and sends the same. */
export function writeMessage(message: Omit<Message, 'secrets' | 'url'>): MessageText {
  const { form, type, at, sequence, correlationId, data } = message;
  switch (form) {
    case 'standard': {
      const body = JSON.stringify({ type, timestamp: at.toISOString(), sequence, correlationId, data });
      return { contentType: 'application/json', body, headers: {} };
    }
    case 'cloudEvents': {
      const body = JSON.stringify({ ...attributesOf(message), datacontenttype: 'application/json', data });
      return { contentType: 'application/cloudevents+json', body, headers: {} };
    }
    case 'cloudEventsBinary': {
      const named = Object.entries(attributesOf(message)).map(([name, value]) => [`ce-${name}`, asHeader(value)]);
      const headers = Object.fromEntries(named) as Record<string, string>;
      return { contentType: 'application/json', body: JSON.stringify(data), headers };
    }
    default:
      return form satisfies never;
  }
}

function attributesOf({ id, type, at, sequence, correlationId, subject }: Omit<Message, 'secrets' | 'url'>) {
  return {
    specversion: CLOUD_EVENTS_VERSION,
    id,
    source: EVENT_SOURCE,
    type: cloudEventType(type),
    ...(subject !== null && { subject }),
    time: at.toISOString(),
    sequence: shownSequence(sequence),
    correlationid: correlationId,
  };
}

/** As CloudEvents' binding to HTTP wants it: what is not printable ASCII, a space, a quote or a percent sign as UTF-8 in %XX. */
function asHeader(value: string): string {
  return value.replaceAll(/[^\u0021-\u007e]|["%]/gu, (character) =>
    [...Buffer.from(character)].map((byte) => `%${byte.toString(16).toUpperCase().padStart(2, '0')}`).join(''),
  );
}
