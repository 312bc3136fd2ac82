import type { Pool } from 'pg';
import { ShelfwireError } from '#shared/protocol/errors.ts';
import { snapshot, type Queryable } from '#hub/db/snapshot.ts';
import { transaction, withRetries } from '#hub/db/transaction.ts';
import { lockLive, type DeliveryError } from './webhooks.ts';

export interface DeadLetter {
  readonly entry: number;
  readonly webhook: number;
  readonly id: string;
  readonly type: string;
  readonly data: unknown;
  readonly correlationId: string;
  readonly occurredAt: Date;
  readonly attempts: number;
  readonly error: DeliveryError;
  readonly endedAt: Date;
}

const SHOWN = `
  entry_no AS entry, webhook_no AS webhook, message_id AS id, type, data, correlation_id AS "correlationId",
  occurred_at AS "occurredAt", attempts, error, ended_at AS "endedAt"`;

const LIST = `
  SELECT ${SHOWN} FROM outbox_entries WHERE state = 'dead' AND entry_no > $1 ORDER BY entry_no LIMIT $2`;
const LIST_OF = `
  SELECT ${SHOWN} FROM outbox_entries
  WHERE webhook_no = $3 AND state = 'dead' AND entry_no > $1 ORDER BY entry_no LIMIT $2`;
const FIND = `SELECT ${SHOWN} FROM outbox_entries WHERE entry_no = $1`;
const OF_WEBHOOK = 'SELECT webhook_no AS webhook FROM outbox_entries WHERE entry_no = $1';

/** The items that nothing newer has been sent of since, with their subjects, in their order. */
const CURRENT = `
  SELECT e.sequence, e.state, e.subjects IS NULL AS "isEvent", kept.subjects, kept.items
  FROM outbox_entries e CROSS JOIN LATERAL (
    SELECT array_agg(s.subject ORDER BY s.place) AS subjects,
      json_agg(e.data -> 'items' -> (s.place::int - 1) ORDER BY s.place) AS items
    FROM unnest(e.subjects) WITH ORDINALITY AS s (subject, place)
    JOIN webhook_levels l ON l.webhook_no = e.webhook_no AND l.type = e.type AND l.subject = s.subject COLLATE "C"
      AND l.sequence = e.sequence
  ) kept
  WHERE e.entry_no = $1`;

interface Current {
  readonly state: string;
  readonly isEvent: boolean;
  readonly subjects: string[] | null;
  readonly items: unknown[] | null;
}

/** Before all that waits: else newer levels could be begun first. */
const REPLAY = `
  UPDATE outbox_entries SET state = 'waiting', waiting_since = '-infinity', attempts = 0, ended_at = NULL,
    subjects = $2, data = coalesce($3::json, data)
  WHERE entry_no = $1 RETURNING ${SHOWN}`;

export type Replayed = Omit<DeadLetter, 'endedAt'>;

/** Dead letters in the order in which they were written. */
export function listDeadLetters(
  pool: Pool,
  { webhook, after, limit }: { readonly webhook: number | undefined; readonly after: number; readonly limit: number },
): Promise<DeadLetter[]> {
  const place = [after, limit];
  return snapshot(pool, async (client) => {
    const { rows } = await (webhook === undefined
      ? client.query<DeadLetter>(LIST, place)
      : client.query<DeadLetter>(LIST_OF, [...place, webhook]));
    return rows;
  });
}

/**
 * Has a dead letter sent again under its id (O2); said again while it waits it changes nothing. Of levels only what nothing
 * newer has been sent of since: an older value never follows a newer one. Throws NOT_FOUND, CONFLICT, WEBHOOK_ENDED,
 * WEBHOOK_SUPERSEDED.
 */
export function replayDeadLetter(
  pool: Pool,
  entry: number,
  kept: (client: Queryable, replayed: Replayed) => Promise<void>,
): Promise<Replayed> {
  return withRetries(() =>
    transaction(pool, async (client) => {
      const found = await client.query<{ webhook: number }>(OF_WEBHOOK, [entry]);
      const [of] = found.rows;
      if (of === undefined) throw new ShelfwireError('NOT_FOUND', `There is no message ${entry}.`);
      // Under the webhook's lock nothing of it is begun meanwhile.
      await lockLive(client, of.webhook);
      const replayed = await replay(client, entry);
      await kept(client, replayed);
      return replayed;
    }),
  );
}

async function replay(client: Queryable, entry: number): Promise<Replayed> {
  const [current] = (await client.query<Current>(CURRENT, [entry])).rows;
  if (current?.state === 'delivered') {
    throw new ShelfwireError('CONFLICT', `Message ${entry} has been delivered.`);
  }
  if (current?.state !== 'dead') return only(await client.query<Replayed>(FIND, [entry]));
  if (current.isEvent) return only(await client.query<Replayed>(REPLAY, [entry, null, null]));
  if (current.items === null) {
    throw new ShelfwireError('WEBHOOK_SUPERSEDED', `Everything in message ${entry} has been told anew since.`);
  }
  const data = JSON.stringify({ items: current.items });
  return only(await client.query<Replayed>(REPLAY, [entry, current.subjects, data]));
}

function only({ rows }: { readonly rows: readonly Replayed[] }): Replayed {
  const [row] = rows;
  if (row === undefined) throw new Error('an outbox entry is gone');
  return row;
}
