import { describeIssues } from '#shared/protocol/content.ts';
import { ShelfwireError } from '#shared/protocol/errors.ts';
import { readSigned } from '#hub/outbox/signature.ts';
import type { ChannelMessage, ChannelRequest } from '../../connector.ts';
import { readOne } from '../each-order.ts';
import { incoming, ORDER_FORM } from './messages.ts';
import { secretBytes } from './settings.ts';

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
  if ('order' in data) {
    const order = readOne(data.order, ORDER_FORM, (one) => one);
    return { ids: [id], orderIds: [], listings: [], orders: order === null ? [] : [order] };
  }
  return { ids: [id], orderIds: [], listings: [{ id: data.listing }], orders: [] };
}

const REFUSED = {
  unsigned: 'It is not signed.',
  signature: 'Its signature is not by the receivingSecret.',
  age: 'It was signed too long ago, or by a clock that is ahead.',
} as const;

function requireSigned(request: ChannelRequest, secret: string | undefined, now: number): string {
  if (secret === undefined) throw refused('The account has no receivingSecret.');
  const read = readSigned(request, [secretBytes(secret)], now);
  if ('refused' in read) throw refused(REFUSED[read.refused]);
  return read.id;
}

function refused(detail: string): ShelfwireError {
  return new ShelfwireError('CHANNEL_SIGNATURE_INVALID', detail);
}
