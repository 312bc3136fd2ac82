import type { Pool } from 'pg';

export const RECEIVER_KINDS = ['webhook', 'nats'] as const;
export type ReceiverKind = (typeof RECEIVER_KINDS)[number];

/** Webhooks that have something to send and that nobody is at, the longest waiting first. $1 most, $2 claim, $3 seconds, $4 kinds. */
const CLAIM = `
  WITH due AS (
    SELECT webhook_no FROM webhooks w
    WHERE state = 'active' AND kind = ANY ($4::receiver_kind[])
      AND next_at <= clock_timestamp() AND claimed_until <= clock_timestamp()
      AND (EXISTS (SELECT FROM outbox_entries e WHERE e.webhook_no = w.webhook_no AND e.state = 'sending')
        OR EXISTS (SELECT FROM outbox_entries e WHERE e.webhook_no = w.webhook_no AND e.state = 'waiting')
        OR EXISTS (SELECT FROM webhook_levels l WHERE l.webhook_no = w.webhook_no AND l.waiting_since IS NOT NULL))
    ORDER BY next_at LIMIT $1 FOR NO KEY UPDATE SKIP LOCKED
  )
  UPDATE webhooks w SET claim = $2, claimed_until = clock_timestamp() + make_interval(secs => $3)
  FROM due WHERE w.webhook_no = due.webhook_no RETURNING w.webhook_no AS webhook, w.kind`;

const RELEASE = `UPDATE webhooks SET claim = NULL, claimed_until = '-infinity' WHERE webhook_no = $1 AND claim = $2`;

/** Whose turn of a webhook it is. Whoever is killed loses it when its time is over. */
export interface Claim {
  readonly webhook: number;
  readonly kind: ReceiverKind;
  readonly id: string;
}

export interface ClaimRequest {
  readonly id: string;
  readonly most: number;
  readonly seconds: number;
  /** Those that this hub can deliver to. */
  readonly kinds: readonly ReceiverKind[];
}

export async function claimWebhooks(pool: Pool, { id, most, seconds, kinds }: ClaimRequest): Promise<Claim[]> {
  const { rows } = await pool.query<Omit<Claim, 'id'>>(CLAIM, [most, id, seconds, kinds]);
  return rows.map((row) => ({ ...row, id }));
}

/** Of webhooks that are claimed. */
const END = `UPDATE webhooks SET claim = NULL, claimed_until = '-infinity' WHERE claimed_until > clock_timestamp()`;

/** Ends what a killed hub has claimed; only where there is no other one. */
export async function endClaims(pool: Pool): Promise<void> {
  await pool.query(END);
}

export async function releaseClaim(pool: Pool, { webhook, id }: Claim): Promise<void> {
  await pool.query(RELEASE, [webhook, id]);
}
