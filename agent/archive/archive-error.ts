import { type ErrorCode, ShelfwireError } from '#shared/protocol/errors.ts';

const TOO_LARGE = 413;
const CODE_BY_STATUS: Readonly<Record<number, ErrorCode>> = {
  401: 'ARCHIVE_UNAUTHORIZED',
  403: 'ARCHIVE_UNAUTHORIZED',
};

/** What the server answered instead of doing it. Never holds the address: there may be a password in it (X1). */
export function refusal(status: number, body: unknown): ShelfwireError {
  const { error, reason } = (typeof body === 'object' && body !== null ? body : {}) as Record<string, unknown>;
  const words = [error, reason].filter((word) => typeof word === 'string').join(': ');
  const options = { context: { status } };
  if (CODE_BY_STATUS[status] === undefined && words === '' && status !== TOO_LARGE) {
    return new ShelfwireError('ARCHIVE_NOT_COUCHDB', `The server answers with ${status}, not as a CouchDB.`, options);
  }
  const code = CODE_BY_STATUS[status] ?? 'ARCHIVE_REFUSED';
  const why = words === '' ? '' : ` (${words.slice(0, 300)})`;
  return new ShelfwireError(code, `The server answers with ${status}${why}.`, options);
}

/** A request that a proxy or the server finds too large; it need not say so as a CouchDB. */
export const isTooLarge = (error: unknown): boolean =>
  error instanceof ShelfwireError && error.context['status'] === TOO_LARGE;

/** The server could not be asked, or did not answer. */
export function unreachable(cause: unknown): ShelfwireError {
  const { cause: deeper } = cause instanceof Error ? cause : { cause: undefined };
  const why = deeper instanceof Error ? deeper.message : cause instanceof Error ? cause.message : String(cause);
  return new ShelfwireError('ARCHIVE_UNREACHABLE', `The server cannot be reached: ${why}.`, { cause });
}
