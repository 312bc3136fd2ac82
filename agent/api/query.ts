import { z } from 'zod';
import { describeIssues } from '#shared/protocol/content.ts';
import { ShelfwireError } from '#shared/protocol/errors.ts';
import { SLIP_KINDS } from '#shared/agent-api/answers.ts';
import { key, sku, text } from '#shared/protocol/fields.ts';
import { LIMITS } from '#shared/protocol/limits.ts';
import { TASK_STATES } from '#shared/protocol/messages/pull.ts';

/** What every paged address takes. */
export const pageQuery = {
  cursor: z.string().min(1).max(512).optional(),
  limit: z
    .string()
    .regex(/^\d{1,4}$/, 'must be a whole number')
    .transform(Number)
    .pipe(z.int().min(1).max(1_000))
    .default(100),
};

export const stockQuery = z.strictObject({ ...pageQuery, search: z.string().min(1).max(LIMITS.textChars).optional() });
export const historyQuery = z.strictObject({ limit: pageQuery.limit });
const instant = z
  .string()
  .regex(/^\d{1,14}$/, 'must be ms since 1970')
  .transform(Number);
/** A day of at most 25 hours: one with the end of summer time has them. */
export const dayQuery = z
  .strictObject({
    from: instant,
    to: instant,
    feed: pageQuery.limit,
  })
  .refine(({ from, to }) => to > from && to - from <= 25 * 3_600_000, 'to: must be within 25 hours behind from');

/** By the number on the receipt, or by what is remembered of one that is lost. */
export const salesQuery = z.union([
  z.strictObject({ receiptNo: text }),
  z
    .strictObject({ from: instant, to: instant, till: text.optional(), sku: sku.optional() })
    .refine(({ from, to }) => to > from && to - from <= 25 * 3_600_000, 'to: must be within 25 hours behind from'),
]);
const slipKind = z.enum(SLIP_KINDS);
export const slipsQuery = z.strictObject({
  kind: z
    .string()
    .max(64)
    .transform((kinds) => kinds.split(','))
    .pipe(z.array(slipKind).min(1).max(SLIP_KINDS.length)),
  to: instant.default(Number.MAX_SAFE_INTEGER),
  limit: pageQuery.limit,
});
export const slipKey = key;

export const taskQuery = z.strictObject({ ...pageQuery, state: z.enum(TASK_STATES).optional() });
export const taskNumber = z
  .string()
  .regex(/^[1-9]\d{0,14}$/, 'must be the number of a task')
  .transform(Number);
export const quarantineQuery = z.strictObject({ ...pageQuery, state: z.enum(['open', 'closed']).default('open') });

/** A query of unknown origin by its schema, or REQUEST_INVALID naming the field. */
export function readQuery<Schema extends z.ZodType>(schema: Schema, query: unknown): z.infer<Schema> {
  const parsed = schema.safeParse(query);
  if (!parsed.success) throw new ShelfwireError('REQUEST_INVALID', describeIssues(parsed.error));
  return parsed.data;
}
