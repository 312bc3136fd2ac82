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

const who = { channel: storeCode, reference: text.max(128) };
const place = z.int().min(1);

/** /v1/customers: the personal data of orders, and its end. Only for keys that may write. */
export function customerRoutes(pool: Pool): Route[] {
  return [
    route({
      method: 'get',
      path: '/v1/customers',
      access: 'orders:write',
      summary:
        "All that is kept of a customer, by the channel's reference: orders with name and address, and until when.",
      query: z.strictObject({ ...pageQuery, ...who }),
      answer: pageAnswer(customerOrder),
      async handle({ query: { cursor, limit, channel, reference } }) {
        const after = readCursor(cursor, place) ?? 0;
        const rows = await snapshot(pool, (client) =>
          customerOrders(client, { channel, reference }, { after, limit: limit + 1 }),
        );
        return { body: pageOf(rows, limit, toCustomerOrder, ({ order }) => order) };
      },
    }),
    route({
      method: 'post',
      path: '/v1/customers/erase',
      access: 'orders:write',
      summary:
        'Erases what is kept of a customer. Orders that are under way keep theirs until they have ended: `kept` counts them.',
      body: z.strictObject(who),
      answer: z.strictObject({ erased: natural, kept: natural }),
      idempotencyKey: 'none',
      async handle({ body, log }) {
        const erased = await eraseCustomer(pool, body);
        log.info(erased, 'personal data was erased');
        return { body: erased };
      },
    }),
  ];
}

function toCustomerOrder({ receivedAt, retainUntil, ...order }: CustomerOrder) {
  return { ...order, receivedAt: isoTime(receivedAt), retainUntil: isoTime(retainUntil) };
}
