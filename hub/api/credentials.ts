import type { RequestHandler } from 'express';
import type { Pool } from 'pg';
import { ShelfwireError } from '#shared/protocol/errors.ts';
import { findCaller } from './api-keys.ts';
import type { Attempts } from './attempts.ts';
import { contextOf } from './correlation.ts';
import type { Route } from './route.ts';

/**
 * Lets a request pass when its API key allows the route (X1), before its body is read. An address that keeps failing
 * is refused without asking the database, unless its key was good a moment ago: a stranger behind the same address
 * must not lock out those who belong.
 */
export function requireKey(pool: Pool, access: Exclude<Route['access'], 'open'>, failures: Attempts): RequestHandler {
  return async (request, response, next) => {
    const secret = bearerOf(request.get('Authorization'));
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
    if (access === 'write' && caller.scope !== 'write') {
      throw new ShelfwireError('FORBIDDEN', `The key "${caller.name}" may only read.`);
    }
    contextOf(response).caller = caller;
    next();
  };
}

function bearerOf(header: string | undefined): string | undefined {
  return /^Bearer ([\x21-\x7e]{1,200})$/i.exec(header ?? '')?.[1];
}
