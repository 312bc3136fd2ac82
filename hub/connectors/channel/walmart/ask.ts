import { hash, randomUUID } from 'node:crypto';
import { z } from 'zod';
import { ChannelFailure } from '../../channel-failure.ts';
import type { ChannelTools } from '../../connector.ts';
import { callWithToken, type Grant, type TokenSource } from '../../http/access-tokens.ts';
import { excerpt, readJson, requireOk } from '../../http/answer.ts';
import type { HttpAnswer, HttpCall } from '../../http/http.ts';
import type { Credentials } from './settings.ts';

const SERVICE = 'Walmart Marketplace';
/** Where Walmart does not say it. */
const LASTS_MS = 900_000;

const token = z.object({ access_token: z.string().min(1).max(8_192), expires_in: z.number().positive().optional() });
/** Errors come as a list, as a list in a list's name, and under a name in the singular. */
const problem = z.object({ code: z.string(), description: z.string().optional(), info: z.string().optional() });
const list = z.array(problem);
const problems = z.union([
  z.object({ errors: list }).transform(({ errors }) => errors),
  z.object({ errors: z.object({ error: list }) }).transform(({ errors }) => errors.error),
  z.object({ error: list }).transform(({ error }) => error),
]);
export type Problem = z.output<typeof problem>;

export interface Asked extends Pick<HttpCall, 'method' | 'body'> {
  readonly path: string;
  /** What is undefined is left out. */
  readonly query?: Readonly<Record<string, string | undefined>>;
  readonly type?: string;
  /** Walmart's name for the call. Absent: a new one. */
  readonly correlationId?: string | undefined;
}

/** Calls Walmart and gives any answer that is not about who we are, how often we ask, or Walmart itself: those are thrown. */
export type Ask = (asked: Asked) => Promise<HttpAnswer>;

export interface AskTools extends Pick<ChannelTools, 'http' | 'clock'> {
  /** Walmart's own word on how many calls for inventory are left. */
  left(calls: number): void;
}

export function createAsk(baseUrl: string, credentials: Credentials, tools: AskTools): Ask {
  const { http, clock } = tools;
  const base = baseUrl.endsWith('/') ? baseUrl : `${baseUrl}/`;
  const call: Call = ({ path, query = {}, ...asked }) => {
    const url = new URL(path, base);
    for (const [name, value] of Object.entries(query)) if (value !== undefined) url.searchParams.set(name, value);
    return http({ ...asked, url: url.href });
  };
  const { clientId, clientSecret } = credentials;
  const source: TokenSource = {
    name: hash('sha256', JSON.stringify(['walmart', base, clientId, clientSecret])),
    grant: () => grant(call, credentials, clock.now()),
  };
  return async ({ correlationId = randomUUID(), type = 'application/json', ...asked }) => {
    const answer = await callWithToken(tools, source, (accessToken) =>
      call({
        ...asked,
        headers: {
          'wm_sec.access_token': accessToken,
          'wm_qos.correlation_id': correlationId,
          'wm_svc.name': SERVICE,
          ...(asked.body !== undefined && { 'content-type': type }),
        },
      }),
    );
    const left = Number(answer.headers['x-current-token-count'] ?? Number.NaN);
    if (asked.path.startsWith('v3/invent') && Number.isFinite(left)) tools.left(left);
    // What is refused because of what was sent concerns a listing or an order: who asks knows which.
    if (answer.status === 400 || answer.status === 404) return answer;
    requireOk(answer, clock.now());
    return answer;
  };
}

type Call = (
  call: Pick<HttpCall, 'method' | 'body' | 'headers'> & Pick<Asked, 'path' | 'query'>,
) => Promise<HttpAnswer>;

async function grant(call: Call, { clientId, clientSecret }: Credentials, now: number): Promise<Grant> {
  const answer = await call({
    method: 'POST',
    path: 'v3/token',
    headers: {
      authorization: `Basic ${Buffer.from(`${clientId}:${clientSecret}`).toString('base64')}`,
      'wm_qos.correlation_id': randomUUID(),
      'wm_svc.name': SERVICE,
      'content-type': 'application/x-www-form-urlencoded',
    },
    body: 'grant_type=client_credentials',
  });
  if (answer.status === 400) {
    const detail = `Walmart gives no token: ${excerpt(answer.text)}`;
    throw new ChannelFailure('CHANNEL_UNAUTHORIZED', detail, { inDoubt: false });
  }
  requireOk(answer, now);
  const { access_token, expires_in } = readJson(answer, token);
  return { token: access_token, expiresInMs: expires_in === undefined ? LASTS_MS : expires_in * 1_000 };
}

/** What Walmart names in an answer that is no success; undefined: it is no answer of the API, as of a wrong address. */
export function problemsOf(answer: HttpAnswer): readonly Problem[] | undefined {
  try {
    const parsed = problems.safeParse(JSON.parse(answer.text));
    return parsed.success && parsed.data.length > 0 ? parsed.data : undefined;
  } catch {
    return undefined;
  }
}

export const said = (found: readonly Problem[]): string =>
  `Walmart says ${found.map(({ code, description, info }) => `${code}: ${description ?? info ?? ''}`).join('; ')}`;

/** The body of a success; throws CHANNEL_REFUSED with what Walmart names, CHANNEL_FAILED where it names nothing. */
export function readOk<Schema extends z.ZodType>(answer: HttpAnswer, schema: Schema): z.output<Schema> {
  if (answer.status < 400) return readJson(answer, schema);
  const found = problemsOf(answer);
  if (found !== undefined) throw new ChannelFailure('CHANNEL_REFUSED', excerpt(said(found)), { inDoubt: false });
  const detail = `Walmart answered ${answer.status}: ${excerpt(answer.text)}`;
  throw new ChannelFailure('CHANNEL_FAILED', detail, { inDoubt: false });
}
