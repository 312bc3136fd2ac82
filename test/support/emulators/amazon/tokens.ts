import { randomBytes } from 'node:crypto';
import type { EmulatedAnswer, EmulatedRequest } from '../channel-server.ts';
import { errorBody } from './buckets.ts';

/** Login with Amazon: gives access tokens for a refresh token. */
export class Tokens {
  /** Given so far. */
  granted = 0;
  readonly credentials = {
    clientSecret: `amzn1.oa2-cs.v1.${randomBytes(16).toString('hex')}`,
    clientId: `amzn1.application-oa2-client.${randomBytes(16).toString('hex')}`,
    refreshToken: `Atzr|${randomBytes(24).toString('hex')}`,
  };
  readonly #seconds: number;
  readonly #ends = new Map<string, number>();

  constructor(seconds: number) {
    this.#seconds = seconds;
  }

  /** All tokens that were given count no more. */
  revoke(): void {
    this.#ends.clear();
  }

  grant({ method, headers, text }: EmulatedRequest): EmulatedAnswer {
    const form = new URLSearchParams(text);
    const { clientId, clientSecret, refreshToken } = this.credentials;
    const isForm = headers['content-type'] === 'application/x-www-form-urlencoded';
    if (method !== 'POST' || !isForm || form.get('grant_type') !== 'refresh_token') {
      return {
        status: 400,
        body: { error: 'unsupported_grant_type', error_description: 'The grant type is not supported' },
      };
    }
    if (form.get('client_id') !== clientId || form.get('client_secret') !== clientSecret) {
      return { status: 401, body: { error: 'invalid_client', error_description: 'Client authentication failed' } };
    }
    if (form.get('refresh_token') !== refreshToken) {
      return {
        status: 400,
        body: { error: 'invalid_grant', error_description: 'The request has an invalid grant parameter' },
      };
    }
    const token = `Atza|${randomBytes(24).toString('hex')}`;
    this.#ends.set(token, performance.now() + this.#seconds * 1_000);
    this.granted += 1;
    const rest = { token_type: 'bearer', expires_in: this.#seconds, refresh_token: refreshToken };
    return { status: 200, body: { access_token: token, ...rest } };
  }

  isGood(token: string | string[] | undefined): boolean {
    return (this.#ends.get(String(token)) ?? 0) > performance.now();
  }

  refusal(): EmulatedAnswer {
    const details = 'The access token you provided has expired.';
    return { status: 403, body: errorBody('Unauthorized', 'Access to requested resource is denied.', details) };
  }
}
