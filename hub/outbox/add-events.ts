import { joined } from '#hub/db/array-parameter.ts';
import type { Queryable } from '#hub/db/snapshot.ts';
import { EVENT_TYPES, eventType, type EventData, type EventTypeName } from './event-types.ts';

export interface OutboxEvent<Type extends EventTypeName = EventTypeName> {
  readonly data: EventData<Type>;
  readonly correlationId: string;
  /** ms since 1970. */
  readonly occurredAt: number;
}

/** $1 type. $2-$5 data, correlation ids, instants, subjects. $6 one webhook only, or NULL for each that asked for the type. */
const ADD = `
  INSERT INTO outbox_entries (webhook_no, type, data, correlation_id, occurred_at, subject)
  SELECT w.webhook_no, $1, e.data::json, e.correlation_id, to_timestamp(e.at / 1000.0), nullif(e.subject, '')
  FROM unnest(string_to_array($2, E'\\n'), string_to_array($3, E'\\n'), $4::bigint[], string_to_array($5, E'\\n'))
    WITH ORDINALITY AS e (data, correlation_id, at, subject, place)
  JOIN webhooks w ON w.state <> 'ended' AND CASE WHEN $6::int IS NULL THEN $1 = ANY (w.event_types) ELSE w.webhook_no = $6 END
  ORDER BY e.place, w.webhook_no`;

/**
 * Tells webhooks of events, in the transaction of their cause: both are there or neither. Of each webhook they go out in
 * the order in which they were written.
 */
export async function addEvents<Type extends EventTypeName>(
  client: Queryable,
  type: Type,
  events: readonly OutboxEvent<Type>[],
  onlyTo?: number,
): Promise<void> {
  if (events.length === 0) return;
  const { data: schema } = EVENT_TYPES[type];
  const subjectOf = eventType(type)?.subjectOf as ((data: unknown) => string) | undefined;
  const parsed = events.map((event) => schema.parse(event.data));
  await client.query(ADD, [
    type,
    joined(parsed.map((data) => JSON.stringify(data))),
    joined(events.map(({ correlationId }) => correlationId)),
    events.map(({ occurredAt }) => occurredAt),
    joined(parsed.map((data) => subjectOf?.(data) ?? '')),
    onlyTo ?? null,
  ]);
}
