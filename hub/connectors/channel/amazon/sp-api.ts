import { hash } from 'node:crypto';
import { z } from 'zod';
import { ChannelFailure } from '../../channel-failure.ts';
import type { ChannelTools } from '../../connector.ts';
import { callWithToken, type Grant, type TokenSource } from '../../http/access-tokens.ts';
import { excerpt, readJson, requireOk } from '../../http/answer.ts';
import type { HttpAnswer, HttpCall } from '../../http/http.ts';
import type { QuotaName } from './quotas.ts';
import type { Credentials } from './settings.ts';

export interface Request {
  readonly method?: HttpCall['method'];
  /** With every part of it encoded. */
  readonly path: string;
  /** Lists are parted by commas. */
  readonly query?: Readonly<Record<string, string | number | readonly string[] | undefined>>;
  readonly body?: unknown;
}

/** The Selling Partner API of one seller. What it says of its rates is told; callers keep to them. */
export interface SpApi {
  readonly tools: ChannelTools;
  ask<Schema extends z.ZodType>(operation: QuotaName, request: Request, schema: Schema): Promise<z.output<Schema>>;
  /** null: there is no such thing (404). */
  find<Schema extends z.ZodType>(
    operation: QuotaName,
    request: Request,
    schema: Schema,
  ): Promise<z.output<Schema> | null>;
  /** Where an answer has no body. */
  do(operation: QuotaName, request: Request): Promise<void>;
}

export interface SpApiAccess {
  readonly baseUrl: string;
  readonly tokenUrl: string;
  readonly credentials: Credentials;
}

export function createSpApi({ baseUrl, tokenUrl, credentials }: SpApiAccess, tools: ChannelTools): SpApi {
  const root = baseUrl.endsWith('/') ? baseUrl : `${baseUrl}/`;
  const source: TokenSource = {
    name: hash('sha256', JSON.stringify(['amazon', tokenUrl, credentials])),
    grant: () => grantToken(tokenUrl, credentials, tools),
  };
  const send = async (
    operation: QuotaName,
    { method = 'GET', path, query = {}, body }: Request,
  ): Promise<HttpAnswer> => {
    const url = new URL(path.replace(/^\//, ''), root);
    for (const [name, value] of Object.entries(query)) {
      if (value !== undefined) url.searchParams.set(name, Array.isArray(value) ? value.join(',') : String(value));
    }
    const answer = await callWithToken(tools, source, async (token) =>
      asUnauthorized(
        await tools.http({
          method,
          url: url.href,
          headers: {
            'x-amz-access-token': token,
            ...(body !== undefined && { 'content-type': 'application/json' }),
          },
          ...(body !== undefined && { body: JSON.stringify(body) }),
        }),
      ),
    );
    const rate = Number(answer.headers['x-amzn-ratelimit-limit']);
    if (Number.isFinite(rate) && rate > 0) tools.seen(operation, { perSecond: rate });
    return answer;
  };
  return {
    tools,
    async ask(operation, request, schema) {
      const answer = await send(operation, request);
      requireDone(answer, tools.clock.now());
      return readJson(answer, schema);
    },
    async find(operation, request, schema) {
      const answer = await send(operation, request);
      if (answer.status === 404 && isErrorList(answer)) return null;
      requireDone(answer, tools.clock.now());
      return readJson(answer, schema);
    },
    async do(operation, request) {
      requireDone(await send(operation, request), tools.clock.now());
    },
  };
}

/** Amazon's support asks for the id of a request that failed. */
function requireDone(answer: HttpAnswer, now: number): void {
  const id = answer.headers['x-amzn-requestid'];
  requireOk(typeof id === 'string' ? { ...answer, text: `(request ${id.slice(0, 64)}) ${answer.text}` } : answer, now);
}

/** A token that has expired or was taken back is refused by 403. */
function asUnauthorized(answer: HttpAnswer): HttpAnswer {
  return answer.status === 403 && /access token/i.test(answer.text) ? { ...answer, status: 401 } : answer;
}

/** What is not there is told in Amazon's own form; any other 404 is a wrong address. */
function isErrorList({ text }: HttpAnswer): boolean {
  return /^\s*\{\s*"errors"\s*:/.test(text);
}

const granted = z.object({ access_token: z.string().min(1).max(4_096), expires_in: z.number().positive() });

async function grantToken(url: string, given: Credentials, { http, clock }: ChannelTools): Promise<Grant> {
  const { clientId, clientSecret, refreshToken } = given;
  const answer = await http({
    method: 'POST',
    url,
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: new URLSearchParams({
      grant_type: 'refresh_token',
      refresh_token: refreshToken,
      client_id: clientId,
      client_secret: clientSecret,
    }).toString(),
  });
  // invalid_grant comes as 400.
  if (answer.status === 400 || answer.status === 401) {
    const detail = `Amazon gives no access token: ${excerpt(answer.text)}`;
    throw new ChannelFailure('CHANNEL_UNAUTHORIZED', detail, { inDoubt: false });
  }
  try {
    requireOk(answer, clock.now());
    const { access_token: token, expires_in: seconds } = readJson(answer, granted);
    return { token, expiresInMs: seconds * 1_000 };
  } catch (cause) {
    if (!(cause instanceof ChannelFailure) || !cause.inDoubt) throw cause;
    // Without a token nothing was asked of the seller's account.
    throw new ChannelFailure(cause.code, cause.message, { inDoubt: false, retryAfterMs: cause.retryAfterMs, cause });
  }
}
