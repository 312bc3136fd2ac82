import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { canonicalCheck } from './canonical-check.ts';
import { BODIES, envelope, type FactKind } from './fact.ts';
import { LIMITS } from './limits.ts';

const AT = 1_790_000_000_000;
const line = { sku: 'A', quantity: 2 };
const priced = { ...line, unitPriceMinor: 100, discountMinor: 1, taxMinor: 0, reservation: 'order-1', service: true };
/** Every field of every kind, in the order of the schema. */
const CANONICAL: Record<FactKind, object> = {
  sale: {
    occurredAt: AT,
    till: 't',
    receiptNo: 'r',
    currency: 'GBP',
    lines: [priced, { ...line, unitPriceMinor: 0, reservation: 7 }],
  },
  return: z.strictObject(BODIES.return.shape).parse({
    occurredAt: AT,
    currency: 'GBP',
    lines: [{ ...line, unitPriceMinor: 5, condition: 'damaged' }],
  }),
  count: BODIES.count.parse({ lines: [line, { sku: 'B', quantity: 0 }] }),
  receipt: BODIES.receipt.parse({ lines: [{ ...line, condition: 'sellable' }] }),
  transferOut: BODIES.transferOut.parse({ transfer: 'T', to: 'S2', expectedAt: AT, lines: [line] }),
  transferIn: BODIES.transferIn.parse({ transfer: 'T', from: 'S2', final: true, lines: [] }),
  adjustment: BODIES.adjustment.parse({ reason: 'broken', lines: [{ ...line, condition: 'sellable', to: 'damaged' }] }),
  task: BODIES.task.parse({
    task: 4,
    step: 'rejected',
    reason: 'broken',
    lines: [{ line: 'a', ...line, reservation: 7 }],
  }),
  void: BODIES.void.parse({ voids: 'R1', reason: 'mistake' }),
};
const HEAD = { seq: 1, at: AT, offsetMs: -3, key: 'k', correlationId: 'c', source: 'http:till' };
const SCHEMAS: [string, z.ZodType, object][] = [
  ...Object.entries(CANONICAL).map(([kind, body]): [string, z.ZodType, object] => [
    kind,
    BODIES[kind as FactKind],
    body,
  ]),
  ['envelope', envelope, HEAD],
];

/** Values at the edges of every limit, and of every wrong type. */
const edge = fc.constantFrom<unknown>(
  0,
  -0,
  1,
  -1,
  2,
  1.5,
  Number.NaN,
  Infinity,
  AT,
  AT / 1_000,
  LIMITS.quantityPerLine,
  LIMITS.quantityPerLine + 1,
  LIMITS.moneyMinor,
  LIMITS.moneyMinor + 1,
  2 ** 53,
  'A',
  '',
  'x'.repeat(64),
  'x'.repeat(65),
  'x'.repeat(257),
  'a\tb',
  '\ud800',
  '\u2028',
  'GBP',
  'gbp',
  'damaged',
  'sellable',
  'S 2',
  'cycle',
  'theft',
  true,
  false,
  null,
  undefined,
  [],
  {},
  [null],
  [line],
  [line, line],
  [priced],
  Array.from({ length: LIMITS.linesPerFact + 1 }, () => line),
);

/** A body with some of its values, at any depth, put in another place, taken away, or changed. */
function changed(value: object): fc.Arbitrary<unknown> {
  const places: string[][] = [];
  const walk = (at: unknown, path: string[]): void => {
    if (typeof at !== 'object' || at === null) return;
    for (const name of Object.keys(at)) {
      places.push([...path, name]);
      walk((at as Record<string, unknown>)[name], [...path, name]);
    }
  };
  walk(value, []);
  const change = fc.record({
    place: fc.constantFrom(...places),
    how: fc.constantFrom('set', 'remove', 'last', 'more'),
    to: edge,
  });
  return fc.array(change, { maxLength: 2 }).map((changes) => {
    const copy = structuredClone(value);
    for (const { place, how, to } of changes) {
      let at = copy as Record<string, unknown> | undefined;
      for (const step of place.slice(0, -1)) at = at?.[step] as Record<string, unknown> | undefined;
      const name = place.at(-1);
      if (typeof at !== 'object' || at === null || name === undefined) continue;
      const before = at[name];
      if (how === 'set') at[name] = structuredClone(to);
      else if (how === 'remove' || Array.isArray(at)) Reflect.deleteProperty(at, name);
      else if (how === 'more') at['surprise'] = to;
      else {
        Reflect.deleteProperty(at, name);
        at[name] = before;
      }
    }
    return copy;
  });
}

describe('the canonical check', () => {
  it.each(SCHEMAS)('takes a whole %s at once', (_, schema, value) => {
    expect(canonicalCheck(schema)?.(value)).toBe(true);
  });

  it.each(SCHEMAS)('X2 F4 never takes a %s that the schema refuses, or would spell otherwise', (_, schema, value) => {
    const check = canonicalCheck(schema);
    fc.assert(
      fc.property(changed(value), (given) => {
        if (check?.(given) !== true) return;
        const { success, data } = schema.safeParse(given);
        expect(success).toBe(true);
        expect(JSON.stringify(data)).toBe(JSON.stringify(given));
      }),
      { numRuns: 2_000 },
    );
  });

  it('leaves every spelling but the canonical one to the schema', () => {
    const check = canonicalCheck(z.strictObject({ a: z.int(), b: z.int().optional() }));
    expect([{ a: 1 }, { a: 1, b: 2 }].map((value) => check?.(value))).toEqual([true, true]);
    const inherited = Object.create({ a: 1 }) as object;
    const others = [{ b: 2, a: 1 }, { a: 1, b: undefined }, { a: 1, c: 3 }, {}, inherited, [1], null, 'a'];
    expect(others.filter((value) => check?.(value))).toEqual([]);
  });

  it.each<[string, z.ZodType]>([
    ['a default', z.strictObject({ a: z.int().default(1) })],
    ['a transform', z.strictObject({ a: z.string().transform(Number) })],
    ['a trimmed text', z.strictObject({ a: z.string().trim() })],
    ['a format', z.strictObject({ a: z.email() })],
    ['a format as a check', z.strictObject({ a: z.string().check(z.email()) })],
    ['a coerced value', z.strictObject({ a: z.coerce.string() })],
    ['any number', z.strictObject({ a: z.number() })],
    ['an exclusive bound', z.strictObject({ a: z.int().gt(1) })],
    ['an object that drops what it does not know', z.object({ a: z.int() })],
    ['an object that keeps what it does not know', z.looseObject({ a: z.int() })],
    ['an enum of numbers', z.strictObject({ a: z.enum({ one: 1, two: 2 }) })],
    ['a regex with a memory', z.strictObject({ a: z.string().regex(/a/g) })],
    ['a check of its own', z.strictObject({ a: z.int().check(() => undefined) })],
    ['a union of objects', z.union([z.strictObject({ a: z.int() }), z.strictObject({ b: z.int() })])],
    ['a union with something unknown', z.union([z.number(), z.string()])],
    ['a list of something unknown', z.array(z.number())],
  ])('does not judge %s', (_, schema) => {
    expect(canonicalCheck(schema)).toBeUndefined();
  });

  it('leaves a refinement that answers anything but true to the schema', () => {
    const check = canonicalCheck(z.int().refine((value) => Promise.resolve(value > 0)));
    expect(check?.(1)).toBe(false);
  });
});
