import type { Message } from '#hub/outbox/begin-messages.ts';
import { eventType } from '#hub/outbox/event-types.ts';

/** Where an event goes: PREFIX.TYPE, and behind it what receivers may choose by, such as the channel of an order. */
export function subjectFor(prefix: string, { type, data }: Pick<Message, 'type' | 'data'>): string {
  const topicOf = eventType(type)?.topicOf as ((data: unknown) => string) | undefined;
  const topic = topicOf?.(data);
  // Codes of channels have letters, digits, - and _ only; a word that could be a wildcard must never be one.
  return topic === undefined ? `${prefix}.${type}` : `${prefix}.${type}.${topic.replaceAll(/[^\w-]/g, '_')}`;
}
