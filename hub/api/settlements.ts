import type { Pool } from 'pg';
import { z } from 'zod';
import { currency, storeCode, text } from '#shared/protocol/fields.ts';
import { readSettlement } from '#hub/connectors/channel/amazon/settlement-report.ts';
import { LIMITS } from '#shared/protocol/limits.ts';
import { snapshot } from '#hub/db/snapshot.ts';
import { listSettlements, takeSettlement, type Settlement } from '#hub/reconcile/settlements.ts';
import { pageAnswer } from './answers/fields.ts';
import { settlementShown } from './answers/reconcile.ts';
import { isoTime, isoTimeOrNull } from './instant.ts';
import { pageOf, pageQuery, readCursor } from './page.ts';
import { route, type Route } from './route.ts';

/** More comes by the command, which reads a file. */
const LINES_MAX = 20_000;
const name = text.max(128);

const line = z.strictObject({
  transactionType: name,
  orderId: name.nullable(),
  sku: name.nullable(),
  quantity: z.int32().nullable(),
  amountType: name,
  amountDescription: name,
  amountMinor: z.int().min(-100_000_000_000).max(100_000_000_000),
  currency,
  postedAt: z.iso.datetime({ offset: true, message: 'must be an instant like 2026-01-31T18:00:00Z' }).nullable(),
});

/** /v1/settlements: what channels say that they sold, took and paid out. */
export function settlementRoutes(pool: Pool): Route[] {
  return [
    route({
      method: 'post',
      path: '/v1/settlements',
      access: 'reconcile:write',
      summary: 'Takes a settlement report of a channel; the same one again changes nothing.',
      body: z.union([
        z.strictObject({
          channel: storeCode,
          settlementId: text.max(64),
          lines: z.array(line).min(1).max(LINES_MAX),
        }),
        z.strictObject({
          channel: storeCode,
          amazonReport: z
            .string()
            .min(1)
            .max(LIMITS.requestBytes)
            .describe('The text of a GET_V2_SETTLEMENT_REPORT_DATA_FLAT_FILE_V2.'),
        }),
      ]),
      bodyBytesMax: LIMITS.requestBytes,
      answer: settlementShown,
      problems: ['CONFLICT', 'SETTLEMENT_INVALID'],
      async handle({ body, caller, log }) {
        const { channel } = body;
        const report = 'lines' in body ? body : await readSettlement(once(body.amazonReport));
        const taken = await takeSettlement(pool, channel, report, caller?.name ?? 'nobody');
        log.info({ channel, settlement: taken.settlementId, lines: taken.lines }, 'a settlement report was taken');
        return { body: toSettlement(taken) };
      },
    }),
    route({
      method: 'get',
      path: '/v1/settlements',
      access: 'reconcile:read',
      summary: 'Settlement reports that were taken, the newest first.',
      query: z.strictObject({ ...pageQuery, channel: storeCode.optional() }),
      answer: pageAnswer(settlementShown),
      async handle({ query: { cursor, limit, channel } }) {
        const before = readCursor(cursor, z.int32().min(1)) ?? null;
        const rows = await snapshot(pool, (client) => listSettlements(client, channel ?? null, before, limit + 1));
        return { body: pageOf(rows, limit, toSettlement, (row) => row.settlement) };
      },
    }),
  ];
}

async function* once(text: string): AsyncGenerator<string> {
  yield text;
}

function toSettlement({ postedFrom, postedTo, receivedAt, ...settlement }: Settlement) {
  return {
    ...settlement,
    postedFrom: isoTimeOrNull(postedFrom),
    postedTo: isoTimeOrNull(postedTo),
    receivedAt: isoTime(receivedAt),
  };
}
