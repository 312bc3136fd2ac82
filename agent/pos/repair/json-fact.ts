import type { RepairField, RepairFieldKind } from '#shared/agent-api/quarantine.ts';
import { ShelfwireError } from '#shared/protocol/errors.ts';
import { BODIES, type FactKind } from '#shared/protocol/fact.ts';
import { LIMITS } from '#shared/protocol/limits.ts';
import type { Entry } from '#agent/store/quarantine.ts';
import type { IntakeResult } from '../intake.ts';
import { FIELDS_MAX, form, type CorrectionDoor, type Mender } from './mender.ts';

type Path = readonly (string | number)[];
interface Leaf {
  readonly path: Path;
  readonly value: string | number | boolean | null;
}

const KINDS: Readonly<Record<string, RepairFieldKind>> = {
  sku: 'sku',
  quantity: 'quantity',
  unitPriceMinor: 'money',
  discountMinor: 'money',
  taxMinor: 'money',
  occurredAt: 'date',
  expectedAt: 'date',
  key: 'key',
  kind: 'kind',
};
const NUMBERS: ReadonlySet<RepairFieldKind> = new Set(['quantity', 'money', 'date']);

/** Facts as programs post them: each value in the JSON is a field, and so is what the kind of fact wants and it lacks. */
export function jsonFactMender(intake: CorrectionDoor): Mender {
  return {
    form(entry) {
      if (!entry.isWhole) return form(null, [], entry.detail.includes('base64') ? 'binary' : 'cut');
      const given = objectOf(entry.verbatim);
      return form(entry.verbatim, given === undefined ? [] : fieldsOf(entry, withKey(entry, given)));
    },
    corrected(entry, values) {
      const given = objectOf(entry.verbatim);
      if (given === undefined) throw new ShelfwireError('REQUEST_INVALID', 'fields: the text has none.');
      const known = new Map(fieldsOf(entry, withKey(entry, given)).map((field) => [field.id, field]));
      const next = structuredClone(withKey(entry, given));
      for (const [id, value] of Object.entries(values)) {
        const field = known.get(id);
        if (field === undefined)
          throw new ShelfwireError('REQUEST_INVALID', `fields: there is no "${id.slice(0, 80)}".`);
        setAt(next, pathOf(id), value === '' ? undefined : valueOf(field, value, at(given, pathOf(id))));
      }
      return JSON.stringify(next);
    },
    async send(entry, text) {
      const submissions = submissionsOf(entry, text);
      return 'refused' in submissions ? [submissions.refused] : intake.offer(entry.source, submissions.facts);
    },
  };
}

function submissionsOf(entry: Entry, text: string): { refused: IntakeResult } | { facts: { submission: unknown }[] } {
  const refuse = (code: 'BODY_NOT_JSON' | 'BODY_TOO_LARGE', detail: string) => {
    return { refused: { status: 'refused', key: null, code, detail } as const };
  };
  let given: unknown;
  try {
    given = JSON.parse(text);
  } catch (error) {
    return refuse('BODY_NOT_JSON', `It is not JSON: ${error instanceof Error ? error.message.slice(0, 200) : ''}`);
  }
  if (typeof given !== 'object' || given === null) return refuse('BODY_NOT_JSON', 'It must be a fact, or several.');
  if (!Array.isArray(given)) return { facts: [{ submission: withKey(entry, given) }] };
  if (given.length > LIMITS.factsPerRequest) return refuse('BODY_TOO_LARGE', `${given.length} facts are too many.`);
  return { facts: given.map((submission: unknown) => ({ submission })) };
}

/** A key that came in the request's header is not in the text. */
function withKey(entry: Entry, given: object): object {
  return entry.key === null || 'key' in given ? given : { ...given, key: entry.key };
}

function objectOf(text: string): object | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function fieldsOf(entry: Entry, given: object): RepairField[] {
  const wrong = wrongPaths(entry, given);
  const leaves = new Map([...leavesOf(given, [])].map((leaf) => [idOf(leaf.path), leaf]));
  const missing = [...wrong].filter((id) => !leaves.has(id) && isLeafPath(given, pathOf(id)));
  const fields = [...leaves].map(([id, { path, value }]) => fieldOf(path, String(value ?? ''), wrong.has(id)));
  return [...missing.map((id) => fieldOf(pathOf(id), '', true)), ...fields];
}

function fieldOf(path: Path, value: string, isWrong: boolean): RepairField {
  const name = String(path.at(-1));
  return { id: idOf(path), kind: KINDS[name] ?? 'text', label: labelOf(path), value, isWrong };
}

/** What the schemas say of it now, and what its code says. */
function wrongPaths(entry: Entry, given: object): Set<string> {
  const { kind, body, key } = given as { kind?: unknown; body?: unknown; key?: unknown };
  const wrong = new Set<string>();
  if (typeof key !== 'string' || entry.code === 'KEY_REUSED') wrong.add('key');
  if (typeof kind !== 'string' || !Object.hasOwn(BODIES, kind)) return wrong.add('kind');
  const { error } = BODIES[kind as FactKind].safeParse(body);
  for (const issue of error?.issues ?? []) {
    const path = ['body', ...issue.path.filter((part) => typeof part !== 'symbol')];
    if (issue.code === 'unrecognized_keys') for (const extra of issue.keys) wrong.add(idOf([...path, extra]));
    else wrong.add(idOf(path));
  }
  if (entry.code === 'VOID_OF_VOID') wrong.add('body.voids');
  if (entry.code === 'TRANSFER_TO_ITSELF') wrong.add(kind === 'transferIn' ? 'body.from' : 'body.to');
  return wrong;
}

function* leavesOf(value: unknown, path: Path): Generator<Leaf> {
  if (typeof value !== 'object' || value === null) {
    if (path.length > 0 && value !== undefined) yield { path, value: value as Leaf['value'] };
    return;
  }
  let left = FIELDS_MAX;
  for (const [name, inner] of Object.entries(value)) {
    if (left-- <= 0) return;
    yield* leavesOf(inner, [...path, Array.isArray(value) ? Number(name) : name]);
  }
}

/** A value can be put there: what holds it is there, and nothing bigger is in its place. */
function isLeafPath(given: object, path: Path): boolean {
  const holder = at(given, path.slice(0, -1));
  return typeof holder === 'object' && holder !== null && at(given, path) === undefined && path.at(-1) !== 'lines';
}

const idOf = (path: Path): string => path.join('.');
const pathOf = (id: string): Path => id.split('.').map((part) => (/^\d{1,4}$/.test(part) ? Number(part) : part));

/** `body.lines.0.sku` is "line 1: sku". */
function labelOf(path: Path): string {
  const [body, lines, line, ...rest] = path;
  if (body === 'body' && lines === 'lines' && typeof line === 'number') return `${line + 1}: ${rest.join('.')}`;
  return (body === 'body' ? path.slice(1) : path).join('.');
}

function at(from: unknown, path: Path): unknown {
  return path.reduce<unknown>(
    (held, part) =>
      typeof held === 'object' && held !== null && Object.hasOwn(held, part) ? (held as never)[part] : undefined,
    from,
  );
}

function setAt(target: object, path: Path, value: unknown): void {
  const holder = at(target, path.slice(0, -1));
  const name = path.at(-1);
  if (typeof holder !== 'object' || holder === null || name === undefined || name === '__proto__') return;
  if (value === undefined) delete (holder as never)[name];
  else Object.defineProperty(holder, name, { value, writable: true, enumerable: true, configurable: true });
}

/** As the value before it was, and as its kind wants it. */
function valueOf(field: RepairField, text: string, before: unknown): string | number | boolean {
  const isNumber = NUMBERS.has(field.kind) || typeof before === 'number';
  if (isNumber && /^-?\d{1,15}(\.\d{1,6})?$/.test(text)) return Number(text);
  if (typeof before === 'boolean' && (text === 'true' || text === 'false')) return text === 'true';
  return text;
}
