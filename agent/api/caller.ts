import { randomUUID } from 'node:crypto';
import type { Request, RequestHandler, Response } from 'express';
import type { Person } from '#shared/agent-api/answers.ts';
import { CORRELATION_HEADER, correlationIdFrom, toCorrelationHeader } from '#shared/protocol/correlation.ts';

/** Who calls, and in which story. */
export interface Caller {
  readonly correlationId: string;
  /** A program with a token; undefined until the credential has been checked. */
  readonly client: string | undefined;
  /** Somebody who is signed in at the UI. */
  readonly person?: Person | undefined;
}

/** The correlation id that the client sent, if it is one. */
export function sentCorrelationId(request: Request): string | undefined {
  return correlationIdFrom(request.get(CORRELATION_HEADER));
}

/** Gives each request a correlation id, the client's own or a new one, and says it in the answer. */
export const correlate: RequestHandler = (request, response, next) => {
  const correlationId = sentCorrelationId(request) ?? randomUUID();
  response.locals['caller'] = { correlationId, client: undefined } satisfies Caller;
  response.set(CORRELATION_HEADER, toCorrelationHeader(correlationId));
  next();
};

export function callerOf(response: Response): Caller {
  return response.locals['caller'] as Caller;
}

export function nameCaller(response: Response, who: { readonly client: string } | { readonly person: Person }): void {
  response.locals['caller'] = { ...callerOf(response), ...who } satisfies Caller;
}

/** By which way what this caller says comes, for the source of its facts. */
export function sourceOf(response: Response): string {
  const { client, person } = callerOf(response);
  return person === undefined ? `http:${client ?? 'unknown'}` : `ui:${person.name}`;
}
