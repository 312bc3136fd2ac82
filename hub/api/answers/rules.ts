import { z } from 'zod';
import { rulesDocument } from '#hub/availability/rules/rules-document.ts';
import { natural, shownInstant } from './fields.ts';

const version = {
  version: natural,
  state: z.enum(['pending', 'in force', 'past', 'skipped']),
  effectiveFrom: shownInstant,
  until: shownInstant.nullable(),
  appliedAt: shownInstant,
  appliedBy: z.string(),
  note: z.string().nullable(),
  basedOn: z.int().nullable(),
  restores: z.int().nullable(),
  digest: z.string().describe('SHA-256 of the document, in hex.'),
};

const value = z.union([z.string(), z.number()]);

export const rulesDiff = z
  .array(
    z.strictObject({
      section: z.enum(['settings', 'groups', 'channels', 'safetyStock', 'limits', 'allocations', 'listings']),
      name: z.string(),
      change: z.enum(['added', 'removed', 'changed', 'moved']),
      fields: z.array(
        z.strictObject({
          field: z.string(),
          from: value.optional(),
          to: value.optional(),
          added: z.array(z.string()).optional(),
          removed: z.array(z.string()).optional(),
        }),
      ),
    }),
  )
  .meta({ id: 'RulesDiff' });

export const rulesVersion = z.strictObject(version).meta({ id: 'RulesVersion' });

export const rulesInForce = z.strictObject({
  ...version,
  document: z.string().describe('The file, verbatim.'),
  rules: rulesDocument.describe('As it was read, with its defaults.'),
});

const preview = z.strictObject({
  pairs: natural,
  pairsTotal: natural,
  changed: natural,
  channels: z.array(z.strictObject({ channel: z.string(), changed: natural, from: z.int(), to: z.int() })),
  examples: z.array(z.strictObject({ sku: z.string(), channel: z.string(), from: z.int(), to: z.int() })),
});

const planned = { isNew: z.boolean(), skips: z.array(z.int()), diff: rulesDiff };

export const applied = z.strictObject({ ...version, ...planned }).meta({ id: 'AppliedRules' });

export const dryRun = z
  .strictObject({
    dryRun: z.literal(true),
    effectiveFrom: shownInstant,
    ...planned,
    numbers: preview.optional().describe('What channels would be offered; absent while nobody can tell.'),
  })
  .meta({ id: 'RulesDryRun' });
