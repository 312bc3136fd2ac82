import type { Pool } from 'pg';
import type { Logger } from '#shared/runtime/logger.ts';
import type { ChannelAccounts } from './accounts/channel-accounts.ts';
import type { OrderDoor } from './orders/take-channel-order.ts';
import { followUntakenHolds } from './orders/untaken-holds.ts';
import { markPublications } from './publishing/mark-publications.ts';
import { giveUpInFlight } from './publishing/note-ordered.ts';
import { renewListings } from './publishing/renew.ts';
import { syncListings } from './publishing/sync-listings.ts';
import { requireKind } from './registry.ts';

/** Something that is done again and again, in every hub at once: they exclude each other in the database. */
export interface ChannelTask {
  readonly name: string;
  readonly everyMs: number;
  readonly firstAfterMs: number;
  turn(): Promise<void>;
}

export interface KeepParts {
  readonly pool: Pool;
  readonly accounts: ChannelAccounts;
  readonly orders: Pick<OrderDoor, 'holdSold' | 'freeSold'>;
  readonly logger: Logger;
  readonly now: () => number;
}

const KEPT_DAYS = 7;
const PRUNED_AT_ONCE = 5_000;
const PRUNE_CALLS = `
  DELETE FROM publication_calls WHERE call_no IN (
    SELECT call_no FROM publication_calls WHERE ended_at < clock_timestamp() - make_interval(days => ${KEPT_DAYS}) LIMIT ${PRUNED_AT_ONCE})`;
const PRUNE_MESSAGES = `
  DELETE FROM channel_messages WHERE (account_no, message_id) IN (
    SELECT account_no, message_id FROM channel_messages
     WHERE received_at < clock_timestamp() - make_interval(days => ${KEPT_DAYS}) LIMIT ${PRUNED_AT_ONCE})`;

/** An order is personal data: it is kept no longer than that of others is. */
const UNTAKEN_KEPT_DAYS = 90;
const PRUNE_CONTENT = `
  UPDATE channel_hints SET content = NULL WHERE (account_no, id) IN (
    SELECT account_no, id FROM channel_hints
     WHERE content IS NOT NULL AND coalesce(aside_at, hinted_at) < clock_timestamp() - make_interval(days => ${UNTAKEN_KEPT_DAYS}) LIMIT ${PRUNED_AT_ONCE})`;
const PRUNE_DISMISSED = `
  DELETE FROM channel_hints WHERE (account_no, id) IN (
    SELECT account_no, id FROM channel_hints
     WHERE hold_key IS NULL AND dismissed_at < clock_timestamp() - make_interval(days => ${UNTAKEN_KEPT_DAYS}) LIMIT ${PRUNED_AT_ONCE})`;

export function channelTasks({ pool, accounts, orders, logger, now }: KeepParts): ChannelTask[] {
  const canRead = (kind: string, settings: unknown): boolean => requireKind(kind).capabilities(settings).reads !== null;
  return [
    {
      name: 'numbers for channels',
      everyMs: 100,
      firstAfterMs: 0,
      async turn() {
        await syncListings(pool, { canRead, now: now() });
        await markPublications(pool, now);
      },
    },
    {
      name: 'units in flight',
      everyMs: 5_000,
      firstAfterMs: 5_000,
      async turn() {
        const listings = await giveUpInFlight(pool);
        if (listings > 0) logger.warn({ listings }, 'units were gone from channels, and no order explains it');
      },
    },
    {
      name: 'units of orders that cannot be taken',
      everyMs: 1_000,
      firstAfterMs: 500,
      turn: () => followUntakenHolds(pool, orders),
    },
    {
      name: 'listings that channels forget',
      everyMs: 600_000,
      firstAfterMs: 60_000,
      turn: () => renewListings(pool).then(() => undefined),
    },
    {
      name: 'credentials of channels',
      everyMs: 60_000,
      firstAfterMs: 1_000,
      async turn() {
        const sealed = await accounts.reseal();
        if (sealed > 0) logger.info({ accounts: sealed }, 'credentials are sealed by another key');
      },
    },
    {
      name: 'calls of channels',
      everyMs: 3_600_000,
      firstAfterMs: 600_000,
      async turn() {
        for (const text of [PRUNE_CALLS, PRUNE_MESSAGES, PRUNE_CONTENT, PRUNE_DISMISSED]) {
          while ((await pool.query(text)).rowCount === PRUNED_AT_ONCE);
        }
      },
    },
  ];
}
