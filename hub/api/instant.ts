/** Instants leave the API as ISO 8601 in UTC with milliseconds, which is all that facts have. */
export function isoTime(instant: number | Date): string {
  return new Date(instant).toISOString();
}

export function isoTimeOrNull(instant: number | Date | null): string | null {
  return instant === null ? null : isoTime(instant);
}
