import { hash } from 'node:crypto';
import { z } from 'zod';
import { ChannelFailure } from '../../channel-failure.ts';
import type { ChannelTools } from '../../connector.ts';
import { callWithToken, type Grant, type TokenSource } from '../../http/access-tokens.ts';
import { excerpt, readJson, requireOk } from '../../http/answer.ts';
import type { HttpAnswer, HttpCall } from '../../http/http.ts';
import type { Credentials } from './settings.ts';

const token = z.object({ access_token: z.string().min(1).max(16_384), expires_in: z.number().positive() });
export const problem = z.object({
  errorId: z.number(),
  category: z.string().optional(),
  message: z.string().optional(),
  longMessage: z.string().optional(),
});
export type Problem = z.output<typeof problem>;
const problems = z.object({ errors: z.array(problem).min(1) });

export interface Asked {
  readonly method: HttpCall['method'];
  readonly path: string;
  readonly query?: Readonly<Record<string, string>>;
  readonly body?: object;
  /** How the token is named: some of eBay's older APIs want another word. */
  readonly scheme?: 'Bearer' | 'IAF';
}

/** Calls eBay and gives any answer that is not about who we are, how often we ask, or eBay itself: those are thrown. */
export type Ask = (asked: Asked) => Promise<HttpAnswer>;

export function createAsk(
  { baseUrl, marketplaceId }: { baseUrl: string; marketplaceId: string },
  credentials: Credentials,
  tools: ChannelTools,
): Ask {
  const { http, clock } = tools;
  const base = baseUrl.endsWith('/') ? baseUrl : `${baseUrl}/`;
  const source: TokenSource = {
    name: hash('sha256', JSON.stringify(['ebay', base, credentials])),
    grant: () => grant(base, credentials, tools),
  };
  return async ({ method, path, query = {}, body, scheme = 'Bearer' }) => {
    const url = new URL(path, base);
    for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value);
    const answer = await callWithToken(tools, source, (accessToken) =>
      http({
        method,
        url: url.href,
        headers: {
          authorization: `${scheme} ${accessToken}`,
          'x-ebay-c-marketplace-id': marketplaceId,
          ...(body !== undefined && { 'content-type': 'application/json' }),
        },
        ...(body !== undefined && { body: JSON.stringify(body) }),
      }),
    );
    // What is refused because of what was sent concerns a listing or an order: who asks knows which.
    if ([400, 404, 409].includes(answer.status)) return answer;
    requireOk(answer, clock.now());
    return answer;
  };
}

async function grant(base: string, credentials: Credentials, { http, clock }: ChannelTools): Promise<Grant> {
  const { clientId, clientSecret, refreshToken } = credentials;
  const answer = await http({
    method: 'POST',
    url: new URL('identity/v1/oauth2/token', base).href,
    headers: {
      authorization: `Basic ${Buffer.from(`${clientId}:${clientSecret}`).toString('base64')}`,
      'content-type': 'application/x-www-form-urlencoded',
    },
    body: new URLSearchParams({ grant_type: 'refresh_token', refresh_token: refreshToken }).toString(),
  });
  // A refresh token that was revoked, or whose owner has another password now.
  if (answer.status === 400) {
    const detail = `eBay gives no token: ${excerpt(answer.text)}`;
    throw new ChannelFailure('CHANNEL_UNAUTHORIZED', detail, { inDoubt: false });
  }
  requireOk(answer, clock.now());
  const { access_token, expires_in } = readJson(answer, token);
  return { token: access_token, expiresInMs: expires_in * 1_000 };
}

/** What eBay names in an answer that is no success; undefined: it is no answer of the API, as of a wrong address. */
export function problemsOf(answer: HttpAnswer): readonly Problem[] | undefined {
  try {
    const parsed = problems.safeParse(JSON.parse(answer.text));
    return parsed.success ? parsed.data.errors : undefined;
  } catch {
    return undefined;
  }
}

export const said = (found: readonly Problem[]): string =>
  excerpt(
    `eBay says ${found.map(({ errorId, message, longMessage }) => `${errorId}: ${longMessage ?? message ?? ''}`).join('; ')}`,
  );

/** The body of a success; throws CHANNEL_REFUSED with what eBay names, CHANNEL_FAILED where it names nothing. */
export function readOk<Schema extends z.ZodType>(answer: HttpAnswer, schema: Schema): z.output<Schema> {
  if (answer.status < 400) return readJson(answer, schema);
  const found = problemsOf(answer);
  if (found !== undefined) throw new ChannelFailure('CHANNEL_REFUSED', said(found), { inDoubt: false });
  const detail = `eBay answered ${answer.status}: ${excerpt(answer.text)}`;
  throw new ChannelFailure('CHANNEL_FAILED', detail, { inDoubt: false });
}
