import { z } from 'zod';

/** An instant in a request: ISO 8601 with its offset, read as ms since 1970. */
export const isoInstant = z.iso
  .datetime({ offset: true, message: 'must be an instant like 2026-01-31T18:00:00Z' })
  .transform((text) => Date.parse(text));

/** Instants leave the API as ISO 8601 in UTC with milliseconds, which is all that facts have. */
export function isoTime(instant: number | Date): string {
  return new Date(instant).toISOString();
}

export function isoTimeOrNull(instant: number | Date | null): string | null {
  return instant === null ? null : isoTime(instant);
}
