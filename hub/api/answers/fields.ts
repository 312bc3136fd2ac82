import { z } from 'zod';
import { BODIES, type FactKind } from '#shared/protocol/fact.ts';

/** An instant as it leaves the API: ISO 8601 in UTC with milliseconds. */
export const shownInstant = z.iso.datetime({ precision: 3 });
export const factKind = z.enum(Object.keys(BODIES) as [FactKind, ...FactKind[]]);
export const shownFact = z
  .string()
  .regex(/^\d+-\d+$/)
  .describe('A fact: the number of its journal, and its seq there.');
export const natural = z.int().min(0);

/** A list, page by page. */
export function pageAnswer<Item extends z.ZodType>(item: Item) {
  const next = z.string().nullable().describe('Give it back as `cursor` for what follows; null at the end.');
  return z.strictObject({ items: z.array(item), next });
}

const knownDevice = z.strictObject({
  device: natural,
  fact: shownFact,
  seq: natural,
  asOf: shownInstant.nullable(),
});

export const knownTo = z
  .record(z.string(), z.strictObject({ asOf: shownInstant.nullable(), devices: z.array(knownDevice) }))
  .meta({
    id: 'KnownTo',
    description: 'What the numbers rest on, by location: known complete to fact N of device D, as of T.',
  });

/** The fact behind a number. */
export const reason = z.strictObject({
  fact: shownFact,
  kind: factKind,
  key: z.string(),
  correlationId: z.string(),
  source: z.string(),
  at: shownInstant,
  reversal: z.boolean().describe('Taken back by a void; `voids` is then the key of the fact that it belonged to.'),
  voids: z.string().nullable(),
});
