import type { Pool, PoolClient } from 'pg';
import { z } from 'zod';
import type { Queryable } from '#hub/db/snapshot.ts';
import { transaction, withRetries } from '#hub/db/transaction.ts';
import { forgetOrdered, noteOrdered, type OrderedLines } from '../publishing/note-ordered.ts';
import type { OrderDoor } from './take-channel-order.ts';
import { isKnown } from './untaken-orders.ts';

const AT_ONCE = 20;

/** It was dismissed; or it is an order meanwhile, which has a hold of its own. */
const IS_OVER = `(h.dismissed_at IS NOT NULL OR EXISTS (SELECT FROM orders o WHERE o.channel = c.code AND o.channel_order_id = h.id))`;
/** Whose lines are to be held and are not yet, and those that are over and are held. $1-$2 behind this one. */
const DUE = `
  SELECT h.account_no AS account, h.id, h.hold_key AS key, h.lines, ${IS_OVER} AS "isOver", c.code AS channel
  FROM channel_hints h JOIN channel_accounts a USING (account_no) JOIN channels c USING (channel_no)
  WHERE h.hold_key IS NOT NULL AND (h.held IS NULL OR ${IS_OVER}) AND (h.account_no, h.id) > ($1, $2 COLLATE "C")
  ORDER BY h.account_no, h.id LIMIT 1 FOR NO KEY UPDATE OF h SKIP LOCKED`;
const HELD = 'UPDATE channel_hints SET held = $3 WHERE account_no = $1 AND id = $2';
const OVER = 'UPDATE channel_hints SET held = NULL, hold_key = NULL WHERE account_no = $1 AND id = $2';
const ONE = `
  SELECT hold_key AS key, lines FROM channel_hints
  WHERE account_no = $1 AND id = $2 AND hold_key IS NOT NULL FOR NO KEY UPDATE`;

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
 * Makes holds follow the orders that cannot be taken: held while such an order is there, given back when it was dismissed or taken.
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

/** Gives back what is held for an order that is taken in right behind this: then its units are held as those of any other. */
export async function freeUntaken(
  pool: Pool,
  orders: Door,
  { account, channel, id }: { readonly account: number; readonly channel: string; readonly id: string },
): Promise<void> {
  await withRetries(() =>
    transaction(pool, async (client) => {
      const [held] = (await client.query<Pick<Row, 'key' | 'lines'>>(ONE, [account, id])).rows;
      if (held === undefined) return;
      await orders.freeSold(held.key);
      await client.query(OVER, [account, id]);
      // Of one that was taken meanwhile it is the order that counts (noteTaken).
      if (await isKnown(client, channel, id)) return;
      await forgetOrdered(client, { channel, lines: soldLines.parse(held.lines) });
    }),
  );
}

/** $1 channel, $2 what it calls the order. */
const COUNTED = `
  SELECT h.lines FROM channel_hints h
  WHERE h.account_no IN (SELECT account_no FROM channel_accounts JOIN channels USING (channel_no) WHERE code = $1)
    AND h.id = $2 AND h.hold_key IS NOT NULL
  ORDER BY h.account_no FOR NO KEY UPDATE`;

/**
 * Units that a channel has sold become known, in the transaction that takes them in. Those of a new order that was kept meanwhile
 * because another version of it did not fit count already, and do not once more; what is held for them is given back behind this.
 */
export async function noteTaken(
  client: Queryable,
  { channelOrderId, ...ordered }: OrderedLines & { readonly channelOrderId?: string | undefined },
): Promise<void> {
  if (channelOrderId === undefined) return noteOrdered(client, ordered);
  const { rows } = await client.query<Pick<Row, 'lines'>>(COUNTED, [ordered.channel, channelOrderId]);
  const before = rows.flatMap(({ lines }) => soldLines.parse(lines));
  await noteOrdered(client, ordered, before);
}
