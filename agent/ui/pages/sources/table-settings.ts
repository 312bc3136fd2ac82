import type { ColumnRole, TableEncoding, TableLook } from '#shared/agent-api/sources.ts';

/** What is set of a feed of tables while it is being set up. */
export interface TableSettings {
  readonly kind: 'transactions' | 'counts';
  readonly encoding: TableEncoding;
  readonly delimiter: string;
  readonly hasHeader: boolean;
  readonly columnNames: readonly string[];
  readonly columns: Readonly<Partial<Record<ColumnRole, string>>>;
  readonly dateFormat: string;
  readonly decimalSeparator: '.' | ',';
  readonly currency: string;
  readonly timeZone: string;
  readonly returnPrefix: string;
  readonly serviceSkus: string;
}

export const ROLES: Readonly<Record<TableSettings['kind'], readonly ColumnRole[]>> = {
  transactions: ['document', 'sku', 'quantity', 'price', 'date', 'time', 'description', 'till'],
  counts: ['count', 'sku', 'quantity', 'date', 'time', 'countedBy'],
};
const OPTIONAL: ReadonlySet<ColumnRole> = new Set(['time', 'description', 'till', 'countedBy']);

/** A setting that is a text. */
export const textOf = (value: unknown, otherwise: string): string => (typeof value === 'string' ? value : otherwise);

/** Settings as a file suggests them; `before` are those of the feed that is being changed. */
export function suggested(look: TableLook, before: Readonly<Record<string, unknown>> | undefined): TableSettings {
  const { guess } = look;
  const rules = before?.['rules'] as { returnPrefix?: string; serviceSkus?: string[] } | undefined;
  const names = look.columns.map(({ name }) => name);
  const kept = Object.entries((before?.['columns'] ?? {}) as Partial<Record<ColumnRole, string>>);
  const known = Object.fromEntries(kept.filter(([, name]) => names.includes(name)));
  return {
    kind: before?.['kind'] === 'counts' ? 'counts' : before === undefined ? guess.kind : 'transactions',
    encoding: look.encoding,
    delimiter: look.delimiter,
    hasHeader: look.hasHeader,
    columnNames: names,
    columns: { ...guess.columns, ...known },
    dateFormat: guess.dateFormat ?? textOf(before?.['dateFormat'], ''),
    decimalSeparator: guess.decimalSeparator,
    currency: textOf(before?.['currency'], 'EUR'),
    timeZone: textOf(before?.['timeZone'], Intl.DateTimeFormat().resolvedOptions().timeZone),
    returnPrefix: rules?.returnPrefix ?? guess.returnPrefix ?? '',
    serviceSkus: (rules?.serviceSkus ?? []).join(', '),
  };
}

export const missingRoles = ({ kind, columns }: TableSettings): ColumnRole[] =>
  ROLES[kind].filter((role) => !OPTIONAL.has(role) && columns[role] === undefined);

/** The settings as the agent takes them, on top of what the feed had beside. */
export function feedOf(
  settings: TableSettings,
  before: Readonly<Record<string, unknown>> | undefined,
): Record<string, unknown> {
  const { kind, encoding, delimiter, hasHeader, columnNames, dateFormat, decimalSeparator, timeZone } = settings;
  const columns = Object.fromEntries(
    ROLES[kind].flatMap((role) => (settings.columns[role] === undefined ? [] : [[role, settings.columns[role]]])),
  );
  const { rules, columnNames: _names, currency: _currency, ...rest } = before ?? {};
  const common = {
    ...rest,
    kind,
    encoding,
    delimiter,
    dateFormat,
    decimalSeparator,
    timeZone,
    columns,
    header: hasHeader,
  };
  const named = hasHeader ? common : { ...common, columnNames };
  if (kind === 'counts') return named;
  const serviceSkus = settings.serviceSkus
    .split(',')
    .map((sku) => sku.trim())
    .filter(Boolean);
  const { returnPrefix: _prefix, ...others } = (rules ?? {}) as Record<string, unknown>;
  const prefix = settings.returnPrefix === '' ? {} : { returnPrefix: settings.returnPrefix };
  return { ...named, currency: settings.currency, rules: { ...others, ...prefix, serviceSkus } };
}
