import type { CliDefinition, Command } from './command-definition.ts';
import { envOf, flagOf, type Option, type OptionTable } from './option-table.ts';

const WIDTH_MAX = 100;
const WIDTH_DEFAULT = 80;
const NAME_COLUMN_MAX = 28;

/** Help of the whole program: its commands, and the options that all of them take. */
export function overviewHelp(definition: CliDefinition, globals: OptionTable, columns?: number): string {
  const width = widthOf(columns);
  return [
    ...wrap(definition.summary, width),
    '',
    `Usage: ${definition.name} COMMAND [options]`,
    '',
    'Commands:',
    ...table(commandRows(Object.entries(definition.commands)), width),
    '',
    'Options of every command:',
    ...table(optionRows(globals), width),
    '',
    `Help of one command: ${definition.name} COMMAND --help`,
    '',
  ].join('\n');
}

/** Help of commands that begin with the same word. */
export function groupHelp(program: string, commands: readonly [string, Command][], columns?: number): string {
  return [
    'Commands:',
    ...table(commandRows(commands), widthOf(columns)),
    '',
    `Help of one command: ${program} COMMAND --help`,
    '',
  ].join('\n');
}

/** Help of one command with all options it takes. */
export function commandHelp(
  program: string,
  name: string,
  command: Command,
  options: OptionTable,
  columns?: number,
): string {
  const width = widthOf(columns);
  const places = Object.entries(command.arguments ?? {}).map(([argument, help]): Row => [argument.toUpperCase(), help]);
  return [
    ...wrap(command.summary, width),
    '',
    `Usage: ${program} ${usage(name, command)} [options]`,
    '',
    ...(places.length > 0 ? ['Arguments:', ...table(places, width), ''] : []),
    'Options:',
    ...table(optionRows(options), width),
    '',
    'A flag is stronger than its variable, a variable stronger than the file, the file stronger than the default.',
    '',
  ]
    .flatMap((line) => (line.startsWith('A flag') ? wrap(line, width) : [line]))
    .join('\n');
}

type Row = readonly [name: string, text: string];

const widthOf = (columns: number | undefined): number => Math.max(60, Math.min(columns ?? WIDTH_DEFAULT, WIDTH_MAX));

const usage = (name: string, command: Command): string =>
  [name, ...Object.keys(command.arguments ?? {}).map((argument) => argument.toUpperCase())].join(' ');

const commandRows = (commands: readonly [string, Command][]): Row[] =>
  commands.map(([name, command]): Row => [usage(name, command), command.summary]);

function optionRows(options: OptionTable): Row[] {
  return Object.entries(options).map(([name, option]): Row => {
    const notes = [describeDefault(option), `[${envOf(name, option)}]`].filter((note) => note !== '');
    return [spell(name, option), `${option.help} ${notes.join(' ')}`];
  });
}

function spell(name: string, option: Option): string {
  if (option.type === 'boolean') return option.default === true ? flagOf(name).replace('--', '--no-') : flagOf(name);
  const placeholder =
    option.placeholder ?? (option.type === 'enum' ? option.values.join('|') : option.type.toUpperCase());
  return `${flagOf(name)} ${placeholder}`;
}

function describeDefault(option: Option): string {
  if (option.required) return '(required)';
  if (option.type === 'boolean' || option.default === undefined || option.secret) return '';
  const shown = option.type === 'list' ? option.default.join(',') : String(option.default);
  return shown === '' ? '' : `(default ${shown})`;
}

/** Two columns; a name that is too long stands on a line of its own. */
function table(rows: readonly Row[], width: number): string[] {
  const fitting = rows.map(([name]) => name.length).filter((length) => length <= NAME_COLUMN_MAX);
  const column = Math.max(0, ...fitting) + 4;
  return rows.flatMap(([name, text]) => {
    const [first = '', ...rest] = wrap(text, width - column);
    const indented = rest.map((line) => ' '.repeat(column) + line);
    if (name.length > NAME_COLUMN_MAX) return [`  ${name}`, ' '.repeat(column) + first, ...indented];
    return [`  ${name}`.padEnd(column) + first, ...indented];
  });
}

/** Breaks a text at blanks so that no line is wider than `width`, unless a word is. */
export function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    if (line !== '' && line.length + 1 + word.length > width) {
      lines.push(line);
      line = word;
    } else line = line === '' ? word : `${line} ${word}`;
  }
  return [...lines, line];
}
