import { key } from './fields.ts';

/** The header by which a caller names the story that its request belongs to, and an answer says it back. */
export const CORRELATION_HEADER = 'X-Correlation-Id';

/** The correlation id that the header gives, if it is one. */
export function correlationIdFrom(header: string | undefined): string | undefined {
  return key.safeParse(header).data;
}

/** A header holds bytes: an id in another script than ASCII comes back escaped. */
export function toCorrelationHeader(correlationId: string): string {
  return /^[\x20-\x7e]+$/.test(correlationId) ? correlationId : encodeURIComponent(correlationId);
}
