import type { Pool } from 'pg';
import { z } from 'zod';
import { sku, text } from '#shared/protocol/fields.ts';
import { snapshot } from '#hub/db/snapshot.ts';
import { applyRules } from '#hub/inbound/products/apply-rules.ts';
import { PRODUCT_FIELDS, productRules } from '#hub/inbound/products/product-rules.ts';
import { listRuleVersions, rulesInForce, type RuleVersion } from '#hub/inbound/products/rule-versions.ts';
import { listConflicts, listStatements, type ProductConflict, type Statement } from '#hub/inbound/products/show.ts';
import { pageAnswer } from './answers/fields.ts';
import { productConflict, productStatement, rulesShown } from './answers/inbound.ts';
import { isoTime, isoTimeOrNull } from './instant.ts';
import { pageOf, pageQuery, readCursor } from './page.ts';
import { route, type Route } from './route.ts';

const conflictPlace = z.tuple([sku, z.enum(PRODUCT_FIELDS)]);

/** Whom to believe of products, who said what, and where they disagree. */
export function productRuleRoutes(pool: Pool): Route[] {
  return [
    route({
      method: 'get',
      path: '/v1/product-rules',
      access: 'products:read',
      summary: 'The rules in force: which source is believed for which field of a product.',
      answer: rulesShown,
      handle: async () => ({ body: toShown(await snapshot(pool, rulesInForce)) }),
    }),
    route({
      method: 'get',
      path: '/v1/product-rules/versions',
      access: 'products:read',
      summary: 'All versions of these rules, the newest first.',
      query: z.strictObject(pageQuery),
      answer: pageAnswer(rulesShown),
      async handle({ query }) {
        const before = readCursor(query.cursor, z.int32()) ?? 2_147_483_647;
        const rows = await snapshot(pool, (client) => listRuleVersions(client, before, query.limit + 1));
        return { body: pageOf(rows, query.limit, toShown, (row) => row.version) };
      },
    }),
    route({
      method: 'post',
      path: '/v1/product-rules',
      access: 'products:write',
      summary: 'Makes a new version of these rules; products follow by themselves, and stores get those that changed.',
      body: z.strictObject({ rules: productRules, note: text.nullable().default(null) }),
      answer: rulesShown,
      statuses: [201],
      problems: ['PRODUCT_RULES_INVALID'],
      async handle({ body, caller, keep, log }) {
        const by = caller?.name ?? 'nobody';
        const answer = (version: RuleVersion) => ({ status: 201, body: toShown(version) });
        const version = await applyRules(pool, { ...body, by }, (client, one) => keep(client, answer(one)));
        log.info({ version: version.version, by }, 'rules of products were applied');
        return answer(version);
      },
    }),
    route({
      method: 'get',
      path: '/v1/products/:sku/statements',
      access: 'products:read',
      summary: 'Who said what of a product when, the newest first.',
      params: z.strictObject({ sku }),
      query: z.strictObject(pageQuery),
      answer: pageAnswer(productStatement),
      async handle({ params, query }) {
        const before = readCursor(query.cursor, z.int().min(0)) ?? Number.MAX_SAFE_INTEGER;
        const rows = await snapshot(pool, (client) =>
          listStatements(client, params.sku, { before, limit: query.limit + 1 }),
        );
        return { body: pageOf(rows, query.limit, toStatement, (row) => row.statement) };
      },
    }),
    route({
      method: 'get',
      path: '/v1/product-conflicts',
      access: 'products:read',
      summary: 'Where sources say different things of a product now, and what is believed.',
      query: z.strictObject(pageQuery),
      answer: pageAnswer(productConflict),
      async handle({ query }) {
        const after = readCursor(query.cursor, conflictPlace) ?? (['', 'name'] as const);
        const rows = await snapshot(pool, (client) => listConflicts(client, { after, limit: query.limit + 1 }));
        return { body: pageOf(rows, query.limit, toConflict, (row) => [row.sku, row.field]) };
      },
    }),
  ];
}

function toShown({ version, rules, appliedAt, appliedBy, note, weighedAt }: RuleVersion) {
  return { version, rules, appliedAt: isoTimeOrNull(appliedAt), appliedBy, note, weighedAt: isoTimeOrNull(weighedAt) };
}

function toStatement({ statement, field, source, value, saidAt, receivedAt, isCurrent, isBelieved }: Statement) {
  const when = { saidAt: isoTime(saidAt), receivedAt: isoTime(receivedAt) };
  return { statement, field, source, value, ...when, isCurrent, isBelieved };
}

function toConflict({ sku, field, believed, sayings }: ProductConflict) {
  const said = sayings.map(({ source, value, saidAt }) => ({ source, value, saidAt: isoTime(saidAt) }));
  return { sku, field, believed, sayings: said };
}
