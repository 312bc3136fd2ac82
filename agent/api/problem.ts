import type { ErrorRequestHandler, RequestHandler } from 'express';
import { ShelfwireError } from '#shared/protocol/errors.ts';
import { problemAnswer, problemOf, toCodedError } from '#shared/protocol/problem.ts';
import type { Logger } from '#shared/runtime/logger.ts';
import { callerOf } from './caller.ts';

/** What is not there is a problem like any other. */
export const notFound: RequestHandler = (request) => {
  throw new ShelfwireError('NOT_FOUND', `There is no ${request.method} ${request.path.slice(0, 200)}.`, {
    remedy: 'Facts are posted to /v1/facts; agent/pos/SPEC.md says how.',
  });
};

/** Answers every failure as a problem (RFC 9457) with our code, its remedy and the correlation id of the request. */
export function answerProblems(logger: Logger): ErrorRequestHandler {
  return (thrown: unknown, request, response, next) => {
    const error = wentAway(thrown) ?? badBody(thrown) ?? toCodedError(thrown);
    const { correlationId, client } = callerOf(response);
    const { code, status } = error;
    const entry = { correlationId, client, method: request.method, path: request.path, status, code };
    if (status >= 500) logger.error({ ...entry, err: thrown }, 'request failed');
    else logger.info(entry, 'request refused');
    if (response.headersSent) {
      next(thrown);
      return;
    }
    const { headers, body } = problemAnswer(problemOf(error, correlationId));
    response.status(status).set(headers).send(body);
  };
}

/** A body that breaks off is the caller's doing, not a failure of ours. */
function wentAway(thrown: unknown): ShelfwireError | undefined {
  if ((thrown as NodeJS.ErrnoException | undefined)?.code !== 'ECONNRESET') return undefined;
  return new ShelfwireError('REQUEST_INVALID', 'The caller went away before its body was complete.', { cause: thrown });
}

/** What express's reader of bodies throws, by its own types. */
function badBody(thrown: unknown): ShelfwireError | undefined {
  const type = (thrown as { readonly type?: unknown } | undefined)?.type;
  if (type === 'entity.too.large')
    return new ShelfwireError('BODY_TOO_LARGE', 'The body is too big.', { cause: thrown });
  const isUnreadable = typeof type === 'string' && /^(?:entity|encoding|charset|request)\./.test(type);
  return isUnreadable ? new ShelfwireError('BODY_NOT_JSON', 'The body cannot be read.', { cause: thrown }) : undefined;
}
