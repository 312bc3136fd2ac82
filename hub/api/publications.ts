import type { Pool } from 'pg';
import { z } from 'zod';
import { sku, text } from '#shared/protocol/fields.ts';
import { ShelfwireError } from '#shared/protocol/errors.ts';
import {
  findPublication,
  pagePublications,
  retryPublication,
  type Publication,
} from '#hub/connectors/publishing/list-publications.ts';
import { publicationHistory, type HistoryEntry } from '#hub/connectors/publishing/publication-history.ts';
import { snapshot, type Queryable } from '#hub/db/snapshot.ts';
import { publicationShown, publishShown } from './answers/channel-accounts.ts';
import { pageAnswer } from './answers/fields.ts';
import { accountNumber, toChannelError } from './channel-accounts.ts';
import { isoTime, isoTimeOrNull } from './instant.ts';
import { pageOf, pageQuery, readCursor } from './page.ts';
import { route, type Route } from './route.ts';

const place = z.tuple([z.int32(), text]);
/** A call may have carried thousands: more of them are not read at once. */
const HISTORY_A_PAGE = 50;
const outcomes = publishShown.shape.outcome;
const one = z.strictObject({ account: accountNumber, channelSku: text });

/** /v1/publications: what each listing shall say, what it says, and why. */
export function publicationRoutes(pool: Pool): Route[] {
  return [
    route({
      method: 'get',
      path: '/v1/publications',
      access: 'channels:read',
      summary: 'Listings at channels: what each shall say and says. `differs`: those that do not say it.',
      query: z.strictObject({
        ...pageQuery,
        account: accountNumber.optional(),
        sku: sku.optional(),
        state: z.enum(['waiting', 'parked', 'differs']).optional(),
      }),
      answer: pageAnswer(publicationShown),
      async handle({ query: { cursor, limit, ...filter } }) {
        const after = readCursor(cursor, place) ?? [0, ''];
        const asked = { account: filter.account, sku: filter.sku, state: filter.state };
        const rows = await snapshot(pool, (client) => pagePublications(client, asked, { after, limit: limit + 1 }));
        return { body: pageOf(rows, limit, toShown, (row) => [row.account, row.channelSku]) };
      },
    }),
    route({
      method: 'get',
      path: '/v1/publications/:account/:channelSku',
      access: 'channels:read',
      summary: 'One listing; `explained` leads to the facts behind the number that was published.',
      params: one,
      answer: publicationShown,
      problems: ['NOT_FOUND'],
      async handle({ params }) {
        return { body: toShown(await snapshot(pool, (client) => requirePublication(client, params))) };
      },
    }),
    route({
      method: 'get',
      path: '/v1/publications/:account/:channelSku/history',
      access: 'channels:read',
      summary:
        'The calls that carried a listing in the last 7 days, the newest first: what was sent, why, and what became of it.',
      params: one,
      query: z.strictObject(pageQuery),
      answer: pageAnswer(publishShown),
      problems: ['NOT_FOUND'],
      handle: async ({ params, query: { cursor, limit } }) => {
        const [from] = readCursor(cursor, z.tuple([z.int().min(1)])) ?? [null];
        const asked = { from, limit: Math.min(limit, HISTORY_A_PAGE) };
        return snapshot(pool, async (client) => {
          const found = await requirePublication(client, params);
          const rows = await publicationHistory(client, params, { ...asked, limit: asked.limit + 1 });
          return {
            body: pageOf(
              rows,
              asked.limit,
              (row) => toPublish(found, row),
              ({ before }) => [before],
            ),
          };
        });
      },
    }),
    route({
      method: 'post',
      path: '/v1/publications/:account/:channelSku/retry',
      access: 'channels:write',
      summary: 'Has a listing tried again at once, also one that was parked.',
      params: one,
      body: z.strictObject({}),
      answer: publicationShown,
      problems: ['NOT_FOUND'],
      idempotencyKey: 'none',
      handle: async ({ params }) => ({
        body: toShown(await retryPublication(pool, params.account, params.channelSku)),
      }),
    }),
  ];
}

async function requirePublication(
  client: Queryable,
  { account, channelSku }: z.output<typeof one>,
): Promise<Publication> {
  const found = await findPublication(client, account, channelSku);
  if (found !== undefined) return found;
  throw new ShelfwireError('NOT_FOUND', `Account ${account} has no listing "${channelSku}".`);
}

function toPublish({ channel, sku }: Publication, entry: HistoryEntry) {
  const { number, shape, begunAt, endedAt, quantity, changeFrom, outcome, basis, error } = entry;
  return {
    number,
    shape,
    begunAt: isoTime(begunAt),
    endedAt: isoTimeOrNull(endedAt),
    quantity,
    changeFrom,
    outcome: outcomes.parse(outcome),
    error: error && toChannelError(error),
    explained: { ...basis, explain: explainAddress(channel, sku, basis.availabilityAt) },
  };
}

function toShown(found: Publication) {
  const {
    desiredAt,
    confirmedAt,
    waitsSince,
    nextAt,
    underWay,
    parkedAt,
    readAt,
    drift,
    driftAt,
    basis,
    error,
    ...rest
  } = found;
  const isWaiting = nextAt !== null && waitsSince !== null;
  const state: 'parked' | 'underWay' | 'waiting' | 'equal' =
    parkedAt !== null ? 'parked' : underWay ? 'underWay' : isWaiting ? 'waiting' : 'equal';
  return {
    ...rest,
    state,
    desiredAt: isoTime(desiredAt),
    confirmedAt: isoTimeOrNull(confirmedAt),
    waitsSince: isoTimeOrNull(waitsSince),
    nextAttemptAt: isoTimeOrNull(nextAt),
    error: error && toChannelError(error),
    readAt: isoTimeOrNull(readAt),
    drift: drift === null || driftAt === null ? null : { units: drift, at: isoTime(driftAt) },
    explained: basis && { ...basis, explain: explainAddress(found.channel, found.sku, basis.availabilityAt) },
  };
}

function explainAddress(channel: string, sku: string, at: string): string {
  return `/v1/channels/${channel}/availability/${encodeURIComponent(sku)}/explain?at=${at}`;
}
