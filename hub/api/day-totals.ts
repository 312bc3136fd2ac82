import type { Pool } from 'pg';
import { z } from 'zod';
import { currency, moneyMinor, storeCode, text } from '#shared/protocol/fields.ts';
import { snapshot } from '#hub/db/snapshot.ts';
import { listDayTotals, stateDayTotals, type StatedDayTotal } from '#hub/reconcile/day-totals.ts';
import { natural, pageAnswer, shownInstant } from './answers/fields.ts';
import { isoTime } from './instant.ts';
import { pageOf, pageQuery, readCursor } from './page.ts';
import { route, type Route } from './route.ts';

const TOTALS_MAX = 2_000;
const day = z.iso.date().refine((text) => text >= '2000-01-01' && text < '2100-01-01', 'must be between 2000 and 2100');
const count = z.int().min(0).max(1_000_000_000);

const fields = {
  location: storeCode,
  businessDay: day,
  till: text.nullable().default(null).describe('Null: the whole store.'),
  currency,
  salesMinor: moneyMinor.describe('After discounts, as the lines of sales are.'),
  returnsMinor: moneyMinor.default(0),
  soldUnits: count.nullable().default(null).describe('Null: not stated, and not compared.'),
  returnedUnits: count.nullable().default(null),
};
const total = z.strictObject(fields);
const stated = z.strictObject({
  location: z.string(),
  businessDay: z.string(),
  till: z.string().nullable(),
  currency: z.string(),
  salesMinor: natural,
  returnsMinor: natural,
  soldUnits: natural.nullable(),
  returnedUnits: natural.nullable(),
  statedAt: shownInstant,
  statedBy: z.string(),
});
const place = z.tuple([day, z.string().max(32), z.string().max(256), z.string().max(3)]);

/** /v1/day-totals: what tills say that they sold on a business day. */
export function dayTotalRoutes(pool: Pool): Route[] {
  return [
    route({
      method: 'post',
      path: '/v1/day-totals',
      access: 'reconcile:write',
      summary:
        'States what tills sold on business days (Z reports), all or nothing; of a day the last statement counts.',
      body: z.strictObject({
        items: z
          .array(total)
          .min(1)
          .max(TOTALS_MAX)
          .refine((items) => new Set(items.map(nameOf)).size === items.length, 'each till, day and currency once'),
      }),
      bodyBytesMax: 1024 * 1024,
      answer: z.strictObject({ stated: natural }),
      problems: ['NOT_FOUND'],
      async handle({ body, caller }) {
        await stateDayTotals(pool, body.items, caller?.name ?? 'nobody');
        return { body: { stated: body.items.length } };
      },
    }),
    route({
      method: 'get',
      path: '/v1/day-totals',
      access: 'reconcile:read',
      summary: 'What tills stated, by business day.',
      query: z.strictObject({
        ...pageQuery,
        location: storeCode.optional(),
        from: day.optional(),
        until: day.optional(),
      }),
      answer: pageAnswer(stated),
      async handle({ query: { cursor, limit, location, from = '2000-01-01', until = '2099-12-31' } }) {
        const after = readCursor(cursor, place) ?? null;
        const rows = await snapshot(pool, (client) =>
          listDayTotals(client, { location: location ?? null, from, until }, { after, limit: limit + 1 }),
        );
        const placeOf = (row: StatedDayTotal) => [row.businessDay, row.location, row.till ?? '', row.currency];
        return {
          body: pageOf(rows, limit, ({ statedAt, ...row }) => ({ ...row, statedAt: isoTime(statedAt) }), placeOf),
        };
      },
    }),
  ];
}

function nameOf({ location, businessDay, till, currency }: z.output<typeof total>): string {
  return JSON.stringify([location, businessDay, till, currency]);
}
