import { z } from 'zod';
import { storeCode, text } from '#shared/protocol/fields.ts';
import type { Erp } from '#hub/connectors/erp/admin/erp-rows.ts';
import type { Erps } from '#hub/connectors/erp/admin/erps.ts';
import { pace } from '#hub/connectors/erp/pace.ts';
import { ERP_KINDS, type ErpKindName } from '#hub/connectors/erp/registry.ts';
import { erpKindShown, erpShown, erpStock } from './answers/erps.ts';
import { pageAnswer } from './answers/fields.ts';
import { isoTime, isoTimeOrNull } from './instant.ts';
import { cursorOf, pageOf, pageQuery, readCursor } from './page.ts';
import { route, type Route } from './route.ts';
import { toError } from './webhooks.ts';

export const erpParams = z.strictObject({ erp: storeCode });
const nothing = z.strictObject({});

/** Of each kind what it takes: one schema a kind, so that the document names every setting. */
const kinds = Object.entries(ERP_KINDS) as [ErpKindName, (typeof ERP_KINDS)[ErpKindName]][];
type Shape = z.ZodObject<{ kind: z.ZodLiteral<ErpKindName> } & Record<string, z.ZodType>>;
function ofEachKind<Body>(
  shape: (kind: (typeof ERP_KINDS)[ErpKindName]) => Record<string, z.ZodType>,
): z.ZodType<Body> {
  const bodies = kinds.map(([name, kind]) => z.strictObject({ kind: z.literal(name), ...shape(kind) }) as Shape);
  return z.discriminatedUnion('kind', bodies as [Shape, ...Shape[]]) as unknown as z.ZodType<Body>;
}

interface Settings {
  readonly kind: ErpKindName;
  readonly settings: unknown;
  readonly pace: z.output<typeof pace>;
}
interface Created extends Settings {
  readonly code: string;
  readonly name: string;
  readonly credentials: unknown;
}
const created = ofEachKind<Created>(({ settings, credentials }) => ({
  code: storeCode.describe('Names it for good.'),
  name: text,
  settings,
  credentials: credentials.describe('Kept sealed, and never shown.'),
  pace: pace.prefault({}),
}));
const changed = ofEachKind<Settings & Partial<Pick<Created, 'credentials'>>>(({ settings, credentials }) => ({
  settings,
  credentials: credentials
    .optional()
    .describe('Needed where the settings name another server: scheme, host or port, or the key of an SFTP server.'),
  pace: pace.prefault({}),
}));
const credentialed = ofEachKind<Pick<Created, 'kind' | 'credentials'>>(({ credentials }) => ({ credentials }));

const INVALID = ['ERP_SETTINGS_INVALID', 'ERP_URL_FORBIDDEN'] as const;
const stockQuery = z.strictObject({ ...pageQuery, since: z.iso.datetime({ offset: true }).optional() });
const ANSWERED = [
  'ERP_REFUSED',
  'ERP_UNAUTHORIZED',
  'ERP_UNREACHABLE',
  'ERP_TIMEOUT',
  'ERP_FAILED',
  'ERP_ANSWER_INVALID',
  'ERP_THROTTLED',
] as const;

/** /v1/erps: where documents are forwarded to. */
export function erpRoutes(erps: Erps): Route[] {
  const act = (name: 'pause' | 'resume' | 'end', summary: string): Route =>
    route({
      method: 'post',
      path: `/v1/erps/:erp/${name}`,
      access: 'erps:write',
      summary,
      params: erpParams,
      body: nothing,
      answer: erpShown,
      problems: name === 'end' ? ['NOT_FOUND'] : ['NOT_FOUND', 'ERP_ENDED'],
      async handle({ params, caller, log, keep }) {
        const erp = await erps[name](params.erp, (client, erp) => keep(client, { body: toShown(erp) }));
        log.info({ erp: params.erp, by: caller?.name, act: name }, 'an ERP was changed');
        return { body: toShown(erp) };
      },
    });
  return [
    route({
      method: 'get',
      path: '/v1/erp-kinds',
      access: 'erps:read',
      summary: 'Kinds of ERPs that can be connected, each with a mapping to begin with.',
      query: z.strictObject(pageQuery),
      answer: pageAnswer(erpKindShown),
      async handle({ query }) {
        const after = readCursor(query.cursor, z.string()) ?? '';
        const rest = kinds.filter(([kind]) => kind > after).toSorted(([a], [b]) => (a < b ? -1 : 1));
        return { body: pageOf(rest, query.limit, toKind, ([kind]) => kind) };
      },
    }),
    route({
      method: 'post',
      path: '/v1/erps',
      access: 'erps:write',
      summary: 'Connects an ERP; documents of what happens from now on go there once a mapping is live.',
      body: created,
      answer: erpShown,
      statuses: [201],
      problems: [...INVALID, 'ERP_LIMIT', 'CONFLICT', 'CHANNEL_KEY_MISSING'],
      async handle({ body, caller, keep, log }) {
        const answer = (erp: Erp) => ({
          status: 201,
          headers: { Location: `/v1/erps/${erp.code}` },
          body: toShown(erp),
        });
        const erp = await erps.create(body, caller?.name ?? 'nobody', (client, erp) => keep(client, answer(erp)));
        log.info({ erp: erp.code, kind: erp.kind }, 'an ERP was connected');
        return answer(erp);
      },
    }),
    route({
      method: 'get',
      path: '/v1/erps',
      access: 'erps:read',
      summary: 'All ERPs, those that were ended too: how each of them fares.',
      query: z.strictObject(pageQuery),
      answer: pageAnswer(erpShown),
      async handle({ query }) {
        const rows = await erps.list(readCursor(query.cursor, z.int32()) ?? 0, query.limit + 1);
        return { body: pageOf(rows, query.limit, toShown, (row) => row.erp) };
      },
    }),
    route({
      method: 'get',
      path: '/v1/erps/:erp',
      access: 'erps:read',
      summary: 'One ERP.',
      params: erpParams,
      answer: erpShown,
      problems: ['NOT_FOUND'],
      handle: async ({ params }) => ({ body: toShown(await erps.find(params.erp)) }),
    }),
    route({
      method: 'put',
      path: '/v1/erps/:erp',
      access: 'erps:write',
      summary: 'Sets its settings and its pace, and its credentials where they are given; in force at once.',
      params: erpParams,
      body: changed,
      answer: erpShown,
      problems: ['NOT_FOUND', 'ERP_ENDED', ...INVALID, 'ERP_CREDENTIALS_NEEDED', 'CHANNEL_KEY_MISSING'],
      async handle({ params, body, log }) {
        const erp = await erps.change(params.erp, body, () => Promise.resolve());
        log.info({ erp: params.erp }, 'an ERP has other settings');
        return { body: toShown(erp) };
      },
    }),
    route({
      method: 'post',
      path: '/v1/erps/:erp/credentials',
      access: 'erps:write',
      summary: 'Sets its credentials; in force at once. What failed for them is tried again.',
      params: erpParams,
      body: credentialed,
      answer: erpShown,
      problems: ['NOT_FOUND', 'ERP_ENDED', 'ERP_SETTINGS_INVALID', 'CHANNEL_KEY_MISSING'],
      async handle({ params, body, keep, log }) {
        const erp = await erps.setCredentials(params.erp, body, (client, erp) => keep(client, { body: toShown(erp) }));
        log.info({ erp: params.erp }, 'an ERP has other credentials');
        return { body: toShown(erp) };
      },
    }),
    act('pause', 'Posts nothing until it is resumed; documents wait.'),
    act('resume', 'Posts again, at once, also what waited for its breaker.'),
    act('end', 'Ends it for good: its credentials are forgotten, what waits is a dead letter.'),
    route({
      method: 'get',
      path: '/v1/erps/:erp/stock',
      access: 'erps:read',
      summary: 'What the ERP itself believes to have, asked of it now, by its own names.',
      params: erpParams,
      query: stockQuery,
      answer: erpStock,
      problems: ['NOT_FOUND', 'ERP_ENDED', ...INVALID, ...ANSWERED, 'CHANNEL_KEY_MISSING'],
      async handle({ params, query }) {
        const cursor = readCursor(query.cursor, z.string().max(1_000)) ?? null;
        const asked = { since: query.since ?? null, cursor, limit: query.limit };
        const { items, next } = await erps.readStock(params.erp, asked);
        return { body: { items: [...items], next: next === null ? null : cursorOf(next) } };
      },
    }),
  ];
}

function toKind([kind, { title, capabilities, example }]: (typeof kinds)[number]) {
  return { kind, title, ...capabilities, example: { ...example } };
}

export function toShown({ createdAt, waitingSince, postedAt, nextAt, error, settings, pace, ...erp }: Erp) {
  return {
    ...erp,
    settings: { ...settings },
    pace: { ...pace },
    error: error && toError(error),
    createdAt: isoTime(createdAt),
    waitingSince: isoTimeOrNull(waitingSince),
    postedAt: isoTimeOrNull(postedAt),
    nextAttemptAt: isoTimeOrNull(nextAt),
  };
}
