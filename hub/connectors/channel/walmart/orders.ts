import { z } from 'zod';
import type { ChannelOrder, OrderPage, UnreadOrder } from '../../connector.ts';
import type { HttpAnswer } from '../../http/http.ts';
import { readEach } from '../each-order.ts';
import { readOk, type Ask } from './ask.ts';
import { ORDER_FORM, toChannelOrder, walmartOrder, type WalmartOrder } from './order-form.ts';

const ORDERS_A_PAGE = 100;
/** Walmart keeps no longer, and without a date it looks a week back. */
const KEPT_MS = 180 * 86_400_000;

const page = z.object({
  list: z.object({
    meta: z.object({ nextCursor: z.string().nullish() }),
    elements: z.object({ order: z.array(z.unknown()).nullish() }).nullish(),
  }),
});
const one = z.object({ order: walmartOrder });
const oneAsItCame = z.object({ order: z.unknown() });
const KINDS = { released: 'v3/orders/released', changed: 'v3/orders' } as const;
type Kind = keyof typeof KINDS;

/** First those that nobody has acknowledged, whenever they came; then all that have changed. */
export async function pollOrders(ask: Ask, since: Date, cursor: string | null, now: number): Promise<OrderPage> {
  const [kind, after] = readCursor(cursor);
  const query = after ?? firstQuery(kind, since, now);
  const { list } = readOk(await ask({ method: 'GET', path: KINDS[kind], query }), page);
  const orders = await readEach(list.elements?.order ?? [], ORDER_FORM, toChannelOrder);
  const { nextCursor } = list.meta;
  if (nextCursor) return { orders, next: `${kind}${nextCursor.startsWith('?') ? '' : '?'}${nextCursor}` };
  return { orders, next: kind === 'released' ? 'changed' : null };
}

function readCursor(cursor: string | null): [Kind, Record<string, string> | undefined] {
  const [name = '', ...rest] = (cursor ?? 'released').split('?');
  const kind: Kind = name === 'changed' ? 'changed' : 'released';
  return [kind, rest.length === 0 ? undefined : Object.fromEntries(new URLSearchParams(rest.join('?')))];
}

function firstQuery(kind: Kind, since: Date, now: number): Record<string, string> {
  const limit = String(ORDERS_A_PAGE);
  const createdStartDate = instant(new Date(now - KEPT_MS));
  return kind === 'released'
    ? { limit, createdStartDate }
    : { limit, createdStartDate, lastModifiedStartDate: instant(since) };
}

/** Whole seconds: Walmart reads no finer ones. */
const instant = (at: Date): string => `${at.toISOString().slice(0, 19)}Z`;

export async function readOrders(ask: Ask, ids: readonly string[]): Promise<(ChannelOrder | UnreadOrder)[]> {
  const came: unknown[] = [];
  for (const id of ids) {
    const answer = await find(ask, id);
    if (answer !== undefined) came.push(readOk(answer, oneAsItCame).order);
  }
  return readEach(came, ORDER_FORM, toChannelOrder);
}

/** Undefined when there is none. */
export async function readOrder(ask: Ask, id: string): Promise<WalmartOrder | undefined> {
  const answer = await find(ask, id);
  return answer === undefined ? undefined : readOk(answer, one).order;
}

async function find(ask: Ask, id: string): Promise<HttpAnswer | undefined> {
  const answer = await ask({ method: 'GET', path: `v3/orders/${encodeURIComponent(id)}` });
  return answer.status === 404 && answer.text.trim().startsWith('{') ? undefined : answer;
}
