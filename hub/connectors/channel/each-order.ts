import { z } from 'zod';
import { key, text, units } from '#shared/protocol/fields.ts';
import { ChannelFailure } from '../channel-failure.ts';
import type { ChannelOrder, OrderCame, SoldLine, UnreadOrder } from '../connector.ts';
import { excerpt } from '../http/answer.ts';

/** How a kind of channel reads an order of its answers: whole, or, where that fails, what must be known of it all the same. */
export interface OrderForm<Order> {
  readonly order: z.ZodType<Order>;
  /** What the channel calls it. */
  readonly name: z.ZodType<string>;
  /** Its lines as they came, each of which is read by `line`. */
  readonly lines: z.ZodType<readonly unknown[]>;
  readonly line: z.ZodType<SoldLine>;
}

/** Units of a line, also where they come as text. */
export const soldUnits = z.coerce.number().pipe(units);
export const soldSku = text;

/** Gives null for what is none of ours. */
type ToOrder<Order> = (order: Order) => ChannelOrder | null;

/**
 * Reads each order of an answer by itself: one that does not fit holds up none that came with it. `whole` asks the channel for
 * what is missing of one; what it throws is thrown, unless that does not fit either.
 */
export async function readEach<Order>(
  came: readonly unknown[],
  form: OrderForm<Order>,
  toOrder: ToOrder<Order>,
  whole?: (order: Order) => Promise<Order>,
): Promise<(ChannelOrder | UnreadOrder)[]> {
  const orders: (ChannelOrder | UnreadOrder)[] = [];
  for (const one of came) {
    const parsed = form.order.safeParse(one);
    if (!parsed.success) {
      orders.push(unread(one, form, z.prettifyError(parsed.error)));
      continue;
    }
    const order = whole === undefined ? parsed.data : await orUnfit(whole(parsed.data));
    const read =
      order instanceof ChannelFailure ? unread(one, form, order.message) : converted(one, form, order, toOrder);
    if (read !== null) orders.push(read);
  }
  return orders;
}

/** The same of one that has all with it. */
export function readOne<Order>(
  came: unknown,
  form: OrderForm<Order>,
  toOrder: ToOrder<Order>,
): ChannelOrder | UnreadOrder | null {
  const parsed = form.order.safeParse(came);
  return parsed.success
    ? converted(came, form, parsed.data, toOrder)
    : unread(came, form, z.prettifyError(parsed.error));
}

/** A failure: what came does not fit. */
async function orUnfit<Order>(whole: Promise<Order>): Promise<Order | ChannelFailure> {
  try {
    return await whole;
  } catch (error) {
    if (error instanceof ChannelFailure && error.code === 'CHANNEL_ANSWER_INVALID') return error;
    throw error;
  }
}

/** What fits its schema may still have an instant or an amount that is none. */
function converted<Order>(
  came: unknown,
  form: OrderForm<Order>,
  order: Order,
  toOrder: ToOrder<Order>,
): ChannelOrder | UnreadOrder | null {
  try {
    const read = toOrder(order);
    return read === null ? null : { ...read, came: asItCame(came, form) };
  } catch (error) {
    return unread(came, form, error instanceof Error ? error.message : String(error));
  }
}

function unread<Order>(came: unknown, form: OrderForm<Order>, why: string): UnreadOrder {
  const id = form.name.pipe(key).safeParse(came).data ?? null;
  return { id, came: asItCame(came, form), unread: excerpt(why) };
}

/** With what can be read of its lines, each by itself. */
function asItCame<Order>(verbatim: unknown, { lines, line }: OrderForm<Order>): OrderCame {
  const found = lines.safeParse(verbatim);
  const read = (found.success ? found.data : []).flatMap((one) => line.safeParse(one).data ?? []);
  return { verbatim, lines: read };
}
