import type { ErrorCode } from '#shared/protocol/errors.ts';
import type { Route } from '../route.ts';

/** Codes that a route can answer with: those of its subject, and those that come from how it is asked. */
export function problemCodes(route: Route): ErrorCode[] {
  const { access, body, rawBody, idempotencyKey, guarded, problems } = route;
  const codes: (ErrorCode | false)[] = [
    'REQUEST_INVALID',
    body !== undefined && 'BODY_NOT_JSON',
    (body !== undefined || rawBody) && 'BODY_TOO_LARGE',
    access !== 'open' && 'UNAUTHORIZED',
    access !== 'open' && access !== 'any' && 'FORBIDDEN',
    idempotencyKey === 'required' && 'IDEMPOTENCY_KEY_REQUIRED',
    idempotencyKey !== 'none' && 'IDEMPOTENCY_KEY_REUSED',
    idempotencyKey !== 'none' && 'IDEMPOTENCY_IN_PROGRESS',
    (access !== 'open' || guarded || rawBody) && 'RATE_LIMITED',
    ...problems,
    'DB_UNAVAILABLE',
    'INTERNAL',
  ];
  return [...new Set(codes.filter((code) => code !== false))];
}
