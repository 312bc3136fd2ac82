import type { z } from 'zod';
import { PRINTABLE } from '#shared/protocol/fields.ts';
import { nearestName } from './nearest-name.ts';
import type { ProblemKind, RulesPath } from './rules-problem.ts';

export interface DescribedIssue {
  readonly path: RulesPath;
  readonly kind: ProblemKind;
  readonly message: string;
  readonly remedy: string;
}

/** The fields of what stands at a path of a document. */
export type FieldsOf = (path: RulesPath) => readonly string[];

const INSTANT_REMEDY = 'Write an instant with its offset, such as 2026-12-01T00:00:00Z or 2026-12-01T09:00:00+01:00.';

/**
 * Of what a schema has against one value only the first that says something: an empty text is not told to be unprintable
 * too, and a number that is too large for the machine is told the bound of its field.
 */
export function tellingIssues(issues: readonly z.core.$ZodIssue[]): z.core.$ZodIssue[] {
  const byPlace = Map.groupBy(issues, ({ path }) => JSON.stringify(path.map(String)));
  return [...byPlace.values()].flatMap((own) => {
    const telling = own.find((issue) => !isMachineBound(issue)) ?? own[0];
    return telling === undefined ? [] : [telling];
  });
}

function isMachineBound(issue: z.core.$ZodIssue): boolean {
  return (
    (issue.code === 'too_big' && issue.maximum === Number.MAX_SAFE_INTEGER) ||
    (issue.code === 'too_small' && issue.minimum === Number.MIN_SAFE_INTEGER)
  );
}

/** What a schema has against a value, as its author needs to hear it: one problem, or one for each unknown field. */
export function* describeIssue(
  issue: z.core.$ZodIssue,
  document: unknown,
  fieldsOf: FieldsOf,
): Generator<DescribedIssue, void> {
  const path = issue.path.filter((step): step is string | number => typeof step !== 'symbol');
  if (issue.code === 'unrecognized_keys') {
    for (const name of issue.keys) yield unknownField(path, name, fieldsOf(path));
    return;
  }
  const value = valueAt(document, path);
  const field = nameOf(path);
  if (value === undefined) {
    yield { path, kind: 'field', message: `${field} is missing.`, remedy: `Add \`${path.at(-1) ?? 'rules'}:\`.` };
    return;
  }
  const { message, remedy } = describeValue(issue, field, value);
  yield { path, kind: 'field', message, remedy };
}

function describeValue(issue: z.core.$ZodIssue, field: string, value: unknown): { message: string; remedy: string } {
  const shown = show(value);
  switch (issue.code) {
    case 'too_small': {
      if (typeof value !== 'number')
        return { message: `${field} is empty.`, remedy: 'Write a text of a letter or more.' };
      const least = `${issue.inclusive === false ? 'more than' : 'at least'} ${issue.minimum}`;
      const remedy = value < 0 ? `Write ${least}; units that are withheld are positive too.` : `Write ${least}.`;
      return { message: `${field} is ${shown}, and must be ${least}.`, remedy };
    }
    case 'too_big': {
      const most = `${issue.maximum}${typeof value === 'string' ? ' characters' : ''} at most`;
      return { message: `${field} is ${shown}, and must be ${most}.`, remedy: `Write ${most}.` };
    }
    case 'invalid_value': {
      const accepted = issue.values.map(String).join(' or ');
      return { message: `${field} is ${shown}, and must be ${accepted}.`, remedy: `Write ${accepted}.` };
    }
    case 'invalid_format': {
      if (issue.pattern === String(PRINTABLE))
        return {
          message: `${field} is ${shown}: a character in it cannot be printed.`,
          remedy: 'Leave tabs, line breaks and other control characters out of it.',
        };
      if (issue.format === 'datetime') return { message: `${field} is ${shown}: no instant.`, remedy: INSTANT_REMEDY };
      return { message: `${field} is ${shown}: ${issue.message}.`, remedy: 'Use only what is allowed in it.' };
    }
    case 'invalid_type': {
      const wanted = EXPECTED[issue.expected] ?? issue.expected;
      return { message: `${field} is ${shown}, and must be ${wanted}.`, remedy: `Write ${wanted}.` };
    }
    case 'custom':
    case 'invalid_element':
    case 'invalid_key':
    case 'invalid_union':
    case 'not_multiple_of':
    case 'unrecognized_keys':
      break;
  }
  return { message: `${field} is ${shown}: ${issue.message}.`, remedy: 'Correct the value.' };
}

const EXPECTED: Readonly<Record<string, string>> = {
  string: 'a text',
  number: 'a number',
  int: 'a whole number',
  array: 'a list: one line that begins with `- ` for each entry',
  object: 'fields: `name: value`, one a line',
};

function unknownField(path: RulesPath, name: string, accepted: readonly string[]): DescribedIssue {
  const meant = nearestName(name, accepted);
  const hint = meant === undefined ? '' : `Did you mean ${meant}? `;
  return {
    path: [...path, name],
    kind: 'unknown-field',
    message: `There is no field "${name.slice(0, 64)}" here.`,
    remedy: `${hint}Accepted: ${accepted.join(', ')}.`,
  };
}

function valueAt(document: unknown, path: RulesPath): unknown {
  let value = document;
  for (const step of path) {
    if (typeof value !== 'object' || value === null) return undefined;
    value = (value as Record<string | number, unknown>)[step];
  }
  return value;
}

/** The last named step, and its place when it is one of a list: `cap`, `locations 3`. */
function nameOf(path: RulesPath): string {
  const last = path.at(-1);
  if (last === undefined) return 'The document';
  return typeof last === 'number' ? `${String(path.at(-2) ?? 'entry')} ${last + 1}` : last;
}

function show(value: unknown): string {
  if (value === null) return 'empty';
  if (typeof value === 'number' && !Number.isFinite(value)) return Number.isNaN(value) ? 'no number' : 'infinite';
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object') return 'a map of fields';
  const text = JSON.stringify(value);
  return text.length > 48 ? `${text.slice(0, 45)}..."`.toWellFormed() : text;
}
