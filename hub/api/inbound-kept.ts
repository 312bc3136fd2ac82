import type { Pool } from 'pg';
import { z } from 'zod';
import { sku, storeCode, text } from '#shared/protocol/fields.ts';
import { transaction } from '#hub/db/transaction.ts';
import { snapshot } from '#hub/db/snapshot.ts';
import { listFiles, type KeptFile } from '#hub/inbound/files/seen-files.ts';
import { dismissReject, listRejects, type KeptReject } from '#hub/inbound/rejects.ts';
import { requireSource } from '#hub/inbound/source.ts';
import { listStatementHeads, listStatementLines, type KeptStatement } from '#hub/inbound/stock/list-statements.ts';
import { pageAnswer } from './answers/fields.ts';
import { fileShown, rejectShown, statementShown, stockLineShown } from './answers/inbound.ts';
import { sourceParams } from './inbound-sources.ts';
import { isoTime } from './instant.ts';
import { flag, pageOf, pageQuery, readCursor } from './page.ts';
import { route, type Route } from './route.ts';

const NEWEST = Number.MAX_SAFE_INTEGER;
const number = z
  .string()
  .regex(/^[1-9]\d{0,14}$/, 'must be a number')
  .transform(Number);
const filePlace = z.tuple([z.iso.datetime(), z.string().max(64)]);

/** What is kept of what sources told: rejects, files, statements of stock. */
export function inboundKeptRoutes(pool: Pool): Route[] {
  return [
    route({
      method: 'get',
      path: '/v1/inbound-rejects',
      access: 'inbound:read',
      summary:
        'What could not be read of what sources sent, as it came, the newest first. What was read and cannot be merged is in quarantine.',
      query: z.strictObject({ ...pageQuery, source: storeCode.optional(), dismissed: flag.default(false) }),
      answer: pageAnswer(rejectShown),
      async handle({ query }) {
        const before = readCursor(query.cursor, z.int().min(0)) ?? NEWEST;
        const { source, dismissed, limit } = query;
        const filter = { source, dismissed, before, limit: limit + 1 };
        const rows = await snapshot(pool, (client) => listRejects(client, filter));
        return { body: pageOf(rows, limit, toReject, (row) => row.reject) };
      },
    }),
    route({
      method: 'post',
      path: '/v1/inbound-rejects/:reject/dismiss',
      access: 'inbound:write',
      summary: 'Closes the case of a reject, with why.',
      params: z.strictObject({ reject: number }),
      body: z.strictObject({ note: text }),
      answer: rejectShown,
      problems: ['NOT_FOUND', 'CONFLICT'],
      async handle({ params, body, caller, keep }) {
        const decided = { by: caller?.name ?? 'nobody', note: body.note };
        const answer = await transaction(pool, async (client) => {
          const shown = { body: toReject(await dismissReject(client, params.reject, decided)) };
          await keep(client, shown);
          return shown;
        });
        return answer;
      },
    }),
    route({
      method: 'get',
      path: '/v1/inbound-sources/:source/files',
      access: 'inbound:read',
      summary: 'Files of a source that were dealt with, the newest first, each with its report.',
      params: sourceParams,
      query: z.strictObject(pageQuery),
      answer: pageAnswer(fileShown),
      problems: ['NOT_FOUND'],
      async handle({ params, query }) {
        const before = readCursor(query.cursor, filePlace) ?? (['9999-01-01T00:00:00Z', ''] as const);
        const rows = await snapshot(pool, async (client) => {
          const { source } = await requireSource(client, params.source);
          return listFiles(client, source, { before: [before[0], before[1]], limit: query.limit + 1 });
        });
        return { body: pageOf(rows, query.limit, toFile, (row) => [row.place, row.sha256]) };
      },
    }),
    route({
      method: 'get',
      path: '/v1/stock-statements',
      access: 'inbound:read',
      summary: 'Snapshots of stock that are kept to be compared with, the newest first.',
      query: z.strictObject({ ...pageQuery, source: storeCode.optional(), location: storeCode.optional() }),
      answer: pageAnswer(statementShown),
      async handle({ query }) {
        const before = readCursor(query.cursor, z.int().min(0)) ?? NEWEST;
        const { source, location, limit } = query;
        const filter = { source, location, before, limit: limit + 1 };
        const rows = await snapshot(pool, (client) => listStatementHeads(client, filter));
        return { body: pageOf(rows, limit, toStatement, (row) => row.statement) };
      },
    }),
    route({
      method: 'get',
      path: '/v1/stock-statements/:statement/lines',
      access: 'inbound:read',
      summary: 'What a snapshot says, by sku.',
      params: z.strictObject({ statement: number }),
      query: z.strictObject(pageQuery),
      answer: pageAnswer(stockLineShown),
      problems: ['NOT_FOUND'],
      async handle({ params, query }) {
        const after = readCursor(query.cursor, sku) ?? '';
        const rows = await snapshot(pool, (client) =>
          listStatementLines(client, params.statement, { after, limit: query.limit + 1 }),
        );
        return {
          body: pageOf(
            rows,
            query.limit,
            (row) => row,
            (row) => row.sku,
          ),
        };
      },
    }),
  ];
}

function toReject(row: KeptReject) {
  const { reject, source, way, line, code, detail, verbatim, times, dismissedAt, dismissedBy, note } = row;
  const dismissed =
    dismissedAt === null ? null : { at: isoTime(dismissedAt), by: dismissedBy ?? 'nobody', note: note ?? '' };
  const text = verbatim.toString('utf8');
  const when = { receivedAt: isoTime(row.receivedAt), lastAt: isoTime(row.lastAt) };
  return { reject, source, way, line, code, detail, verbatim: text, times, ...when, dismissed };
}

function toFile({ source, finishedAt, sha256, report }: KeptFile) {
  return { source, finishedAt: isoTime(finishedAt), sha256, report: { ...report } };
}

function toStatement({ statement, source, location, key, asOf, receivedAt, lines }: KeptStatement) {
  return { statement, source, location, key, asOf: isoTime(asOf), receivedAt: isoTime(receivedAt), lines };
}
