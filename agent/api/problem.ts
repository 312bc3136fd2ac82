import type { ErrorRequestHandler, RequestHandler } from 'express';
import { ShelfwireError, toWireError } from '#shared/protocol/errors.ts';
import type { Logger } from '#shared/runtime/logger.ts';
import { callerOf } from './caller.ts';

/** What is not there is a problem like any other. */
export const notFound: RequestHandler = (request) => {
  throw new ShelfwireError('NOT_FOUND', `There is no ${request.method} ${request.path.slice(0, 200)}.`);
};

/** Answers every failure as a problem (RFC 9457) with our code, its remedy and the correlation id of the request. */
export function answerProblems(logger: Logger): ErrorRequestHandler {
  return (thrown: unknown, request, response, next) => {
    const error = foreign(thrown);
    const { correlationId, client } = callerOf(response);
    const status = error instanceof ShelfwireError ? error.status : 500;
    const entry = { correlationId, client, method: request.method, path: request.path, status };
    if (status >= 500) logger.error({ ...entry, err: thrown }, 'request failed');
    else logger.info({ ...entry, code: error instanceof ShelfwireError ? error.code : undefined }, 'request refused');
    if (response.headersSent) {
      next(thrown);
      return;
    }
    const { code, detail, remedy } = toWireError(error);
    const context = error instanceof ShelfwireError ? error.context : {};
    if (typeof context['retryAfterMs'] === 'number') {
      response.set('Retry-After', String(Math.ceil(context['retryAfterMs'] / 1_000)));
    }
    response
      .status(status)
      .type('application/problem+json')
      .send(
        JSON.stringify({
          type: `urn:shelfwire:error:${code}`,
          title: titleOf(code),
          status,
          detail,
          code,
          remedy,
          correlationId,
          ...shown(context),
        }),
      );
  };
}

/** What express itself throws for a bad address is the caller's mistake, not ours. */
function foreign(thrown: unknown): unknown {
  if (thrown instanceof ShelfwireError) return thrown;
  if (thrown instanceof URIError)
    return new ShelfwireError('REQUEST_INVALID', 'The address is not valid.', { cause: thrown });
  if ((thrown as NodeJS.ErrnoException | undefined)?.code === 'ECONNRESET') {
    return new ShelfwireError('REQUEST_INVALID', 'The caller went away before its body was complete.', {
      cause: thrown,
    });
  }
  return thrown;
}

/** FACT_INVALID -> "Fact invalid". */
const titleOf = (code: string): string => code.charAt(0) + code.slice(1).toLowerCase().replaceAll('_', ' ');

/** Of an error's context only what is meant for the caller. */
function shown(context: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(
    ['key', 'quarantined', 'retryAfterMs'].filter((name) => name in context).map((name) => [name, context[name]]),
  );
}
