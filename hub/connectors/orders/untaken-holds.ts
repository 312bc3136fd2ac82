import type { Pool, PoolClient } from 'pg';
import { z } from 'zod';
import { transaction, withRetries } from '#hub/db/transaction.ts';
import type { HeldBefore } from '#hub/orders/act-on-order.ts';
import type { Holds } from '#hub/orders/holds.ts';
import { forgetOrdered } from '../publishing/note-ordered.ts';
import type { OrderDoor } from './take-channel-order.ts';

const AT_ONCE = 20;

/** Whose lines are to be held and are not yet, and those that were dismissed and are held. $1-$2 behind this one. */
const DUE = `
  SELECT h.account_no AS account, h.id, h.hold_key AS key, h.lines, h.dismissed_at IS NOT NULL AS "isOver", c.code AS channel
  FROM channel_hints h JOIN channel_accounts a USING (account_no) JOIN channels c USING (channel_no)
  WHERE h.hold_key IS NOT NULL AND (h.held IS NULL OR h.dismissed_at IS NOT NULL) AND (h.account_no, h.id) > ($1, $2 COLLATE "C")
  ORDER BY h.account_no, h.id LIMIT 1 FOR NO KEY UPDATE OF h SKIP LOCKED`;
const HELD = 'UPDATE channel_hints SET held = $3 WHERE account_no = $1 AND id = $2';
const OVER = 'UPDATE channel_hints SET held = NULL, hold_key = NULL WHERE account_no = $1 AND id = $2';
/** $1 channel, $2 what it calls the order. */
const OF_ORDER = `
  h.account_no IN (SELECT account_no FROM channel_accounts JOIN channels USING (channel_no) WHERE code = $1)
  AND h.id = $2 AND h.hold_key IS NOT NULL`;
const IS_HELD = `SELECT FROM channel_hints h WHERE ${OF_ORDER}`;
const ONE = `
  SELECT account_no AS account, hold_key AS key, lines FROM channel_hints h WHERE ${OF_ORDER}
  ORDER BY account_no LIMIT 1 FOR NO KEY UPDATE`;

const soldLines = z.array(
  z.object({ sku: z.string().optional(), channelSku: z.string().optional(), units: z.int().min(1) }),
);

interface Row {
  readonly account: number;
  readonly id: string;
  readonly channel: string;
  readonly key: string;
  readonly lines: unknown;
  readonly isOver: boolean;
}

type Door = Pick<OrderDoor, 'holdSold' | 'freeSold'>;

/**
 * Makes holds follow the orders that cannot be taken: held while such an order is there, given back when it was dismissed.
 * Under the row's lock, and by its key the same again, whoever is killed in between. One that fails keeps none behind it from it;
 * the first failure is thrown when all were looked at.
 */
export async function followUntakenHolds(pool: Pool, orders: Door): Promise<void> {
  let after: Place = [0, ''];
  const failures: unknown[] = [];
  for (let done = 0; done < AT_ONCE; done += 1) {
    const from = after;
    const followed = await withRetries(() => transaction(pool, (client) => followOne(client, orders, from)));
    if (followed === undefined) break;
    after = followed.place;
    if ('failure' in followed) failures.push(followed.failure);
  }
  if (failures.length > 0) throw failures[0];
}

type Place = readonly [account: number, id: string];

async function followOne(
  client: PoolClient,
  orders: Door,
  after: Place,
): Promise<{ readonly place: Place; readonly failure?: unknown } | undefined> {
  const [row] = (await client.query<Row>(DUE, [...after])).rows;
  if (row === undefined) return undefined;
  const { account, id, key, channel } = row;
  const place = [account, id] as const;
  let held: unknown;
  try {
    if (row.isOver) await orders.freeSold(key);
    else held = await orders.holdSold({ key, channel, channelOrderId: id, lines: soldLines.parse(row.lines) });
  } catch (failure) {
    // The row is as it was: none of it was done by this transaction.
    return { place, failure };
  }
  if (row.isOver) await client.query(OVER, [...place]);
  else await client.query(HELD, [...place, JSON.stringify(held)]);
  return { place };
}

/**
 * What is held of orders that cannot be taken, as orders are taken in: one of which another version fits gives back what is held
 * for it, and then its units are held as those of any other.
 */
export function heldUntaken(pool: Pool, { releaseAll }: Pick<Holds, 'releaseAll'>): HeldBefore {
  return {
    isHeld: async (client, { channel, channelOrderId }) =>
      ((await client.query(IS_HELD, [channel, channelOrderId])).rowCount ?? 0) > 0,
    free: ({ channel, channelOrderId }) =>
      withRetries(() =>
        transaction(pool, async (client) => {
          const [held] = (await client.query<Pick<Row, 'account' | 'key' | 'lines'>>(ONE, [channel, channelOrderId]))
            .rows;
          if (held === undefined) return;
          await releaseAll(held.key);
          await client.query(OVER, [held.account, channelOrderId]);
          await forgetOrdered(client, { channel, lines: soldLines.parse(held.lines) });
        }),
      ),
  };
}
