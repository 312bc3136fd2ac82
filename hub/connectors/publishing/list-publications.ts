import { ASIDE } from '../accounts/channel-accounts.ts';
import type { Pool } from 'pg';
import { ShelfwireError } from '#shared/protocol/errors.ts';
import type { Queryable } from '#hub/db/snapshot.ts';
import { withRetries } from '#hub/db/transaction.ts';
import type { Basis } from './begin-call.ts';

export interface Publication {
  readonly account: number;
  readonly channel: string;
  readonly channelSku: string;
  readonly sku: string;
  readonly listed: boolean;
  readonly desired: number;
  readonly desiredAt: Date;
  readonly confirmed: number | null;
  readonly confirmedAt: Date | null;
  readonly basis: Basis | null;
  readonly inFlight: number;
  readonly urgency: number;
  readonly waitsSince: Date | null;
  readonly nextAt: Date | null;
  readonly underWay: boolean;
  readonly attempts: number;
  readonly error: { readonly code: string; readonly detail: string } | null;
  readonly parkedAt: Date | null;
  readonly readAt: Date | null;
  readonly drift: number | null;
  readonly driftAt: Date | null;
}

const SHOWN = `
  SELECT p.account_no AS account, c.code AS channel, p.channel_sku AS "channelSku", p.sku, p.listed, p.desired,
    p.desired_at AS "desiredAt", p.confirmed, p.confirmed_at AS "confirmedAt", p.basis, p.in_flight AS "inFlight",
    p.urgency, p.waits_since AS "waitsSince", p.due_at AS "nextAt", p.call_no IS NOT NULL AS "underWay", p.attempts, p.error,
    p.parked_at AS "parkedAt", nullif(p.read_at, '-infinity') AS "readAt", p.drift, p.drift_at AS "driftAt"
  FROM publications p JOIN channel_accounts a USING (account_no) JOIN channels c USING (channel_no)`;

export interface PublicationFilter {
  readonly account: number | undefined;
  readonly sku: string | undefined;
  readonly state: 'waiting' | 'parked' | 'differs' | undefined;
}

const CONDITIONS = {
  waiting: '(p.due_at IS NOT NULL OR p.call_no IS NOT NULL)',
  parked: 'p.parked_at IS NOT NULL',
  differs: 'p.confirmed IS DISTINCT FROM greatest(0, p.desired - p.in_flight)',
} as const;

/** By account and the channel's sku. */
export async function pagePublications(
  client: Queryable,
  { account, sku, state }: PublicationFilter,
  { after, limit }: { after: readonly [number, string]; limit: number },
): Promise<Publication[]> {
  const values: unknown[] = [...after, limit];
  const ofAccount = account === undefined ? '' : ` AND p.account_no = $${values.push(account)}`;
  const ofSku = sku === undefined ? '' : ` AND p.sku = $${values.push(sku)}`;
  const inState = state === undefined ? '' : ` AND ${CONDITIONS[state]}`;
  const text = `${SHOWN} WHERE (p.account_no, p.channel_sku) > ($1, $2)${ofAccount}${ofSku}${inState} ORDER BY p.account_no, p.channel_sku LIMIT $3`;
  return (await client.query<Publication>(text, values)).rows;
}

export async function findPublication(
  client: Queryable,
  account: number,
  channelSku: string,
): Promise<Publication | undefined> {
  const text = `${SHOWN} WHERE p.account_no = $1 AND p.channel_sku = $2`;
  return (await client.query<Publication>(text, [account, channelSku])).rows[0];
}

/** What was parked gets another try, its number read anew where that can be done; any other goes out at once. */
const RETRY = `
  UPDATE publications SET parked_at = NULL, error = NULL, attempts = 0, company = NULL,
    due_at = clock_timestamp(), waits_since = coalesce(waits_since, clock_timestamp())
  WHERE account_no = $1 AND channel_sku = $2`;

/** Throws NOT_FOUND. */
export async function retryPublication(pool: Pool, account: number, channelSku: string): Promise<Publication> {
  await withRetries(() => pool.query(RETRY, [account, channelSku]));
  const found = await findPublication(pool, account, channelSku);
  if (found === undefined) throw new ShelfwireError('NOT_FOUND', `Account ${account} has no listing "${channelSku}".`);
  return found;
}

/** What metrics show of each live account. */
export interface AccountFigures {
  readonly channel: string;
  readonly waiting: number;
  readonly parked: number;
  readonly inFlight: number;
  readonly oldestMs: number;
  readonly failures: number;
  /** Orders that are for people. */
  readonly ordersAside: number;
}

const FIGURES = `
  SELECT c.code AS channel, a.failures, own.*,
    (SELECT count(*) FROM channel_hints h WHERE h.account_no = a.account_no AND ${ASIDE}) AS "ordersAside" FROM channel_accounts a JOIN channels c USING (channel_no)
  CROSS JOIN LATERAL (
    SELECT count(*) FILTER (WHERE waits_since IS NOT NULL AND parked_at IS NULL) AS waiting, count(*) FILTER (WHERE parked_at IS NOT NULL) AS parked,
      coalesce(sum(in_flight), 0)::bigint AS "inFlight",
      coalesce(extract(epoch FROM clock_timestamp() - min(waits_since) FILTER (WHERE parked_at IS NULL)) * 1000, 0)::float8 AS "oldestMs"
    FROM publications p WHERE p.account_no = a.account_no
  ) AS own
  WHERE a.state <> 'ended' ORDER BY c.code LIMIT $1`;

export async function accountFigures(client: Queryable, most: number): Promise<AccountFigures[]> {
  return (await client.query<AccountFigures>(FIGURES, [most])).rows;
}
