import type { Pool } from 'pg';
import { z } from 'zod';
import { orderLine as lineId, sku, storeCode, text, units } from '#shared/protocol/fields.ts';
import { snapshot } from '#hub/db/snapshot.ts';
import { ORDER_LIMITS } from '#hub/orders/order/canonical-order.ts';
import type { Orders } from '#hub/orders/orders.ts';
import {
  applySourcing,
  listSourcing,
  requireSourcing,
  sourcingInForce,
  type SourcingVersion,
} from '#hub/orders/sourcing/sourcing-versions.ts';
import { NO_SOURCING, SOURCING_LIMITS } from '#hub/orders/sourcing/sourcing-document.ts';
import { pageAnswer } from './answers/fields.ts';
import {
  noSourcing,
  sourcingApplied,
  sourcingExplained,
  sourcingPreview,
  sourcingVersion,
  sourcingWhole,
} from './answers/sourcing.ts';
import { isoTime } from './instant.ts';
import { pageOf, pageQuery, readCursor } from './page.ts';
import { route, type Route } from './route.ts';

const VERSION_MAX = 2_147_483_647;
const place = z.int().min(1).max(VERSION_MAX);
const versionText = z
  .string()
  .regex(/^[1-9]\d{0,9}$/, 'must be the number of a version')
  .transform(Number)
  .refine((version) => version <= VERSION_MAX, 'must be the number of a version');

/** The file as text, YAML or JSON; or the same as JSON itself. */
const document = z
  .union([z.string(), z.record(z.string(), z.unknown())])
  .transform((given) => (typeof given === 'string' ? given : `${JSON.stringify(given, null, 2)}\n`));

const question = z.strictObject({
  channel: storeCode,
  lines: z
    .array(z.strictObject({ line: lineId, sku, units, avoid: z.array(storeCode).max(ORDER_LIMITS.lines).default([]) }))
    .min(1)
    .max(ORDER_LIMITS.lines),
  near: z
    .strictObject({ latitude: z.number().min(-90).max(90), longitude: z.number().min(-180).max(180) })
    .nullable()
    .default(null),
  collectAt: storeCode.nullable().default(null),
});

/** /v1/sourcing: where units of orders are taken from, as rules. */
export function sourcingRoutes(pool: Pool, orders: Orders): Route[] {
  return [
    route({
      method: 'get',
      path: '/v1/sourcing',
      access: 'rules:read',
      summary:
        'The sourcing rules in force with their document, or those of a `version`; version 0 stands for what holds without any.',
      query: z.strictObject({ version: versionText.optional() }),
      answer: z.union([sourcingWhole, noSourcing]),
      problems: ['NOT_FOUND'],
      async handle({ query: { version } }) {
        const found = await snapshot(pool, (client) =>
          version === undefined ? sourcingInForce(client) : requireSourcing(client, version),
        );
        if (found === undefined) return { body: { version: 0 as const, document: null, rules: NO_SOURCING } };
        return { body: { ...toVersion(found), document: found.document, rules: found.rules } };
      },
    }),
    route({
      method: 'get',
      path: '/v1/sourcing/versions',
      access: 'rules:read',
      summary: 'All versions of the sourcing rules, the newest first.',
      query: z.strictObject(pageQuery),
      answer: pageAnswer(sourcingVersion),
      async handle({ query: { cursor, limit } }) {
        const before = readCursor(cursor, place);
        const rows = await snapshot(pool, (client) => listSourcing(client, { before, limit: limit + 1 }));
        return { body: pageOf(rows, limit, toVersion, ({ version }) => version) };
      },
    }),
    route({
      method: 'post',
      path: '/v1/sourcing',
      access: 'rules:write',
      summary:
        'Puts a document of sourcing rules in force at once; dryRun only says what it would do with recent orders. An older version comes back by sending its document.',
      bodyBytesMax: 2 * SOURCING_LIMITS.bytes,
      body: z.strictObject({
        document,
        note: text.optional(),
        basedOn: z.int().min(0).max(VERSION_MAX).optional(),
        dryRun: z.boolean().default(false),
      }),
      answer: z.union([sourcingApplied, sourcingPreview]),
      statuses: [200, 201],
      problems: ['RULES_INVALID', 'CONFLICT'],
      idempotencyKey: 'none',
      async handle({ body: { document, dryRun, ...how }, caller, log }) {
        if (dryRun) return { body: { dryRun: true as const, ...(await orders.preview(document)) } };
        const { version, isNew } = await applySourcing(pool, document, { ...how, by: caller?.name ?? '' });
        if (isNew) log.warn({ version: version.version }, 'sourcing rules were applied');
        return { status: isNew ? 201 : 200, body: { ...toVersion(version), isNew } };
      },
    }),
    route({
      method: 'post',
      path: '/v1/sourcing/explain',
      access: 'orders:read',
      summary:
        'Where units would be taken from at this moment, and why each location is chosen or not. Nothing is held.',
      body: question,
      answer: sourcingExplained,
      idempotencyKey: 'none',
      handle: async ({ body }) => ({ body: await orders.explain(body) }),
    }),
  ];
}

function toVersion({ version, appliedAt, appliedBy, note }: SourcingVersion) {
  return { version, appliedAt: isoTime(appliedAt), appliedBy, note };
}
