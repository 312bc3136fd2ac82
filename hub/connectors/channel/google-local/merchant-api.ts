import { z } from 'zod';
import { ChannelFailure } from '../../channel-failure.ts';
import type { AccountAccess, ChannelTools } from '../../connector.ts';
import { callWithToken } from '../../http/access-tokens.ts';
import { excerpt, readJson, requireOk } from '../../http/answer.ts';
import type { HttpAnswer } from '../../http/http.ts';
import { serviceAccount } from './service-account.ts';
import type { Credentials, Settings } from './settings.ts';

/** The one bucket: requests. */
export const QUOTA = 'requests';

export type Ask = <Schema extends z.ZodType>(
  request: {
    readonly method: 'GET' | 'POST';
    /** Below the account's address, encoded. */
    readonly path: string;
    readonly query?: Readonly<Record<string, string>>;
    readonly body?: object;
    /** Names the request to whoever logs it on its way. */
    readonly mark?: string;
  },
  answer: Schema,
) => Promise<z.output<Schema>>;

/** Asks Google's Merchant API. Throws ChannelFailure: CHANNEL_SKU_UNKNOWN for what is not found. */
export function createAsk(access: AccountAccess<Settings, Credentials>, tools: ChannelTools): Ask {
  const { baseUrl, credentials } = access;
  const source = serviceAccount(credentials, tools);
  const root = baseUrl.endsWith('/') ? baseUrl : `${baseUrl}/`;
  return async ({ method, path, query = {}, body, mark }, schema) => {
    const asked = new URLSearchParams(query).toString();
    const url = new URL(path, root).href + (asked === '' ? '' : `?${asked}`);
    const answer = await callWithToken(tools, source, (token) =>
      tools.http({
        method,
        url,
        headers: {
          authorization: `Bearer ${token}`,
          ...(body !== undefined && { 'content-type': 'application/json' }),
          ...(mark !== undefined && { 'x-request-id': mark }),
        },
        ...(body !== undefined && { body: JSON.stringify(body) }),
      }),
    );
    requireDone(answer, tools.clock.now());
    return readJson(answer, schema);
  };
}

const error = z.object({
  error: z.object({
    status: z.string().optional(),
    message: z.string().default(''),
    details: z.array(z.looseObject({ '@type': z.string().optional() })).default([]),
  }),
});
const retry = z.object({ retryDelay: z.string().regex(/^\d{1,7}(\.\d+)?s$/) });
const info = z.object({ metadata: z.object({ REASON: z.string() }) });

function requireDone(answer: HttpAnswer, now: number): void {
  if (answer.status < 400) return requireOk(answer, now);
  const told = read(answer.text);
  if (told === undefined) return requireOk(answer, now);
  const reasons = told.details.flatMap((detail) => info.safeParse(detail).data?.metadata.REASON ?? []);
  const detail = `Google says ${excerpt([told.status ?? answer.status, ...reasons, told.message].join(', '))}`;
  if (told.status === 'NOT_FOUND') throw new ChannelFailure('CHANNEL_SKU_UNKNOWN', detail, { inDoubt: false });
  if (answer.status === 429) {
    const delays = told.details.flatMap((one) => retry.safeParse(one).data?.retryDelay ?? []);
    const retryAfterMs = delays[0] === undefined ? undefined : Math.ceil(Number.parseFloat(delays[0]) * 1_000);
    throw new ChannelFailure('CHANNEL_THROTTLED', detail, { inDoubt: false, retryAfterMs });
  }
  requireOk({ ...answer, text: detail }, now);
}

function read(text: string): z.output<typeof error>['error'] | undefined {
  try {
    return error.parse(JSON.parse(text)).error;
  } catch {
    return undefined;
  }
}
