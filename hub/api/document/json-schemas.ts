import { z } from 'zod';
import { problem } from '#shared/protocol/problem.ts';

/** A schema as JSON Schema 2020-12 has it, of which we look at what an object holds. */
export interface JsonSchema {
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly required?: readonly string[];
  readonly [keyword: string]: unknown;
}

const namedProblem = problem.meta({ id: 'Problem' });

/** Schemas as JSON Schema for one document: those that have a name (`meta({ id })`) stand in it once. */
export class Schemas {
  readonly #named = new Map<string, JsonSchema>();

  /** As clients send it: what has a default may be absent. */
  request(schema: z.ZodType): JsonSchema {
    return this.#toJson(schema, 'input');
  }

  /** As clients get it. */
  answer(schema: z.ZodType): JsonSchema {
    return this.#toJson(schema, 'output');
  }

  problem(): JsonSchema {
    return this.answer(namedProblem);
  }

  components(): Record<string, JsonSchema> {
    return Object.fromEntries([...this.#named].toSorted(([a], [b]) => (a < b ? -1 : 1)));
  }

  #toJson(schema: z.ZodType, io: 'input' | 'output'): JsonSchema {
    const json = z.toJSONSchema(schema, { io, unrepresentable: 'any', override: plainer });
    const {
      $schema: _,
      $defs = {},
      ...described
    } = renamed(json) as JsonSchema & { $defs?: Record<string, JsonSchema> };
    const { id } = schema.meta() ?? {};
    for (const [name, { id: _, ...definition }] of Object.entries($defs)) this.#named.set(name, definition);
    // A named one may come back as a reference to itself.
    if (id === undefined || described['$ref'] !== undefined) return described;
    const { id: _id, ...definition } = described;
    this.#named.set(id, definition);
    return { $ref: `#/components/schemas/${id}` };
  }
}

/** What only says that a number is one that JavaScript holds, or spells a format out, tells a reader nothing. */
function plainer({ jsonSchema: json }: { jsonSchema: Record<string, unknown> }): void {
  if (json['maximum'] === Number.MAX_SAFE_INTEGER) delete json['maximum'];
  if (json['minimum'] === Number.MIN_SAFE_INTEGER) delete json['minimum'];
  if (json['format'] === 'date-time') delete json['pattern'];
}

/** Where named schemas stand in an OpenAPI document. */
function renamed(json: object): unknown {
  return JSON.parse(JSON.stringify(json).replaceAll('"#/$defs/', '"#/components/schemas/'));
}
