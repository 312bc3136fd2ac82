import type { JsonSchema } from '#hub/api/document/json-schemas.ts';

/** What strings of the API look like; a pattern takes the first that fits. */
const STRINGS = [
  'DE',
  '1',
  'S1',
  '1-1',
  '22:30',
  '/{target}/{key}',
  'EUR',
  '2026-01-01T00:00:00Z',
  '2026-11-01',
  '4006381333931',
  'a'.repeat(20),
  'A'.repeat(43),
];

export type Named = Readonly<Record<string, JsonSchema>>;

/** A value that a schema takes, optional fields included. */
export function sampleOf(given: JsonSchema, named: Named): unknown {
  const schema = resolve(given, named);
  if ('const' in schema) return schema['const'];
  if (Array.isArray(schema['enum'])) return schema['enum'][0];
  const either = schema['anyOf'] ?? schema['oneOf'];
  if (Array.isArray(either)) return sampleOf(either[0] as JsonSchema, named);
  switch (schema['type']) {
    case 'object':
      return Object.fromEntries(
        Object.entries(schema.properties ?? {}).map(([name, field]) => [name, sampleOf(field, named)]),
      );
    case 'array':
      return [sampleOf(schema['items'] as JsonSchema, named)];
    case 'integer':
    case 'number':
      return Math.max(Number(schema['minimum'] ?? 1), Math.min(1, Number(schema['maximum'] ?? 1)));
    case 'boolean':
      return true;
    case 'string':
      return sampleText(schema);
    default:
      return 'x';
  }
}

export function resolve(schema: JsonSchema, named: Named): JsonSchema {
  const { $ref } = schema;
  return typeof $ref === 'string' ? named[$ref.replace('#/components/schemas/', '')]! : schema;
}

function sampleText({ pattern, format, minLength = 0, maxLength = Infinity }: JsonSchema): string {
  const fits = STRINGS.find(
    (text) =>
      text.length >= Number(minLength) &&
      text.length <= Number(maxLength) &&
      (format !== 'date-time' || text.includes('T')) &&
      (typeof pattern !== 'string' || new RegExp(pattern, 'u').test(text)),
  );
  if (fits === undefined) throw new Error(`no sample of a string like ${String(pattern)}`);
  return fits;
}

/** Each place in a value with what is not of its kind put there. */
export function wrongTypes(given: JsonSchema, value: unknown, named: Named): unknown[] {
  const schema = resolve(given, named);
  if (schema['type'] === undefined && schema['anyOf'] === undefined) return [];
  const takesObjects = typeof value === 'object' || JSON.stringify(schema['anyOf'] ?? '').includes('"object"');
  const here = takesObjects ? 7 : { not: ['this'] };
  if (Array.isArray(value)) {
    const either = (schema['anyOf'] ?? []) as readonly JsonSchema[];
    const items = [schema, ...either].flatMap((one) =>
      one['items'] === undefined ? [] : [one['items'] as JsonSchema],
    )[0]!;
    return [here, ...value.flatMap((item) => wrongTypes(items, item, named).map((wrong) => [wrong]))];
  }
  if (typeof value !== 'object' || value === null) return [here];
  const fields = Object.entries(schema.properties ?? {}).flatMap(([name, field]) =>
    wrongTypes(field, (value as Record<string, unknown>)[name], named).map((wrong) => ({ ...value, [name]: wrong })),
  );
  return [here, ...fields];
}

/** Each place of one type with another value put there. */
export function replaced(value: unknown, type: 'string' | 'number', by: unknown): unknown[] {
  if (typeof value === type) return [by];
  if (Array.isArray(value)) return value.flatMap((item) => replaced(item, type, by).map((changed) => [changed]));
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, inner]) =>
    replaced(inner, type, by).map((changed) => ({ ...value, [name]: changed })),
  );
}
