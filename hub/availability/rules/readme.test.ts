import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { rulesDocument, SECTIONS } from './rules-document.ts';

const README = readFileSync(new URL('./README.md', import.meta.url), 'utf8');

interface Field {
  readonly type?: string;
  readonly const?: unknown;
  readonly enum?: readonly string[];
  readonly format?: string;
  readonly pattern?: string;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly default?: unknown;
  readonly items?: Entry & Field;
}
interface Entry {
  readonly properties: Readonly<Record<string, Field>>;
  readonly required?: readonly string[];
}

const schema = z.toJSONSchema(rulesDocument, { io: 'input' }) as unknown as Entry;

/** What a field takes, in the words of the README. */
function accepted(field: Field): string {
  if (field.const !== undefined) return JSON.stringify(field.const);
  if (field.enum !== undefined) return field.enum.join(' or ');
  if (field.type === 'integer') return `whole number, ${field.minimum} to ${field.maximum}`;
  if (field.type === 'number') return `number, ${field.minimum} to ${field.maximum}`;
  if (field.type === 'array') return field.items?.type === 'object' ? 'list' : `list of ${accepted(field.items!)}s`;
  if (field.format === 'date-time') return 'instant';
  if (field.maxLength !== undefined) return `text, ${field.minLength} to ${field.maxLength} characters`;
  return field.pattern?.includes('{0,31}') === true ? 'code' : 'id';
}

function byDefault(name: string, field: Field, { required = [] }: Entry): string {
  if (field.default !== undefined) return Array.isArray(field.default) ? 'empty' : JSON.stringify(field.default);
  return required.includes(name) ? 'required' : 'none';
}

const rowsOf = (entry: Entry): string[] =>
  Object.entries(entry.properties).map(
    ([name, field]) => `\`${name}\` | ${accepted(field)} | ${byDefault(name, field, entry)}`,
  );

/** Rows of the table below a heading, without their last cell, which must say something. */
function told(heading: string): string[] {
  const chapter = README.split(`\n## ${heading}\n`)[1]?.split('\n## ')[0] ?? '';
  return [...chapter.matchAll(/^\| (`.*) \| ([^|]+) \|$/gm)].map(([, row = '']) => row);
}

describe('the README of rules', () => {
  it('tells every field of the document with what it takes and its default', () => {
    expect(told('Document')).toEqual(rowsOf(schema));
  });

  it.each(SECTIONS)('tells every field of %s with what it takes and its default', (section) => {
    expect(told(section)).toEqual(rowsOf(schema.properties[section]!.items!));
  });
});
