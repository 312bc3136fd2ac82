import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { Schemas } from './json-schemas.ts';
import { schemaText } from './schema-text.ts';

const textOf = (schema: z.ZodType) => schemaText(new Schemas().answer(schema)).replaceAll(/\s+/g, ' ');

describe('a schema as text', () => {
  it.each([
    [z.string(), 'string'],
    [z.int(), 'number'],
    [z.null(), 'null'],
    [z.unknown(), 'unknown'],
    [z.literal('a'), '"a"'],
    [z.enum(['a', 'b']), '"a" | "b"'],
    [z.string().nullable(), 'string | null'],
    [z.union([z.string(), z.array(z.number())]), 'string | readonly number[]'],
    [z.array(z.string().nullable()), 'readonly (string | null)[]'],
    [z.array(z.array(z.string())), 'readonly (readonly string[])[]'],
    [z.array(z.strictObject({ a: z.string().nullable() })), 'readonly { readonly a: string | null; }[]'],
    [
      z.array(z.union([z.strictObject({ a: z.string() }), z.strictObject({ b: z.string() })])),
      'readonly ({ readonly a: string; } | { readonly b: string; })[]',
    ],
    [z.record(z.string(), z.boolean()), 'Readonly<Record<string, boolean>>'],
    [z.record(z.string(), z.unknown()), 'Readonly<Record<string, unknown>>'],
    [z.strictObject({}), 'Readonly<Record<string, never>>'],
    [z.strictObject({ 'a-b': z.string().optional() }), '{ readonly "a-b"?: string | undefined; }'],
    [z.strictObject({ a: z.string().describe('Ends */ here.') }), '{ /** Ends * / here. */ readonly a: string; }'],
    [z.strictObject({ a: z.string().meta({ id: 'Named' }) }), '{ readonly a: Named; }'],
    [z.string().meta({ id: 'Named' }), 'Named'],
  ])('%#', (schema, text) => {
    expect(textOf(schema)).toBe(text);
  });

  it('keeps what is named once', () => {
    const schemas = new Schemas();
    const named = z.strictObject({ a: z.string() }).meta({ id: 'Named' });
    schemas.answer(z.array(named));
    schemas.answer(z.strictObject({ list: z.array(named) }));
    expect(Object.keys(schemas.components())).toEqual(['Named']);
    expect(schemaText(schemas.components()['Named']!)).toBe('{\n  readonly a: string;\n}');
  });
});
