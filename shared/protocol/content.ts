import { hash } from 'node:crypto';
import type { z } from 'zod';
import { canonicalCheck, type CanonicalCheck } from './canonical-check.ts';
import { ShelfwireError } from './errors.ts';
import { BODIES, type FactContent, type FactKind } from './fact.ts';
import { LIMITS } from './limits.ts';

/** Content in its one spelling: keys in schema order, absent ones left out. Its digest is what F4 compares. */
export interface CanonicalContent {
  content: FactContent;
  /** JSON of the body in canonical spelling. */
  bodyText: string;
  /** 32 hex digits: the first half of SHA-256 over kind and body. */
  digest: string;
}

const CHECKS = new Map<string, CanonicalCheck | undefined>(
  Object.entries(BODIES).map(([kind, schema]) => [kind, canonicalCheck(schema)]),
);

/**
 * Validates a body of unknown origin against its kind's schema.
 * Throws FACT_KIND_UNKNOWN, FACT_INVALID (names the first field that is wrong) or FACT_TOO_LARGE.
 * The body is handed over: as content it may be the same object, which nobody changes any more.
 */
export function canonicalContent(kind: string, body: unknown): CanonicalContent {
  const schema: z.ZodType | undefined = Object.hasOwn(BODIES, kind) ? BODIES[kind as FactKind] : undefined;
  if (!schema) {
    const accepted = Object.keys(BODIES).join(', ');
    const detail = `There is no kind of fact "${kind.slice(0, 32)}". Accepted: ${accepted}.`;
    throw new ShelfwireError('FACT_KIND_UNKNOWN', detail);
  }
  const canonical = CHECKS.get(kind)?.(body) === true ? body : parsed(schema, body);
  const bodyText = JSON.stringify(canonical);
  if (bodyText.length > LIMITS.factBytes || Buffer.byteLength(bodyText) > LIMITS.factBytes) {
    throw new ShelfwireError('FACT_TOO_LARGE', `The fact has more than ${LIMITS.factBytes} bytes.`);
  }
  return { content: { kind, body: canonical } as FactContent, bodyText, digest: digestOf(kind, bodyText) };
}

function parsed(schema: z.ZodType, body: unknown): unknown {
  const { success, data, error } = schema.safeParse(body);
  if (!success) throw new ShelfwireError('FACT_INVALID', describeIssues(error));
  return data;
}

/** The digest of content that is in canonical spelling already. */
export function digestOf(kind: string, bodyText: string): string {
  return hash('sha256', `${kind}\n${bodyText}`, 'hex').slice(0, 32);
}

/** The first issues of a failed parse in one readable line: "lines.2.quantity: too small". */
export function describeIssues(error: z.ZodError): string {
  const shown = error.issues.slice(0, 3).map((issue) => `${issue.path.join('.') || 'body'}: ${issue.message}`);
  const more = error.issues.length > shown.length ? ` (and ${error.issues.length - shown.length} more)` : '';
  return shown.join('; ') + more;
}
