import { createHmac } from 'node:crypto';

export interface OAuth1Keys {
  readonly consumerKey: string;
  readonly consumerSecret: string;
  readonly accessToken: string;
  readonly accessTokenSecret: string;
}

export type Pairs = readonly (readonly [name: string, value: string])[];

/** By RFC 3986: nothing but unreserved characters stays. */
export const percent = (text: string): string =>
  encodeURIComponent(text).replaceAll(/[!'()*]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`);

/** What is signed (RFC 5849, 3.4.1); `pairs` are those of the query and of the header, not encoded. */
export function signatureBase(method: string, url: string, pairs: Pairs): string {
  const encoded = pairs.map(([name, value]) => [percent(name), percent(value)] as const);
  encoded.sort(([a, x], [b, y]) => (a === b ? compare(x, y) : compare(a, b)));
  const joined = encoded.map(([name, value]) => `${name}=${value}`).join('&');
  return [method, url, joined].map(percent).join('&');
}

/** The Authorization header of a request whose body is JSON: only its address is signed (RFC 5849). */
export function authorization(
  keys: OAuth1Keys,
  request: { readonly method: string; readonly url: string; readonly query: Pairs },
  once: { readonly nonce: string; readonly nowMs: number },
): string {
  const own: Pairs = [
    ['oauth_consumer_key', keys.consumerKey],
    ['oauth_nonce', once.nonce],
    ['oauth_signature_method', 'HMAC-SHA256'],
    ['oauth_timestamp', String(Math.floor(once.nowMs / 1_000))],
    ['oauth_token', keys.accessToken],
    ['oauth_version', '1.0'],
  ];
  const base = signatureBase(request.method, request.url, [...request.query, ...own]);
  const secret = `${percent(keys.consumerSecret)}&${percent(keys.accessTokenSecret)}`;
  const signature = createHmac('sha256', secret).update(base).digest('base64');
  const said: Pairs = [...own, ['oauth_signature', signature]];
  return `OAuth ${said.map(([name, value]) => `${name}="${percent(value)}"`).join(', ')}`;
}

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
