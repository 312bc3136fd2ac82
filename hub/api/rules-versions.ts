import type { Pool } from 'pg';
import { z } from 'zod';
import { ShelfwireError } from '#shared/protocol/errors.ts';
import { diffRules } from '#hub/availability/rules/diff-rules.ts';
import {
  listVersions,
  readNow,
  requireVersion,
  requireVersionAt,
  type VersionEntry,
} from '#hub/availability/rules/rule-versions.ts';
import { snapshot } from '#hub/db/snapshot.ts';
import { natural, pageAnswer } from './answers/fields.ts';
import { rulesDiff, rulesInForce, rulesVersion } from './answers/rules.ts';
import { isoTime, isoTimeOrNull } from './instant.ts';
import { pageOf, pageQuery, readCursor } from './page.ts';
import { route, type Route } from './route.ts';

const VERSION_MAX = 2_147_483_647;

export const versionNumber = z.int().min(1).max(VERSION_MAX);

/** The same in an address. */
const versionText = z
  .string()
  .regex(/^[1-9]\d{0,9}$/, 'must be the number of a version')
  .transform(Number)
  .refine((version) => version <= VERSION_MAX, 'must be the number of a version');

const at = z.iso.datetime({ offset: true }).transform((text) => new Date(text));

/** GET of rules: what is in force, what was, and what is different. */
export function rulesVersionRoutes(pool: Pool): Route[] {
  return [
    route({
      method: 'get',
      path: '/v1/rules',
      access: 'rules:read',
      summary: 'The rules in force with their document; `at` an instant, or those of a `version`.',
      query: z.strictObject({ version: versionText.optional(), at: at.optional() }),
      answer: rulesInForce,
      problems: ['NOT_FOUND'],
      async handle({ query }) {
        if (query.version !== undefined && query.at !== undefined) {
          throw new ShelfwireError('REQUEST_INVALID', 'In the query: give `version` or `at`, not both.');
        }
        const { version } = query;
        const found = await snapshot(pool, async (client) => {
          const now = await readNow(client);
          return version === undefined
            ? requireVersionAt(client, query.at ?? now)
            : requireVersion(client, version, now);
        });
        return { body: { ...shownVersion(found), document: found.document, rules: found.rules } };
      },
    }),
    route({
      method: 'get',
      path: '/v1/rules/versions',
      access: 'rules:read',
      summary: 'All versions of the rules, the newest first: who applied what, and when it was in force.',
      query: z.strictObject(pageQuery),
      answer: pageAnswer(rulesVersion),
      async handle({ query }) {
        const before = readCursor(query.cursor, versionNumber);
        const rows = await snapshot(pool, async (client) =>
          listVersions(client, { before, limit: query.limit + 1, now: await readNow(client) }),
        );
        return { body: pageOf(rows, query.limit, shownVersion, (row) => row.version) };
      },
    }),
    route({
      method: 'get',
      path: '/v1/rules/diff',
      access: 'rules:read',
      summary: 'What is different between two versions of the rules; `to` is by default the one in force.',
      query: z.strictObject({ from: versionText, to: versionText.optional() }),
      answer: z.strictObject({ from: natural, to: natural, diff: rulesDiff }),
      problems: ['NOT_FOUND'],
      async handle({ query: { from, to } }) {
        const [before, after] = await snapshot(pool, async (client) => {
          const now = await readNow(client);
          const after = to === undefined ? requireVersionAt(client, now) : requireVersion(client, to, now);
          return [await requireVersion(client, from, now), await after] as const;
        });
        return { body: { from, to: after.version, diff: diffRules(before.rules, after.rules) } };
      },
    }),
  ];
}

export function shownVersion(entry: VersionEntry) {
  const { version, state, appliedBy, note, basedOn, restores, digest } = entry;
  return {
    version,
    state,
    effectiveFrom: isoTime(entry.effectiveFrom),
    until: isoTimeOrNull(entry.until),
    appliedAt: isoTime(entry.appliedAt),
    appliedBy,
    note,
    basedOn,
    restores,
    digest,
  };
}
