import { parseArgs } from 'node:util';
import { ShelfwireError } from '#shared/protocol/errors.ts';
import { commandHelp, groupHelp, overviewHelp } from './command-help.ts';
import type { CliDefinition, Command, Invocation } from './command-definition.ts';
import { flagOf, type OptionTable } from './option-table.ts';
import { readOptionFile, resolveOptions } from './options.ts';

/** A text was asked for instead: --help or --version. `asked` is false when the command is missing. */
export interface HelpInvocation {
  readonly command: 'help';
  readonly text: string;
  readonly asked: boolean;
}

export interface ParseContext {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Width of the terminal, 80 by default; help is at most 100 wide. */
  readonly columns?: number | undefined;
}

export interface Cli<D extends CliDefinition> {
  readonly definition: D;
  /** Throws OPTION_INVALID for anything that is not in the table. */
  parse(argv: readonly string[], context: ParseContext): Invocation<D> | HelpInvocation;
}

const CONFIG = {
  config: {
    type: 'path',
    help: 'JSON file with options by name; flags and environment are stronger.',
    placeholder: 'FILE',
  },
} as const satisfies OptionTable;

/** A program with commands over one options table: types, defaults, environment names and help from one place. */
export function defineCli<const D extends CliDefinition>(definition: D): Cli<D> {
  const commands = Object.entries<Command>(definition.commands);
  const globals: OptionTable = { ...definition.options, ...CONFIG };
  const everything: OptionTable = Object.assign({}, globals, ...commands.map(([, command]) => command.options ?? {}));
  return {
    definition,
    parse(argv, context) {
      const { flags, positionals, help, version } = readFlags(argv, everything);
      if (version) return { command: 'help', text: `${definition.version}\n`, asked: true };
      const found = findCommand(commands, positionals);
      if (!found) {
        const group = groupOf(positionals, commands);
        if (help && group.length > 0)
          return { command: 'help', text: groupHelp(definition.name, group, context.columns), asked: true };
        if (positionals.length > 0) throw unknownCommand(positionals, commands, group);
        return { command: 'help', text: overviewHelp(definition, globals, context.columns), asked: help };
      }
      const [name, command] = found;
      const table: OptionTable = { ...command.options, ...globals };
      if (help)
        return {
          command: 'help',
          text: commandHelp(definition.name, name, command, table, context.columns),
          asked: true,
        };
      for (const option of flags.keys()) {
        if (!Object.hasOwn(table, option)) throw unknownFlag(flagOf(option), table, name);
      }
      const { config } = resolveOptions(CONFIG, { flags, env: context.env });
      const file = config === undefined ? undefined : readOptionFile(config, [everything]);
      const options = resolveOptions(table, { flags, env: context.env, file });
      const args = readArguments(name, command, positionals.slice(name.split(' ').length));
      return { command: name, options, args } as unknown as Invocation<D>;
    },
  };
}

interface Flags {
  flags: Map<string, string[]>;
  positionals: string[];
  help: boolean;
  version: boolean;
}

/** Splits arguments into flags and words. The table says which flags take a value. */
function readFlags(argv: readonly string[], table: OptionTable): Flags {
  const byFlag = new Map(Object.keys(table).map((name) => [flagOf(name).slice(2), name]));
  const types = Object.fromEntries(
    [...byFlag].map(([flag, name]) => [
      flag,
      { type: table[name]?.type === 'boolean' ? ('boolean' as const) : ('string' as const) },
    ]),
  );
  const { tokens } = parseArgs({
    args: [...argv],
    options: { ...types, help: { type: 'boolean', short: 'h' }, version: { type: 'boolean', short: 'v' } },
    strict: false,
    allowPositionals: true,
    tokens: true,
  });
  const read: Flags = { flags: new Map(), positionals: [], help: false, version: false };
  for (const token of tokens) {
    if (token.kind === 'positional') read.positionals.push(token.value);
    if (token.kind !== 'option') continue;
    if (token.name === 'help') read.help = true;
    else if (token.name === 'version') read.version = true;
    else {
      const [name, text] = readFlag(token, byFlag, table);
      read.flags.set(name, [...(read.flags.get(name) ?? []), text]);
    }
  }
  return read;
}

interface FlagToken {
  readonly name: string;
  readonly rawName: string;
  readonly value?: string | undefined;
  readonly inlineValue?: boolean | undefined;
}

function readFlag(token: FlagToken, byFlag: ReadonlyMap<string, string>, table: OptionTable): [string, string] {
  const negated = token.name.startsWith('no-') ? byFlag.get(token.name.slice(3)) : undefined;
  if (negated !== undefined && table[negated]?.type === 'boolean') return [negated, 'false'];
  const name = byFlag.get(token.name);
  if (name === undefined || !token.rawName.startsWith('--')) throw unknownFlag(token.rawName, table);
  if (table[name]?.type === 'boolean') return [name, token.value ?? 'true'];
  const isNextFlag = token.inlineValue !== true && /^-\D/.test(token.value ?? '');
  if (token.value === undefined || isNextFlag) {
    throw new ShelfwireError('OPTION_INVALID', `${token.rawName} needs a value.`);
  }
  return [name, token.value];
}

function findCommand(commands: readonly [string, Command][], words: readonly string[]): [string, Command] | undefined {
  return commands
    .toSorted(([a], [b]) => b.length - a.length)
    .find(([name]) => name.split(' ').every((word, index) => words[index] === word));
}

/** The commands that begin with these words: those of `key` are `key create`, `key list`, ... */
function groupOf(words: readonly string[], commands: readonly [string, Command][]): [string, Command][] {
  if (words.length === 0) return [];
  return commands.filter(([name]) => name.startsWith(`${words.join(' ')} `));
}

function readArguments(name: string, command: Command, words: readonly string[]): Record<string, string> {
  const wanted = Object.keys(command.arguments ?? {});
  const missing = wanted[words.length];
  if (missing !== undefined) {
    throw new ShelfwireError(
      'OPTION_INVALID',
      `"${name}" needs ${missing.toUpperCase()}: ${command.arguments?.[missing]}`,
    );
  }
  if (words.length > wanted.length) {
    throw new ShelfwireError('OPTION_INVALID', `"${name}" takes no "${words[wanted.length]?.slice(0, 80)}".`);
  }
  return Object.fromEntries(wanted.map((argument, index) => [argument, words[index] ?? '']));
}

function unknownFlag(flag: string, table: OptionTable, command?: string): ShelfwireError {
  const of = command === undefined ? '' : ` of "${command}"`;
  const accepted = Object.keys(table).map(flagOf).join(', ');
  return new ShelfwireError('OPTION_INVALID', `${flag.slice(0, 80)} is not an option${of}. Accepted: ${accepted}.`);
}

function unknownCommand(
  words: readonly string[],
  commands: readonly [string, Command][],
  group: readonly [string, Command][],
): ShelfwireError {
  const accepted = (group.length > 0 ? group : commands).map(([name]) => name).join(', ');
  return new ShelfwireError('OPTION_INVALID', `"${words[0]?.slice(0, 80)}" is not a command. Accepted: ${accepted}.`);
}
