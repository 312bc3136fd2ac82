import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { z } from 'zod';
import { canonicalContent } from '#shared/protocol/content.ts';
import { BODIES } from '#shared/protocol/fact.ts';

// What tills are written from: it must not say anything else than the schemas do.
const SPEC = readFileSync(join(import.meta.dirname, 'SPEC.md'), 'utf8');

interface Example {
  readonly kind: string;
  readonly key: string;
  readonly body: unknown;
}

const examples = [...SPEC.matchAll(/^```json\n(.*?)^```$/gms)]
  .map(([, text = '']) => JSON.parse(text) as object)
  .filter((block): block is Example => 'body' in block);

const rows = new Map(
  SPEC.split('\n').flatMap((line): [string, string[]][] => {
    const [kind, , ...cells] = line.split('|').slice(1, -1);
    return cells.length === 4 ? [[kind?.trim() ?? '', cells.map(namesIn)]] : [];
  }),
);

function namesIn(cell: string): string {
  return (cell.match(/`\w+`/g) ?? []).toSorted().join();
}

/** Names of the fields that are required, and of those that are not, as a cell has them. */
function fieldsOf(shape: Readonly<Record<string, z.ZodType>>): [string, string] {
  const named = (optional: boolean) =>
    Object.entries(shape).flatMap(([name, field]) =>
      field.safeParse(undefined).success === optional ? `\`${name}\`` : [],
    );
  return [named(false).toSorted().join(), named(true).toSorted().join()];
}

describe('SPEC.md', () => {
  it('has one example of each kind', () => {
    expect(examples.map(({ kind }) => kind).toSorted()).toEqual(Object.keys(BODIES).toSorted());
  });

  it.each(examples)('the example of a $kind is accepted', ({ kind, key, body }) => {
    expect(canonicalContent(kind, body).content).toEqual({ kind, body });
    expect(key).not.toBe('');
  });

  it.each(Object.entries(BODIES))('names the fields of a %s', (kind, { shape }) => {
    const line = 'lines' in shape ? fieldsOf(shape.lines.element.shape) : ['', ''];
    expect(rows.get(`\`${kind}\``)).toEqual([...fieldsOf(shape), ...line]);
  });
});
