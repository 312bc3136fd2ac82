import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';

const SECRET_BYTES = 32;

export function newSecret(): Buffer {
  return randomBytes(SECRET_BYTES);
}

/** As Standard Webhooks write it, so that receivers' libraries take it as it is. */
export function shownSecret(secret: Buffer): string {
  return `whsec_${secret.toString('base64')}`;
}

/** Headers of one attempt, as Standard Webhooks have them: a signature by each secret that is in force. */
export function signedHeaders(
  secrets: readonly Buffer[],
  { id, body, nowMs }: { readonly id: string; readonly body: string; readonly nowMs: number },
): Record<string, string> {
  const timestamp = String(Math.floor(nowMs / 1_000));
  const sign = (secret: Buffer): string =>
    `v1,${createHmac('sha256', secret).update(`${id}.${timestamp}.${body}`).digest('base64')}`;
  return { 'webhook-id': id, 'webhook-timestamp': timestamp, 'webhook-signature': secrets.map(sign).join(' ') };
}

/** A message is taken for so long after it was signed, and if its sender's clock is ahead. */
export const SIGNED_MS_MAX = 300_000;
const ID_CHARS_MAX = 256;

/** What came in by HTTP: names of headers in small letters, the body as it was sent. */
export interface SignedRequest {
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: Buffer;
}

/** The id of a message that is signed as Standard Webhooks do by one of the secrets, or why it is not let in. */
export function readSigned(
  { headers, body }: SignedRequest,
  secrets: readonly Buffer[],
  nowMs: number,
): { readonly id: string } | { readonly refused: 'unsigned' | 'signature' | 'age' } {
  const [id, timestamp, signatures] = ['webhook-id', 'webhook-timestamp', 'webhook-signature'].map(
    (name) => headers[name],
  );
  if (typeof id !== 'string' || typeof timestamp !== 'string' || typeof signatures !== 'string') {
    return { refused: 'unsigned' };
  }
  if (id === '' || id.length > ID_CHARS_MAX) return { refused: 'unsigned' };
  const given = signatures.split(' ');
  const isSigned = secrets.some((secret) => {
    const expected = createHmac('sha256', secret).update(`${id}.${timestamp}.`).update(body).digest();
    return given.some((signature) => isSame(signature, expected));
  });
  if (!isSigned) return { refused: 'signature' };
  const isTimely = /^\d{1,12}$/.test(timestamp) && Math.abs(Number(timestamp) * 1_000 - nowMs) <= SIGNED_MS_MAX;
  return isTimely ? { id } : { refused: 'age' };
}

function isSame(signature: string, expected: Buffer): boolean {
  const [version, text = ''] = signature.split(',');
  const given = Buffer.from(text, 'base64');
  return version === 'v1' && given.length === expected.length && timingSafeEqual(given, expected);
}
