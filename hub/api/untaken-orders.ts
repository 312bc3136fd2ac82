import type { Pool } from 'pg';
import { z } from 'zod';
import { key, text } from '#shared/protocol/fields.ts';
import {
  dismissUntaken,
  listUntaken,
  requireUntaken,
  retryUntaken,
  type ShownUntaken,
} from '#hub/connectors/orders/list-untaken.ts';
import { snapshot } from '#hub/db/snapshot.ts';
import { untakenShown, untakenWhole } from './answers/channel-accounts.ts';
import { pageAnswer } from './answers/fields.ts';
import { accountNumber, toChannelError } from './channel-accounts.ts';
import { isoTime, isoTimeOrNull } from './instant.ts';
import { pageOf, pageQuery, readCursor } from './page.ts';
import { route, type Route } from './route.ts';

const place = z.tuple([z.int32(), key]);
const one = z.strictObject({ account: accountNumber, order: key.describe('What the channel calls it.') });

/** /v1/untaken-orders: orders of channels that could not be taken, and what people do about them. */
export function untakenOrderRoutes(pool: Pool): Route[] {
  return [
    route({
      method: 'get',
      path: '/v1/untaken-orders',
      access: 'orders:read',
      summary:
        'Orders of channels that could not be taken: those that are for people (`aside`, the default), or that are tried again (`waiting`).',
      query: z.strictObject({
        ...pageQuery,
        account: accountNumber.optional(),
        state: z.enum(['aside', 'waiting', 'dismissed']).default('aside'),
      }),
      answer: pageAnswer(untakenShown),
      async handle({ query: { cursor, limit, account, state } }) {
        const after = readCursor(cursor, place) ?? [0, ''];
        const asked = { after, limit: limit + 1 } as const;
        const rows = await snapshot(pool, (client) => listUntaken(client, { account, state }, asked));
        return { body: pageOf(rows, limit, toShown, (row) => [row.account, row.order]) };
      },
    }),
    route({
      method: 'get',
      path: '/v1/untaken-orders/:account/:order',
      access: 'orders:write',
      summary: 'One of them, as it came. It may be personal data: only for keys that may write.',
      params: one,
      answer: untakenWhole,
      problems: ['NOT_FOUND'],
      handle: async ({ params: { account, order } }) => {
        const found = await snapshot(pool, (client) => requireUntaken(client, account, order));
        return { body: { ...toShown(found), content: found.content } };
      },
    }),
    route({
      method: 'post',
      path: '/v1/untaken-orders/:account/:order/retry',
      access: 'orders:write',
      summary: 'Has it read at its channel and taken, at once; also when it was dismissed.',
      params: one,
      body: z.strictObject({}),
      answer: untakenShown,
      problems: ['NOT_FOUND', 'CONFLICT', 'CHANNEL_ACCOUNT_ENDED'],
      idempotencyKey: 'none',
      handle: async ({ params: { account, order } }) => ({ body: toShown(await retryUntaken(pool, account, order)) }),
    }),
    route({
      method: 'post',
      path: '/v1/untaken-orders/:account/:order/dismiss',
      access: 'orders:write',
      summary:
        'Closes the case, with why; what is held for it is given back. It comes anew when it changes at its channel.',
      params: one,
      body: z.strictObject({ note: text }),
      answer: untakenShown,
      problems: ['NOT_FOUND', 'CONFLICT'],
      idempotencyKey: 'none',
      async handle({ params: { account, order }, body: { note }, caller, log }) {
        const by = caller?.name ?? 'nobody';
        const dismissed = await dismissUntaken(pool, account, order, { by, note });
        log.info({ account, order, by }, 'an order that could not be taken was dismissed');
        return { body: toShown(dismissed) };
      },
    }),
  ];
}

function toShown(found: ShownUntaken) {
  const { content: _, nextAt, dismissedAt, dismissedBy, note, error, ...rest } = found;
  return {
    ...rest,
    error: toChannelError(error),
    hintedAt: isoTime(found.hintedAt),
    asideAt: isoTimeOrNull(found.asideAt),
    nextAttemptAt: isoTimeOrNull(nextAt),
    dismissed:
      dismissedAt === null ? null : { at: isoTime(dismissedAt), by: dismissedBy ?? 'nobody', note: note ?? '' },
  };
}
