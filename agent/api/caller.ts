import { randomUUID } from 'node:crypto';
import type { Request, RequestHandler, Response } from 'express';
import { key } from '#shared/protocol/fields.ts';

/** Who calls, and in which story. */
export interface Caller {
  readonly correlationId: string;
  /** Undefined until the credential has been checked. */
  readonly client: string | undefined;
}

const HEADER = 'X-Correlation-Id';

/** The correlation id that the client sent, if it is one. */
export function sentCorrelationId(request: Request): string | undefined {
  const parsed = key.safeParse(request.get(HEADER));
  return parsed.success ? parsed.data : undefined;
}

/** Gives each request a correlation id, the client's own or a new one, and says it in the answer. */
export const correlate: RequestHandler = (request, response, next) => {
  const correlationId = sentCorrelationId(request) ?? randomUUID();
  response.locals['caller'] = { correlationId, client: undefined } satisfies Caller;
  response.set(HEADER, encodeURI(correlationId));
  next();
};

export function callerOf(response: Response): Caller {
  return response.locals['caller'] as Caller;
}

export function nameCaller(response: Response, client: string): void {
  response.locals['caller'] = { ...callerOf(response), client } satisfies Caller;
}
