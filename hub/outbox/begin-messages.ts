import type { Pool, PoolClient } from 'pg';
import { transaction } from '#hub/db/transaction.ts';
import type { Claim } from './claim.ts';
import type { MessageForm } from './cloud-events.ts';
import { LEVELS_PER_MESSAGE } from './event-types.ts';

/** A message that is being sent: the same at each attempt. */
export interface Message {
  readonly entry: number;
  readonly id: string;
  readonly type: string;
  readonly form: MessageForm;
  readonly data: unknown;
  /** What the event is of; null: of many, or of nothing. */
  readonly subject: string | null;
  readonly sequence: number;
  readonly correlationId: string;
  readonly at: Date;
  readonly attempts: number;
  readonly url: string;
  readonly secrets: readonly Buffer[];
}

export interface Begun {
  readonly messages: readonly Message[];
  /** Attempts in a row that failed before this one. */
  readonly failures: number;
}

/**
 * Makes the claim last anew. Not FOR UPDATE: whoever writes events must not wait for it. What waits is read in the order of
 * its index: before a burst of it has been analyzed a plan may read and sort all of it for each message.
 */
const HOLD = `
  UPDATE webhooks SET claimed_until = clock_timestamp() + make_interval(secs => $3)
  WHERE webhook_no = $1 AND claim = $2 AND state = 'active'
  RETURNING sequence, failures,
    set_config('enable_sort', 'off', true), set_config('enable_bitmapscan', 'off', true)`;

const SENDING = `SELECT FROM outbox_entries WHERE webhook_no = $1 AND state = 'sending' LIMIT 1`;

/** What has waited longest: events, or levels of one type. */
const NEXT = `
  (SELECT NULL AS type, waiting_since FROM outbox_entries
    WHERE webhook_no = $1 AND state = 'waiting' ORDER BY waiting_since, entry_no LIMIT 1)
  UNION ALL
  (SELECT asked.type, first.waiting_since
    FROM webhooks w CROSS JOIN LATERAL unnest(w.event_types) AS asked (type)
    CROSS JOIN LATERAL (
      SELECT waiting_since FROM webhook_levels
      WHERE webhook_no = $1 AND type = asked.type COLLATE "C" AND waiting_since IS NOT NULL
      ORDER BY waiting_since, subject LIMIT 1
    ) first
    WHERE w.webhook_no = $1)
  ORDER BY waiting_since LIMIT 1`;

/**
 * $1 webhook, $2 its last sequence, $3 most. The first of each subject among those that have waited longest; replayed
 * levels count as told by their message.
 */
const BEGIN_EVENTS = `
  WITH page AS MATERIALIZED (
    SELECT entry_no, waiting_since, coalesce(subject, 'entry ' || entry_no) AS subject FROM outbox_entries
    WHERE webhook_no = $1 AND state = 'waiting' ORDER BY waiting_since, entry_no LIMIT $3
  ), firsts AS (
    SELECT DISTINCT ON (subject) entry_no, waiting_since FROM page ORDER BY subject, waiting_since, entry_no
  ), numbered AS (
    SELECT entry_no, $2 + row_number() OVER (ORDER BY waiting_since, entry_no) AS sequence FROM firsts
  ), begun AS (
    UPDATE outbox_entries e SET state = 'sending', sequence = n.sequence, attempts = 0
    FROM numbered n WHERE e.entry_no = n.entry_no RETURNING e.type, e.subjects, e.sequence
  ), retaken AS (
    UPDATE webhook_levels l SET sequence = b.sequence
    FROM begun b WHERE b.subjects IS NOT NULL AND l.webhook_no = $1 AND l.type = b.type AND l.subject = ANY (b.subjects)
  )
  SELECT count(*)::int AS begun FROM begun`;

/**
 * $1 webhook, $2 type, $3 its last sequence, $4 most messages. Rows are found by their place on disk: they are locked, so
 * they do not move; by their key a plan may read all of them. Those that somebody writes just now are left for the next
 * message: to wait for them could end in a circle.
 */
const BEGIN_LEVELS = `
  WITH chosen AS (
    SELECT ctid AS place FROM webhook_levels
    WHERE webhook_no = $1 AND type = $2 AND waiting_since IS NOT NULL
    ORDER BY waiting_since, subject LIMIT $4 * ${LEVELS_PER_MESSAGE} FOR NO KEY UPDATE SKIP LOCKED
  ), dealt AS (
    SELECT place, $3 + 1 + (row_number() OVER () - 1) / ${LEVELS_PER_MESSAGE} AS sequence FROM chosen
  ), taken AS (
    UPDATE webhook_levels l SET waiting_since = NULL, sequence = d.sequence
    FROM dealt d WHERE l.ctid = d.place
    RETURNING l.subject, l.item, l.sequence
  ), begun AS (
    INSERT INTO outbox_entries (webhook_no, type, data, subjects, correlation_id, occurred_at, state, sequence)
    SELECT $1, $2, ('{"items":[' || string_agg(item, ',' ORDER BY subject) || ']}')::json, array_agg(subject ORDER BY subject),
      gen_random_uuid()::text, clock_timestamp(), 'sending', sequence
    FROM taken GROUP BY sequence RETURNING sequence
  )
  SELECT count(*)::int AS begun FROM begun`;

const COUNTED = 'UPDATE webhooks SET sequence = $2 WHERE webhook_no = $1';

/** $1 webhook, $2 most. */
const READ = `
  SELECT e.entry_no AS entry, e.message_id AS id, e.type, w.form, e.data, e.subject, e.sequence, e.attempts, w.url,
    e.correlation_id AS "correlationId", e.occurred_at AS at,
    ARRAY(SELECT s.secret FROM webhook_secrets s
           WHERE s.webhook_no = e.webhook_no AND s.ends_at > clock_timestamp() ORDER BY s.made_at DESC) AS secrets
  FROM outbox_entries e JOIN webhooks w USING (webhook_no)
  WHERE e.webhook_no = $1 AND e.state = 'sending' ORDER BY e.sequence LIMIT $2`;

/**
 * The messages that are to be sent now, `window` at most: those that were begun before, else the next ones. Begun once, a
 * message is frozen, so that whoever sends it again after a kill sends the same under the same id. While attempts fail it
 * is one at a time that tries. None: nothing waits, or the claim is lost.
 */
export function beginMessages(
  pool: Pool,
  claim: Claim,
  { seconds, window }: { readonly seconds: number; readonly window: number },
): Promise<Begun> {
  return transaction(pool, async (client) => {
    const held = await client.query<{ sequence: number; failures: number }>(HOLD, [claim.webhook, claim.id, seconds]);
    const [webhook] = held.rows;
    if (webhook === undefined) return { messages: [], failures: 0 };
    const { failures, sequence } = webhook;
    const most = failures > 0 ? 1 : window;
    const sending = await client.query(SENDING, [claim.webhook]);
    if (sending.rowCount === 0) await takeNext(client, claim.webhook, sequence, most);
    const { rows } = await client.query<Message>(READ, [claim.webhook, most]);
    return { messages: rows, failures };
  });
}

async function takeNext(client: PoolClient, webhook: number, sequence: number, most: number): Promise<void> {
  const { rows } = await client.query<{ type: string | null }>(NEXT, [webhook]);
  const [next] = rows;
  if (next === undefined) return;
  const { rows: counted } = await (next.type === null
    ? client.query<{ begun: number }>(BEGIN_EVENTS, [webhook, sequence, most])
    : client.query<{ begun: number }>(BEGIN_LEVELS, [webhook, next.type, sequence, most]));
  const begun = counted[0]?.begun ?? 0;
  if (begun > 0) await client.query(COUNTED, [webhook, sequence + begun]);
}
