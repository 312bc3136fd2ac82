import type { z } from 'zod';
import type { $ZodChecks, $ZodTypes } from 'zod/v4/core';

/** Says yes only to what the schema takes and gives back as it is: same values, keys in the schema's order. */
export type CanonicalCheck = (value: unknown) => boolean;

/**
 * A check that takes a tenth of the schema's own time, since it makes no copy and collects no issues. "No" means only that
 * the schema has to be asked, which also knows why. Undefined when the schema uses anything that is not understood here:
 * then it is always asked.
 */
export function canonicalCheck(schema: z.ZodType): CanonicalCheck | undefined {
  const type = schema as unknown as $ZodTypes;
  const { _zod: internals } = type;
  const shape = checkOf(type);
  const rules = (internals.def.checks ?? []).map((check) => ruleOf(check as $ZodChecks));
  if (!shape || !areKnown(rules)) return undefined;
  const [first, second, ...more] = rules;
  if (!first) return shape;
  if (!second) return (value) => shape(value) && first(value);
  return (value) => shape(value) && first(value) && second(value) && more.every((rule) => rule(value));
}

function checkOf({ _zod: { def } }: $ZodTypes): CanonicalCheck | undefined {
  if (def.type === 'object') {
    return def.catchall && isNever(def.catchall as $ZodTypes) ? objectCheck(def.shape) : undefined;
  }
  if (def.type === 'array') {
    const element = canonicalCheck(def.element as z.ZodType);
    return element && ((value) => Array.isArray(value) && holdsOnly(value, element));
  }
  if (def.type === 'string') {
    // With a format of its own (an e-mail, a date) it is more than a string.
    return 'format' in def || ('coerce' in def && def.coerce) ? undefined : (value) => typeof value === 'string';
  }
  if (def.type === 'number') {
    return 'format' in def && def.format === 'safeint' && !def.coerce ? Number.isSafeInteger : undefined;
  }
  if (def.type === 'literal') return (value) => def.values.includes(value as (typeof def.values)[number]);
  if (def.type === 'union') return unionCheck(def.options as readonly $ZodTypes[]);
  if (def.type !== 'enum') return undefined;
  const values = new Set<unknown>(Object.values(def.entries));
  // An enum of numbers lists its names among its values.
  return [...values].every((value) => typeof value === 'string') ? (value) => values.has(value) : undefined;
}

/** Of texts and numbers alone: whichever takes one gives it back as it is. */
function unionCheck(options: readonly $ZodTypes[]): CanonicalCheck | undefined {
  const checks = options.map((option) => {
    const { _zod: internals } = option;
    const isPlain = internals.def.type === 'string' || internals.def.type === 'number';
    return isPlain ? canonicalCheck(option as unknown as z.ZodType) : undefined;
  });
  return areKnown(checks) ? (value) => checks.some((check) => check(value)) : undefined;
}

/** `every` would pass over holes. */
function holdsOnly(list: readonly unknown[], element: CanonicalCheck): boolean {
  for (const item of list) if (!element(item)) return false;
  return true;
}

interface Field {
  readonly name: string;
  readonly isOptional: boolean;
  readonly check: CanonicalCheck;
}

function objectCheck(shape: Readonly<Record<string, unknown>>): CanonicalCheck | undefined {
  const fields: Field[] = [];
  for (const [name, schema] of Object.entries(shape)) {
    const {
      _zod: { def },
    } = schema as $ZodTypes;
    const isOptional = def.type === 'optional' && def.checks === undefined;
    const check = canonicalCheck((isOptional ? def.innerType : schema) as z.ZodType);
    if (!check) return undefined;
    fields.push({ name, isOptional, check });
  }
  return (value) => {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
    const given = Object.keys(value);
    let place = 0;
    for (const { name, isOptional, check } of fields) {
      if (given[place] === name) {
        if (!check((value as Record<string, unknown>)[name])) return false;
        place += 1;
      } else if (!isOptional) return false;
    }
    return place === given.length;
  };
}

function ruleOf({ _zod: { def } }: $ZodChecks): CanonicalCheck | undefined {
  if (def.check === 'greater_than') {
    const { value: bound, inclusive } = def;
    return typeof bound === 'number' && inclusive ? (value) => (value as number) >= bound : undefined;
  }
  if (def.check === 'less_than') {
    const { value: bound, inclusive } = def;
    return typeof bound === 'number' && inclusive ? (value) => (value as number) <= bound : undefined;
  }
  if (def.check === 'min_length') return (value) => (value as string | unknown[]).length >= def.minimum;
  if (def.check === 'max_length') return (value) => (value as string | unknown[]).length <= def.maximum;
  if (def.check !== 'string_format') return refinementOf(def);
  const { format, pattern } = def;
  // A regex that remembers where it stopped would need care.
  const isPlain = format === 'regex' && pattern !== undefined && !pattern.global && !pattern.sticky;
  return isPlain ? (value) => pattern.test(value as string) : undefined;
}

/** A `refine` that answers true at once; any other answer is left to the schema. */
function refinementOf(def: object): CanonicalCheck | undefined {
  if (!('check' in def && def.check === 'custom' && 'fn' in def && typeof def.fn === 'function')) return undefined;
  const { fn } = def as { fn: (value: unknown) => unknown };
  return (value) => fn(value) === true;
}

function areKnown(rules: readonly (CanonicalCheck | undefined)[]): rules is CanonicalCheck[] {
  return rules.every((rule) => rule !== undefined);
}

function isNever({ _zod: { def } }: $ZodTypes): boolean {
  return def.type === 'never';
}
