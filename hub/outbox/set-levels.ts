import { joined, literal } from '#hub/db/array-parameter.ts';
import type { Queryable } from '#hub/db/snapshot.ts';
import type { EventTypeName } from './event-types.ts';

/** The current value of something. */
export interface Level {
  /** What it is the value of; no line breaks. */
  readonly subject: string;
  readonly item: unknown;
  /** Nobody who was not told of it before is told now: it ceased to be. */
  readonly isOver: boolean;
}

/** $1 type, $2-$4 levels. One that a webhook knows already changes nothing; of those that wait the older is overwritten. */
const SET = `
  INSERT INTO webhook_levels AS l (webhook_no, type, subject, item, waiting_since)
  SELECT w.webhook_no, $1, n.subject, n.item, clock_timestamp()
  FROM webhooks w
  CROSS JOIN unnest(string_to_array($2, E'\\n'), string_to_array($3, E'\\n'), $4::boolean[]) AS n (subject, item, is_over)
  WHERE w.state <> 'ended' AND $1 = ANY (w.event_types)
    AND (NOT n.is_over OR EXISTS (
      SELECT FROM webhook_levels k WHERE k.webhook_no = w.webhook_no AND k.type = $1 AND k.subject = n.subject COLLATE "C"))
  ORDER BY w.webhook_no, n.subject COLLATE "C"
  ON CONFLICT (webhook_no, type, subject) DO UPDATE
    SET item = excluded.item, waiting_since = coalesce(l.waiting_since, excluded.waiting_since)
    WHERE l.item <> excluded.item`;

/**
 * Notes the newest values for every webhook that asked for them. Level-triggered: what is sent is the value when a
 * message is begun. Callers set values in the order in which they read them, one at a time over all hubs.
 */
export async function setLevels(client: Queryable, type: EventTypeName, levels: readonly Level[]): Promise<void> {
  if (levels.length === 0) return;
  await client.query(SET, [
    type,
    joined(levels.map(({ subject }) => subject)),
    joined(levels.map(({ item }) => JSON.stringify(item))),
    literal(levels.map(({ isOver }) => isOver)),
  ]);
}
