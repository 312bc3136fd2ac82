import type { Pool } from 'pg';
import { z } from 'zod';
import { key as factKey, storeCode, text } from '#shared/protocol/fields.ts';
import { requireErp } from '#hub/connectors/erp/admin/erp-rows.ts';
import { inspectDocument } from '#hub/connectors/erp/admin/inspect-document.ts';
import { deadDocuments, replayDocument, skipDocument } from '#hub/outbox/documents/decide-documents.ts';
import { DOCUMENT_STATES, listDocuments, type ShownDocument } from '#hub/outbox/documents/list-documents.ts';
import { erpDocument, erpDocumentWhole } from './answers/erps.ts';
import { natural, pageAnswer } from './answers/fields.ts';
import { erpParams } from './erps.ts';
import { isoTime, isoTimeOrNull } from './instant.ts';
import { flag, pageOf, pageQuery, readCursor } from './page.ts';
import { route, type Route } from './route.ts';
import { toError } from './webhooks.ts';

const documentNumber = z
  .string()
  .regex(/^[1-9]\d{0,14}$/, 'must be the number of a document')
  .transform(Number);
const one = z.strictObject({ document: documentNumber });
const nothing = z.strictObject({});

/** Of one request; whoever has more asks again. */
const REPLAYED_AT_ONCE = 1_000;

/** /v1/erp-documents: what was, is, or could not be forwarded. */
export function erpDocumentRoutes(pool: Pool): Route[] {
  return [
    route({
      method: 'get',
      path: '/v1/erp-documents',
      access: 'erps:read',
      summary:
        'Documents for ERPs, the oldest first: of one ERP, in one state (`dead` are dead letters), under one key.',
      query: z.strictObject({
        ...pageQuery,
        erp: storeCode.optional(),
        state: z.enum(DOCUMENT_STATES).optional(),
        key: factKey.optional(),
        rejected: flag.default(false).describe('Only what the partner says it did not take.'),
      }),
      answer: pageAnswer(erpDocument),
      async handle({ query: { erp, state, key, rejected, cursor, limit } }) {
        const after = readCursor(cursor, z.int().min(0)) ?? 0;
        const rows = await listDocuments(pool, { erp, state, key, rejected, after, limit: limit + 1 });
        return { body: pageOf(rows, limit, toDocument, (row) => row.document) };
      },
    }),
    route({
      method: 'get',
      path: '/v1/erp-documents/:document',
      access: 'erps:read',
      summary: 'One document: what it says, and what the mapping that is live makes of it.',
      params: one,
      answer: erpDocumentWhole,
      problems: ['NOT_FOUND'],
      async handle({ params }) {
        const { shown, tried } = await inspectDocument(pool, params.document);
        const { document: content, target, payload, problem } = tried;
        return {
          body: { ...toDocument(shown), content: { ...content }, target, payload: payload && { ...payload }, problem },
        };
      },
    }),
    route({
      method: 'post',
      path: '/v1/erp-documents/:document/replay',
      access: 'erps:write',
      summary:
        'Posts a dead letter again under its key, mapped by what is live; the ERP is asked first whether it has it.',
      params: one,
      body: nothing,
      answer: erpDocument,
      statuses: [202],
      problems: ['NOT_FOUND', 'CONFLICT', 'ERP_VOIDED', 'ERP_ENDED'],
      async handle({ params, keep, log }) {
        const answer = (shown: ShownDocument) => ({ status: 202, body: toDocument(shown) });
        const shown = await replayDocument(pool, params.document, (client, shown) => keep(client, answer(shown)));
        log.info({ document: params.document, key: shown.key }, 'a document is posted again');
        return answer(shown);
      },
    }),
    route({
      method: 'post',
      path: '/v1/erp-documents/:document/skip',
      access: 'erps:write',
      summary: 'Ends a dead letter without posting it, with the reason.',
      params: one,
      body: z.strictObject({ reason: text }),
      answer: erpDocument,
      problems: ['NOT_FOUND', 'CONFLICT'],
      async handle({ params, body, caller, keep, log }) {
        const answer = (shown: ShownDocument) => ({ body: toDocument(shown) });
        const decided = { reason: body.reason, by: caller?.name ?? 'nobody' };
        const shown = await skipDocument(pool, params.document, decided, (client, shown) =>
          keep(client, answer(shown)),
        );
        log.info({ document: params.document, key: shown.key }, 'a document is skipped');
        return answer(shown);
      },
    }),
    route({
      method: 'post',
      path: '/v1/erps/:erp/replay',
      access: 'erps:write',
      summary: `Posts up to ${REPLAYED_AT_ONCE} dead letters of an ERP again, the oldest first, as after another mapping.`,
      params: erpParams,
      body: nothing,
      answer: z.strictObject({ replayed: natural }),
      statuses: [202],
      problems: ['NOT_FOUND', 'CONFLICT', 'ERP_ENDED'],
      async handle({ params, log }) {
        await requireErp(pool, params.erp);
        const dead = await deadDocuments(pool, params.erp, 0, REPLAYED_AT_ONCE);
        for (const document of dead) await replayDocument(pool, document, () => Promise.resolve());
        log.info({ erp: params.erp, replayed: dead.length }, 'dead letters are posted again');
        return { status: 202, body: { replayed: dead.length } };
      },
    }),
  ];
}

function toDocument({ journal, seq, at, madeAt, endedAt, acknowledgedAt, error, ...document }: ShownDocument) {
  return {
    ...document,
    fact: journal === null || seq === null ? null : `${journal}-${seq}`,
    at: isoTime(at),
    madeAt: isoTime(madeAt),
    endedAt: isoTimeOrNull(endedAt),
    acknowledgedAt: isoTimeOrNull(acknowledgedAt),
    error: error && toError(error),
  };
}
