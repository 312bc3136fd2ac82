import type { Pool } from 'pg';
import { ShelfwireError } from '#shared/protocol/errors.ts';
import type { Queryable } from '#hub/db/snapshot.ts';
import { transaction } from '#hub/db/transaction.ts';

export type UntakenState = 'waiting' | 'aside' | 'dismissed';

/** An order of a channel that could not be taken. */
export interface ShownUntaken {
  readonly account: number;
  readonly channel: string;
  /** What the channel calls it. */
  readonly order: string;
  /** `waiting`: it is tried again; `aside`: it is for people. */
  readonly state: UntakenState;
  readonly error: { readonly code: string; readonly detail: string };
  readonly tries: number;
  readonly hintedAt: Date;
  readonly asideAt: Date | null;
  /** null: nothing looks at it until somebody says so. */
  readonly nextAt: Date | null;
  /** What could be read of its lines; null: nothing. */
  readonly lines: readonly { readonly sku?: string; readonly channelSku?: string; readonly units: number }[] | null;
  /** What of them is held; null: nothing yet, or nothing is to be. */
  readonly held: readonly { line: string; sku: string | null; units: number; held: number }[] | null;
  /** An order that is known has changed, and its own units are held. */
  readonly isKnown: boolean;
  readonly dismissedAt: Date | null;
  readonly dismissedBy: string | null;
  readonly note: string | null;
  /** As it came; null: it did not come, or was erased. */
  readonly content: string | null;
}

const SHOWN = `
  SELECT h.account_no AS account, c.code AS channel, h.id AS "order",
    CASE WHEN h.dismissed_at IS NOT NULL THEN 'dismissed' WHEN h.aside_at IS NOT NULL THEN 'aside' ELSE 'waiting' END AS state,
    h.error, h.tries, h.hinted_at AS "hintedAt", h.aside_at AS "asideAt", nullif(h.due_at, 'infinity') AS "nextAt", h.lines, h.held,
    EXISTS (SELECT FROM orders o WHERE o.channel = c.code AND o.channel_order_id = h.id) AS "isKnown",
    h.dismissed_at AS "dismissedAt", h.dismissed_by AS "dismissedBy", h.note, h.content
  FROM channel_hints h JOIN channel_accounts a USING (account_no) JOIN channels c USING (channel_no)
  WHERE h.error IS NOT NULL`;
/** $1 account or NULL, $2 state or NULL, $3-$4 behind this one, $5 most. */
const PAGE = `
  SELECT * FROM (${SHOWN}) AS s
  WHERE ($1::int IS NULL OR account = $1) AND ($2::text IS NULL OR state = $2) AND (account, "order") > ($3, $4 COLLATE "C")
  ORDER BY account, "order" LIMIT $5`;
const FIND = `${SHOWN} AND h.account_no = $1 AND h.id = $2`;
const LOCK = `
  SELECT h.dismissed_at IS NOT NULL AS "isDismissed", a.state, a.orders_at IS NOT NULL AS "isAsked" FROM channel_hints h JOIN channel_accounts a USING (account_no)
  WHERE h.account_no = $1 AND h.id = $2 AND h.error IS NOT NULL FOR NO KEY UPDATE OF h`;
const RETRY = `
  UPDATE channel_hints SET due_at = clock_timestamp(), attempts = 0, tries = 0, aside_at = NULL,
    dismissed_at = NULL, dismissed_by = NULL, note = NULL
  WHERE account_no = $1 AND id = $2`;
const DISMISS = `
  UPDATE channel_hints SET due_at = 'infinity', aside_at = coalesce(aside_at, clock_timestamp()),
    dismissed_at = clock_timestamp(), dismissed_by = $3, note = $4
  WHERE account_no = $1 AND id = $2`;

export interface UntakenFilter {
  readonly account?: number | undefined;
  readonly state?: UntakenState | undefined;
}

export async function listUntaken(
  client: Queryable,
  { account, state }: UntakenFilter,
  { after, limit }: { readonly after: readonly [number, string]; readonly limit: number },
): Promise<ShownUntaken[]> {
  return (await client.query<ShownUntaken>(PAGE, [account ?? null, state ?? null, after[0], after[1], limit])).rows;
}

/** Throws NOT_FOUND. */
export async function requireUntaken(client: Queryable, account: number, order: string): Promise<ShownUntaken> {
  return (await client.query<ShownUntaken>(FIND, [account, order])).rows[0] ?? notFound(account, order);
}

interface Locked {
  readonly isDismissed: boolean;
  readonly state: string;
  readonly isAsked: boolean;
}

/**
 * Has an order asked for at once, also one that was set aside or dismissed. Throws NOT_FOUND, CHANNEL_ACCOUNT_ENDED, and
 * CONFLICT where it cannot be asked for.
 */
export function retryUntaken(pool: Pool, account: number, order: string): Promise<ShownUntaken> {
  return transaction(pool, async (client) => {
    const { state, isAsked } = await lock(client, account, order);
    if (state === 'ended') throw new ShelfwireError('CHANNEL_ACCOUNT_ENDED', `Account ${account} was ended.`);
    if (order.startsWith('unnamed '))
      throw new ShelfwireError('CONFLICT', 'What it is called there could not be read.');
    if (!isAsked)
      throw new ShelfwireError('CONFLICT', 'This channel is not asked for orders: it has to send it again.');
    await client.query(RETRY, [account, order]);
    return requireUntaken(client, account, order);
  });
}

/** Closes the case: what is held for it is given back. Throws NOT_FOUND, CONFLICT when it was closed. */
export function dismissUntaken(
  pool: Pool,
  account: number,
  order: string,
  { by, note }: { readonly by: string; readonly note: string },
): Promise<ShownUntaken> {
  return transaction(pool, async (client) => {
    const { isDismissed } = await lock(client, account, order);
    if (isDismissed) throw new ShelfwireError('CONFLICT', `Order ${order} was dismissed before.`);
    await client.query(DISMISS, [account, order, by, note]);
    return requireUntaken(client, account, order);
  });
}

async function lock(client: Queryable, account: number, order: string): Promise<Locked> {
  return (await client.query<Locked>(LOCK, [account, order])).rows[0] ?? notFound(account, order);
}

function notFound(account: number, order: string): never {
  throw new ShelfwireError('NOT_FOUND', `Account ${account} has no order "${order}" that could not be taken.`);
}
