import type { PoolClient } from 'pg';
import { take, type OrderParts } from '../act-on-order.ts';
import type { Queryable } from '#hub/db/snapshot.ts';
import { wantedOf, type OrderContent, type OrderLine } from '../order/canonical-order.ts';
import type { Order } from '../states/order.ts';
import { lockOrder, type OrderProblem } from '../store/stored-order.ts';
import type { Said } from '../store/write-step.ts';

const NAMES = `
  SELECT l.place::int AS place, coalesce(p.sku, x.sku) AS sku
    FROM unnest($1::text[], $2::text[]) WITH ORDINALITY AS l (sku, channel_sku, place)
    LEFT JOIN products p ON p.sku = l.sku COLLATE "C" AND NOT p.deleted
    LEFT JOIN channels c ON c.code = $3
    LEFT JOIN listings x ON x.channel_no = c.channel_no AND x.channel_sku = l.channel_sku COLLATE "C"
   ORDER BY l.place`;
const PLACE = `
  SELECT EXISTS (SELECT FROM channel_locations x JOIN locations l USING (location_no)
                  WHERE x.channel_code = $1 AND l.code = $2) AS sells`;
/** What is missing is often entered soon after: a product, a listing. */
const LOOK_AGAIN_MS = 300_000;
const NAMED_MAX = 5;

/** Looks the names of an order up; what is not found keeps it from going on, and is looked for again. */
export async function validate(client: PoolClient, parts: OrderParts, number: number, said: Said): Promise<void> {
  const stored = await lockOrder(client, number);
  if (stored.order.state !== 'received') return;
  const { channel, lines, delivery } = stored.order.content;
  const { skus, missing } = await findNames(client, { channel, lines: lines.filter((line) => wantedOf(line) > 0) });
  const isSold = await sellsFrom(client, { channel, delivery });
  if (missing.length === 0 && isSold) {
    await take(client, parts, stored, { act: 'accept', skus }, said);
    return;
  }
  const place = delivery.kind === 'collect' && !isSold ? [`${channel} does not sell from "${delivery.store}".`] : [];
  const { problem, lookAgainAt } = unknownNames([...missing, ...place], parts.now());
  // Of the same fault once is enough to be kept.
  if (stored.problem?.detail === problem.detail) {
    await client.query('UPDATE orders SET look_again_at = $2 WHERE order_no = $1', [number, lookAgainAt]);
    return;
  }
  await take(client, parts, stored, { act: 'fault' }, said, { problem, lookAgainAt });
}

export interface Names {
  readonly skus: Record<string, string>;
  /** A sentence for each. */
  readonly missing: readonly string[];
}

/** What lines are called here. */
export async function findNames(
  client: Queryable,
  {
    lines,
    channel,
  }: { readonly channel: string; readonly lines: readonly Pick<OrderLine, 'line' | 'sku' | 'channelSku'>[] },
): Promise<Names> {
  const { rows } = await client.query<{ place: number; sku: string | null }>(NAMES, [
    lines.map(({ sku }) => sku ?? null),
    lines.map(({ channelSku }) => channelSku ?? null),
    channel,
  ]);
  const skus: Record<string, string> = {};
  const missing: string[] = [];
  for (const [place, line] of lines.entries()) {
    const sku = rows[place]?.sku ?? null;
    if (sku !== null) skus[line.line] = sku;
    else if (line.sku === undefined) missing.push(`Line ${line.line}: ${channel} has no listing "${line.channelSku}".`);
    else missing.push(`Line ${line.line}: there is no product "${line.sku}".`);
  }
  return { skus, missing };
}

/** Lines of which units are wanted and the sku is not known: such that were added later. */
export function unnamedLines({ skus }: Pick<Order, 'skus'>, lines: OrderContent['lines']): OrderContent['lines'] {
  return lines.filter((line) => skus[line.line] === undefined && wantedOf(line) > 0);
}

/** Whether a channel sells from where an order is to go. */
export async function sellsFrom(
  client: PoolClient,
  { channel, delivery }: Pick<OrderContent, 'channel' | 'delivery'>,
): Promise<boolean> {
  if (delivery.kind === 'ship') return true;
  const { rows } = await client.query<{ sells: boolean }>(PLACE, [channel, delivery.store]);
  return rows[0]?.sells === true;
}

/** What keeps an order from going on while names are missing, and until when. */
export function unknownNames(missing: readonly string[], now: Date): { problem: OrderProblem; lookAgainAt: Date } {
  const named = missing.slice(0, NAMED_MAX).join(' ');
  const more = missing.length > NAMED_MAX ? ` And ${missing.length - NAMED_MAX} more.` : '';
  const problem: OrderProblem = { code: 'ORDER_NAME_UNKNOWN', detail: named + more };
  return { problem, lookAgainAt: new Date(now.getTime() + LOOK_AGAIN_MS) };
}
