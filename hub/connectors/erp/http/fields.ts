import { z } from 'zod';
import { PRINTABLE } from '#shared/protocol/fields.ts';
import { URL_CHARS_MAX } from '#hub/outbox/target.ts';

/** Where an ERP is: what is below it follows. */
export const baseUrl = z
  .string()
  .min(1)
  .max(URL_CHARS_MAX)
  .regex(PRINTABLE, 'must be printable text')
  .transform((url) => url.replace(/\/+$/, ''));

/** Scheme, host and port. What is no address is refused elsewhere, and is nobody else's. */
export const originOf = (url: string): string => URL.parse(url)?.origin ?? url;

/** Of a header, so without anything that could begin another. */
export const secret = z
  .string()
  .min(1)
  .max(4_096)
  .regex(/^[\x20-\x7e]+$/, 'must be printable ASCII');
