import type { Pool } from 'pg';
import { z } from 'zod';
import { ShelfwireError } from '#shared/protocol/errors.ts';
import { storeCode, text, units } from '#shared/protocol/fields.ts';
import { snapshot, type Queryable } from '#hub/db/snapshot.ts';
import type { Act } from '#hub/reservations/act.ts';
import { listHandoverProblems, listReservationShortfalls } from '#hub/reservations/list-problems.ts';
import type { HandoverProblem, ReservationShortfall } from '#hub/reservations/list-problems.ts';
import { listReservations, type ListedReservation } from '#hub/reservations/list-reservations.ts';
import { ORDER_KEYS } from '#hub/orders/work/order-keys.ts';
import { RESERVATION_LIMITS, reservationRequest, ttlSeconds } from '#hub/reservations/reservation.ts';
import type { Reservations } from '#hub/reservations/reservations.ts';
import type { ReservationView } from '#hub/reservations/view.ts';
import { pageAnswer } from './answers/fields.ts';
import {
  reservation,
  reservationListed,
  reservationProblem,
  reservationShortfall,
  reserved,
} from './answers/reservations.ts';
import { factId } from './fact-reason.ts';
import { isoTime, isoTimeOrNull } from './instant.ts';
import { flag, pageOf, pageQuery, readCursor } from './page.ts';
import { route, type Route } from './route.ts';
import type { RouteAnswer } from './route-answer.ts';

const params = z.strictObject({
  id: z
    .string()
    .regex(/^[1-9]\d{0,14}$/, 'must be the number of a reservation')
    .transform(Number),
});
const place = z.int().min(1);
const handoverPlace = z.tuple([z.string().max(64), z.int32(), z.int32(), z.int().min(0), z.int().min(0).max(32_767)]);
const state = z.enum(['pending', 'confirmed', 'fulfilled', 'released', 'expired']);
const nothing = z.strictObject({});
const fulfilment = z.strictObject({
  lines: z
    .array(z.strictObject({ line: z.int().min(1).max(32_767), units, location: storeCode.optional() }))
    .min(1)
    .max(RESERVATION_LIMITS.lines)
    .optional(),
});

type ActAnswer = RouteAnswer<z.output<typeof reservation>>;

/** /v1/reservations: units that are held for channels' orders. */
export function reservationRoutes(pool: Pool, reservations: Reservations): Route[] {
  const act = async (reservation: number, key: string | undefined, act: Act): Promise<ActAnswer> => ({
    body: toView(await reservations.act({ reservation, key: notOfOrders(key), act })),
  });
  return [
    route({
      method: 'post',
      path: '/v1/reservations',
      access: 'reservations:write',
      summary:
        'Holds units for a channel, under the Idempotency-Key: all of them or, in mode partial, what there is. Never more than the channel may sell.',
      body: reservationRequest,
      answer: reserved,
      statuses: [201],
      problems: ['NOT_FOUND', 'RESERVATION_SHORT', 'KEY_REUSED', 'KEY_RESERVED'],
      idempotencyKey: 'required',
      keepsActs: true,
      async handle({ body, idempotencyKey }) {
        const key = requireKey(notOfOrders(idempotencyKey), 'the reservation is known by it');
        const { expiresAt, ...answer } = await reservations.reserve({ ...body, key });
        return { status: 201, body: { ...answer, expiresAt: isoTime(expiresAt) } };
      },
    }),
    route({
      method: 'post',
      path: '/v1/reservations/:id/confirm',
      access: 'reservations:write',
      summary: 'The order is placed: the reservation waits for ever. Again: the same.',
      params,
      body: nothing,
      answer: reservation,
      problems: ['NOT_FOUND', 'RESERVATION_ENDED', 'CONFLICT', 'KEY_REUSED', 'KEY_RESERVED'],
      keepsActs: true,
      handle: ({ params: { id }, idempotencyKey }) => act(id, idempotencyKey, { kind: 'confirm' }),
    }),
    route({
      method: 'post',
      path: '/v1/reservations/:id/release',
      access: 'reservations:write',
      summary: 'Gives back what it still holds. Again: the same.',
      params,
      body: nothing,
      answer: reservation,
      problems: ['NOT_FOUND', 'RESERVATION_ENDED', 'CONFLICT', 'KEY_REUSED', 'KEY_RESERVED'],
      keepsActs: true,
      handle: ({ params: { id }, idempotencyKey }) => act(id, idempotencyKey, { kind: 'release' }),
    }),
    route({
      method: 'post',
      path: '/v1/reservations/:id/extend',
      access: 'reservations:write',
      summary: 'A pending reservation ends so long from now, if that is later than it would.',
      params,
      body: z.strictObject({ ttlSeconds }),
      answer: reservation,
      problems: ['NOT_FOUND', 'RESERVATION_ENDED', 'CONFLICT', 'KEY_REUSED', 'KEY_RESERVED'],
      keepsActs: true,
      handle: ({ params: { id }, body, idempotencyKey }) => act(id, idempotencyKey, { kind: 'extend', ...body }),
    }),
    route({
      method: 'post',
      path: '/v1/reservations/:id/fulfil',
      access: 'reservations:write',
      summary:
        'Units are handed over, as facts have told that do not name the reservation; without lines all that it holds. A sale that names it does this by itself.',
      params,
      body: fulfilment,
      answer: reservation,
      problems: [
        'IDEMPOTENCY_KEY_REQUIRED',
        'NOT_FOUND',
        'RESERVATION_ENDED',
        'CONFLICT',
        'KEY_REUSED',
        'KEY_RESERVED',
      ],
      keepsActs: true,
      handle: ({ params: { id }, body: { lines }, idempotencyKey }) => {
        if (lines !== undefined) requireKey(idempotencyKey, 'the same lines may be handed over twice');
        return act(id, idempotencyKey, { kind: 'fulfil', lines });
      },
    }),
    route({
      method: 'get',
      path: '/v1/reservations',
      access: 'reservations:read',
      summary: 'Reservations, the youngest first.',
      query: z.strictObject({
        ...pageQuery,
        channel: storeCode.optional(),
        state: state.optional(),
        reference: text.optional(),
      }),
      answer: pageAnswer(reservationListed),
      async handle({ query: { cursor, limit, ...filter } }) {
        const before = readCursor(cursor, place);
        const rows = await snapshot(pool, (client) =>
          listReservations(client, { ...filter, before, limit: limit + 1 }),
        );
        return { body: pageOf(rows, limit, toListed, (row) => row.reservation) };
      },
    }),
    route({
      method: 'get',
      path: '/v1/reservations/:id',
      access: 'reservations:read',
      summary: 'One reservation: what was asked for, what it holds where, and what of it was handed over.',
      params,
      answer: reservationListed,
      problems: ['NOT_FOUND'],
      handle: async ({ params: { id } }) => ({
        body: toListed(await snapshot(pool, (client) => readOne(client, id))),
      }),
    }),
    route({
      method: 'get',
      path: '/v1/reservation-shortfalls',
      access: 'reservations:read',
      summary:
        'Positions that had fewer units than are reserved there, what was moved elsewhere, and what found no place.',
      query: z.strictObject({ ...pageQuery, open: flag.optional() }),
      answer: pageAnswer(reservationShortfall),
      async handle({ query: { cursor, limit, open = false } }) {
        const before = readCursor(cursor, place);
        const rows = await snapshot(pool, (client) =>
          listReservationShortfalls(client, { before, open, limit: limit + 1 }),
        );
        return { body: pageOf(rows, limit, toShortfall, (row) => row.shortfall) };
      },
    }),
    route({
      method: 'get',
      path: '/v1/reservation-problems',
      access: 'reservations:read',
      summary:
        'Sales that named a reservation and took less of it than they sold: unknown, ended, of another sku, exceeded.',
      query: z.strictObject(pageQuery),
      answer: pageAnswer(reservationProblem),
      async handle({ query: { cursor, limit } }) {
        const before = readCursor(cursor, handoverPlace);
        const rows = await snapshot(pool, (client) => listHandoverProblems(client, before, limit + 1));
        return { body: pageOf(rows, limit, toProblem, placeOf) };
      },
    }),
  ];
}

function requireKey(key: string | undefined, why: string): string {
  if (key !== undefined) return key;
  throw new ShelfwireError('IDEMPOTENCY_KEY_REQUIRED', 'The header Idempotency-Key is missing.', {
    remedy: `Send a key that is this act's own, and the same with each repetition: ${why}.`,
  });
}

/** Those are told to stores and kept with what orders do, so they stay as they are: nobody else takes one before its order does. */
function notOfOrders(key: string | undefined): string | undefined {
  if (key?.startsWith(ORDER_KEYS) !== true) return key;
  throw new ShelfwireError('KEY_RESERVED', `Keys that begin with "${ORDER_KEYS}" are those of the hub's own orders.`);
}

async function readOne(client: Queryable, id: number): Promise<ListedReservation> {
  const [row] = await listReservations(client, { reservation: id, limit: 1 });
  if (row === undefined) throw new ShelfwireError('NOT_FOUND', `There is no reservation ${id}.`);
  return row;
}

function toView({ expiresAt, ...view }: ReservationView) {
  return { ...view, expiresAt: isoTimeOrNull(expiresAt) };
}

function toListed({ createdAt, confirmedAt, endedAt, expiresAt, ...row }: ListedReservation) {
  return {
    ...row,
    createdAt: isoTime(createdAt),
    expiresAt: isoTimeOrNull(expiresAt),
    confirmedAt: isoTimeOrNull(confirmedAt),
    endedAt: isoTimeOrNull(endedAt),
  };
}

function toShortfall({ journal, seq, foundAt, resolvedAt, ...row }: ReservationShortfall) {
  const causedBy = journal === null || seq === null ? null : factId(journal, seq);
  return { ...row, causedBy, foundAt: isoTime(foundAt), resolvedAt: isoTimeOrNull(resolvedAt) };
}

function toProblem(row: HandoverProblem) {
  const { location, journal, seq, line, key, named, reservation, sku, units, beyond, code, receivedAt } = row;
  const fact = factId(journal, seq);
  return { location, fact, line, key, named, reservation, sku, units, beyond, code, receivedAt: isoTime(receivedAt) };
}

function placeOf(row: HandoverProblem): unknown {
  return [row.received, row.location_no, row.journal, row.seq, row.line];
}
