import type { z } from 'zod';
import { describeIssue, tellingIssues } from '#hub/rules/describe-issue.ts';
import { readText } from '#hub/rules/read-text.ts';
import type { RulesPath, RulesProblems } from '#hub/rules/rules-problem.ts';
import { fieldsOf, rulesDocument, SECTIONS, type RulesDocument } from './rules-document.ts';

/** Sizes up to which a document is looked at (X2). */
export const RULES_LIMITS = {
  /** Not lower: a listing takes some 50 bytes, so that 40,000 of them are 2 MB already. */
  bytes: 2 * 1024 * 1024,
  /** Safety stock, limits and allocations together. */
  rules: 10_000,
  channels: 500,
  groups: 2_000,
  listings: 50_000,
  /** Names in the lists of groups and channels, together. */
  members: 50_000,
  /** Channels and rules, each times its locations: a hundred channels of 2,000 stores, and as much again in rules. */
  spread: 500_000,
} as const;

/** Names and codes. */
const TEXT_FIELDS = new Set([
  'code',
  'name',
  'id',
  'sku',
  'category',
  'location',
  'group',
  'channel',
  'channelSku',
  'locations',
  'groups',
]);

/** A text read as rules: what of it has the right form, and what is wrong so far. */
export interface RulesRead {
  /** Without the entries that are listed as a problem; undefined when nothing could be made of the text. */
  readonly document: RulesDocument | undefined;
  /** Speaks of places in `document`. */
  readonly problems: RulesProblems;
  /** Names that stand in entries left out: to speak of them is no second mistake. */
  readonly leftOut: { readonly groups: ReadonlySet<string>; readonly channels: ReadonlySet<string> };
}

/** Reads the text of a document and checks its form. What its entries mean together is checked by check-rules.ts. */
export function readRules(text: string): RulesRead {
  const { value, problems } = readText(text, { bytesMax: RULES_LIMITS.bytes, textFields: TEXT_FIELDS });
  if (problems.total > 0) return { document: undefined, problems, leftOut: NOTHING };
  if (value === null || value === undefined) {
    problems.add('field', [], 'There are no rules here.', 'Begin with `rules: 1`, and `channels:` below it.');
    return { document: undefined, problems, leftOut: NOTHING };
  }
  checkCounts(value, problems);
  if (problems.total > 0) return { document: undefined, problems, leftOut: NOTHING };
  const parsed = rulesDocument.safeParse(value);
  if (parsed.success) return { document: parsed.data, problems, leftOut: NOTHING };
  for (const issue of tellingIssues(parsed.error.issues)) {
    if (!problems.hasRoom) break;
    for (const { path, kind, message, remedy } of describeIssue(issue, value, fieldsOf)) {
      problems.add(kind, path, message, remedy);
      if (!problems.hasRoom) break;
    }
  }
  return salvage(value as Fields, parsed.error.issues, problems);
}

type Fields = Record<string, unknown>;
const NOTHING = { groups: new Set<string>(), channels: new Set<string>() };

/** Before the schema looks at each entry. */
function checkCounts(value: unknown, problems: RulesProblems): void {
  const lengthOf = (section: string): number => {
    const list = typeof value === 'object' && value !== null ? (value as Fields)[section] : undefined;
    return Array.isArray(list) ? list.length : 0;
  };
  const refuse = (section: string, what: string, count: number, most: number) => {
    if (count <= most) return;
    const remedy = `At most ${most} are taken. Let one rule speak of a category or a group, not of each one.`;
    problems.add('too-large', [section], `There are ${count} ${what}.`, remedy);
  };
  let members = 0;
  for (const section of ['groups', 'channels']) {
    const list = typeof value === 'object' && value !== null ? (value as Fields)[section] : undefined;
    for (const entry of Array.isArray(list) ? (list as (Fields | null)[]) : []) {
      for (const names of [entry?.['locations'], entry?.['groups']]) members += Array.isArray(names) ? names.length : 0;
    }
  }
  refuse('groups', 'names in groups and channels', members, RULES_LIMITS.members);
  const rules = ['safetyStock', 'limits', 'allocations'];
  const largest = rules.toSorted((a, b) => lengthOf(b) - lengthOf(a))[0] ?? 'limits';
  const total = rules.reduce((sum, section) => sum + lengthOf(section), 0);
  refuse(largest, 'rules', total, RULES_LIMITS.rules);
  for (const section of ['groups', 'channels', 'listings'] as const) {
    refuse(section, section, lengthOf(section), RULES_LIMITS[section]);
  }
}

/** The document without its malformed entries, so that what is wrong with the others is told too. */
function salvage(value: Fields, issues: readonly z.core.$ZodIssue[], problems: RulesProblems): RulesRead {
  const bad = new Set(issues.map(({ path }) => path.slice(0, 2).join(' ')));
  const kept = new Map<string, number[]>();
  const leftOut = { groups: new Set<string>(), channels: new Set<string>() };
  const good: Fields = { rules: 1 };
  for (const name of Object.keys(rulesDocument.shape)) {
    const list = value[name];
    if (!SECTIONS.some((section) => section === name)) {
      if (list !== undefined && !bad.has(name)) good[name] = list;
    } else if (Array.isArray(list)) {
      const places = [...list.keys()].filter((place) => !bad.has(`${name} ${place}`));
      kept.set(name, places);
      good[name] = places.map((place) => list[place] as unknown);
      if (name === 'groups' || name === 'channels') {
        for (const place of list.keys()) {
          const code: unknown = (list[place] as Fields | null)?.['code'];
          if (bad.has(`${name} ${place}`) && typeof code === 'string') leftOut[name].add(code);
        }
      }
    }
  }
  const document = rulesDocument.safeParse(good).data;
  const original = (path: RulesPath): RulesPath => {
    const [section, place, ...rest] = path;
    const from = typeof place === 'number' ? kept.get(String(section))?.[place] : undefined;
    return from === undefined ? path : [String(section), from, ...rest];
  };
  return { document, problems: problems.withPaths(original), leftOut };
}
