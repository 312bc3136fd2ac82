import { createPublicKey, generateKeyPairSync, randomBytes, verify, type KeyObject } from 'node:crypto';
import type { EmulatedAnswer, EmulatedRequest } from './channel-server.ts';

const GRANT = 'urn:ietf:params:oauth:grant-type:jwt-bearer';
const SCOPE = 'https://www.googleapis.com/auth/content';

interface Claims {
  readonly iss?: unknown;
  readonly aud?: unknown;
  readonly scope?: unknown;
  readonly iat?: unknown;
  readonly exp?: unknown;
}

/** Google's token endpoint for one service account: assertions are checked as RFC 7523 asks. */
export class GoogleTokens {
  readonly clientEmail = `shelfwire-${randomBytes(4).toString('hex')}@shop.iam.gserviceaccount.com`;
  readonly privateKey: string;
  /** Seconds that a token lasts. */
  lasts = 3_600;
  granted = 0;
  readonly #publicKey: KeyObject;
  readonly #tokens = new Map<string, number>();

  constructor() {
    const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2_048 });
    this.privateKey = privateKey.export({ type: 'pkcs8', format: 'pem' }) as string;
    this.#publicKey = createPublicKey(publicKey.export({ type: 'spki', format: 'pem' }));
  }

  isValid(authorization: string | undefined): boolean {
    return (this.#tokens.get(String(authorization).replace(/^Bearer /, '')) ?? 0) > Date.now();
  }

  /** Somebody takes them back before their end. */
  revokeAll(): void {
    this.#tokens.clear();
  }

  grant({ text, headers }: EmulatedRequest, url: string): EmulatedAnswer {
    const refuse = (error_description: string): EmulatedAnswer => ({
      status: 400,
      body: { error: 'invalid_grant', error_description },
    });
    if (headers['content-type'] !== 'application/x-www-form-urlencoded') return refuse('Bad Request');
    const given = new URLSearchParams(text);
    if (given.get('grant_type') !== GRANT) return { status: 400, body: { error: 'unsupported_grant_type' } };
    const [head = '', body = '', signature = ''] = (given.get('assertion') ?? '').split('.');
    const claims = JSON.parse(Buffer.from(body, 'base64url').toString()) as Claims;
    if (claims.iss !== this.clientEmail) return refuse('Invalid grant: account not found');
    const isSigned = verify(
      'RSA-SHA256',
      Buffer.from(`${head}.${body}`),
      this.#publicKey,
      Buffer.from(signature, 'base64url'),
    );
    if (!isSigned) return refuse('Invalid JWT Signature.');
    const [iat, exp] = [Number(claims.iat), Number(claims.exp)];
    const isTimely = Math.abs(iat * 1_000 - Date.now()) < 300_000 && exp > iat && exp <= iat + 3_600;
    if (!isTimely)
      return refuse('Invalid JWT: Token must be a short-lived token (60 minutes) and in a reasonable timeframe.');
    if (claims.aud !== url || claims.scope !== SCOPE) return { status: 400, body: { error: 'invalid_scope' } };
    const token = `ya29.${randomBytes(24).toString('base64url')}`;
    this.#tokens.set(token, Date.now() + this.lasts * 1_000);
    this.granted += 1;
    return { status: 200, body: { access_token: token, expires_in: this.lasts, token_type: 'Bearer' } };
  }
}
