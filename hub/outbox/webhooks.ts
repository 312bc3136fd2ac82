import type { Pool } from 'pg';
import { ShelfwireError } from '#shared/protocol/errors.ts';
import { LOCKS } from '#hub/db/advisory-locks.ts';
import { readUnderLock } from '#hub/db/read-under-lock.ts';
import { snapshot, type Queryable } from '#hub/db/snapshot.ts';
import { transaction, withRetries } from '#hub/db/transaction.ts';
import { addEvents } from './add-events.ts';
import type { ReceiverKind } from './claim.ts';
import type { MessageForm } from './cloud-events.ts';
import { eventTypeName, type EventTypeName } from './event-types.ts';
import { newSecret, shownSecret } from './signature.ts';
import { requireTarget } from './target.ts';

export type WebhookState = 'active' | 'paused' | 'ended';

export interface Webhook {
  readonly webhook: number;
  readonly kind: ReceiverKind;
  readonly name: string;
  readonly url: string;
  readonly form: MessageForm;
  readonly eventTypes: readonly string[];
  readonly state: WebhookState;
  readonly createdAt: Date;
  readonly createdBy: string;
  readonly sequence: number;
  /** Attempts in a row that failed. */
  readonly failures: number;
  readonly error: DeliveryError | null;
  readonly deliveredAt: Date | null;
  readonly nextAt: Date;
  /** Whether something waits. */
  readonly waits: boolean;
}

export interface DeliveryError {
  readonly code: string;
  readonly detail: string;
}

export interface WebhookRequest {
  readonly name: string;
  readonly url: string;
  readonly eventTypes: readonly EventTypeName[];
  /** By default our own. */
  readonly form?: MessageForm;
}

/** What comes of an act, and the secret when it made one: the only time that it is seen. */
export interface WebhookMade {
  readonly webhook: Webhook;
  readonly secret: string;
}

type Kept<Made> = (client: Queryable, made: Made) => Promise<void>;

/** Webhooks that are not ended: each event is written once for each of them. */
const WEBHOOKS_MAX = 200;

const SHOWN = `
  w.webhook_no AS webhook, w.kind, w.name, w.url, w.form, w.event_types AS "eventTypes", w.state, w.created_at AS "createdAt",
  w.created_by AS "createdBy", w.sequence, w.failures, w.error, w.delivered_at AS "deliveredAt", w.next_at AS "nextAt",
  (EXISTS (SELECT FROM outbox_entries e WHERE e.webhook_no = w.webhook_no AND e.state = 'sending')
    OR EXISTS (SELECT FROM outbox_entries e WHERE e.webhook_no = w.webhook_no AND e.state = 'waiting')
    OR EXISTS (SELECT FROM webhook_levels l WHERE l.webhook_no = w.webhook_no AND l.waiting_since IS NOT NULL)) AS waits`;

const FIND = `SELECT ${SHOWN} FROM webhooks w WHERE webhook_no = $1`;
const LIST = `SELECT ${SHOWN} FROM webhooks w WHERE webhook_no > $1 ORDER BY webhook_no LIMIT $2`;
const COUNT = `SELECT count(*) AS live FROM webhooks WHERE state <> 'ended'`;
const CREATE = `
  INSERT INTO webhooks (name, url, event_types, created_by, form) VALUES ($1, $2, $3, $4, $5) RETURNING webhook_no AS webhook`;
/** $1 its address. There is one at most: what hubs started since know is told too. */
const ENTER_NATS = `
  INSERT INTO webhooks (name, url, event_types, created_by, kind, form) VALUES ('NATS JetStream', $1, $2, 'hub', 'nats', 'cloudEvents')
  ON CONFLICT (kind) WHERE kind = 'nats' AND state <> 'ended'
  DO UPDATE SET url = excluded.url, event_types = excluded.event_types`;
const ADD_SECRET = 'INSERT INTO webhook_secrets (webhook_no, secret) VALUES ($1, $2)';
const LOCK = 'SELECT state FROM webhooks WHERE webhook_no = $1 FOR NO KEY UPDATE';
const SET_STATE = `UPDATE webhooks SET state = $2, failures = 0, next_at = clock_timestamp() WHERE webhook_no = $1`;
const SET_PAUSED = `UPDATE webhooks SET state = 'paused' WHERE webhook_no = $1`;

/** What was not delivered is a dead letter from then on; of levels nothing was promised. */
const END_ENTRIES = `
  UPDATE outbox_entries SET state = 'dead', ended_at = clock_timestamp(),
    error = '{"code": "WEBHOOK_ENDED", "detail": "The webhook was ended before this was delivered."}'
  WHERE webhook_no = $1 AND state IN ('waiting', 'sending')`;
const FORGET_LEVELS = 'DELETE FROM webhook_levels WHERE webhook_no = $1';
const FORGET_SECRETS = 'DELETE FROM webhook_secrets WHERE webhook_no = $1';

/** The one before the newest ends with the overlap; any older one at once. */
const END_SECRETS = `
  UPDATE webhook_secrets SET ends_at = CASE
    WHEN made_at = (SELECT max(made_at) FROM webhook_secrets WHERE webhook_no = $1)
    THEN least(ends_at, clock_timestamp() + make_interval(hours => $2)) ELSE least(ends_at, clock_timestamp()) END
  WHERE webhook_no = $1`;
const FORGET_ENDED_SECRETS = 'DELETE FROM webhook_secrets WHERE webhook_no = $1 AND ends_at <= clock_timestamp()';

/** Who is told of events, and how that is changed. Each act is done as a whole; `kept` runs in its transaction. */
export class Webhooks {
  readonly #pool: Pool;
  readonly #toPrivate: boolean;

  constructor(pool: Pool, { toPrivate }: { readonly toPrivate: boolean }) {
    this.#pool = pool;
    this.#toPrivate = toPrivate;
  }

  /** Throws WEBHOOK_URL_FORBIDDEN, WEBHOOK_LIMIT. */
  create(
    { name, url, eventTypes, form = 'standard' }: WebhookRequest,
    by: string,
    kept: Kept<WebhookMade>,
  ): Promise<WebhookMade> {
    requireTarget(url, { toPrivate: this.#toPrivate });
    return this.#act(async (client) => {
      const { live = 0 } = (await readUnderLock<{ live: number }>(client, LOCKS.webhookLimit, COUNT)) ?? {};
      if (live >= WEBHOOKS_MAX) {
        throw new ShelfwireError('WEBHOOK_LIMIT', `There are ${WEBHOOKS_MAX} webhooks already.`);
      }
      const { rows } = await client.query<{ webhook: number }>(CREATE, [name, url, [...new Set(eventTypes)], by, form]);
      const [row] = rows;
      if (row === undefined) throw new Error('a webhook was not made');
      const made = await withSecret(client, row.webhook);
      await kept(client, made);
      return made;
    });
  }

  list(after: number, limit: number): Promise<Webhook[]> {
    return snapshot(this.#pool, async (client) => (await client.query<Webhook>(LIST, [after, limit])).rows);
  }

  /** Throws NOT_FOUND. */
  find(webhook: number): Promise<Webhook> {
    return snapshot(this.#pool, (client) => requireWebhook(client, webhook));
  }

  /** Makes another secret; until the overlap ends messages are signed with both. Throws NOT_FOUND, WEBHOOK_ENDED, CONFLICT. */
  rotateSecret(webhook: number, overlapHours: number, kept: Kept<WebhookMade>): Promise<WebhookMade> {
    return this.#act(async (client) => {
      await lockLive(client, webhook);
      if ((await requireWebhook(client, webhook)).kind === 'nats') {
        throw new ShelfwireError(
          'CONFLICT',
          'To NATS nothing is signed: its credentials are in the file of --nats-credentials.',
        );
      }
      await client.query(END_SECRETS, [webhook, overlapHours]);
      await client.query(FORGET_ENDED_SECRETS, [webhook]);
      const made = await withSecret(client, webhook);
      await kept(client, made);
      return made;
    });
  }

  /** Nothing is sent until it is resumed; what happens meanwhile waits. Throws NOT_FOUND, WEBHOOK_ENDED. */
  pause(webhook: number): Promise<Webhook> {
    return this.#act(async (client) => {
      await lockLive(client, webhook);
      await client.query(SET_PAUSED, [webhook]);
      return requireWebhook(client, webhook);
    });
  }

  /** What waits is sent at once, also what waits for its next attempt. Throws NOT_FOUND, WEBHOOK_ENDED. */
  resume(webhook: number): Promise<Webhook> {
    return this.#act(async (client) => {
      await lockLive(client, webhook);
      await client.query(SET_STATE, [webhook, 'active']);
      return requireWebhook(client, webhook);
    });
  }

  /** For good; again: the same. Throws NOT_FOUND. */
  end(webhook: number): Promise<Webhook> {
    return this.#act(async (client) => {
      await lockWebhook(client, webhook);
      await client.query(SET_STATE, [webhook, 'ended']);
      await client.query(END_ENTRIES, [webhook]);
      await client.query(FORGET_LEVELS, [webhook]);
      await client.query(FORGET_SECRETS, [webhook]);
      return requireWebhook(client, webhook);
    });
  }

  /** Sends a message to try it. Throws NOT_FOUND, WEBHOOK_ENDED. */
  ping(
    webhook: number,
    { by, correlationId, now }: { readonly by: string; readonly correlationId: string; readonly now: number },
    kept: Kept<Webhook>,
  ): Promise<Webhook> {
    return this.#act(async (client) => {
      await lockLive(client, webhook);
      await addEvents(client, 'webhook.ping', [{ data: { webhook, by }, correlationId, occurredAt: now }], webhook);
      const shown = await requireWebhook(client, webhook);
      await kept(client, shown);
      return shown;
    });
  }

  #act<T>(work: (client: Queryable) => Promise<T>): Promise<T> {
    return withRetries(() => transaction(this.#pool, work));
  }
}

/** Has NATS told of every type of event, from the first time that a hub is run with it, or after it was ended. */
export async function enterNats(pool: Pool, address: string): Promise<void> {
  await pool.query(ENTER_NATS, [address, eventTypeName.options]);
}

/** Throws NOT_FOUND. */
export async function lockWebhook(client: Queryable, webhook: number): Promise<WebhookState> {
  const { rows } = await client.query<{ state: WebhookState }>(LOCK, [webhook]);
  const [row] = rows;
  if (row === undefined) throw notFound(webhook);
  return row.state;
}

/** Throws NOT_FOUND, WEBHOOK_ENDED. */
export async function lockLive(client: Queryable, webhook: number): Promise<void> {
  if ((await lockWebhook(client, webhook)) === 'ended') {
    throw new ShelfwireError('WEBHOOK_ENDED', `Webhook ${webhook} was ended.`);
  }
}

async function withSecret(client: Queryable, webhook: number): Promise<WebhookMade> {
  const secret = newSecret();
  await client.query(ADD_SECRET, [webhook, secret]);
  return { webhook: await requireWebhook(client, webhook), secret: shownSecret(secret) };
}

async function requireWebhook(client: Queryable, webhook: number): Promise<Webhook> {
  const { rows } = await client.query<Webhook>(FIND, [webhook]);
  const [row] = rows;
  if (row === undefined) throw notFound(webhook);
  return row;
}

function notFound(webhook: number): ShelfwireError {
  return new ShelfwireError('NOT_FOUND', `There is no webhook ${webhook}.`);
}
