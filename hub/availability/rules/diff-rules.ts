import { rulesDocument, SECTIONS, type RulesDocument } from './rules-document.ts';

type Section = (typeof SECTIONS)[number] | 'settings';

type Value = string | number;

/** One field of an entry; undefined where it is absent. Of lists of names only what came and went. */
export interface FieldChange {
  readonly field: string;
  readonly from?: Value;
  readonly to?: Value;
  readonly added?: readonly string[];
  readonly removed?: readonly string[];
}

/** One entry that is not as it was. Of an entry that was added or removed, all its fields. */
export interface EntryChange {
  readonly section: Section;
  /** Its code, id, or `channelSku of channel`. */
  readonly name: string;
  /** Moved: an exclusive allocation comes before another that it came after. */
  readonly change: 'added' | 'removed' | 'changed' | 'moved';
  readonly fields: readonly FieldChange[];
}

/** What is different in meaning: neither the order of entries (but of exclusive allocations) nor comments are. */
export type RulesDiff = readonly EntryChange[];

const SETTINGS = ['transitHours', 'unrecordedLoss'] as const;
const NOTHING = rulesDocument.parse({ rules: 1 });

export function diffRules(before: RulesDocument = NOTHING, after: RulesDocument = NOTHING): RulesDiff {
  const settings = SETTINGS.flatMap((name): EntryChange[] => {
    const fields = fieldChange('', before[name], after[name]);
    return fields.length === 0 ? [] : [{ section: 'settings', name, change: 'changed', fields }];
  });
  return [...settings, ...SECTIONS.flatMap((section) => diffSection(section, before, after)), ...moved(before, after)];
}

function diffSection(section: (typeof SECTIONS)[number], before: RulesDocument, after: RulesDocument): EntryChange[] {
  const old = byName(before[section]);
  const found: EntryChange[] = [];
  for (const [name, entry] of byName(after[section])) {
    const was = old.get(name);
    old.delete(name);
    const fields = fieldsOf(was ?? {}, entry);
    if (fields.length > 0) found.push({ section, name, change: was === undefined ? 'added' : 'changed', fields });
  }
  for (const [name, entry] of old) found.push({ section, name, change: 'removed', fields: fieldsOf(entry, {}) });
  return found;
}

type Entry = RulesDocument[(typeof SECTIONS)[number]][number];

function byName(entries: readonly Entry[]): Map<string, Entry> {
  return new Map(entries.map((entry) => [nameOf(entry), entry]));
}

function nameOf(entry: Entry): string {
  if ('channelSku' in entry) return `${entry.channelSku} of ${entry.channel}`;
  return 'id' in entry ? entry.id : entry.code;
}

const NAMES = new Set(['id', 'code', 'channelSku']);

type Fields = Readonly<Record<string, Value | readonly string[] | undefined>>;

function fieldsOf(before: object, after: object): FieldChange[] {
  const [was, is] = [before, after] as [Fields, Fields];
  return [...new Set([...Object.keys(was), ...Object.keys(is)])]
    .filter((field) => !NAMES.has(field))
    .flatMap((field) => fieldChange(field, was[field], is[field]));
}

function fieldChange(field: string, from: Fields[string], to: Fields[string]): FieldChange[] {
  if (typeof from === 'object' || typeof to === 'object') {
    const [old, now] = [from, to].map((names) => (typeof names === 'object' ? names : []));
    const added = (now ?? []).filter((name) => old?.includes(name) !== true);
    const removed = (old ?? []).filter((name) => now?.includes(name) !== true);
    return added.length + removed.length === 0 ? [] : [{ field, added, removed }];
  }
  if (from === to || isSameInstant(from, to)) return [];
  return [{ field, ...(from !== undefined && { from }), ...(to !== undefined && { to }) }];
}

/** Written with another offset. */
function isSameInstant(from: unknown, to: unknown): boolean {
  const isInstant = (value: unknown): value is string => typeof value === 'string' && /^\d{4}-\d\d-\d\dT/.test(value);
  return isInstant(from) && isInstant(to) && Date.parse(from) === Date.parse(to);
}

/** Units are given in the order of the document: exclusive allocations that changed places among those that stayed. */
function moved(before: RulesDocument, after: RulesDocument): EntryChange[] {
  const exclusive = ({ allocations }: RulesDocument) =>
    allocations.filter(({ mode }) => mode === 'exclusive').map(({ id }) => id);
  const old = new Set(exclusive(before));
  const both = new Set(exclusive(after).filter((id) => old.has(id)));
  const [was, is] = [before, after].map((document) => exclusive(document).filter((id) => both.has(id)));
  return (is ?? []).flatMap((id, place): EntryChange[] => {
    const from = was?.indexOf(id) ?? place;
    return from === place
      ? []
      : [
          {
            section: 'allocations',
            name: id,
            change: 'moved',
            fields: [{ field: 'place', from: from + 1, to: place + 1 }],
          },
        ];
  });
}
