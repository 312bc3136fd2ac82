import { z } from 'zod';

/** Kinds of documents that an ERP can be sent. */
export const DOCUMENT_KINDS = [
  'sale',
  'return',
  'receipt',
  'transferOut',
  'transferIn',
  /** Units of a transfer that were given up, or came without being sent: by how much what is on the way changes. */
  'transferSettled',
  'adjustment',
  /** Units of an order that a store gave to the customer or the carrier. */
  'handOver',
  /** What somebody saw; it moves nothing at the ERP, since `variance` does. */
  'count',
  /** By how much counts found more or less, since it was told last; also when late facts change that (M5). */
  'variance',
  /** Takes another document back. */
  'void',
  'orderConfirmed',
  /** Its channel has changed it since. */
  'orderChanged',
  'orderShipped',
  'orderCancelled',
  'orderRefunded',
] as const;
export const documentKind = z.enum(DOCUMENT_KINDS);
export type DocumentKind = z.output<typeof documentKind>;
export type OrderDocumentKind = Extract<DocumentKind, `order${string}`>;

/** What may be urgent: 0 is promised for today, 1 of high value, 2 all else. */
export type Urgency = 0 | 1 | 2;

const KEY_CHARS_MAX = 120;
const HASH_CHARS = 40;

/**
 * The key of a fact's document at every ERP, for ever: facts have theirs within a store, ERPs theirs over all of them,
 * in fields of 140 characters.
 */
export function documentKey(location: string, key: string, digest: (text: string) => string): string {
  const whole = `${location}/${key}`;
  return whole.length <= KEY_CHARS_MAX ? whole : `${location}/${digest(key).slice(0, HASH_CHARS)}`;
}
