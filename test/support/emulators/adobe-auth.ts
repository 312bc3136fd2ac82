import { createHmac } from 'node:crypto';
import type { EmulatedRequest } from './channel-server.ts';

export interface AdobeKeys {
  readonly accessToken: string;
  readonly accessTokenSecret: string;
  readonly consumerKey: string;
  readonly consumerSecret: string;
}

const encode = (text: string): string =>
  encodeURIComponent(text).replaceAll(/[!'()*]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`);

/** OAuth 1.0a as Adobe Commerce checks it: the newest of the integration's keys, a nonce once, a clock within ten minutes. */
export class AdobeAuth {
  readonly #keys: AdobeKeys;
  /** "Allow OAuth Access Tokens to be used as standalone Bearer tokens" is on. */
  readonly #takesBearer: boolean;
  readonly #nonces = new Set<string>();

  constructor(keys: AdobeKeys, takesBearer: boolean) {
    this.#keys = keys;
    this.#takesBearer = takesBearer;
  }

  isAllowed({ method, headers, path }: EmulatedRequest, origin: string): boolean {
    const given = headers.authorization ?? '';
    if (given.startsWith('Bearer ')) return this.#takesBearer && given === `Bearer ${this.#keys.accessToken}`;
    if (!given.startsWith('OAuth ')) return false;
    const said = [...given.slice(6).matchAll(/([a-z_]+)="([^"]*)"/g)].map(
      ([, name = '', value = '']) => [name, decodeURIComponent(value)] as [string, string],
    );
    const one = Object.fromEntries(said);
    const nonce = one['oauth_nonce'] ?? '';
    const isTimely = Math.abs(Number(one['oauth_timestamp']) * 1_000 - Date.now()) < 600_000;
    if (one['oauth_consumer_key'] !== this.#keys.consumerKey || one['oauth_token'] !== this.#keys.accessToken)
      return false;
    if (one['oauth_signature_method'] !== 'HMAC-SHA256' || !isTimely || nonce === '' || this.#nonces.has(nonce))
      return false;
    this.#nonces.add(nonce);
    const url = new URL(path, origin);
    const signed = [...said.filter(([name]) => name !== 'oauth_signature'), ...url.searchParams]
      .map(([name, value]) => `${encode(name)}=${encode(value)}`)
      .sort((a, b) => (a < b ? -1 : 1))
      .join('&');
    const base = `${method}&${encode(url.origin + url.pathname)}&${encode(signed)}`;
    const secret = `${encode(this.#keys.consumerSecret)}&${encode(this.#keys.accessTokenSecret)}`;
    return createHmac('sha256', secret).update(base).digest('base64') === one['oauth_signature'];
  }
}
