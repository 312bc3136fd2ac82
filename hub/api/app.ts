import express, {
  type ErrorRequestHandler,
  type Express,
  type Request,
  type RequestHandler,
  type Response,
} from 'express';
import helmet from 'helmet';
import type { Pool } from 'pg';
import { ShelfwireError } from '#shared/protocol/errors.ts';
import { problemAnswer, problemOf } from '#shared/protocol/problem.ts';
import { doOnce, keepNothing, type Act } from './acts.ts';
import { Attempts } from './attempts.ts';
import { contextOf, correlate } from './correlation.ts';
import { bearerOf, requireKey } from './credentials.ts';
import { IDEMPOTENCY_HEADER, readIdempotencyKey } from './idempotency-key.ts';
import { KeyRates } from './key-rates.ts';
import type { ApiParts } from './parts.ts';
import { toApiError } from './problem.ts';
import type { Route, RouteContext } from './route.ts';
import type { RouteAnswer } from './route-answer.ts';
import { apiRoutes } from './routes.ts';

/** Keys that were refused, by address: 30 at once, then one every 2 s. */
const FAILED_KEYS = { burst: 30, perSecond: 0.5 };
/** Enrolments by address, good ones too: a chain that installs many devices from one network has room enough. */
const ENROLMENTS = { burst: 60, perSecond: 1 };

/**
 * The hub's HTTP API. Each request: correlation id, then credential, then body, then schemas, then the handler; any
 * failure is answered as a problem with a code (X1, X2).
 */
export function createApi(parts: ApiParts): Express {
  const { clock, logger } = parts;
  const app = express();
  app.disable('x-powered-by');
  // Last in the chain is the query string itself: neither nesting nor __proto__ can come out of it.
  app.set('query parser', 'simple');
  app.use(correlate(logger), helmet());
  app.use((_, response, next) => {
    // Clients may keep an answer, but must ask with its ETag whether it still holds.
    response.set('Cache-Control', 'private, no-cache');
    next();
  });
  const failures = new Attempts(FAILED_KEYS, clock);
  const enrolments = new Attempts(ENROLMENTS, clock);
  const forged = new Attempts(FAILED_KEYS, clock);
  const rates = new KeyRates(clock);
  for (const route of apiRoutes(parts)) {
    app[route.method](
      route.path,
      ...doors(route, parts.pool, { failures, enrolments, forged, rates }),
      answer(route, parts.pool, forged),
    );
  }
  app.use((request) => {
    throw new ShelfwireError('NOT_FOUND', `There is no ${request.method} ${request.path.slice(0, 200)}.`, {
      remedy: 'GET /docs, with a key, names every address.',
    });
  });
  app.use(answerProblem);
  return app;
}

/** How often something may be tried or done. */
interface Bounds {
  readonly failures: Attempts;
  readonly enrolments: Attempts;
  readonly forged: Attempts;
  readonly rates: KeyRates;
}

/** What a request passes before its handler. */
function doors(route: Route, pool: Pool, { failures, enrolments, forged, rates }: Bounds): RequestHandler[] {
  const passed: RequestHandler[] = [];
  if (route.access !== 'open') passed.push(requireKey(pool, route.access, failures, rates));
  if (route.guarded) {
    passed.push((request, _, next) => {
      enrolments.take(request.ip);
      next();
    });
  }
  // Channels of many accounts share addresses: one whose secret is wrong must not hold up the others.
  if (route.rawBody) {
    passed.push((request, _, next) => {
      forged.check(request.ip, askedOf(route, request));
      next();
    });
  }
  if (route.rawBody) passed.push(express.raw({ limit: route.bodyBytesMax, type: () => true }));
  if (route.body)
    passed.push(express.json({ limit: route.bodyBytesMax, type: 'application/json', verify: requireText }));
  return passed;
}

/** What is asked for, however its address is written: capitals, escapes and slashes at its end make it no other. */
const askedOf = ({ path }: Route, { params }: Request): string => `${path} ${JSON.stringify(params)}`;

/** The parser takes nothing for an empty object. */
function requireText(_request: unknown, _response: unknown, bytes: Buffer): void {
  if (bytes.length === 0) throw Object.assign(new Error('The body is empty.'), { type: 'entity.parse.failed' });
}

function answer(route: Route, pool: Pool, forged: Attempts): RequestHandler {
  return async (request, response) => {
    const { params, query } = request;
    const body: unknown = request.body;
    const run = route.prepare({ params, query, body });
    const context = {
      ...contextOf(response),
      idempotencyKey: idempotencyKeyOf(route, request),
      headers: request.headers,
      raw: Buffer.isBuffer(body) ? body : Buffer.alloc(0),
    };
    const act = actOf(route, request, context);
    const answered = act
      ? doOnce(pool, act, (keep) => run({ ...context, keep }))
      : run({ ...context, keep: keepNothing });
    const made = await answered.catch((error: unknown) => {
      if (error instanceof ShelfwireError && error.code === 'CHANNEL_SIGNATURE_INVALID')
        forged.take(request.ip, askedOf(route, request));
      throw error;
    });
    send(response, made);
  };
}

function idempotencyKeyOf({ idempotencyKey }: Route, request: Request): string | undefined {
  const key = readIdempotencyKey(request.get(IDEMPOTENCY_HEADER));
  if (key !== undefined || idempotencyKey !== 'required') return key;
  throw new ShelfwireError('IDEMPOTENCY_KEY_REQUIRED', 'This request would act again when it is repeated.');
}

/** The act that a request is, when its answer is to be kept here. */
function actOf(
  route: Route,
  request: Request,
  { caller, idempotencyKey }: Pick<RouteContext, 'caller' | 'idempotencyKey'>,
): Act | undefined {
  const secret = bearerOf(request);
  if (route.idempotencyKey === 'none' || route.keepsActs) return undefined;
  if (idempotencyKey === undefined || caller === null || secret === undefined) return undefined;
  const content = `${request.method} ${request.originalUrl}\n${JSON.stringify(request.body)}`;
  return { apiKey: caller.name, secret, idempotencyKey, content };
}

function send(response: Response, { status = 200, headers = {}, body }: RouteAnswer): void {
  response.status(status).set(headers);
  if (typeof body === 'string') response.send(body);
  else response.json(body);
}

const answerProblem: ErrorRequestHandler = (thrown: unknown, _request, response, next) => {
  const error = toApiError(thrown);
  const { correlationId, log } = contextOf(response);
  const problem = problemOf(error, correlationId);
  if (problem.status >= 500) log.error({ err: thrown, code: error.code }, 'request failed');
  else log.info({ code: error.code, detail: problem.detail }, 'request refused');
  if (response.headersSent) {
    next(thrown);
    return;
  }
  const { status, headers, body } = problemAnswer(problem);
  const challenge = response.get('WWW-Authenticate');
  response.status(status).set({ ...headers, ...(challenge !== undefined && { 'WWW-Authenticate': challenge }) });
  response.send(body);
};
