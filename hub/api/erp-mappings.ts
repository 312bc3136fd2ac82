import type { Pool } from 'pg';
import { z } from 'zod';
import { text } from '#shared/protocol/fields.ts';
import { listMappings, putLive, tryOn, type MappingVersion } from '#hub/connectors/erp/admin/mappings.ts';
import { MAPPING_LIMITS } from '#hub/connectors/erp/mapping/mapping-document.ts';
import { mappingShown, mappingTried } from './answers/erps.ts';
import { pageAnswer } from './answers/fields.ts';
import { erpParams } from './erps.ts';
import { isoTime } from './instant.ts';
import { pageOf, pageQuery, readCursor } from './page.ts';
import { route, type Route } from './route.ts';

const VERSION_MAX = 2_147_483_647;

const request = z.strictObject({
  document: z
    .union([z.string().min(1), z.record(z.string(), z.unknown())])
    .describe('The mapping: YAML or JSON as text, or the same as JSON itself.'),
  note: text.nullable().default(null),
  dryRun: z.boolean().default(false).describe('Only shows what it makes of documents.'),
});

/** /v1/erps/:erp/mappings: which documents go to an ERP, and what they become there. */
export function erpMappingRoutes(pool: Pool): Route[] {
  return [
    route({
      method: 'get',
      path: '/v1/erps/:erp/mappings',
      access: 'erps:read',
      summary: 'Every mapping that was ever live, the newest first.',
      params: erpParams,
      query: z.strictObject(pageQuery),
      answer: pageAnswer(mappingShown),
      problems: ['NOT_FOUND'],
      async handle({ params, query }) {
        const before = readCursor(query.cursor, z.int32()) ?? VERSION_MAX;
        const rows = await listMappings(pool, params.erp, before, query.limit + 1);
        return { body: pageOf(rows, query.limit, toMapping, (row) => row.version) };
      },
    }),
    route({
      method: 'post',
      path: '/v1/erps/:erp/mappings',
      access: 'erps:write',
      summary:
        'Tries a mapping, on the newest documents of each kind and a made one of every store, and puts it live when it stands that; with `dryRun` it only tries.',
      params: erpParams,
      body: request,
      bodyBytesMax: 2 * MAPPING_LIMITS.bytes,
      answer: z.union([mappingShown, mappingTried]),
      statuses: [201, 200],
      problems: ['NOT_FOUND', 'ERP_ENDED', 'ERP_MAPPING_INVALID', 'ERP_MAPPING_FAILED', 'RULES_INVALID'],
      async handle({ params, body: { document, note, dryRun }, caller, keep, log }) {
        if (dryRun) {
          const { isGood, tried } = await tryOn(pool, params.erp, document);
          return { status: 200, body: { isGood, tried: tried.map(toTried) } };
        }
        const by = caller?.name ?? 'nobody';
        const answer = (live: MappingVersion) => ({ status: 201, body: toMapping(live) });
        const live = await putLive(pool, params.erp, { document, note, by }, (client, live) =>
          keep(client, answer(live)),
        );
        log.info({ erp: params.erp, version: live.version }, 'a mapping is live');
        return answer(live);
      },
    }),
  ];
}

type Tried = Awaited<ReturnType<typeof tryOn>>['tried'][number];

function toTried({ kind, document, payload, ...tried }: Tried) {
  const known = kind as z.output<typeof mappingTried>['tried'][number]['kind'];
  return { ...tried, kind: known, document: { ...document }, payload: payload && { ...payload } };
}

function toMapping({ madeAt, document, ...mapping }: MappingVersion) {
  return { ...mapping, document: { ...document }, madeAt: isoTime(madeAt) };
}
