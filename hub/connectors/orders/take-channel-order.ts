import { describeIssues } from '#shared/protocol/content.ts';
import { ShelfwireError } from '#shared/protocol/errors.ts';
import { canonicalOrder, splitOrder, type ReadOrder } from '#hub/orders/order/canonical-order.ts';
import { checkTotals } from '#hub/orders/order/order-money.ts';
import type { Orders } from '#hub/orders/orders.ts';
import { ownKey } from '#hub/orders/own-key.ts';
import type { ChannelOrder, UnreadOrder } from '../connector.ts';

/** What the connectors ask of the orders. */
export type OrderDoor = Pick<Orders, 'follow' | 'seeCancelled' | 'act' | 'finish' | 'holdSold' | 'freeSold'>;

export interface TakeParts {
  readonly orders: OrderDoor;
}

/** What the order has answered for good: asking again gives the same. */
const ANSWERED = new Set(['ORDER_REUSED', 'ORDER_TOO_LATE', 'ORDER_ENDED', 'ORDER_UNITS']);

/** What an order that does not fit is refused by: it stays so until it is another. */
export const UNFIT: ReadonlySet<string> = new Set(['CHANNEL_ORDER_UNREADABLE', 'ORDER_TOTALS']);

/**
 * Takes an order as it stands at its channel, however it became known and however often: what was changed there is followed
 * once. One that is cancelled there before we have seen it is not taken; of one that was taken nothing is paid back by us then. One that its
 * customer wants cancelled is taken and then cancelled; another order under its id is kept beside the first (ORDER_REUSED). Gives the code of what the order could not
 * take. Throws CHANNEL_ORDER_UNREADABLE, CHANNEL_ORDER_NOT_YET, ORDER_TOTALS.
 *
 * @param isCurrent it was asked for; false: the channel told of it, perhaps long ago
 */
export async function takeChannelOrder(
  { orders }: TakeParts,
  channel: string,
  given: ChannelOrder | UnreadOrder,
  { isCurrent, correlationId }: { isCurrent: boolean; correlationId: string },
): Promise<string | undefined> {
  const said = { by: `channel ${channel}`, correlationId };
  if ('unread' in given) throw unreadable(given.id ?? 'without a name', given.unread);
  const { id, version = null, cancelled, cancelAsked } = given;
  const read = cancelled === null ? readOrder(channel, given) : undefined;
  try {
    const number =
      read === undefined
        ? await orders.seeCancelled({ channel, channelOrderId: id }, version)
        : (await orders.follow(read, { version, isCurrent }, said)).number;
    const reason = cancelled ?? cancelAsked;
    if (reason === undefined || number === undefined) return undefined;
    if (cancelled === null) {
      await orders.act(number, { act: 'cancel', reason }, { ...said, key: ownKey('cancelling was asked for') });
      return undefined;
    }
    // A channel may know the reason better by and by: nothing more is cancelled then.
    const key = ownKey(`cancelled at the channel: ${reason}`);
    await orders.act(number, { act: 'cancel', reason, atChannel: true }, { ...said, key });
    return undefined;
  } catch (error) {
    if (error instanceof ShelfwireError && ANSWERED.has(error.code)) return error.code;
    throw error;
  }
}

function readOrder(channel: string, { id, order, notYet }: ChannelOrder): ReadOrder {
  if (notYet !== undefined) throw new ShelfwireError('CHANNEL_ORDER_NOT_YET', `Order ${id}: ${notYet}`);
  const own = typeof order === 'object' && order !== null ? order : {};
  // Whose order it is is known by whose account it came through, not by what it says (S4).
  const parsed = canonicalOrder.safeParse({ ...own, channel, channelOrderId: id });
  if (!parsed.success) throw unreadable(id, describeIssues(parsed.error));
  const read = splitOrder(parsed.data);
  checkTotals(read.content);
  return read;
}

const unreadable = (id: string, why: string) => new ShelfwireError('CHANNEL_ORDER_UNREADABLE', `Order ${id}: ${why}`);
