import type { Pool } from 'pg';
import { z } from 'zod';
import { text } from '#shared/protocol/fields.ts';
import { LIMITS } from '#shared/protocol/limits.ts';
import {
  applyRules,
  dryRunRollback,
  dryRunRules,
  rollBackRules,
  validateRules,
  type Applied,
  type DryRun,
} from '#hub/availability/rules/apply-rules.ts';
import type { RulesPorts } from '#hub/availability/rules/rules-ports.ts';
import { applied, dryRun } from './answers/rules.ts';
import { isoTime } from './instant.ts';
import { flag } from './page.ts';
import { route, type Route } from './route.ts';
import type { RouteAnswer } from './route-answer.ts';
import { shownVersion, versionNumber } from './rules-versions.ts';

/** The file as text, YAML or JSON; or the same as JSON itself, whose lines are then as it would be printed. */
const document = z
  .union([z.string(), z.record(z.string(), z.unknown())])
  .transform((given) => (typeof given === 'string' ? given : `${JSON.stringify(given, null, 2)}\n`));

const instant = z.iso
  .datetime({ offset: true })
  .transform((text) => new Date(text))
  .refine((date) => date.getTime() < Date.UTC(2100, 0), 'must be before 2100');

const how = {
  note: text.optional(),
  effectiveFrom: instant.optional(),
  basedOn: z.int().min(0).max(2_147_483_647).optional(),
  dryRun: z.boolean().default(false),
};
const query = z.strictObject({ dryRun: flag.default(false) });

/** POST of rules: apply, validate, roll back. */
export function rulesRoutes(pool: Pool, ports: RulesPorts): Route[] {
  return [
    route({
      method: 'post',
      path: '/v1/rules',
      access: 'rules:write',
      summary: 'Makes a document of rules the newest version; dryRun only says what would change.',
      query,
      bodyBytesMax: LIMITS.requestBytes,
      body: z.strictObject({ document, ...how }),
      answer: z.union([applied, dryRun]),
      statuses: [200, 201],
      problems: ['RULES_INVALID', 'CONFLICT'],
      async handle({ query, body: { document, dryRun, ...given }, caller, log }) {
        const application = { ...given, by: caller?.name ?? 'nobody' };
        if (dryRun || query.dryRun) return toDryRun(await dryRunRules(pool, document, application, ports));
        const applied = await applyRules(pool, document, application, ports);
        if (applied.isNew) log.warn({ version: applied.version.version }, 'rules were applied');
        return toApplied(applied);
      },
    }),
    route({
      method: 'post',
      path: '/v1/rules/validate',
      access: 'rules:write',
      summary: 'Says everything that is wrong with a document of rules, and changes nothing.',
      bodyBytesMax: LIMITS.requestBytes,
      body: z.strictObject({ document }),
      answer: z.strictObject({ valid: z.literal(true) }),
      problems: ['RULES_INVALID'],
      async handle({ body }) {
        await validateRules(pool, body.document);
        return { body: { valid: true as const } };
      },
    }),
    route({
      method: 'post',
      path: '/v1/rules/rollback',
      access: 'rules:write',
      summary: 'Makes the document of an older version the newest version.',
      query,
      body: z.strictObject({ toVersion: versionNumber, ...how }),
      answer: z.union([applied, dryRun]),
      statuses: [200, 201],
      problems: ['NOT_FOUND', 'RULES_INVALID', 'CONFLICT'],
      async handle({ query, body: { toVersion, dryRun, ...given }, caller, log }) {
        const application = { ...given, by: caller?.name ?? 'nobody' };
        if (dryRun || query.dryRun) return toDryRun(await dryRunRollback(pool, toVersion, application, ports));
        const applied = await rollBackRules(pool, toVersion, application, ports);
        if (applied.isNew) log.warn({ version: applied.version.version, toVersion }, 'rules were rolled back');
        return toApplied(applied);
      },
    }),
  ];
}

function toApplied({ version, isNew, skips, diff }: Applied): RouteAnswer<z.output<typeof applied>> {
  return { status: isNew ? 201 : 200, body: { ...shownVersion(version), isNew, skips, diff } };
}

function toDryRun({ effectiveFrom, ...planned }: DryRun): RouteAnswer<z.output<typeof dryRun>> {
  return { body: { dryRun: true, effectiveFrom: isoTime(effectiveFrom), ...planned } };
}
