import { z } from 'zod';
import { ERRORS, ShelfwireError, toWireError, type ErrorCode } from './errors.ts';

const codes = Object.keys(ERRORS) as [ErrorCode, ...ErrorCode[]];

/** One thing that is wrong in a document of rules, and where. */
const rulesProblem = z.object({
  line: z.int(),
  column: z.int(),
  kind: z.string(),
  message: z.string(),
  remedy: z.string(),
});
export type RulesProblem = Readonly<z.infer<typeof rulesProblem>>;

/** Of an error's context what is meant for the caller. */
const shown = {
  /** The idempotency key of the fact that was refused; null when it had none. */
  key: z.string().nullable().optional(),
  /** Whether what was refused is kept in quarantine (F5). */
  quarantined: z.boolean().optional(),
  retryAfterMs: z.number().optional(),
  /** Of a refused reservation: what can be had of each line that is short, and what of its sku is on its way. */
  short: z
    .array(z.object({ line: z.int(), sku: z.string(), units: z.int(), available: z.int(), onTheWay: z.int() }))
    .optional(),
  /** Of refused rules all that is wrong with them, up to a bound; `problemsTotal` counts the others too. */
  problems: z.array(rulesProblem).optional(),
  problemsTotal: z.int().optional(),
  /** Whether parts could not be looked at because of these problems: more may be found once they are mended. */
  moreMayFollow: z.boolean().optional(),
};

/** The body of every failure over HTTP: RFC 9457, with our code, its remedy, and the id that finds the logs. */
export const problem = z
  .object({
    type: z.string(),
    title: z.string(),
    status: z.int(),
    detail: z.string(),
    code: z.enum(codes),
    remedy: z.string(),
    correlationId: z.string(),
    ...shown,
  })
  .describe('RFC 9457. `code` is stable; `remedy` says what to do; `correlationId` finds the logs.');
export type Problem = Readonly<z.infer<typeof problem>>;

export const PROBLEM_TYPE = 'application/problem+json';
const DETAIL_CHARS_MAX = 500;

/** The problem of a failure. Its cause stays in the logs. */
export function problemOf(error: ShelfwireError, correlationId: string): Problem {
  const { code, detail, remedy } = toWireError(error);
  return {
    type: `urn:shelfwire:error:${code}`,
    title: titleOf(code),
    status: error.status,
    detail: clip(detail),
    code,
    remedy,
    correlationId,
    ...shownOf(error.context),
  };
}

/** A problem as an answer: what any HTTP server has to send. */
export function problemAnswer(given: Problem): { status: number; headers: Record<string, string>; body: string } {
  const { status, code, retryAfterMs } = given;
  return {
    status,
    headers: {
      'Content-Type': PROBLEM_TYPE,
      ...(code === 'UNAUTHORIZED' && { 'WWW-Authenticate': 'Bearer' }),
      ...(retryAfterMs !== undefined && { 'Retry-After': String(Math.ceil(retryAfterMs / 1_000)) }),
    },
    body: JSON.stringify(given),
  };
}

/**
 * What was thrown as an error of ours, which keeps it as its cause: a broken %-escape is the caller's mistake, anything
 * else that we do not know becomes INTERNAL and says nothing of it.
 */
export function toCodedError(thrown: unknown): ShelfwireError {
  if (thrown instanceof ShelfwireError) return thrown;
  if (thrown instanceof URIError) {
    return new ShelfwireError('REQUEST_INVALID', 'The address holds a broken %-escape.', { cause: thrown });
  }
  return new ShelfwireError('INTERNAL', toWireError(thrown).detail, { cause: thrown });
}

function shownOf(context: Readonly<Record<string, unknown>>): Partial<Problem> {
  const { data } = z.object(shown).safeParse(context);
  return data ?? {};
}

/** FACT_INVALID -> "Fact invalid". */
function titleOf(code: ErrorCode): string {
  return code.charAt(0) + code.slice(1).toLowerCase().replaceAll('_', ' ');
}

function clip(text: string): string {
  return text.length > DETAIL_CHARS_MAX ? `${text.slice(0, DETAIL_CHARS_MAX)}...`.toWellFormed() : text;
}
