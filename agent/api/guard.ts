import type { RequestHandler, Response } from 'express';
import type { Person } from '#shared/agent-api/answers.ts';
import { ShelfwireError } from '#shared/protocol/errors.ts';
import type { Clock } from '#shared/runtime/clock.ts';
import { TokenBucket, type RateRule } from '#shared/runtime/token-bucket.ts';
import { callerOf, nameCaller } from './caller.ts';
import type { ClientRegistry } from './client-registry.ts';
import { sessionOf, type SessionDoor } from './session-routes.ts';

const LOOPBACK_HOSTS: ReadonlySet<string> = new Set(['127.0.0.1', 'localhost', '[::1]']);

/**
 * Only requests that are meant for this machine. A page whose name is rebound to 127.0.0.1 sends its own Host, a page
 * of another site its own Origin: both are refused, whatever credential they carry.
 */
export function requireLoopback(allowedOrigins: readonly string[]): RequestHandler {
  const allowed = new Set(allowedOrigins);
  return (request, _response, next) => {
    const host = request.headers.host ?? '';
    const name = host.replace(/:\d{1,5}$/, '').toLowerCase();
    if (!LOOPBACK_HOSTS.has(name)) {
      throw new ShelfwireError('HOST_FORBIDDEN', `Host "${host.slice(0, 80)}" is not this machine's loopback address.`);
    }
    const origin = request.headers.origin;
    if (origin !== undefined && origin !== `http://${host}` && !allowed.has(origin)) {
      throw new ShelfwireError('HOST_FORBIDDEN', `Origin "${origin.slice(0, 80)}" may not call this agent.`);
    }
    next();
  };
}

/** Failed credentials: enough for a mistyped setup, too few for guessing. */
const FAILURES: RateRule = { perSecond: 1, burst: 20 };

/**
 * A known client's token as `Authorization: Bearer`, or the session of a person; no more requests than `rule` allows
 * each (X1). Failures have a bucket of their own: whoever guesses is slowed down, who has a valid token is not.
 */
export function requireCaller(
  { clients, door }: { readonly clients: ClientRegistry; readonly door: SessionDoor },
  rule: RateRule,
  clock: Clock,
): RequestHandler {
  const failures = new TokenBucket(FAILURES, clock);
  const allowed = new Allowances(rule, clock);
  return (request, response, next) => {
    const [, token] = /^Bearer ([\w.~+/=-]{1,256})$/i.exec(request.get('Authorization') ?? '') ?? [];
    const person = token === undefined ? sessionOf(request, door)?.person : undefined;
    const client = token === undefined ? undefined : clients.find(token);
    const name = person === undefined ? client : `person ${person.name}`;
    if (name === undefined) {
      refuseWhile(failures.take());
      throw new ShelfwireError(
        'UNAUTHORIZED',
        token === undefined ? 'A bearer token is missing, and nobody is signed in.' : 'The token is not known.',
      );
    }
    refuseWhile(allowed.take(name));
    if (person !== undefined) nameCaller(response, { person });
    else if (client !== undefined) nameCaller(response, { client });
    next();
  };
}

/** Only somebody who is signed in: the tokens of programs are worth nothing here. */
export function requirePerson(door: SessionDoor, rule: RateRule, clock: Clock): RequestHandler {
  const allowed = new Allowances(rule, clock);
  return (request, response, next) => {
    const person = sessionOf(request, door)?.person;
    if (person === undefined) {
      throw new ShelfwireError('UNAUTHORIZED', 'Nobody is signed in.', { remedy: 'Sign in with your PIN.' });
    }
    refuseWhile(allowed.take(person.name));
    nameCaller(response, { person });
    next();
  };
}

/** How many requests each caller may still send. */
export class Allowances {
  readonly #rule: RateRule;
  readonly #clock: Clock;
  readonly #buckets = new Map<string, TokenBucket>();

  constructor(rule: RateRule, clock: Clock) {
    this.#rule = rule;
    this.#clock = clock;
  }

  /** Takes one of them, or answers the ms until there is one. */
  take(name: string): number {
    if (this.#buckets.size > 1_000) {
      for (const [other, bucket] of this.#buckets) if (bucket.isFull) this.#buckets.delete(other);
    }
    const bucket = this.#buckets.get(name) ?? new TokenBucket(this.#rule, this.#clock);
    this.#buckets.set(name, bucket);
    return bucket.take();
  }
}

/** Routes that are for programs alone: a person's acts have their own, where their role counts. */
export const requireProgram: RequestHandler = (_request, response, next) => {
  if (callerOf(response).person === undefined) return next();
  throw new ShelfwireError('FORBIDDEN', 'This is for programs with a token.');
};

/** The manager who calls. Throws FORBIDDEN for anybody else, and for programs. */
export function managerOf(response: Response): Person {
  const { person } = callerOf(response);
  if (person === undefined) throw new ShelfwireError('FORBIDDEN', 'This is for people who are signed in.');
  if (person.role !== 'manager') throw new ShelfwireError('FORBIDDEN', 'Only a manager may do this.');
  return person;
}

export function refuseWhile(retryAfterMs: number): void {
  if (retryAfterMs === 0) return;
  throw new ShelfwireError('RATE_LIMITED', 'Too many requests.', { context: { retryAfterMs } });
}

/** For doors other than that of the machine itself. */
export const requireMachine: RequestHandler = () => {
  throw new ShelfwireError('FORBIDDEN', 'This is done at the machine of the agent itself, not from another device.', {
    remedy: 'Sign in at the machine of the agent.',
  });
};
