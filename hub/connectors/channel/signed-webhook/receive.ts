import { createHmac, timingSafeEqual } from 'node:crypto';
import { describeIssues } from '#shared/protocol/content.ts';
import { ShelfwireError } from '#shared/protocol/errors.ts';
import type { ChannelMessage, ChannelRequest } from '../../connector.ts';
import { incoming } from './messages.ts';
import { secretBytes } from './settings.ts';

/** A message is taken for so long after it was signed, and if its sender's clock is ahead. */
const TOLERANCE_MS = 300_000;
const ID_CHARS_MAX = 256;

/** What a signed message says. Throws CHANNEL_SIGNATURE_INVALID, CHANNEL_MESSAGE_INVALID. */
export function receive(request: ChannelRequest, secret: string | undefined, now: number): ChannelMessage {
  const id = requireSigned(request, secret, now);
  let value: unknown;
  try {
    value = JSON.parse(request.body.toString('utf8'));
  } catch (cause) {
    throw new ShelfwireError('CHANNEL_MESSAGE_INVALID', 'The message is no JSON.', { cause });
  }
  const parsed = incoming.safeParse(value);
  if (!parsed.success) throw new ShelfwireError('CHANNEL_MESSAGE_INVALID', describeIssues(parsed.error));
  const { data } = parsed.data;
  if ('order' in data) return { ids: [id], orderIds: [], listings: [], orders: [data.order] };
  return { ids: [id], orderIds: [], listings: [{ id: data.listing }], orders: [] };
}

function requireSigned({ headers, body }: ChannelRequest, secret: string | undefined, now: number): string {
  const [id, timestamp, signatures] = ['webhook-id', 'webhook-timestamp', 'webhook-signature'].map(
    (name) => headers[name],
  );
  if (secret === undefined) throw refused('The account has no receivingSecret.');
  if (
    typeof id !== 'string' ||
    typeof timestamp !== 'string' ||
    typeof signatures !== 'string' ||
    id.length > ID_CHARS_MAX
  ) {
    throw refused('It is not signed.');
  }
  const expected = createHmac('sha256', secretBytes(secret)).update(`${id}.${timestamp}.`).update(body).digest();
  const isSigned = signatures.split(' ').some((signature) => isSame(signature, expected));
  if (!isSigned) throw refused('Its signature is not by the receivingSecret.');
  const isTimely = /^\d{1,12}$/.test(timestamp) && Math.abs(Number(timestamp) * 1_000 - now) <= TOLERANCE_MS;
  if (!isTimely) throw refused('It was signed too long ago, or by a clock that is ahead.');
  return id;
}

function isSame(signature: string, expected: Buffer): boolean {
  const [version, text = ''] = signature.split(',');
  const given = Buffer.from(text, 'base64');
  return version === 'v1' && given.length === expected.length && timingSafeEqual(given, expected);
}

function refused(detail: string): ShelfwireError {
  return new ShelfwireError('CHANNEL_SIGNATURE_INVALID', detail);
}
