import { describeIssues } from '#shared/protocol/content.ts';
import { ShelfwireError } from '#shared/protocol/errors.ts';
import { canonicalOrder, splitOrder } from '#hub/orders/order/canonical-order.ts';
import type { Orders } from '#hub/orders/orders.ts';
import type { ChannelOrder } from '../connector.ts';

/** What the connectors ask of the orders. */
export type OrderDoor = Pick<Orders, 'follow' | 'seeCancelled' | 'act' | 'finish'>;

export interface TakeParts {
  readonly orders: OrderDoor;
}

/** What the order has answered for good: asking again gives the same. */
const ANSWERED = new Set(['ORDER_REUSED', 'ORDER_TOO_LATE', 'ORDER_ENDED', 'ORDER_UNITS']);

/**
 * Takes an order as it stands at its channel, however it became known and however often: what was changed there is followed
 * once. One that is cancelled there before we have seen it is not taken; of one that was taken nothing is paid back by us then. One that its
 * customer wants cancelled is taken and then cancelled; another order under its id is kept beside the first (ORDER_REUSED). Gives the code of what the order could not
 * take. Throws CHANNEL_MESSAGE_INVALID, ORDER_TOTALS.
 *
 * @param isCurrent it was asked for; false: the channel told of it, perhaps long ago
 */
export async function takeChannelOrder(
  { orders }: TakeParts,
  channel: string,
  { id, order, version = null, cancelled, cancelAsked }: ChannelOrder,
  { isCurrent, correlationId }: { isCurrent: boolean; correlationId: string },
): Promise<string | undefined> {
  const said = { by: `channel ${channel}`, correlationId };
  try {
    const number =
      cancelled === null
        ? (await orders.follow(splitOrder(read(channel, id, order)), { version, isCurrent }, said)).number
        : await orders.seeCancelled({ channel, channelOrderId: id }, version);
    const reason = cancelled ?? cancelAsked;
    if (reason === undefined || number === undefined) return undefined;
    if (cancelled === null) {
      await orders.act(number, { act: 'cancel', reason }, { ...said, key: 'cancelling was asked for' });
      return undefined;
    }
    // A channel may know the reason better by and by: nothing more is cancelled then.
    const key = `cancelled at the channel: ${reason}`;
    await orders.act(number, { act: 'cancel', reason, atChannel: true }, { ...said, key });
    return undefined;
  } catch (error) {
    if (error instanceof ShelfwireError && ANSWERED.has(error.code)) return error.code;
    throw error;
  }
}

function read(channel: string, id: string, order: unknown) {
  const own = typeof order === 'object' && order !== null ? order : {};
  // Whose order it is is known by whose account it came through, not by what it says (S4).
  const parsed = canonicalOrder.safeParse({ ...own, channel, channelOrderId: id });
  if (parsed.success) return parsed.data;
  throw new ShelfwireError('CHANNEL_MESSAGE_INVALID', `Order ${id}: ${describeIssues(parsed.error)}`);
}
