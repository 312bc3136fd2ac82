/**
 * Array parameters, written for speed: PostgreSQL reads numbers and plain words as an array literal, and text that has
 * no newline (keys, skus, JSON) by string_to_array, which needs no escaping.
 */
export function literal(items: readonly (number | string | boolean | null)[]): string {
  return `{${items.includes(null) ? items.map((item) => item ?? 'NULL').join(',') : items.join(',')}}`;
}

export function joined(items: readonly string[]): string {
  return items.join('\n');
}
