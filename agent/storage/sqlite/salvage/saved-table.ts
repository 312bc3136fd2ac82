import { crc32 } from 'node:zlib';
import type { SQLInputValue } from 'node:sqlite';
import { z } from 'zod';
import { columnReader, type Shape } from '../columns.ts';
import { type IndexPlan, indexPlans, type TableNames, tableNames } from '../ddl.ts';
import type { Registered } from '../mark.ts';
import type { Cell, Value } from './cells.ts';

const shapeSchema = z.object({
  columns: z
    .array(z.object({ field: z.string(), name: z.string(), kind: z.enum(['text', 'number', 'boolean']) }))
    .min(3),
  indexes: z.array(z.array(z.string())),
  attachments: z.boolean(),
  fields: z.object({ required: z.array(z.string()), known: z.array(z.string()) }).optional(),
  sum: z.literal('crc32').optional(),
});

/** What became of a row: a document as it was written, or why it is none. */
export type Reading = { readonly text: string; readonly document: object } | { readonly unfit: string };

/** Checks a document's content beyond its sum; a reason when it is not what it says it is. */
export type Verify = (collection: string, document: object) => string | undefined;

/** A collection as the registry of the damaged file describes it, and how its rows are read. */
export class SavedTable {
  readonly registered: Registered;
  readonly names: TableNames;
  readonly shape: Shape;
  readonly indexes: readonly IndexPlan[];
  readonly #fields: { required: string[]; known: Set<string> } | undefined;
  readonly #hasSum: boolean;
  readonly #read: (document: object) => SQLInputValue[];
  readonly #verify: Verify | undefined;

  private constructor(registered: Registered, saved: z.infer<typeof shapeSchema>, verify: Verify | undefined) {
    this.registered = registered;
    this.names = tableNames(registered);
    const { fields, sum, ...rest } = saved;
    this.shape = { ...rest, fields: fields ?? { required: [], known: [] }, sum: 'crc32' };
    this.#fields = fields && { required: fields.required, known: new Set(fields.known) };
    this.#hasSum = sum !== undefined;
    this.indexes = indexPlans(this.names, this.shape);
    this.#read = columnReader(this.shape.columns);
    this.#verify = verify;
  }

  /** Undefined when the registry does not say how the table is laid out. */
  static from(registered: Registered, verify: Verify | undefined): SavedTable | undefined {
    try {
      return new SavedTable(registered, shapeSchema.parse(JSON.parse(registered.shape ?? '')), verify);
    } catch {
      return undefined;
    }
  }

  get collection(): string {
    return this.registered.collection;
  }

  columnValues(document: object): SQLInputValue[] {
    return this.#read(document);
  }

  /** Reads a row that its tree says is this table's. */
  read({ values }: Cell): Reading {
    const { columns } = this.shape;
    const text = values.at(-1);
    if (values.length !== 1 + columns.length + (this.#hasSum ? 2 : 1) || typeof text !== 'string') {
      return { unfit: 'the row has another layout' };
    }
    if (this.#hasSum && values.at(-2) !== crc32(text)) return { unfit: 'the sum does not fit' };
    const document = parsed(text);
    if (!document) return { unfit: 'this is not JSON' };
    if (!this.#hasSum && !this.#fitsColumns(document, values)) return { unfit: 'the columns say otherwise' };
    const unfit = this.#verify?.(this.collection, document);
    return unfit === undefined ? { text, document } : { unfit };
  }

  /** Whether a row of no known tree can be one of this table's: its layout, its fields and its columns fit. */
  claims(cell: Cell): boolean {
    const reading = this.read(cell);
    if ('unfit' in reading || !this.#fields) return false;
    const { required, known } = this.#fields;
    const { document } = reading;
    return (
      required.every((field) => field in document) &&
      Object.keys(document).every((field) => known.has(field)) &&
      this.#fitsColumns(document, cell.values)
    );
  }

  #fitsColumns(document: object, [, ...values]: Value[]): boolean {
    return this.columnValues(document).every((value, place) => value === values[place]);
  }
}

function parsed(text: string): object | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? value : undefined;
  } catch {
    return undefined;
  }
}
