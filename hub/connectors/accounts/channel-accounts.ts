import type { Pool } from 'pg';
import { describeIssues } from '#shared/protocol/content.ts';
import { ShelfwireError } from '#shared/protocol/errors.ts';
import { snapshot, type Queryable } from '#hub/db/snapshot.ts';
import { transaction, withRetries } from '#hub/db/transaction.ts';
import { requireTarget } from '#hub/outbox/target.ts';
import type { z } from 'zod';
import { CHANNEL_KINDS, requireKind } from '../registry.ts';
import type { Vault } from './vault.ts';

export type AccountState = 'active' | 'paused' | 'ended';

export interface ChannelAccount {
  readonly account: number;
  readonly channel: string;
  readonly kind: string;
  readonly name: string;
  readonly baseUrl: string;
  readonly settings: unknown;
  readonly state: AccountState;
  readonly dryRun: boolean;
  readonly createdAt: Date;
  readonly createdBy: string;
  readonly credentialsNo: number;
  /** Calls in a row that failed as a whole. */
  readonly failures: number;
  readonly error: { readonly code: string; readonly detail: string } | null;
  readonly answeredAt: Date | null;
  readonly nextAt: Date;
  readonly ordersKnownTo: Date | null;
  readonly listings: number;
  readonly waiting: number;
  readonly parked: number;
  readonly inFlight: number;
  readonly ordersAside: number;
}

export interface AccountRequest {
  readonly channel: string;
  readonly kind: string;
  readonly name: string;
  readonly baseUrl: string;
  readonly settings: unknown;
  readonly credentials: unknown;
  readonly dryRun: boolean;
  /** Where orders of an account before this one are known, and it was at another address: it is the same shop all the same. */
  readonly sameShop?: boolean | undefined;
}

type Kept = (client: Queryable, account: ChannelAccount) => Promise<void>;

/** Orders that are for people. */
export const ASIDE = 'h.error IS NOT NULL AND h.aside_at IS NOT NULL AND h.dismissed_at IS NULL';
const SHOWN = `
  SELECT a.account_no AS account, c.code AS channel, a.kind, a.name, a.base_url AS "baseUrl", a.settings, a.state,
    a.dry_run AS "dryRun", a.created_at AS "createdAt", a.created_by AS "createdBy", a.credentials_no AS "credentialsNo",
    a.failures, a.error, a.answered_at AS "answeredAt", a.next_at AS "nextAt", a.orders_known_to AS "ordersKnownTo", own.*,
    (SELECT count(*) FROM channel_hints h WHERE h.account_no = a.account_no AND ${ASIDE}) AS "ordersAside"
  FROM channel_accounts a JOIN channels c USING (channel_no)
  CROSS JOIN LATERAL (
    SELECT count(*) AS listings, count(*) FILTER (WHERE due_at IS NOT NULL OR call_no IS NOT NULL) AS waiting,
      count(*) FILTER (WHERE parked_at IS NOT NULL) AS parked, coalesce(sum(in_flight), 0)::bigint AS "inFlight"
    FROM publications p WHERE p.account_no = a.account_no
  ) AS own`;
const FIND = `${SHOWN} WHERE a.account_no = $1`;
const LIST = `${SHOWN} WHERE a.account_no > $1 ORDER BY a.account_no LIMIT $2`;
const CHANNEL = 'SELECT channel_no AS channel FROM channels WHERE code = $1 AND removed_at IS NULL';
/** Where the shop was whose orders are known; none: there are no orders. $1 channel, $2 kinds that number their orders themselves. */
const SHOP_BEFORE = `
  SELECT base_url AS "baseUrl" FROM channel_accounts
  WHERE channel_no = $1 AND kind = ANY ($2::text[])
    AND EXISTS (SELECT FROM orders WHERE channel = (SELECT code FROM channels WHERE channel_no = $1))
  ORDER BY account_no DESC LIMIT 1`;
const NEXT_NUMBER = `SELECT nextval(pg_get_serial_sequence('channel_accounts', 'account_no')) AS account`;
const CREATE = `
  INSERT INTO channel_accounts
    (account_no, channel_no, kind, name, base_url, settings, credentials, counts_down, overwrites, dry_run, created_by, orders_at)
  OVERRIDING SYSTEM VALUE
  VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, CASE WHEN $12 THEN clock_timestamp() END)
  ON CONFLICT (channel_no) WHERE state <> 'ended' DO NOTHING RETURNING account_no`;
const LOCK = 'SELECT state, kind FROM channel_accounts WHERE account_no = $1 FOR NO KEY UPDATE';
const SET_STATE = `UPDATE channel_accounts SET state = $2, failures = 0, next_at = clock_timestamp() WHERE account_no = $1`;
const SET_DRY_RUN = 'UPDATE channel_accounts SET dry_run = $2, next_at = clock_timestamp() WHERE account_no = $1';
const SET_CREDENTIALS = `
  UPDATE channel_accounts SET credentials = $2, credentials_no = credentials_no + 1, failures = 0, error = NULL,
    next_at = clock_timestamp() WHERE account_no = $1`;
/** What waits is not sent any more, and what the channel says is not ours to keep. */
const END = [
  `UPDATE channel_accounts SET state = 'ended', credentials = NULL, quota = NULL, orders_at = NULL
    WHERE account_no = $1`,
  'DELETE FROM publications WHERE account_no = $1',
  'DELETE FROM publication_calls WHERE account_no = $1',
  // Those that are for people stay: their units were sold.
  'DELETE FROM channel_hints WHERE account_no = $1 AND aside_at IS NULL AND hold_key IS NULL',
  'DELETE FROM channel_messages WHERE account_no = $1',
];
const SEALED = `SELECT account_no AS account, credentials FROM channel_accounts WHERE state <> 'ended' ORDER BY account_no`;
const RESEAL = 'UPDATE channel_accounts SET credentials = $3 WHERE account_no = $1 AND credentials = $2';

/** How an account's credentials are named to the vault: those of one open for no other. */
export const sealedName = (account: number): string => `channel account ${account}`;

/** Accounts at channels, and how they are changed. Each act is done as a whole. */
export class ChannelAccounts {
  readonly #pool: Pool;
  readonly #vault: Vault;
  readonly #toPrivate: boolean;

  constructor(pool: Pool, { vault, toPrivate }: { readonly vault: Vault; readonly toPrivate: boolean }) {
    this.#pool = pool;
    this.#vault = vault;
    this.#toPrivate = toPrivate;
  }

  /**
   * `kept` runs in its transaction. Throws CHANNEL_KIND_UNKNOWN, REQUEST_INVALID, WEBHOOK_URL_FORBIDDEN, CHANNEL_ACCOUNT_LIVE,
   * CHANNEL_SHOP_DIFFERS, NOT_FOUND for a channel that is not there.
   */
  create(asked: AccountRequest, by: string, kept: Kept): Promise<ChannelAccount> {
    const kind = requireKind(asked.kind);
    const settings = read(kind.settings, asked.settings, 'settings');
    const credentials = read(kind.credentials, asked.credentials, 'credentials');
    requireTarget(asked.baseUrl, { toPrivate: this.#toPrivate });
    const { countsDown, settlesMs, shapes, orders } = kind.capabilities(settings);
    const overwrites = settlesMs !== undefined || shapes.some(({ laterMs }) => laterMs !== undefined);
    return this.#act(async (client) => {
      const { rows: channels } = await client.query<{ channel: number }>(CHANNEL, [asked.channel]);
      const channel = channels[0]?.channel;
      if (channel === undefined) throw new ShelfwireError('NOT_FOUND', `There is no channel "${asked.channel}".`);
      if (kind.ownOrderIds === true && asked.sameShop !== true) await requireSameShop(client, channel, asked);
      const account = (await client.query<{ account: number }>(NEXT_NUMBER)).rows[0]?.account ?? 0;
      const { rowCount } = await client.query(CREATE, [
        account,
        channel,
        kind.kind,
        asked.name,
        asked.baseUrl,
        JSON.stringify(settings),
        this.#vault.seal(credentials, sealedName(account)),
        countsDown,
        countsDown && overwrites,
        asked.dryRun,
        by,
        orders !== null,
      ]);
      if (rowCount === 0)
        throw new ShelfwireError('CHANNEL_ACCOUNT_LIVE', `"${asked.channel}" has an account already.`);
      const made = await requireAccount(client, account);
      await kept(client, made);
      return made;
    });
  }

  list(after: number, limit: number): Promise<ChannelAccount[]> {
    return snapshot(this.#pool, async (client) => (await client.query<ChannelAccount>(LIST, [after, limit])).rows);
  }

  /** Throws NOT_FOUND. */
  find(account: number): Promise<ChannelAccount> {
    return snapshot(this.#pool, (client) => requireAccount(client, account));
  }

  /** Nothing is sent or asked for until it is resumed. Throws NOT_FOUND, CHANNEL_ACCOUNT_ENDED. */
  pause(account: number): Promise<ChannelAccount> {
    return this.#change(account, (client) => client.query(SET_STATE, [account, 'paused']));
  }

  /** Goes on at once, also when it was waiting after failures. Throws NOT_FOUND, CHANNEL_ACCOUNT_ENDED. */
  resume(account: number): Promise<ChannelAccount> {
    return this.#change(account, (client) => client.query(SET_STATE, [account, 'active']));
  }

  /** In a dry run what the channel says is read, and nothing is sent. Throws NOT_FOUND, CHANNEL_ACCOUNT_ENDED. */
  setDryRun(account: number, dryRun: boolean): Promise<ChannelAccount> {
    return this.#change(account, (client) => client.query(SET_DRY_RUN, [account, dryRun]));
  }

  /** The next call is made with them. Throws REQUEST_INVALID, NOT_FOUND, CHANNEL_ACCOUNT_ENDED, CONFLICT for those of another kind. */
  setCredentials(account: number, kind: string, credentials: unknown): Promise<ChannelAccount> {
    const valid = read(requireKind(kind).credentials, credentials, 'credentials');
    return this.#change(account, (client, own) => {
      if (own !== kind) throw new ShelfwireError('CONFLICT', `Account ${account} is of kind ${own}.`);
      return client.query(SET_CREDENTIALS, [account, this.#vault.seal(valid, sealedName(account))]);
    });
  }

  /** For good; its credentials are forgotten. Again: the same. Throws NOT_FOUND. */
  end(account: number): Promise<ChannelAccount> {
    return this.#act(async (client) => {
      await lockAccount(client, account);
      for (const text of END) await client.query(text, [account]);
      return requireAccount(client, account);
    });
  }

  /** Seals anew what an older key has sealed, so that the old one can be taken out of the file. Gives how many. */
  async reseal(): Promise<number> {
    const { rows } = await this.#pool.query<{ account: number; credentials: Buffer }>(SEALED);
    let resealed = 0;
    for (const { account, credentials } of rows) {
      if (this.#vault.isCurrent(credentials)) continue;
      const name = sealedName(account);
      const again = this.#vault.seal(this.#vault.open(credentials, name), name);
      resealed += (await this.#pool.query(RESEAL, [account, credentials, again])).rowCount ?? 0;
    }
    return resealed;
  }

  #change(account: number, change: (client: Queryable, kind: string) => Promise<unknown>): Promise<ChannelAccount> {
    return this.#act(async (client) => {
      const { state, kind } = await lockAccount(client, account);
      if (state === 'ended') throw new ShelfwireError('CHANNEL_ACCOUNT_ENDED', `Account ${account} was ended.`);
      await change(client, kind);
      return requireAccount(client, account);
    });
  }

  #act<T>(work: (client: Queryable) => Promise<T>): Promise<T> {
    return withRetries(() => transaction(this.#pool, work));
  }
}

/** An order of another shop would be taken for the one of the same number that is known. */
async function requireSameShop(client: Queryable, no: number, { channel, baseUrl }: AccountRequest): Promise<void> {
  const kinds = CHANNEL_KINDS.filter(({ ownOrderIds }) => ownOrderIds).map(({ kind }) => kind);
  const [before] = (await client.query<{ baseUrl: string }>(SHOP_BEFORE, [no, kinds])).rows;
  if (before === undefined) return;
  const [was, is] = [before.baseUrl, baseUrl].map((url) => URL.parse(url)?.origin);
  if (was === is) return;
  throw new ShelfwireError('CHANNEL_SHOP_DIFFERS', `Orders of the shop at ${was} are known as those of "${channel}".`);
}

async function lockAccount(client: Queryable, account: number): Promise<{ state: AccountState; kind: string }> {
  const { rows } = await client.query<{ state: AccountState; kind: string }>(LOCK, [account]);
  return rows[0] ?? notFound(account);
}

async function requireAccount(client: Queryable, account: number): Promise<ChannelAccount> {
  return (await client.query<ChannelAccount>(FIND, [account])).rows[0] ?? notFound(account);
}

function notFound(account: number): never {
  throw new ShelfwireError('NOT_FOUND', `There is no account ${account} at any channel.`);
}

/** Names the field that is wrong; a credential's value is never in it. */
function read(schema: z.ZodType, value: unknown, where: string): unknown {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  throw new ShelfwireError('REQUEST_INVALID', `In the ${where}: ${describeIssues(parsed.error)}`);
}
