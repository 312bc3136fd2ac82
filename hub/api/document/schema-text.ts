import type { JsonSchema } from './json-schemas.ts';

const REFERENCE = '#/components/schemas/';

/** A JSON Schema as a TypeScript type: what people read most easily, and what the client's types are made of. */
export function schemaText(schema: JsonSchema, indent = ''): string {
  const { $ref, enum: values, const: value, anyOf, oneOf, allOf, type } = schema;
  if (typeof $ref === 'string') return $ref.replace(REFERENCE, '');
  if ('const' in schema) return JSON.stringify(value);
  if (Array.isArray(values)) return union(values.map((one) => JSON.stringify(one)));
  const either = anyOf ?? oneOf;
  if (isSchemas(either)) return union(either.map((one) => schemaText(one, indent)));
  if (isSchemas(allOf)) return allOf.map((one) => schemaText(one, indent)).join(' & ');
  if (Array.isArray(type)) return union(type.map((one: unknown) => schemaText({ ...schema, type: one }, indent)));
  switch (type) {
    case 'string':
    case 'number':
    case 'boolean':
    case 'null':
      return type;
    case 'integer':
      return 'number';
    case 'array':
      return arrayText(schema, indent);
    case 'object':
      return objectText(schema, indent);
    default:
      return 'unknown';
  }
}

function arrayText({ items }: JsonSchema, indent: string): string {
  const item = isSchema(items) ? schemaText(items, indent) : 'unknown';
  return `readonly ${isCompound(item) ? `(${item})` : item}[]`;
}

/** Whether an array of it needs brackets around it. */
function isCompound(text: string): boolean {
  let outside = text;
  for (let inner = ''; inner !== outside;) {
    inner = outside;
    outside = outside.replaceAll(/\{[^{}]*\}/g, '');
  }
  return /[|&]/.test(outside) || text.startsWith('readonly');
}

function objectText({ properties, required = [], additionalProperties: rest }: JsonSchema, indent: string): string {
  const names = Object.entries(properties ?? {});
  if (names.length === 0) {
    const value = rest === false ? 'never' : isSchema(rest) ? schemaText(rest, indent) : 'unknown';
    return `Readonly<Record<string, ${value}>>`;
  }
  const inner = `${indent}  `;
  const fields = names.map(([name, schema]) => {
    const told = notes(schema);
    const comment = told === '' ? '' : `${inner}/** ${told.replaceAll('*/', '* /')} */\n`;
    const isOptional = !required.includes(name);
    const shown = schemaText(schema, inner);
    const type = isOptional && shown !== 'unknown' ? union([shown, 'undefined']) : shown;
    return `${comment}${inner}readonly ${propertyName(name)}${isOptional ? '?' : ''}: ${type};\n`;
  });
  return `{\n${fields.join('')}${indent}}`;
}

/** What the type does not say of a value. */
export function notes({ description, maxLength, minimum, maximum, maxItems, default: preset }: JsonSchema): string {
  const bounds = [typeof minimum === 'number' && `from ${minimum}`, typeof maximum === 'number' && `to ${maximum}`];
  const limits = [
    bounds.filter((bound) => bound !== false).join(' '),
    typeof maxLength === 'number' ? `at most ${maxLength} characters` : '',
    typeof maxItems === 'number' ? `at most ${maxItems}` : '',
    preset === undefined ? '' : `${JSON.stringify(preset)} unless given`,
  ].filter((part) => part !== '');
  const shown = limits.length === 0 ? [] : [`${capitalized(limits.join(', '))}.`];
  return [...(typeof description === 'string' ? [description] : []), ...shown].join(' ');
}

function capitalized(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

function union(types: readonly string[]): string {
  return [...new Set(types)].join(' | ');
}

function propertyName(name: string): string {
  return /^[A-Za-z_$][\w$]*$/.test(name) ? name : JSON.stringify(name);
}

function isSchema(value: unknown): value is JsonSchema {
  return typeof value === 'object' && value !== null && Object.keys(value).length > 0;
}

function isSchemas(value: unknown): value is readonly JsonSchema[] {
  return Array.isArray(value);
}
