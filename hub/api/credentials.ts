import type { Request, RequestHandler } from 'express';
import type { Pool } from 'pg';
import { ShelfwireError } from '#shared/protocol/errors.ts';
import { findCaller } from './api-keys.ts';
import type { Attempts } from './attempts.ts';
import { contextOf } from './correlation.ts';
import type { KeyRates } from './key-rates.ts';
import type { Route } from './route.ts';
import { allows } from './scopes.ts';

/**
 * Lets a request pass when its API key allows the route (X1), before its body is read. An address that keeps failing
 * is refused without asking the database, unless its key was good a moment ago: a stranger behind the same address
 * must not lock out those who belong.
 */
export function requireKey(
  pool: Pool,
  access: Exclude<Route['access'], 'open'>,
  failures: Attempts,
  rates: KeyRates,
): RequestHandler {
  return async (request, response, next) => {
    // A browser asks for a key that a page needs, once it is told how.
    const isForPeople = access === 'any';
    if (isForPeople) response.set('WWW-Authenticate', BASIC_CHALLENGE);
    const secret = bearerOf(request) ?? (isForPeople ? passwordOf(request) : undefined);
    if (!failures.isTrusted(secret)) failures.check(request.ip);
    const caller = secret === undefined ? undefined : await findCaller(pool, secret);
    if (caller === undefined) {
      failures.distrust(secret);
      failures.take(request.ip);
      throw new ShelfwireError(
        'UNAUTHORIZED',
        secret === undefined ? 'No API key was sent.' : 'The API key is not valid.',
      );
    }
    failures.trust(secret);
    response.removeHeader('WWW-Authenticate');
    contextOf(response).caller = caller;
    rates.take(caller, response);
    if (access !== 'any' && !allows(caller.scopes, access)) {
      throw new ShelfwireError('FORBIDDEN', `The key "${caller.name}" lacks the scope ${access}.`);
    }
    next();
  };
}

const BASIC_CHALLENGE = 'Basic realm="Shelfwire: the password is an API key", charset="UTF-8"';

/** The password of HTTP Basic; only where nothing can be changed, since a browser sends it on by itself. */
function passwordOf(request: Request): string | undefined {
  const encoded = /^Basic ([A-Za-z0-9+/=]{1,500})$/i.exec(request.get('Authorization') ?? '')?.[1];
  if (encoded === undefined) return undefined;
  const [, ...password] = Buffer.from(encoded, 'base64').toString('utf8').split(':');
  return password.join(':');
}

export function bearerOf(request: Request): string | undefined {
  return /^Bearer ([\x21-\x7e]{1,200})$/i.exec(request.get('Authorization') ?? '')?.[1];
}
