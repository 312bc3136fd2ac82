import { randomUUID } from 'node:crypto';
import type { RequestHandler, Response } from 'express';
import { CORRELATION_HEADER, correlationIdFrom, toCorrelationHeader } from '#shared/protocol/correlation.ts';
import type { Logger } from '#shared/runtime/logger.ts';
import type { Caller } from './api-keys.ts';

/** What is known of a request while it is being answered; kept with its response. */
export interface RequestContext {
  readonly correlationId: string;
  readonly log: Logger;
  caller: Caller | null;
}

/** Gives each request its correlation id, that of the header X-Correlation-Id or a new one, and logs its end. */
export function correlate(logger: Logger): RequestHandler {
  return (request, response, next) => {
    const correlationId = correlationIdFrom(request.get(CORRELATION_HEADER)) ?? randomUUID();
    const log = logger.child({ correlationId });
    response.locals['context'] = { correlationId, log, caller: null } satisfies RequestContext;
    response.set(CORRELATION_HEADER, toCorrelationHeader(correlationId));
    const begin = performance.now();
    response.on('close', () => {
      const { statusCode: status, writableFinished: answered } = response;
      const { caller } = contextOf(response);
      const ms = Math.round(performance.now() - begin);
      const { method, path } = request;
      const entry = { method, path: path.slice(0, 200), status, ms, answered, caller: caller?.name };
      if (method === 'GET' && status < 400) log.debug(entry, 'request');
      else log.info(entry, 'request');
    });
    next();
  };
}

export function contextOf(response: Response): RequestContext {
  return response.locals['context'] as RequestContext;
}
