import type { Pool } from 'pg';
import { z } from 'zod';
import { snapshot } from '#hub/db/snapshot.ts';
import type { Orders } from '#hub/orders/orders.ts';
import { effectsToDo, type OrderEffect } from '#hub/orders/store/list-orders.ts';
import { pageAnswer } from './answers/fields.ts';
import { orderEffect } from './answers/orders.ts';
import { isoTime, isoTimeOrNull } from './instant.ts';
import { pageOf, pageQuery, readCursor } from './page.ts';
import { route, type Route } from './route.ts';

const params = z.strictObject({
  id: z
    .string()
    .regex(/^[1-9]\d{0,14}$/, 'must be the number of an effect')
    .transform(Number),
});
const place = z.int().min(1);

/** /v1/order-effects: what whoever speaks with the channels has to do for orders. */
export function orderEffectRoutes(pool: Pool, orders: Orders): Route[] {
  return [
    route({
      method: 'get',
      path: '/v1/order-effects',
      access: 'orders:read',
      summary:
        'What is to be done at the channels, the oldest first: refund, tell how an order stands, look at an alarm.',
      query: z.strictObject({ ...pageQuery, kind: z.enum(['refund', 'tell', 'alarm']).optional() }),
      answer: pageAnswer(orderEffect),
      async handle({ query: { cursor, limit, kind } }) {
        const after = readCursor(cursor, place) ?? 0;
        const rows = await snapshot(pool, (client) => effectsToDo(client, { kind, after, limit: limit + 1 }));
        return { body: pageOf(rows, limit, toOrderEffect, ({ id }) => id) };
      },
    }),
    route({
      method: 'post',
      path: '/v1/order-effects/:id/done',
      access: 'orders:write',
      summary: 'It is done at the channel. Again: it is done still.',
      params,
      body: z.strictObject({}),
      answer: orderEffect,
      problems: ['NOT_FOUND', 'CONFLICT'],
      idempotencyKey: 'none',
      async handle({ params: { id }, caller }) {
        return { body: toOrderEffect(await orders.finish(id, caller?.name ?? '')) };
      },
    }),
  ];
}

export function toOrderEffect({ createdAt, doneAt, ...effect }: OrderEffect) {
  return { ...effect, createdAt: isoTime(createdAt), doneAt: isoTimeOrNull(doneAt) };
}
