import { minorDigits } from '#shared/files/decimal.ts';
import { zoneOffset } from '#shared/files/local-time.ts';
import { ErpFailure, type MappedDocument } from '../connector.ts';
import type { CanonicalDocument } from './canonical-document.ts';
import type { FieldRule, Fields, MappingDocument, Turn, Where } from './mapping-document.ts';

type Scope = Readonly<Record<string, unknown>>;
/** What of the mapping every field is read by. */
interface By {
  readonly tables: MappingDocument['tables'];
  readonly timeZone: string;
}

/**
 * What a document becomes at the ERP; throws ERP_MAPPING_FAILED, naming the field. Pure.
 *
 * @param posted by which mapping it was posted what this one takes back: there it is, wherever it would go now
 */
export function render(
  document: CanonicalDocument,
  mapping: MappingDocument,
  posted: MappingDocument = mapping,
): MappedDocument {
  const { documents, tables } = mapping;
  const rule = documents[document.kind];
  if (rule === undefined) throw failed(`The mapping has nothing for "${document.kind}".`);
  const of = document['of'] as CanonicalDocument['kind'] | null | undefined;
  if ('cancel' in rule) {
    const target = of == null ? undefined : posted.documents[of];
    if (target === undefined || !('target' in target)) throw nothingFor(of);
    return { act: 'cancel', target: target.target, key: String(document['voids']) };
  }
  const written = 'of' in rule ? rule.of[of ?? 'void'] : rule;
  if (written === undefined) throw nothingFor(of);
  const payload =
    'all' in written
      ? document
      : fieldsOf(written.fields, document, { tables, timeZone: zoneOf(document, mapping) }, '');
  return { act: 'write', target: written.target, payload };
}

function fieldsOf(fields: Fields, scope: Scope, by: By, at: string): Record<string, unknown> {
  const made: Record<string, unknown> = {};
  for (const [name, rule] of Object.entries(fields)) {
    const value = valueOf(rule, scope, by, `${at}${name}`);
    if (value !== undefined) made[name] = value;
  }
  return made;
}

/** Undefined: the field is left away. */
function valueOf(rule: FieldRule, scope: Scope, by: By, at: string): unknown {
  if ('value' in rule) return rule.value;
  if ('all' in rule) return scope;
  if ('each' in rule) {
    const list = read(scope, rule.each);
    if (!Array.isArray(list)) throw failed(`${at}: "${rule.each}" is no list.`);
    const chosen = (list as Scope[]).filter((line) => rule.where === undefined || holds(rule.where, line));
    // A line sees the document too, its own fields first.
    return chosen.map((line, place) => fieldsOf(rule.fields, { ...scope, ...line }, by, `${at}[${place}].`));
  }
  if ('list' in rule) return rule.list.map((one, place) => fieldsOf(one, scope, by, `${at}[${place}].`));
  if ('fields' in rule) return fieldsOf(rule.fields, scope, by, `${at}.`);
  const value = 'text' in rule ? textOf(rule.text, scope) : read(scope, rule.from);
  const name = 'text' in rule ? rule.text : rule.from;
  if (value === undefined || value === null) return absent(rule, `${at}: the document has no "${name}".`);
  if (rule.table === undefined)
    return 'as' in rule && rule.as !== undefined ? turned(rule.as, value, scope, by.timeZone, at) : value;
  const table = by.tables[rule.table] ?? {};
  const entry = asText(value);
  if (!Object.hasOwn(table, entry)) {
    return absent({ default: rule.default }, `${at}: the table "${rule.table}" has no "${entry}".`);
  }
  return table[entry];
}

function absent(
  { default: otherwise, optional }: { default?: unknown; optional?: true | undefined },
  detail: string,
): unknown {
  if (otherwise !== undefined) return otherwise;
  if (optional === true) return undefined;
  throw failed(detail);
}

function turned(as: Turn, value: unknown, scope: Scope, timeZone: string, at: string): unknown {
  if (as === 'text') return asText(value);
  const number = Number(value);
  if (!Number.isFinite(number)) throw failed(`${at}: ${JSON.stringify(value)} is no number.`);
  switch (as) {
    case 'number':
      return number;
    case 'minus':
      return number === 0 ? 0 : -number;
    case 'units':
      return Math.abs(number);
    case 'major':
      return number / 10 ** decimalsOf(scope['currency']);
    case 'majorMinus':
      return number === 0 ? 0 : -number / 10 ** decimalsOf(scope['currency']);
    case 'date':
      return localOf(number, timeZone, at).slice(0, 10);
    case 'time':
      return localOf(number, timeZone, at).slice(11, 19);
    case 'iso':
      return isoOf(number, at);
    case 'datetime':
      return isoOf(number, at).slice(0, 19).replace('T', ' ');
    case 'compactDate':
      return localOf(number, timeZone, at).slice(0, 10).replaceAll('-', '');
    case 'compactTime':
      return localOf(number, timeZone, at).slice(11, 19).replaceAll(':', '');
    default:
      return as satisfies never;
  }
}

function asText(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

function isoOf(ms: number, at: string): string {
  const instant = new Date(ms);
  if (Number.isNaN(instant.getTime())) throw failed(`${at}: ${ms} is no instant.`);
  return instant.toISOString();
}

function zoneOf({ location }: CanonicalDocument, { timeZone = 'UTC', timeZones = {} }: MappingDocument): string {
  const own = location !== null && Object.hasOwn(timeZones, location) ? timeZones[location] : undefined;
  return own ?? timeZone;
}

const offsets = new Map<string, (at: number) => number>();

/** What clocks of the zone show then, written as UTC is: a sale right after midnight is of the store's own day. */
function localOf(ms: number, timeZone: string, at: string): string {
  if (timeZone === 'UTC' || Number.isNaN(new Date(ms).getTime())) return isoOf(ms, at);
  const offsetAt = offsets.get(timeZone) ?? zoneOffset(timeZone);
  offsets.set(timeZone, offsetAt);
  return isoOf(ms + offsetAt(ms), at);
}

function holds({ field, is, value }: Where, line: Scope): boolean {
  const found = read(line, field);
  if (is === 'equal') return found === value;
  return is === 'above' ? Number(found) > Number(value) : Number(found) < Number(value);
}

/** Undefined when the scope has not everything that the text names. */
function textOf(text: string, scope: Scope): string | undefined {
  let isWhole = true;
  const made = text.replaceAll(/\{([A-Za-z0-9.]+)\}/g, (_, path: string) => {
    const value = read(scope, path);
    if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') return String(value);
    isWhole = false;
    return '';
  });
  return isWhole ? made : undefined;
}

/** Of the smallest unit of a currency: two, unless it is known better (JPY has none). */
const decimalsOf = (currency: unknown): number => (typeof currency === 'string' ? minorDigits(currency) : 2);

function read(scope: Scope, path: string): unknown {
  let value: unknown = scope;
  for (const name of path.split('.')) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, name)) return undefined;
    value = (value as Scope)[name];
  }
  return value;
}

function nothingFor(of: string | null | undefined): ErpFailure {
  return failed(`The mapping has nothing for "${of ?? 'it'}", which is void.`);
}

function failed(detail: string): ErpFailure {
  return new ErpFailure('ERP_MAPPING_FAILED', detail);
}
