/**
 * What was read from JSON, as text again. What is nested endlessly cannot be written down as it came: then its plain fields are,
 * by which it is found at its origin.
 */
export function jsonTextOf(given: unknown): string {
  try {
    return JSON.stringify(given) ?? 'null';
  } catch (error) {
    if (!(error instanceof RangeError) || typeof given !== 'object' || given === null) throw error;
    return JSON.stringify(Object.fromEntries(Object.entries(given).filter(([, value]) => typeof value !== 'object')));
  }
}
