import { createPrivateKey, hash, sign, type KeyObject } from 'node:crypto';
import { z } from 'zod';
import { ChannelFailure } from '../../channel-failure.ts';
import type { ChannelTools } from '../../connector.ts';
import type { Grant, TokenSource } from '../../http/access-tokens.ts';
import { excerpt, readJson, requireOk } from '../../http/answer.ts';
import type { Credentials } from './settings.ts';

const SCOPE = 'https://www.googleapis.com/auth/content';
const GRANT = 'urn:ietf:params:oauth:grant-type:jwt-bearer';
/** Google takes no assertion that lasts longer. */
const ASSERTION_SECONDS = 3_600;

const granted = z.object({ access_token: z.string().min(1).max(4_096), expires_in: z.number().positive() });
const refused = z.object({ error: z.string(), error_description: z.string().optional() });

/** Tokens of a service account, by an assertion that it signs (RFC 7523). Its key is checked when it is used first. */
export function serviceAccount(credentials: Credentials, { http, clock }: ChannelTools): TokenSource {
  const { clientEmail, privateKey, tokenUrl } = credentials;
  return {
    name: hash('sha256', JSON.stringify([tokenUrl, clientEmail, privateKey]), 'base64url'),
    async grant(): Promise<Grant> {
      const body = new URLSearchParams({
        grant_type: GRANT,
        assertion: assertionOf(credentials, clock.now()),
      }).toString();
      const headers = { 'content-type': 'application/x-www-form-urlencoded' };
      const answer = await http({ method: 'POST', url: tokenUrl, headers, body });
      if (answer.status === 400 || answer.status === 401) {
        throw new ChannelFailure('CHANNEL_UNAUTHORIZED', `No token: ${reasonOf(answer.text)}`, { inDoubt: false });
      }
      requireOk(answer, clock.now());
      const { access_token: token, expires_in: seconds } = readJson(answer, granted);
      return { token, expiresInMs: seconds * 1_000 };
    },
  };
}

/** A JSON Web Token, RS256. Throws CHANNEL_UNAUTHORIZED for what is no RSA key. */
export function assertionOf({ clientEmail, privateKeyId, privateKey, tokenUrl }: Credentials, nowMs: number): string {
  const at = Math.floor(nowMs / 1_000);
  const header = { alg: 'RS256', typ: 'JWT', ...(privateKeyId !== undefined && { kid: privateKeyId }) };
  const claims = { iss: clientEmail, scope: SCOPE, aud: tokenUrl, iat: at, exp: at + ASSERTION_SECONDS };
  const content = [header, claims].map((part) => Buffer.from(JSON.stringify(part)).toString('base64url')).join('.');
  return `${content}.${sign('RSA-SHA256', Buffer.from(content), keyOf(privateKey)).toString('base64url')}`;
}

function keyOf(pem: string): KeyObject {
  let key: KeyObject | undefined;
  try {
    key = createPrivateKey(pem);
  } catch {
    // What it says may show the key.
  }
  if (key?.asymmetricKeyType === 'rsa') return key;
  throw new ChannelFailure('CHANNEL_UNAUTHORIZED', 'privateKey is no RSA key.', { inDoubt: false });
}

function reasonOf(text: string): string {
  try {
    const { error, error_description: more } = refused.parse(JSON.parse(text));
    return excerpt(more === undefined ? error : `${error}: ${more}`);
  } catch {
    return excerpt(text);
  }
}
