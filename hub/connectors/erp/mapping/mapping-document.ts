import { z } from 'zod';
import { isTimeZone } from '#shared/files/local-time.ts';
import { PRINTABLE, storeCode } from '#shared/protocol/fields.ts';
import { DOCUMENT_KINDS, documentKind, type DocumentKind } from '#hub/outbox/documents/document-kinds.ts';

/** Sizes of a mapping (X2). */
export const MAPPING_LIMITS = {
  bytes: 256 * 1024,
  routes: 100,
  tables: 50,
  depth: 6,
  fields: 200,
  stores: 2_000,
} as const;

const name = z.string().min(1).max(140).regex(PRINTABLE, 'must be printable text');
const path = z
  .string()
  .min(1)
  .max(200)
  .regex(
    /^[A-Za-z][A-Za-z0-9]*(\.[A-Za-z][A-Za-z0-9]*)*$/,
    'must be the name of a field, or several with dots between',
  );
const scalar = z.union([z.string().max(1_000), z.number(), z.boolean(), z.null()]);

/** What a value is turned into. A `date` or `time`, and a compact one, is what clocks show where the document is of; `iso` and `datetime` are UTC. */
const turn = z.enum([
  'text',
  'number',
  'minus',
  'units',
  'major',
  'majorMinus',
  'date',
  'time',
  'iso',
  'datetime',
  'compactDate',
  'compactTime',
]);
export type Turn = z.output<typeof turn>;

/**
 * How a field of the ERP gets its value. Data and no program: it ends always, and reads nothing but the document.
 *
 * - `value`: always this
 * - `from`: a field of the document, in `each` also of the line; `table` looks it up; `as` turns it; `default` when it is not there
 * - `text`: a text with {field} in it; `table` and `optional` as above
 * - `each`: a list out of a list, with `fields` of each line
 * - `fields`: an object; `list`: a list of some
 * - `all`: the whole document as it is
 */
export type FieldRule =
  | { readonly value: z.output<typeof scalar> }
  | {
      readonly from: string;
      readonly as?: Turn | undefined;
      readonly table?: string | undefined;
      readonly default?: z.output<typeof scalar> | undefined;
      readonly optional?: true | undefined;
    }
  | {
      readonly text: string;
      readonly table?: string | undefined;
      readonly default?: z.output<typeof scalar> | undefined;
      readonly optional?: true | undefined;
    }
  | { readonly each: string; readonly fields: Fields; readonly where?: Where | undefined }
  | { readonly fields: Fields }
  | { readonly list: readonly Fields[] }
  | { readonly all: true };
export type Fields = Readonly<Record<string, FieldRule>>;

const where = z.strictObject({ field: path, is: z.enum(['above', 'below', 'equal']), value: scalar });
export type Where = z.output<typeof where>;

const fieldRule: z.ZodType<FieldRule> = z.lazy(() =>
  z.union([
    z.strictObject({ value: scalar }),
    z.strictObject({
      from: path,
      as: turn.optional(),
      table: name.optional(),
      default: scalar.optional(),
      optional: z.literal(true).optional(),
    }),
    z.strictObject({
      text: z.string().min(1).max(1_000),
      table: name.optional(),
      default: scalar.optional(),
      optional: z.literal(true).optional(),
    }),
    z.strictObject({ each: path, fields, where: where.optional() }),
    z.strictObject({ fields }),
    z.strictObject({ list: z.array(fields).max(20) }),
    z.strictObject({ all: z.literal(true) }),
  ]),
);
const fields: z.ZodType<Fields> = z.lazy(() =>
  z
    .record(name, fieldRule)
    .refine((record) => Object.keys(record).length <= MAPPING_LIMITS.fields, `at most ${MAPPING_LIMITS.fields} fields`),
);

const writtenRule = z.union([
  z.strictObject({
    /** What it becomes at the ERP: its document type, its path, its kind of file. */
    target: name,
    fields,
  }),
  /** The whole document as it is. */
  z.strictObject({ target: name, all: z.literal(true) }),
]);
const documentRule = z.union([
  ...writtenRule.options,
  /** Of voids: the ERP takes the document back itself. */
  z.strictObject({ cancel: z.literal(true) }),
  /** Of voids: what they become, by the kind of what they take back. */
  z.strictObject({ of: z.partialRecord(documentKind, writtenRule) }),
]);
export type DocumentRule = z.output<typeof documentRule>;
export type WrittenRule = z.output<typeof writtenRule>;

const timeZone = z.string().max(64).refine(isTimeZone, 'must be a time zone like Europe/Berlin');

const instant = z.iso.datetime({ offset: true, message: 'must be an instant like 2026-12-01T00:00:00Z' });

const route = z.strictObject({
  kinds: z.array(documentKind).min(1).max(DOCUMENT_KINDS.length),
  /** Only documents of these stores; absent: of all, and orders that are shipped. */
  stores: z.array(storeCode).min(1).max(MAPPING_LIMITS.stores).optional(),
  /** By the instant of the document itself. */
  from: instant.optional(),
  until: instant.optional(),
});

/** Which documents go to an ERP, and what they become there. */
export const mappingDocument = z
  .strictObject({
    routes: z.array(route).min(1).max(MAPPING_LIMITS.routes),
    /** Names of the ERP for names of ours, such as warehouses for stores. */
    tables: z.record(name, z.record(name, scalar)).default({}),
    /** By which days and times of documents are written: of every store unless `timeZones` has its own, and of what is of no store. UTC unless given. */
    timeZone: timeZone.optional(),
    timeZones: z
      .record(storeCode, timeZone)
      .refine((zones) => Object.keys(zones).length <= MAPPING_LIMITS.stores, `at most ${MAPPING_LIMITS.stores} stores`)
      .optional(),
    documents: z.partialRecord(documentKind, documentRule),
  })
  .superRefine((mapping, context) => {
    for (const problem of problemsOf(mapping)) context.addIssue({ code: 'custom', ...problem });
  });

export interface MappingDocument {
  readonly routes: readonly z.output<typeof route>[];
  readonly tables: Readonly<Record<string, Readonly<Record<string, z.output<typeof scalar>>>>>;
  readonly timeZone?: string | undefined;
  readonly timeZones?: Readonly<Record<string, string>> | undefined;
  readonly documents: { readonly [Kind in DocumentKind]?: DocumentRule | undefined };
}

interface Problem {
  readonly path: (string | number)[];
  readonly message: string;
}

/** What no single field shows: names that lead nowhere, kinds that go there and become nothing. */
function problemsOf({ routes, tables, documents }: MappingDocument): Problem[] {
  const problems: Problem[] = [];
  for (const [place, { kinds, from, until }] of routes.entries()) {
    const path = ['routes', place];
    for (const kind of kinds) {
      if (documents[kind] === undefined)
        problems.push({ path, message: `there is no document "${kind}" to map it by` });
    }
    if (from !== undefined && until !== undefined && Date.parse(from) >= Date.parse(until)) {
      problems.push({ path, message: 'it ends before it begins' });
    }
  }
  if (Object.keys(tables).length > MAPPING_LIMITS.tables) {
    problems.push({ path: ['tables'], message: `at most ${MAPPING_LIMITS.tables} tables` });
  }
  for (const [kind, rule] of Object.entries(documents)) {
    if (rule === undefined) continue;
    const path = ['documents', kind];
    if ('cancel' in rule || 'of' in rule) {
      if (kind !== 'void') problems.push({ path, message: 'only a void cancels, or is of something' });
    }
    for (const [written, at] of writtenIn(rule, path)) {
      if ('fields' in written) problems.push(...problemsOfFields(written.fields, [...at, 'fields'], tables));
    }
  }
  return problems;
}

/** What a rule writes, with where it stands. */
function writtenIn(rule: DocumentRule, path: (string | number)[]): [WrittenRule, (string | number)[]][] {
  if ('cancel' in rule) return [];
  if (!('of' in rule)) return [[rule, path]];
  return Object.entries(rule.of).map(([kind, one]) => [one, [...path, 'of', kind]]);
}

function problemsOfFields(fields: Fields, path: (string | number)[], tables: MappingDocument['tables']): Problem[] {
  if (path.length > MAPPING_LIMITS.depth * 2) return [{ path, message: `at most ${MAPPING_LIMITS.depth} deep` }];
  return Object.entries(fields).flatMap(([field, rule]) => {
    const here = [...path, field];
    if ('table' in rule && rule.table !== undefined && tables[rule.table] === undefined) {
      return [{ path: here, message: `there is no table "${rule.table}"` }];
    }
    if ('list' in rule) return rule.list.flatMap((one) => problemsOfFields(one, [...here, 'list'], tables));
    return 'fields' in rule ? problemsOfFields(rule.fields, [...here, 'fields'], tables) : [];
  });
}
