import { type Column, toColumnValue } from './columns.ts';

/** A WHERE clause. When `exact` is false it lets through every match and maybe more: the matcher must look again. */
export interface Filter {
  sql: string;
  parameters: (string | number)[];
  exact: boolean;
  /** How deep SQLite nests it, at most. */
  depth: number;
}

/** SQLite takes expressions 1,000 deep, where a chain of n parts counts n, and 32,766 parameters. */
const DEPTH_MAX = 500;
const PARAMETERS_MAX = 30_000;

const COMPARISON: Readonly<Record<string, string>> = { $eq: '=', $gt: '>', $gte: '>=', $lt: '<', $lte: '<=' };
/** Longer lists go to SQLite as one JSON parameter: the number of variables has a limit. */
const LIST_MAX = 500;
const ALL: Filter = { sql: '1', parameters: [], exact: true, depth: 1 };
const UNKNOWN: Filter = { sql: '1', parameters: [], exact: false, depth: 1 };
const NONE: Filter = { sql: '0', parameters: [], exact: true, depth: 1 };

/** Translates what it can of a Mango selector to conditions on the columns. */
export function selectorFilter(selector: unknown, columns: ReadonlyMap<string, Column>): Filter {
  if (!isRecord(selector)) return UNKNOWN;
  return and(
    Object.entries(selector).map(([key, value]) => {
      if (key === '$and')
        return Array.isArray(value) ? and(value.map((part) => selectorFilter(part, columns))) : UNKNOWN;
      if (key === '$or') return Array.isArray(value) ? or(value.map((part) => selectorFilter(part, columns))) : UNKNOWN;
      const column = columns.get(key);
      return column === undefined ? UNKNOWN : fieldFilter(column, value);
    }),
  );
}

function fieldFilter(column: Column, matcher: unknown): Filter {
  if (!isRecord(matcher)) return condition(column, '$eq', matcher);
  const operators = Object.entries(matcher);
  // Not "all": Mango compares with the object itself, or it is a RegExp.
  if (operators.length === 0) return UNKNOWN;
  return and(operators.map(([operator, value]) => condition(column, operator, value)));
}

function condition(column: Column, operator: string, value: unknown): Filter {
  if (operator === '$in') return listCondition(column, value);
  const comparison = COMPARISON[operator];
  const bound = toColumnValue(column.kind, value);
  if (comparison === undefined || bound === undefined) return UNKNOWN;
  if (column.kind === 'boolean' && operator !== '$eq') return UNKNOWN;
  return { sql: `${column.name} ${comparison} ?`, parameters: [bound], exact: true, depth: 2 };
}

function listCondition(column: Column, values: unknown): Filter {
  if (!Array.isArray(values)) return UNKNOWN;
  if (values.length === 0) return NONE;
  const bounds = values.map((value) => toColumnValue(column.kind, value)).filter((bound) => bound !== undefined);
  if (bounds.length < values.length) return UNKNOWN;
  if (bounds.length <= LIST_MAX) {
    return {
      sql: `${column.name} IN (?${', ?'.repeat(bounds.length - 1)})`,
      parameters: bounds,
      exact: true,
      depth: 2,
    };
  }
  if (!bounds.every(survivesJson)) return UNKNOWN;
  const sql = `${column.name} IN (SELECT value FROM json_each(?))`;
  return { sql, parameters: [JSON.stringify(bounds)], exact: true, depth: 3 };
}

/** SQLite ends a JSON string at NUL and may round a fraction: such values cannot go into a list by JSON. */
function survivesJson(bound: string | number): boolean {
  return typeof bound === 'string' ? !bound.includes('\0') : Number.isSafeInteger(bound);
}

function and(parts: readonly Filter[]): Filter {
  const limiting = parts.filter((part) => part.sql !== '1');
  if (limiting.length === 0) return parts.every((part) => part.exact) ? ALL : UNKNOWN;
  return joined(
    limiting.map((part) => part.sql).join(' AND '),
    limiting,
    parts.every((part) => part.exact),
  );
}

/** One part that may match anything makes the whole so. An empty `$or` is left to the matcher. */
function or(parts: readonly Filter[]): Filter {
  if (parts.length === 0 || parts.some((part) => part.sql === '1')) return UNKNOWN;
  return joined(
    `(${parts.map((part) => `(${part.sql})`).join(' OR ')})`,
    parts,
    parts.every((part) => part.exact),
  );
}

/** The parts as one filter; one that SQLite would not take is left to the matcher. */
function joined(sql: string, parts: readonly Filter[], exact: boolean): Filter {
  const depth = parts.length + Math.max(...parts.map((part) => part.depth));
  const count = parts.reduce((sum, part) => sum + part.parameters.length, 0);
  if (depth > DEPTH_MAX || count > PARAMETERS_MAX) return UNKNOWN;
  return { sql, parameters: parts.flatMap((part) => part.parameters), exact, depth };
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
