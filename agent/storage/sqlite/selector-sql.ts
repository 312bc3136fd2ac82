import { type Column, toColumnValue } from './columns.ts';

/** A WHERE clause. When `exact` is false it lets through every match and maybe more: the matcher must look again. */
export interface Filter {
  sql: string;
  parameters: (string | number)[];
  exact: boolean;
}

const COMPARISON: Readonly<Record<string, string>> = { $eq: '=', $gt: '>', $gte: '>=', $lt: '<', $lte: '<=' };
/** Longer lists go to SQLite as one JSON parameter: the number of variables has a limit. */
const LIST_MAX = 500;
const ALL: Filter = { sql: '1', parameters: [], exact: true };
const UNKNOWN: Filter = { sql: '1', parameters: [], exact: false };
const NONE: Filter = { sql: '0', parameters: [], exact: true };

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
  return and(Object.entries(matcher).map(([operator, value]) => condition(column, operator, value)));
}

function condition(column: Column, operator: string, value: unknown): Filter {
  if (operator === '$in') return listCondition(column, value);
  const comparison = COMPARISON[operator];
  const bound = toColumnValue(column.kind, value);
  if (comparison === undefined || bound === undefined) return UNKNOWN;
  if (column.kind === 'boolean' && operator !== '$eq') return UNKNOWN;
  return { sql: `${column.name} ${comparison} ?`, parameters: [bound], exact: true };
}

function listCondition(column: Column, values: unknown): Filter {
  if (!Array.isArray(values)) return UNKNOWN;
  if (values.length === 0) return NONE;
  const bounds = values.map((value) => toColumnValue(column.kind, value)).filter((bound) => bound !== undefined);
  if (bounds.length < values.length) return UNKNOWN;
  if (bounds.length <= LIST_MAX) {
    return { sql: `${column.name} IN (?${', ?'.repeat(bounds.length - 1)})`, parameters: bounds, exact: true };
  }
  if (!bounds.every(survivesJson)) return UNKNOWN;
  const sql = `${column.name} IN (SELECT value FROM json_each(?))`;
  return { sql, parameters: [JSON.stringify(bounds)], exact: true };
}

/** SQLite ends a JSON string at NUL and may round a fraction: such values cannot go into a list by JSON. */
function survivesJson(bound: string | number): boolean {
  return typeof bound === 'string' ? !bound.includes('\0') : Number.isSafeInteger(bound);
}

function and(parts: readonly Filter[]): Filter {
  const limiting = parts.filter((part) => part.sql !== '1');
  if (limiting.length === 0) return parts.every((part) => part.exact) ? ALL : UNKNOWN;
  return {
    sql: limiting.map((part) => part.sql).join(' AND '),
    parameters: limiting.flatMap((part) => part.parameters),
    exact: parts.every((part) => part.exact),
  };
}

/** One part that may match anything makes the whole so. An empty `$or` is left to the matcher. */
function or(parts: readonly Filter[]): Filter {
  if (parts.length === 0 || parts.some((part) => part.sql === '1')) return UNKNOWN;
  return {
    sql: `(${parts.map((part) => `(${part.sql})`).join(' OR ')})`,
    parameters: parts.flatMap((part) => part.parameters),
    exact: parts.every((part) => part.exact),
  };
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
