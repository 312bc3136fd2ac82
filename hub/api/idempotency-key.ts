import { z } from 'zod';
import { describeIssues } from '#shared/protocol/content.ts';
import { ShelfwireError } from '#shared/protocol/errors.ts';

/** The header by which a client says that a request is the same act as one that it sent before. */
export const IDEMPOTENCY_HEADER = 'Idempotency-Key';

/** A header holds bytes, and has one spelling everywhere only in ASCII. */
export const idempotencyKey = z.string().regex(/^[\x20-\x7e]{1,120}$/, 'must be 1 to 120 printable ASCII characters');

/** The key that the header gives, undefined without one. Throws REQUEST_INVALID for one that cannot be a key. */
export function readIdempotencyKey(header: string | undefined): string | undefined {
  if (header === undefined) return undefined;
  const parsed = idempotencyKey.safeParse(header);
  if (parsed.success) return parsed.data;
  throw new ShelfwireError('REQUEST_INVALID', `In the header ${IDEMPOTENCY_HEADER}: ${describeIssues(parsed.error)}`);
}
