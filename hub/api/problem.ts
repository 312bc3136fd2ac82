import { DatabaseError } from 'pg';
import { ShelfwireError } from '#shared/protocol/errors.ts';
import { toCodedError } from '#shared/protocol/problem.ts';
import { toHubError } from '#hub/db/sqlstates.ts';

/** SQLSTATE query_canceled: the statement ran into its time limit. */
const QUERY_CANCELED = '57014';

/** Translates what Express, its body parser, PostgreSQL or a bug threw, keeping it as the cause. */
export function toApiError(thrown: unknown): ShelfwireError {
  const error = toHubError(thrown);
  if (error instanceof DatabaseError && error.code === QUERY_CANCELED) {
    return new ShelfwireError('DB_UNAVAILABLE', 'PostgreSQL took too long over this request.', { cause: error });
  }
  return bodyError(error) ?? toCodedError(error);
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
