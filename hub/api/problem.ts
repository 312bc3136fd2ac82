import { DatabaseError } from 'pg';
import { ERRORS, ShelfwireError, type ErrorCode } from '#shared/protocol/errors.ts';
import { toHubError } from '#hub/db/sqlstates.ts';

/** RFC 9457, with our code, its remedy, and the id under which the logs tell the story. */
export interface Problem {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  readonly code: ErrorCode;
  readonly remedy: string;
  readonly correlationId: string;
  readonly retryAfterMs?: number;
}

export const PROBLEM_TYPE = 'application/problem+json';
const DETAIL_CHARS_MAX = 500;
/** SQLSTATE query_canceled: the statement ran into its time limit. */
const QUERY_CANCELED = '57014';

/** The problem response of a failure. What is not ours to explain becomes INTERNAL and says nothing of its cause. */
export function problemOf(error: ShelfwireError, correlationId: string): Problem {
  const { status, remedy } = ERRORS[error.code];
  return {
    type: `urn:shelfwire:error:${error.code}`,
    title: titleOf(error.code),
    status,
    detail: clip(error.message),
    code: error.code,
    remedy,
    correlationId,
    ...(typeof error.context['retryAfterMs'] === 'number' && { retryAfterMs: error.context['retryAfterMs'] }),
  };
}

/** Translates what Express, its body parser, PostgreSQL or a bug threw, keeping it as the cause. */
export function toCodedError(thrown: unknown): ShelfwireError {
  const error = toHubError(thrown);
  if (error instanceof ShelfwireError) return error;
  if (error instanceof DatabaseError && error.code === QUERY_CANCELED) {
    return new ShelfwireError('DB_UNAVAILABLE', 'PostgreSQL took too long over this request.', { cause: error });
  }
  if (error instanceof URIError) {
    return new ShelfwireError('REQUEST_INVALID', 'The address holds a broken %-escape.', { cause: error });
  }
  return bodyError(error) ?? new ShelfwireError('INTERNAL', 'Something unforeseen happened.', { cause: error });
}

/** The body parser's own failures, by the `type` that it gives them. */
function bodyError(error: unknown): ShelfwireError | undefined {
  if (!(error instanceof Error) || !('type' in error) || typeof error.type !== 'string') return undefined;
  switch (error.type) {
    case 'entity.too.large':
      return new ShelfwireError('BODY_TOO_LARGE', 'The body is larger than this address takes.', { cause: error });
    case 'entity.parse.failed':
      return new ShelfwireError('BODY_NOT_JSON', 'The body is not JSON.', { cause: error });
    case 'encoding.unsupported':
    case 'charset.unsupported':
    case 'request.size.invalid':
    case 'request.aborted':
    case 'stream.encoding.set':
      return new ShelfwireError('BODY_NOT_JSON', `The body cannot be read: ${error.message}.`, { cause: error });
    default:
      return undefined;
  }
}

/** FACT_INVALID -> "Fact invalid". */
function titleOf(code: string): string {
  return code.charAt(0) + code.slice(1).toLowerCase().replaceAll('_', ' ');
}

function clip(text: string): string {
  return text.length > DETAIL_CHARS_MAX ? `${text.slice(0, DETAIL_CHARS_MAX)}...`.toWellFormed() : text;
}
