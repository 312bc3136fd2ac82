import { randomUUID } from 'node:crypto';
import type { Pool, PoolClient } from 'pg';
import { transaction } from '#hub/db/transaction.ts';
import type { Claim } from './claim.ts';
import { LEVELS_PER_MESSAGE } from './event-types.ts';

/** A message that is being sent: the same at each attempt. */
export interface Message {
  readonly entry: number;
  readonly id: string;
  readonly url: string;
  readonly body: string;
  readonly attempts: number;
  readonly secrets: readonly Buffer[];
  readonly correlationId: string;
}

/**
 * Makes the claim last anew. Not FOR UPDATE: whoever writes events must not wait for it. What waits is read in the order of
 * its index: before a burst of it has been analyzed a plan may read and sort all of it for each message.
 */
const HOLD = `
  UPDATE webhooks SET claimed_until = clock_timestamp() + make_interval(secs => $3)
  WHERE webhook_no = $1 AND claim = $2 AND state = 'active'
  RETURNING sequence, url,
    set_config('enable_sort', 'off', true), set_config('enable_bitmapscan', 'off', true)`;

const SENDING = `SELECT entry_no FROM outbox_entries WHERE webhook_no = $1 AND state = 'sending'`;

/** What has waited longest: an event, or levels of one type. */
const NEXT = `
  (SELECT entry_no, type, waiting_since FROM outbox_entries
    WHERE webhook_no = $1 AND state = 'waiting' ORDER BY waiting_since, entry_no LIMIT 1)
  UNION ALL
  (SELECT NULL, asked.type, first.waiting_since
    FROM webhooks w CROSS JOIN LATERAL unnest(w.event_types) AS asked (type)
    CROSS JOIN LATERAL (
      SELECT waiting_since FROM webhook_levels
      WHERE webhook_no = $1 AND type = asked.type COLLATE "C" AND waiting_since IS NOT NULL
      ORDER BY waiting_since, subject LIMIT 1
    ) first
    WHERE w.webhook_no = $1)
  ORDER BY waiting_since LIMIT 1`;

const BEGIN_EVENT = `UPDATE outbox_entries SET state = 'sending', sequence = $2, attempts = 0 WHERE entry_no = $1`;
/** Replayed levels count as told by this message. */
const RETAKE_LEVELS = `
  UPDATE webhook_levels l SET sequence = $2
  FROM outbox_entries e
  WHERE e.entry_no = $1 AND e.subjects IS NOT NULL
    AND l.webhook_no = e.webhook_no AND l.type = e.type AND l.subject = ANY (e.subjects)`;

/**
 * Rows are found by their place on disk: they are locked, so they do not move; by their key a plan may read all of them.
 * Those that somebody writes just now are left for the next message: to wait for them could end in a circle.
 */
const BEGIN_LEVELS = `
  WITH chosen AS (
    SELECT ctid AS place FROM webhook_levels
    WHERE webhook_no = $1 AND type = $2 AND waiting_since IS NOT NULL
    ORDER BY waiting_since, subject LIMIT ${LEVELS_PER_MESSAGE} FOR NO KEY UPDATE SKIP LOCKED
  ), taken AS (
    UPDATE webhook_levels l SET waiting_since = NULL, sequence = $3
    FROM chosen WHERE l.ctid = chosen.place
    RETURNING l.subject, l.item
  )
  INSERT INTO outbox_entries (webhook_no, type, data, subjects, correlation_id, occurred_at, state, sequence)
  SELECT $1, $2, ('{"items":[' || string_agg(item, ',' ORDER BY subject) || ']}')::json, array_agg(subject ORDER BY subject),
    $4, clock_timestamp(), 'sending', $3
  FROM taken HAVING count(*) > 0`;

const COUNTED = 'UPDATE webhooks SET sequence = $2 WHERE webhook_no = $1';

const READ = `
  SELECT e.entry_no AS entry, e.message_id AS id, e.type, e.data, e.sequence, e.attempts,
    e.correlation_id AS "correlationId", e.occurred_at AS at,
    ARRAY(SELECT s.secret FROM webhook_secrets s
           WHERE s.webhook_no = e.webhook_no AND s.ends_at > clock_timestamp() ORDER BY s.made_at DESC) AS secrets
  FROM outbox_entries e WHERE e.webhook_no = $1 AND e.state = 'sending'`;

interface Row {
  readonly entry: number;
  readonly id: string;
  readonly type: string;
  readonly data: unknown;
  readonly sequence: number;
  readonly attempts: number;
  readonly correlationId: string;
  readonly at: Date;
  readonly secrets: readonly Buffer[];
}

/**
 * The message that is to be sent now: the one that was begun before, else the next. Begun once, it is frozen, so that
 * whoever sends it again after a kill sends the same under the same id. Undefined: nothing waits, or the claim is lost.
 */
export function beginMessage(pool: Pool, claim: Claim, seconds: number): Promise<Message | undefined> {
  return transaction(pool, async (client) => {
    const held = await client.query<{ sequence: number; url: string }>(HOLD, [claim.webhook, claim.id, seconds]);
    const [webhook] = held.rows;
    if (webhook === undefined) return undefined;
    const sending = await client.query(SENDING, [claim.webhook]);
    if (sending.rowCount === 0) await takeNext(client, claim.webhook, webhook.sequence + 1);
    const { rows } = await client.query<Row>(READ, [claim.webhook]);
    const [row] = rows;
    return row && { ...row, url: webhook.url, body: bodyOf(row) };
  });
}

async function takeNext(client: PoolClient, webhook: number, sequence: number): Promise<void> {
  const { rows } = await client.query<{ entry_no: number | null; type: string }>(NEXT, [webhook]);
  const [next] = rows;
  if (next === undefined) return;
  if (next.entry_no === null) {
    const { rowCount } = await client.query(BEGIN_LEVELS, [webhook, next.type, sequence, randomUUID()]);
    if (rowCount === 0) return;
  } else {
    await client.query(BEGIN_EVENT, [next.entry_no, sequence]);
    await client.query(RETAKE_LEVELS, [next.entry_no, sequence]);
  }
  await client.query(COUNTED, [webhook, sequence]);
}

function bodyOf({ type, at, sequence, correlationId, data }: Row): string {
  return JSON.stringify({ type, timestamp: at.toISOString(), sequence, correlationId, data });
}
