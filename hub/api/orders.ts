import type { Pool } from 'pg';
import { z } from 'zod';
import { ERRORS } from '#shared/protocol/errors.ts';
import { key, orderLine as lineId, sku, storeCode, units } from '#shared/protocol/fields.ts';
import { LIMITS } from '#shared/protocol/limits.ts';
import type { Clock } from '#shared/runtime/clock.ts';
import { snapshot } from '#hub/db/snapshot.ts';
import { canonicalOrder, LANES, ORDER_LIMITS, splitOrder } from '#hub/orders/order/canonical-order.ts';
import type { Orders } from '#hub/orders/orders.ts';
import { CANCEL_REASONS, type Act } from '#hub/orders/states/act.ts';
import { newLine, sumsOf } from '#hub/orders/states/line-units.ts';
import { ORDER_STATES } from '#hub/orders/states/order-state.ts';
import { listLate, listOrders, readTrail } from '#hub/orders/store/list-orders.ts';
import { readOrder, type StoredOrder } from '#hub/orders/store/stored-order.ts';
import { laneNumber } from '#hub/orders/store/write-step.ts';
import { pageAnswer } from './answers/fields.ts';
import { orderInFull, orderListed } from './answers/orders.ts';
import { isoInstant, isoTime, isoTimeOrNull } from './instant.ts';
import { toOrderEffect } from './order-effects.ts';
import { flag, pageOf, pageQuery, readCursor } from './page.ts';
import { route, type Route } from './route.ts';

const params = z.strictObject({
  id: z
    .string()
    .regex(/^[1-9]\d{0,14}$/, 'must be the number of an order')
    .transform(Number),
});
const place = z.int().min(1);
const latePlace = z.tuple([z.int(), z.int().min(0)]);

const partsOf = <Part extends z.ZodType>(part: Part) => z.array(part).min(1).max(ORDER_LIMITS.lines);
const some = partsOf(z.strictObject({ line: lineId, units }));
const placed = { line: lineId, units, location: storeCode };
const located = partsOf(z.strictObject({ ...placed, substitute: sku.optional() }));

/** What can be said of an order from outside. */
const act = z.discriminatedUnion('act', [
  z.strictObject({ act: z.literal('pick'), parts: partsOf(z.strictObject(placed)) }),
  z.strictObject({ act: z.literal('substitute'), parts: partsOf(z.strictObject({ ...placed, substitute: sku })) }),
  z.strictObject({ act: z.literal('hand'), parts: located }),
  z.strictObject({ act: z.literal('short'), parts: located }),
  z.strictObject({ act: z.literal('cancel'), parts: some.optional(), reason: z.enum(CANCEL_REASONS) }),
  z.strictObject({ act: z.literal('return'), parts: some }),
  z.strictObject({ act: z.enum(['expire', 'pay', 'failPayment', 'deliver']) }),
  z.strictObject({ act: z.literal('retry') }),
]);
type GivenAct = Exclude<z.output<typeof act>, { act: 'retry' }>;

/** /v1/orders: what channels ordered, and where it stands. */
export function orderRoutes(pool: Pool, orders: Orders, clock: Clock): Route[] {
  const show = (id: number) => showOrder(pool, id, clock);
  return [
    route({
      method: 'post',
      path: '/v1/orders',
      access: 'orders:write',
      summary:
        'Takes an order in and reserves its units. The same channel and channelOrderId with the same content is the same order.',
      bodyBytesMax: LIMITS.factBytes,
      body: canonicalOrder,
      answer: orderInFull,
      statuses: [200, 201],
      problems: ['ORDER_TOTALS', 'ORDER_REUSED'],
      idempotencyKey: 'none',
      async handle({ body, caller, correlationId, log }) {
        const taken = await orders.take(splitOrder(body), { by: caller?.name ?? '', correlationId });
        if (taken.isNew) log.info({ order: taken.number, channel: body.channel }, 'an order was taken in');
        return { status: taken.isNew ? 201 : 200, body: await show(taken.number) };
      },
    }),
    route({
      method: 'get',
      path: '/v1/orders',
      access: 'orders:read',
      summary:
        'Orders, the oldest first; `late`: those that should have left their state by now, the most overdue first.',
      query: z.strictObject({
        ...pageQuery,
        state: z.enum(ORDER_STATES).optional(),
        channel: storeCode.optional(),
        channelOrderId: key.optional(),
        lane: z.enum(LANES).optional(),
        late: flag.optional(),
        problem: flag.optional(),
        receivedBefore: isoInstant.optional(),
      }),
      answer: pageAnswer(orderListed),
      async handle({ query: { cursor, limit, late, lane, receivedBefore, ...rest } }) {
        const filter = {
          ...rest,
          lane: lane && laneNumber(lane),
          receivedBefore: receivedBefore === undefined ? undefined : new Date(receivedBefore),
        };
        const now = new Date(clock.now());
        const toItem = (order: StoredOrder) => toListed(order, now);
        if (late !== true) {
          const after = readCursor(cursor, place) ?? 0;
          const rows = await snapshot(pool, (client) => listOrders(client, filter, { after, limit: limit + 1 }));
          return { body: pageOf(rows, limit, toItem, ({ number }) => number) };
        }
        const after = readCursor(cursor, latePlace) ?? [0, 0];
        const rows = await snapshot(pool, (client) => listLate(client, filter, { now, after, limit: limit + 1 }));
        return { body: pageOf(rows, limit, toItem, ({ dueAt, number }) => [dueAt?.getTime() ?? 0, number]) };
      },
    }),
    route({
      method: 'get',
      path: '/v1/orders/:id',
      access: 'orders:read',
      summary:
        'One order: where the units of each line stand, what was said of it, what is to be done, and what holds its units.',
      params,
      answer: orderInFull,
      problems: ['NOT_FOUND'],
      handle: async ({ params: { id } }) => ({ body: await show(id) }),
    }),
    route({
      method: 'post',
      path: '/v1/orders/:id/acts',
      access: 'orders:write',
      summary:
        'Something happened to an order: pick, substitute, hand, short, cancel, return, expire, pay, failPayment, deliver; retry looks for what is missing. Once for an Idempotency-Key.',
      params,
      body: act,
      answer: orderInFull,
      problems: [
        'NOT_FOUND',
        'KEY_REUSED',
        'ORDER_UNITS',
        'ORDER_SUBSTITUTE',
        'ORDER_TOO_EARLY',
        'ORDER_TOO_LATE',
        'ORDER_ENDED',
      ],
      idempotencyKey: 'required',
      keepsActs: true,
      async handle({ params: { id }, body, idempotencyKey, caller, correlationId }) {
        if (body.act === 'retry') await orders.retry(id);
        else await orders.act(id, toAct(body), { by: caller?.name ?? '', correlationId, key: idempotencyKey });
        return { body: await show(id) };
      },
    }),
  ];
}

function toAct(given: GivenAct): Act {
  if (given.act === 'hand') return { ...given, hold: 'fulfil' };
  if (given.act === 'substitute') return { ...given, left: false };
  if (given.act === 'short') return { ...given, gone: 'units' };
  return given;
}

function showOrder(pool: Pool, id: number, clock: Clock) {
  return snapshot(pool, async (client) => {
    const stored = await readOrder(client, id);
    const { events, effects, holds, edits, conflicts } = await readTrail(client, id);
    const { content, lines, skus } = stored.order;
    const { orderedAt, currency, taxIncluded, shipping, delivery, promise, partial, onUnavailable, substitution } =
      content;
    return {
      ...toListed(stored, new Date(clock.now())),
      orderedAt,
      currency,
      taxIncluded,
      shipping,
      refundedMinor: stored.order.refundedMinor,
      delivery,
      promise,
      partial,
      onUnavailable,
      ...(substitution !== undefined && { substitution }),
      correlationId: stored.correlationId,
      lines: content.lines.map((line, place) => {
        const own = lines[place] ?? newLine(line.line, line.units);
        const sku = skus[line.line] ?? line.sku ?? null;
        const units = { units: own.ordered, calledOff: own.calledOff ?? 0, ...sumsOf(own) };
        return { ...line, sku, ...units, places: own.places };
      }),
      events: events.map(({ at, ...event }) => ({ ...event, at: isoTime(at) })),
      effects: effects.map(toOrderEffect),
      holds,
      edits: edits.map(({ receivedAt, ...edit }) => ({ ...edit, receivedAt: isoTime(receivedAt) })),
      conflicts: conflicts.map(({ receivedAt, ...conflict }) => ({ ...conflict, receivedAt: isoTime(receivedAt) })),
    };
  });
}

function toListed({ number, order, problem, receivedAt, enteredAt, dueAt }: StoredOrder, now: Date) {
  const { content, state, payment } = order;
  return {
    id: number,
    channel: content.channel,
    channelOrderId: content.channelOrderId,
    state,
    payment,
    lane: content.promise.lane,
    totalMinor: content.totalMinor,
    receivedAt: isoTime(receivedAt),
    /** Since when it is in its state. */
    enteredAt: isoTime(enteredAt),
    dueAt: isoTimeOrNull(dueAt),
    late: dueAt !== null && dueAt <= now,
    problem: problem && { ...problem, remedy: ERRORS[problem.code].remedy },
  };
}
