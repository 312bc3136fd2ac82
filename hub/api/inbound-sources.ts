import { z } from 'zod';
import { storeCode, text } from '#shared/protocol/fields.ts';
import { sourceSettings } from '#hub/inbound/settings.ts';
import { SOURCE_KINDS, type ShownSource } from '#hub/inbound/source.ts';
import type { Inbound } from '#hub/inbound/inbound.ts';
import type { SourceMade } from '#hub/inbound/sources.ts';
import { LIMITS } from '#shared/protocol/limits.ts';
import { pageAnswer } from './answers/fields.ts';
import { sourceMade, sourceShown } from './answers/inbound.ts';
import { isoTime, isoTimeOrNull } from './instant.ts';
import { pageOf, pageQuery, readCursor } from './page.ts';
import { route, type Route } from './route.ts';

export const sourceParams = z.strictObject({ source: storeCode });
const nothing = z.strictObject({});
const settings = sourceSettings.prefault({});

/** /v1/inbound-sources: who tells us of stock and products beside the stores. */
export function inboundSourceRoutes(inbound: Pick<Inbound, 'sources'>): Route[] {
  const act = (name: 'pause' | 'resume' | 'end', summary: string): Route =>
    route({
      method: 'post',
      path: `/v1/inbound-sources/:source/${name}`,
      access: 'sources:write',
      summary,
      params: sourceParams,
      body: nothing,
      answer: sourceShown,
      problems: name === 'end' ? ['NOT_FOUND'] : ['NOT_FOUND', 'INBOUND_CLOSED'],
      async handle({ params, caller, log, keep }) {
        const source = await inbound.sources[name](params.source, (client, one) =>
          keep(client, { body: toShown(one) }),
        );
        log.info({ source: source.code, by: caller?.name, act: name }, 'a source was changed');
        return { body: toShown(source) };
      },
    });
  return [
    route({
      method: 'post',
      path: '/v1/inbound-sources',
      access: 'sources:write',
      summary: 'Registers who may tell of stock and products; its secret for webhooks is shown only now.',
      bodyBytesMax: LIMITS.requestBytes,
      body: z.strictObject({
        code: storeCode
          .describe('Names it for good; stands before its keys.')
          .refine((code) => code !== 'hand', 'is what is entered by hand'),
        kind: z.enum(SOURCE_KINDS),
        name: text,
        settings,
      }),
      answer: sourceMade,
      statuses: [201],
      problems: ['INBOUND_SETTINGS_INVALID', 'INBOUND_LIMIT', 'CONFLICT', 'CHANNEL_KEY_MISSING'],
      async handle({ body, caller, keep, log }) {
        const answer = (made: SourceMade) => ({
          status: 201,
          headers: { Location: `/v1/inbound-sources/${made.code}` },
          body: toMade(made),
        });
        const made = await inbound.sources.create(body, caller?.name ?? 'nobody', (client, one) =>
          keep(client, answer(one)),
        );
        log.info({ source: made.code, kind: made.kind }, 'a source was registered');
        return answer(made);
      },
    }),
    route({
      method: 'get',
      path: '/v1/inbound-sources',
      access: 'sources:read',
      summary: 'All sources, those that were ended too.',
      query: z.strictObject(pageQuery),
      answer: pageAnswer(sourceShown),
      async handle({ query }) {
        const rows = await inbound.sources.list(readCursor(query.cursor, z.int32()) ?? 0, query.limit + 1);
        return { body: pageOf(rows, query.limit, toShown, (row) => row.source) };
      },
    }),
    route({
      method: 'get',
      path: '/v1/inbound-sources/:source',
      access: 'sources:read',
      summary: 'One source.',
      params: sourceParams,
      answer: sourceShown,
      problems: ['NOT_FOUND'],
      handle: async ({ params }) => ({ body: toShown(await inbound.sources.find(params.source)) }),
    }),
    route({
      method: 'put',
      path: '/v1/inbound-sources/:source',
      access: 'sources:write',
      summary: 'Changes name and settings, as a whole.',
      params: sourceParams,
      bodyBytesMax: LIMITS.requestBytes,
      body: z.strictObject({ name: text, settings }),
      answer: sourceShown,
      problems: ['NOT_FOUND', 'INBOUND_CLOSED', 'INBOUND_SETTINGS_INVALID'],
      async handle({ params, body, caller, log, keep }) {
        const source = await inbound.sources.change(params.source, body, (client, one) =>
          keep(client, { body: toShown(one) }),
        );
        log.info({ source: source.code, by: caller?.name }, 'the settings of a source were changed');
        return { body: toShown(source) };
      },
    }),
    route({
      method: 'post',
      path: '/v1/inbound-sources/:source/rotate-secret',
      access: 'sources:write',
      summary: 'A new secret for its webhooks; the one before it stays good for a while.',
      params: sourceParams,
      body: z.strictObject({ overlapHours: z.int().min(0).max(168).default(24) }),
      answer: sourceMade,
      problems: ['NOT_FOUND', 'INBOUND_CLOSED', 'CHANNEL_KEY_MISSING'],
      async handle({ params, body, keep, log }) {
        const made = await inbound.sources.rotate(params.source, body.overlapHours, (client, one) =>
          keep(client, { body: toMade(one) }),
        );
        log.info({ source: made.code }, 'the secret of a source was rotated');
        return { body: toMade(made) };
      },
    }),
    act('pause', 'Takes nothing of it until it is resumed; its files wait.'),
    act('resume', 'Takes what it tells again.'),
    act('end', 'Ends it for good; what it told stays.'),
  ];
}

function toShown({ code, kind, name, settings, state, createdAt, createdBy, heardAt, rejects }: ShownSource) {
  return {
    code,
    kind,
    name,
    settings: { ...settings },
    state,
    createdAt: isoTime(createdAt),
    createdBy,
    heardAt: isoTimeOrNull(heardAt),
    rejects,
  };
}

function toMade(made: SourceMade) {
  return { ...toShown(made), secret: made.secret };
}
