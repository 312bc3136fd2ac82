import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import type { AccountAccess, ChannelTools } from '../../connector.ts';
import { readJson, requireOk } from '../../http/answer.ts';
import type { HttpAnswer } from '../../http/http.ts';
import { authorization, percent, type Pairs } from './oauth1.ts';
import type { Credentials, Settings } from './settings.ts';

/** The one bucket: requests. */
export const QUOTA = 'requests';

/** Asks the REST API of a shop. Throws ChannelFailure. */
export interface Rest {
  /** Pays for a request beyond those of the call. */
  pay(): Promise<void>;
  get<Schema extends z.ZodType>(path: string, query: Pairs, answer: Schema): Promise<z.output<Schema>>;
  /** `mark` names the request in the shop's access log. */
  post<Schema extends z.ZodType>(path: string, body: object, answer: Schema, mark: string): Promise<z.output<Schema>>;
}

/** Signed where the account has all four keys; else the access token goes alone. */
export function createRest(access: AccountAccess<Settings, Credentials>, tools: ChannelTools): Rest {
  const { http, clock } = tools;
  const { baseUrl, credentials } = access;
  // "all" is every store view: neither sources nor orders belong to one.
  const root = new URL('rest/all/V1/', baseUrl.endsWith('/') ? baseUrl : `${baseUrl}/`).href;
  const authorize = (method: string, url: string, query: Pairs): string =>
    'consumerKey' in credentials
      ? authorization(credentials, { method, url, query }, { nonce: randomUUID(), nowMs: clock.now() })
      : `Bearer ${credentials.accessToken}`;
  const send = async (
    method: 'GET' | 'POST',
    path: string,
    { query = [], body, mark }: { query?: Pairs; body?: object; mark?: string },
  ): Promise<HttpAnswer> => {
    const url = root + path;
    const asked = query.map(([name, value]) => `${percent(name)}=${percent(value)}`).join('&');
    const answer = await http({
      method,
      url: asked === '' ? url : `${url}?${asked}`,
      headers: {
        authorization: authorize(method, url, query),
        ...(body !== undefined && { 'content-type': 'application/json' }),
        ...(mark !== undefined && { 'x-shelfwire-call': mark }),
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    requireOk({ ...answer, text: answer.status >= 400 ? messageOf(answer.text) : answer.text }, clock.now());
    return answer;
  };
  return {
    pay: () => tools.pay(QUOTA, 1),
    get: async (path, query, schema) => readJson(await send('GET', path, { query }), schema),
    post: async (path, body, schema, mark) => readJson(await send('POST', path, { body, mark }), schema),
  };
}

const error = z.object({
  message: z.string(),
  parameters: z.union([z.array(z.unknown()), z.record(z.string(), z.unknown())]).optional(),
  errors: z
    .array(z.object({ message: z.string(), parameters: z.record(z.string(), z.unknown()).optional() }))
    .optional(),
});

/** Adobe's errors name their parameters apart: "%1", "%fieldName". What is no such error stays as it is. */
export function messageOf(text: string): string {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return text;
  }
  const parsed = error.safeParse(value);
  if (!parsed.success) return text;
  const { message, parameters = {}, errors = [] } = parsed.data;
  const named = Array.isArray(parameters)
    ? Object.fromEntries(parameters.map((one, place) => [String(place + 1), one]))
    : parameters;
  const told = [filled(message, named), ...errors.map((one) => filled(one.message, one.parameters ?? {}))];
  return told.join(' ');
}

function filled(message: string, named: Readonly<Record<string, unknown>>): string {
  return message.replaceAll(/%(\w+)/g, (whole, name: string) => {
    const value = Object.hasOwn(named, name) ? named[name] : undefined;
    return typeof value === 'string' || typeof value === 'number' ? String(value) : whole;
  });
}
