import { z } from 'zod';
import { ShelfwireError } from '#shared/protocol/errors.ts';

/** An instant in a request: ISO 8601 with its offset, read as ms since 1970. */
export const isoInstant = z.iso
  .datetime({ offset: true, message: 'must be an instant like 2026-01-31T18:00:00Z' })
  .transform((text) => Date.parse(text));

/** Throws REQUEST_INVALID: nobody knows yet what will be then. */
export function requirePast(name: string, instant: number | undefined, now: number): void {
  if (instant === undefined || instant <= now) return;
  throw new ShelfwireError('REQUEST_INVALID', `In the query: ${name}: ${isoTime(instant)} lies in the future.`, {
    remedy: `Leave \`${name}\` away for now, or name an instant up to ${isoTime(now)}, the hub's time.`,
  });
}

/** Instants leave the API as ISO 8601 in UTC with milliseconds, which is all that facts have. */
export function isoTime(instant: number | Date): string {
  return new Date(instant).toISOString();
}

export function isoTimeOrNull(instant: number | Date | null): string | null {
  return instant === null ? null : isoTime(instant);
}
