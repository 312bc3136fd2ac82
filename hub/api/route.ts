import { z } from 'zod';
import { describeIssues } from '#shared/protocol/content.ts';
import { ShelfwireError, type ErrorCode } from '#shared/protocol/errors.ts';
import type { Logger } from '#shared/runtime/logger.ts';
import type { Keep } from './acts.ts';
import type { Caller } from './api-keys.ts';
import type { RouteAnswer } from './route-answer.ts';
import type { RouteScope } from './scopes.ts';

/** Who may call: everybody, any key, or a key with this scope. */
type Access = 'open' | 'any' | RouteScope;

/** Of a request what its schemas are about. */
interface Given<Params, Query, Body> {
  readonly params: Params;
  readonly query: Query;
  readonly body: Body;
}

/** What is known of a request beside that. */
export interface RouteContext {
  /** Null on open routes only. */
  readonly caller: Caller | null;
  /** Of the header Idempotency-Key: the same act carries the same key, however often it is sent. */
  readonly idempotencyKey: string | undefined;
  /** For an act whose answer can be kept in the transaction of its effect (acts.ts). */
  readonly keep: Keep;
  readonly correlationId: string;
  readonly log: Logger;
  /** Names in small letters. */
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  /** Of a route with `rawBody` the body as it came; of others nothing. */
  readonly raw: Buffer;
}

/** What a handler is given: all of it validated. */
export interface RouteRequest<Params, Query, Body> extends Given<Params, Query, Body>, RouteContext {}

/**
 * What a repeated request does, and so whether it needs an Idempotency-Key: `required` where it would act twice,
 * `none` where the method or the body itself says that it is the same.
 */
type Repeating = 'required' | 'optional' | 'none';

/** One address of the API. Its schemas validate requests and describe themselves in the OpenAPI document. */
export interface Route {
  readonly method: 'get' | 'put' | 'post';
  /** With `:name` parameters, as Express has them. */
  readonly path: string;
  readonly access: Access;
  readonly summary: string;
  readonly params: z.ZodType;
  readonly query: z.ZodType;
  readonly body: z.ZodType | undefined;
  readonly bodyBytesMax: number;
  /** The body is handed over as it came, of whatever type, since a signature is over its bytes. */
  readonly rawBody: boolean;
  readonly answer: z.ZodType;
  readonly statuses: readonly [number, ...number[]];
  readonly contentType: string;
  readonly problems: readonly ErrorCode[];
  /** Failures of these are counted against the client's address. */
  readonly guarded: boolean;
  readonly idempotencyKey: Repeating;
  readonly keepsActs: boolean;
  /** Validates a request; what it gives does the work. */
  prepare(given: Given<unknown, unknown, unknown>): (context: RouteContext) => Promise<RouteAnswer>;
}

interface RouteDefinition<
  Params extends z.ZodType,
  Query extends z.ZodType,
  Body extends z.ZodType,
  Answer extends z.ZodType,
> {
  readonly method: Route['method'];
  readonly path: string;
  readonly access: Access;
  readonly summary: string;
  readonly params?: Params;
  readonly query?: Query;
  readonly body?: Body;
  /** 64 KiB unless given. */
  readonly bodyBytesMax?: number;
  readonly rawBody?: boolean;
  /** What it answers when it has done what was asked. */
  readonly answer: Answer;
  /** 200 unless given. */
  readonly statuses?: Route['statuses'];
  /** JSON unless given. */
  readonly contentType?: string;
  /** Codes of problems that come from its subject, beside those that any request can meet. */
  readonly problems?: readonly ErrorCode[];
  readonly guarded?: boolean;
  /** `optional` for POST unless given, `none` for all others. */
  readonly idempotencyKey?: Repeating;
  /** The handler keeps key and answer with its effect by itself: it is called each time. */
  readonly keepsActs?: boolean;
  handle(
    request: RouteRequest<z.output<Params>, z.output<Query>, z.output<Body>>,
  ): Promise<RouteAnswer<z.output<Answer>>>;
}

const JSON_TYPE = 'application/json';
const NOTHING = z.strictObject({});
type Nothing = typeof NOTHING;

/** Defines a route. What has no schema must be empty: an unknown field is a mistake that deserves an answer. */
export function route<
  Answer extends z.ZodType,
  Params extends z.ZodType = Nothing,
  Query extends z.ZodType = Nothing,
  Body extends z.ZodType = z.ZodUndefined,
>(definition: RouteDefinition<Params, Query, Body, Answer>): Route {
  const {
    params = NOTHING,
    query = NOTHING,
    body,
    bodyBytesMax = 64 * 1024,
    guarded = false,
    rawBody = false,
  } = definition;
  const { idempotencyKey = definition.method === 'post' ? 'optional' : 'none', keepsActs = false } = definition;
  const { statuses = [200], contentType = JSON_TYPE, problems = [] } = definition;
  return {
    ...definition,
    params,
    query,
    body,
    bodyBytesMax,
    rawBody,
    statuses,
    contentType,
    problems,
    guarded,
    idempotencyKey,
    keepsActs,
    prepare: (given) => {
      const valid = {
        params: read(params, given.params, 'path') as z.output<Params>,
        query: read(query, given.query, 'query') as z.output<Query>,
        body: (body ? read(body, given.body, 'body') : undefined) as z.output<Body>,
      };
      return async (context) => {
        const { status = statuses[0], headers = {}, body } = await definition.handle({ ...valid, ...context });
        const typed = contentType === JSON_TYPE ? headers : { 'Content-Type': contentType, ...headers };
        return { status, headers: typed, body };
      };
    },
  };
}

function read(schema: z.ZodType, value: unknown, where: string): unknown {
  if (where === 'body' && value === undefined) {
    throw new ShelfwireError('BODY_NOT_JSON', 'A JSON body is needed, sent as application/json.');
  }
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  throw new ShelfwireError('REQUEST_INVALID', `In the ${where}: ${describeIssues(parsed.error)}`);
}
