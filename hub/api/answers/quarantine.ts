import { z } from 'zod';
import { natural, shownFact, shownInstant } from './fields.ts';

const item = {
  id: natural,
  location: z.string(),
  fact: shownFact,
  key: z.string().nullable(),
  code: z.string(),
  detail: z.string(),
  receivedAt: shownInstant,
  resolved: z
    .strictObject({
      at: shownInstant,
      as: z.string().nullable(),
      by: z.string().nullable(),
      note: z.string().nullable(),
    })
    .nullable(),
};

export const quarantined = z.strictObject(item).meta({ id: 'QuarantinedFact' });

export const quarantinedVerbatim = z
  .strictObject({
    ...item,
    verbatim: z
      .strictObject({ encoding: z.enum(['utf8', 'base64']), content: z.string() })
      .describe('The fact as it came.'),
  })
  .meta({ id: 'QuarantinedFactInFull' });
