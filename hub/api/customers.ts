import type { Pool } from 'pg';
import { z } from 'zod';
import { storeCode, text } from '#shared/protocol/fields.ts';
import { snapshot } from '#hub/db/snapshot.ts';
import { customerOrders, eraseCustomer, type CustomerOrder } from '#hub/orders/store/personal-data.ts';
import { natural, pageAnswer } from './answers/fields.ts';
import { customerOrder } from './answers/orders.ts';
import { isoTime } from './instant.ts';
import { pageOf, pageQuery, readCursor } from './page.ts';
import { route, type Route } from './route.ts';

const params = z.strictObject({ channel: storeCode, reference: text.max(128) });
const place = z.int().min(1);

/** /v1/customers: the personal data of orders, and its end. Only for keys that may write. */
export function customerRoutes(pool: Pool): Route[] {
  return [
    route({
      method: 'get',
      path: '/v1/customers/:channel/:reference',
      access: 'orders:write',
      summary:
        "All that is kept of a customer, by the channel's reference: orders with name and address, and until when.",
      params,
      query: z.strictObject(pageQuery),
      answer: pageAnswer(customerOrder),
      async handle({ params, query: { cursor, limit } }) {
        const after = readCursor(cursor, place) ?? 0;
        const rows = await snapshot(pool, (client) => customerOrders(client, params, { after, limit: limit + 1 }));
        return { body: pageOf(rows, limit, toCustomerOrder, ({ order }) => order) };
      },
    }),
    route({
      method: 'post',
      path: '/v1/customers/:channel/:reference/erase',
      access: 'orders:write',
      summary:
        'Erases what is kept of a customer. Orders that are under way keep theirs until they have ended: `kept` counts them.',
      params,
      body: z.strictObject({}),
      answer: z.strictObject({ erased: natural, kept: natural }),
      idempotencyKey: 'none',
      async handle({ params, log }) {
        const erased = await eraseCustomer(pool, params);
        log.info(erased, 'personal data was erased');
        return { body: erased };
      },
    }),
  ];
}

function toCustomerOrder({ receivedAt, retainUntil, ...order }: CustomerOrder) {
  return { ...order, receivedAt: isoTime(receivedAt), retainUntil: isoTime(retainUntil) };
}
