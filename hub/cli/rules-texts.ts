import { wrap } from '#shared/runtime/command-help.ts';
import type { RulesProblem } from '#shared/protocol/problem.ts';
import type { Terminal } from '#shared/runtime/run-command.ts';
import type { Applied, DryRun } from '#hub/availability/rules/apply-rules.ts';
import type { EntryChange, FieldChange, RulesDiff } from '#hub/availability/rules/diff-rules.ts';
import type { VersionEntry } from '#hub/availability/rules/rule-versions.ts';
import type { ChangePreview } from '#hub/availability/rules/rules-ports.ts';

type Screen = Pick<Terminal, 'columns' | 'isInteractive'>;
type Colour = 'red' | 'green' | 'yellow' | 'bold';

const CODES: Readonly<Record<Colour, number>> = { red: 31, green: 32, yellow: 33, bold: 1 };
const WIDTH_DEFAULT = 100;

const widthOf = ({ columns }: Screen): number => Math.max(40, columns ?? WIDTH_DEFAULT);

/** Colours are for people only. */
function paint({ isInteractive }: Screen, colour: Colour, text: string): string {
  return isInteractive ? `\u001B[${CODES[colour]}m${text}\u001B[0m` : text;
}

function indented(text: string, indent: number, screen: Screen): string {
  return wrap(text, widthOf(screen) - indent)
    .map((line) => `${' '.repeat(indent)}${line}\n`)
    .join('');
}

/** FILE:LINE:COLUMN and what is wrong, the line itself, and what to do. */
export function showProblems(
  file: string,
  document: string,
  problems: readonly RulesProblem[],
  { total, moreMayFollow }: { readonly total: number; readonly moreMayFollow: boolean },
  screen: Screen,
): string {
  const lines = document.split(/\r?\n/);
  const shown = problems.map(({ line, column, message, remedy }) => {
    const source = excerpt(lines[line - 1] ?? '', column, widthOf(screen) - 4);
    const place = paint(screen, 'bold', `${file}:${line}:${column}`);
    return `${place} ${message}\n${source}${indented(remedy, 4, screen)}`;
  });
  const more = total > problems.length ? `and ${total - problems.length} more. ` : '';
  return `${shown.join('')}${more}Refused: ${total} ${total === 1 ? 'problem' : 'problems'}.\n${moreMayFollow ? 'Not all was looked at: more may follow once it is mended.\n' : ''}`;
}

/** The line, cut to the width around the column, and a mark below it. */
function excerpt(line: string, column: number, width: number): string {
  const from = Math.max(0, Math.min(column - 1 - Math.floor(width / 2), line.length - width));
  const text = line
    .slice(from, from + width)
    .replaceAll(/\p{Cc}/gu, ' ')
    .toWellFormed();
  return text.trim() === '' ? '' : `    ${text}\n    ${' '.repeat(Math.max(0, column - 1 - from))}^\n`;
}

const MARKS = {
  added: ['+', 'green'],
  removed: ['-', 'red'],
  changed: ['~', 'yellow'],
  moved: ['>', 'yellow'],
} as const;

export function showDiff(diff: RulesDiff, screen: Screen): string {
  if (diff.length === 0) return 'The rules are the same.\n';
  const bySection = Map.groupBy(diff, ({ section }) => section);
  return [...bySection]
    .map(([section, changes]) => `${section}\n${changes.map((change) => entry(change, screen)).join('')}`)
    .join('');
}

function entry({ name, change, fields }: EntryChange, screen: Screen): string {
  const [mark, colour] = MARKS[change];
  const head = `  ${paint(screen, colour, `${mark} ${name}`)}\n`;
  if (change === 'added' || change === 'removed') {
    const said = fields.filter((field) => field.added?.length !== 0 || field.removed?.length !== 0);
    return head + indented(said.map((field) => wholeField(field)).join(', '), 6, screen);
  }
  return head + fields.map((field) => indented(changedField(field), 6, screen)).join('');
}

function wholeField({ field, from, to, added = [], removed = [] }: FieldChange): string {
  const value = to ?? from;
  return value === undefined ? `${field} ${[...added, ...removed].join(' ')}` : `${field} ${String(value)}`;
}

function changedField({ field, from, to, added, removed }: FieldChange): string {
  if (added !== undefined || removed !== undefined) {
    const names = [...(added ?? []).map((name) => `+${name}`), ...(removed ?? []).map((name) => `-${name}`)];
    return `${field} ${names.join(' ')}`;
  }
  const show = (value: string | number | undefined) => (value === undefined ? 'none' : String(value));
  return `${field === '' ? '' : `${field} `}${show(from)} -> ${show(to)}`;
}

export function showDryRun({ isNew, effectiveFrom, skips, diff, numbers }: DryRun, screen: Screen): string {
  if (!isNew) return 'This is the newest version already: nothing would change.\n';
  const when = `Nothing was changed. Applied, it would be in force from ${effectiveFrom.toISOString()} on.\n`;
  return showDiff(diff, screen) + showNumbers(numbers) + skipped(skips, 'would') + when;
}

function showNumbers(numbers: ChangePreview | undefined): string {
  if (numbers === undefined) return '';
  const { pairs, pairsTotal, changed, channels, examples } = numbers;
  const signed = (from: number, to: number) => `${from} -> ${to} (${to > from ? '+' : ''}${to - from})`;
  const all = `${changed} of ${pairs} numbers would change.\n`;
  const rest =
    pairs < pairsTotal
      ? `Too many to preview: the other ${pairsTotal - pairs} of ${pairsTotal} were not looked at.\n`
      : '';
  const byChannel = channels
    .filter((channel) => channel.changed > 0)
    .map(({ channel, changed: own, from, to }) => `  ${channel}: ${own} numbers, ${signed(from, to)} units in all\n`);
  const most = examples.map(({ sku, channel, from, to }) => `  ${sku} on ${channel}: ${signed(from, to)}\n`);
  return all + rest + byChannel.join('') + (most.length > 0 ? `Most change:\n${most.join('')}` : '');
}

export function showApplied({ version, isNew, skips, diff }: Applied, screen: Screen): string {
  if (!isNew) return `This is version ${version.version} already: nothing changed.\n`;
  const since = version.effectiveFrom.toISOString();
  const when = version.state === 'pending' ? `comes into force at ${since}` : `is in force since ${since}`;
  return `${showDiff(diff, screen)}${skipped(skips, 'will')}Version ${version.version} ${when}.\n`;
}

function skipped(versions: readonly number[], will: string): string {
  if (versions.length === 0) return '';
  return `Pending ${versions.map((version) => `version ${version}`).join(', ')} ${will} not come into force.\n`;
}

export function showVersions(versions: readonly VersionEntry[], screen: Screen): string {
  if (versions.length === 0) return 'There are no rules yet. Apply the first: shelfwire-hub rules apply FILE\n';
  const rows = versions.map((entry) => [
    String(entry.version),
    entry.state,
    minutes(entry.effectiveFrom),
    minutes(entry.appliedAt),
    entry.appliedBy,
    [entry.restores === null ? '' : `restores ${entry.restores}`, entry.note ?? ''].filter(Boolean).join(': '),
  ]);
  const head = ['VERSION', 'STATE', 'FROM', 'APPLIED', 'BY', 'NOTE'];
  const widths = head.map((name, column) => Math.max(name.length, ...rows.map((row) => row[column]?.length ?? 0)));
  const line = (row: readonly string[]) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .slice(0, widthOf(screen))
      .trimEnd();
  return `${[head, ...rows].map((row) => line(row)).join('\n')}\n`;
}

function minutes(instant: Date): string {
  return instant.toISOString().slice(0, 16).replace('T', ' ');
}
