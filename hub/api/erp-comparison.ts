import type { Pool } from 'pg';
import { z } from 'zod';
import { storeCode } from '#shared/protocol/fields.ts';
import {
  COMPARED_DAYS_MAX,
  compareErps,
  listDiffering,
  type ComparedDocument,
  type ComparedGroup,
  type Comparison,
} from '#hub/connectors/erp/admin/compare-erps.ts';
import { documentKind } from '#hub/outbox/documents/document-kinds.ts';
import { comparedDocument, comparedGroup, comparedState } from './answers/erps.ts';
import { pageAnswer } from './answers/fields.ts';
import { erpParams } from './erps.ts';
import { isoTime } from './instant.ts';
import { pageOf, pageQuery, readCursor } from './page.ts';
import { route, type Route } from './route.ts';

const query = z.strictObject({
  ...pageQuery,
  with: storeCode.describe('The other ERP.'),
  from: z.iso.datetime({ offset: true }).describe('By the instants of the documents themselves.'),
  until: z.iso.datetime({ offset: true }).describe(`At most ${COMPARED_DAYS_MAX} days later.`),
  kind: documentKind.optional(),
  store: storeCode.optional(),
});
const groupPlace = z.tuple([z.string(), documentKind, z.string().nullable(), comparedState, comparedState]);
const documentPlace = z.tuple([z.int(), z.string()]);

/** /v1/erps/:erp/comparison: what each of two ERPs has, as while one takes over from the other. */
export function erpComparisonRoutes(pool: Pool): Route[] {
  return [
    route({
      method: 'get',
      path: '/v1/erps/:erp/comparison',
      access: 'erps:read',
      summary: 'By day, kind and store: how many documents are in which state at this ERP and at another.',
      params: erpParams,
      query,
      answer: pageAnswer(comparedGroup),
      problems: ['NOT_FOUND'],
      async handle({ params, query }) {
        const place = readCursor(query.cursor, groupPlace);
        const [day, kind, location, here, there] = place ?? [];
        const after =
          day === undefined || kind === undefined || here === undefined || there === undefined
            ? undefined
            : { day, kind, location: location ?? null, here, there };
        const rows = await compareErps(pool, askedFor(params.erp, query), after);
        return { body: pageOf(rows, query.limit, (row) => row, placeOf) };
      },
    }),
    route({
      method: 'get',
      path: '/v1/erps/:erp/comparison/documents',
      access: 'erps:read',
      summary: 'Documents that are not in the same state at this ERP and at another, the oldest first.',
      params: erpParams,
      query,
      answer: pageAnswer(comparedDocument),
      problems: ['NOT_FOUND'],
      async handle({ params, query }) {
        const [at, key] = readCursor(query.cursor, documentPlace) ?? [];
        const after = at === undefined || key === undefined ? undefined : { at, key };
        const rows = await listDiffering(pool, askedFor(params.erp, query), after);
        return { body: pageOf(rows, query.limit, toDocument, (row) => [row.at, row.key]) };
      },
    }),
  ];
}

function askedFor(here: string, { with: there, from, until, kind, store, limit }: z.output<typeof query>): Comparison {
  return { here, there, fromMs: Date.parse(from), untilMs: Date.parse(until), kind, store, limit: limit + 1 };
}

const placeOf = ({ day, kind, location, here, there }: ComparedGroup) => [day, kind, location, here, there];

function toDocument({ at, ...document }: ComparedDocument) {
  return { ...document, at: isoTime(at) };
}
