import { describeIssue, tellingIssues } from '#hub/rules/describe-issue.ts';
import { nearestName } from '#hub/rules/nearest-name.ts';
import { readText } from '#hub/rules/read-text.ts';
import type { RulesPath, RulesProblems } from '#hub/rules/rules-problem.ts';
import { SOURCING_LIMITS, sourcingDocument, sourcingFields, type SourcingDocument } from './sourcing-document.ts';

/** What the database knows of the names that a document speaks of. */
export interface KnownPlaces {
  readonly locations: ReadonlySet<string>;
  readonly channels: ReadonlySet<string>;
}

/** Names are what is written, whatever they look like. */
const TEXT_FIELDS = new Set(['code', 'excluded', 'by', 'giveUp']);

/**
 * Reads and checks a document of sourcing rules; with `known` its names too. Throws RULES_INVALID with every problem, its
 * line and its remedy.
 */
export function readSourcing(text: string, known?: KnownPlaces): SourcingDocument {
  const { value, problems } = readText(text, { bytesMax: SOURCING_LIMITS.bytes, textFields: TEXT_FIELDS });
  problems.refuse();
  const parsed = sourcingDocument.safeParse(value);
  if (!parsed.success) {
    problems.stopShort();
    for (const issue of tellingIssues(parsed.error.issues)) {
      for (const { path, kind, message, remedy } of describeIssue(issue, value, sourcingFields)) {
        problems.add(kind, path, message, remedy);
      }
    }
    problems.refuse();
    throw parsed.error;
  }
  check(parsed.data, problems, known);
  problems.refuse();
  return parsed.data;
}

function check(document: SourcingDocument, problems: RulesProblems, known: KnownPlaces | undefined): void {
  for (const section of ['locations', 'channels'] as const) {
    const names = document[section].map(({ code }) => code);
    refuseTwice(names, (place) => [section, place, 'code'], problems);
    for (const [place, name] of names.entries()) requireKnown(section, name, [section, place, 'code'], problems, known);
  }
  for (const [place, { code, latitude, longitude }] of document.locations.entries()) {
    if ((latitude === undefined) === (longitude === undefined)) continue;
    const missing = latitude === undefined ? 'latitude' : 'longitude';
    problems.add('field', ['locations', place], `${code} has no ${missing}.`, `Add \`${missing}:\`, or give neither.`);
  }
  checkOrder(
    document.criteria.map(({ by }) => by),
    ['criteria'],
    problems,
  );
  refuseTwice(document.giveUp, (place) => ['giveUp', place], problems);
  for (const [place, { criteria, giveUp, excluded }] of document.channels.entries()) {
    checkOrder(
      (criteria ?? []).map(({ by }) => by),
      ['channels', place, 'criteria'],
      problems,
    );
    refuseTwice(giveUp ?? [], (step) => ['channels', place, 'giveUp', step], problems);
    refuseTwice(excluded, (step) => ['channels', place, 'excluded', step], problems);
    for (const [step, name] of excluded.entries()) {
      requireKnown('locations', name, ['channels', place, 'excluded', step], problems, known);
    }
  }
}

function checkOrder(names: readonly string[], path: RulesPath, problems: RulesProblems): void {
  refuseTwice(names, (place) => [...path, place, 'by'], problems);
}

function refuseTwice(names: readonly string[], pathOf: (place: number) => RulesPath, problems: RulesProblems): void {
  const first = new Map<string, number>();
  for (const [place, name] of names.entries()) {
    const before = first.get(name);
    if (before === undefined) first.set(name, place);
    else {
      const line = problems.lineOf(pathOf(before));
      problems.add(
        'duplicate-name',
        pathOf(place),
        `${name} is here twice, first in line ${line}.`,
        'Leave one of them.',
      );
    }
  }
}

function requireKnown(
  section: 'locations' | 'channels',
  name: string,
  path: RulesPath,
  problems: RulesProblems,
  known: KnownPlaces | undefined,
): void {
  if (known === undefined || known[section].has(name)) return;
  const what = section === 'locations' ? 'location' : 'channel';
  const meant = nearestName(name, known[section]);
  const first = section === 'locations' ? 'Create it first: shelfwire-hub store create.' : 'Add it by the rules first.';
  const remedy = meant === undefined ? first : `Did you mean ${meant}? ${first}`;
  problems.add('unknown-name', path, `There is no ${what} ${name}.`, remedy);
}
