import { z } from 'zod';
import { key, text } from '../fields.ts';

/**
 * Either a correction, which takes back the fact that has the key `voids` as if it had never been (F1), or the
 * marker of a hole: nothing was ever acknowledged under this seq (F3).
 */
export const voided = z
  .strictObject({ voids: key.optional(), hole: z.literal(true).optional(), reason: text })
  .refine((body) => (body.voids === undefined) !== (body.hole === undefined), 'must have either voids or hole');
