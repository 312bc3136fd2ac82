import { dirname } from 'node:path';
import { readFileSync } from 'node:fs';
import { ShelfwireError } from '#shared/protocol/errors.ts';
import { envOf, flagOf, type Option, type OptionTable, type OptionValue, type OptionValues } from './option-table.ts';
import { describeAccepted, readValue } from './option-value.ts';

/** Where values come from, strongest first: flags, environment, file, defaults. */
export interface OptionSources {
  /** Texts given for each flag, by option name; booleans as 'true' and 'false'. */
  readonly flags: ReadonlyMap<string, readonly string[]>;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly file?: OptionFile | undefined;
}

export interface OptionFile {
  readonly path: string;
  readonly values: Readonly<Record<string, unknown>>;
}

/**
 * The values of a table from its sources. Throws OPTION_INVALID that names the option, where the bad value stands and
 * what is accepted.
 */
export function resolveOptions<const T extends OptionTable>(table: T, sources: OptionSources): OptionValues<T> {
  const values: Record<string, OptionValue | undefined> = {};
  for (const [name, option] of Object.entries(table)) values[name] = resolveOne(name, option, sources);
  return values as OptionValues<T>;
}

function resolveOne(name: string, option: Option, sources: OptionSources): OptionValue | undefined {
  const given = sources.flags.get(name);
  if (given) {
    if (option.type === 'list') return readValue(option, given, { where: flagOf(name) });
    if (given.length > 1 && option.type !== 'boolean') {
      throw new ShelfwireError('OPTION_INVALID', `${flagOf(name)} is given ${given.length} times; give it once.`);
    }
    return readValue(option, given.at(-1), { where: flagOf(name) });
  }
  const env = sources.env[envOf(name, option)];
  if (env !== undefined && env !== '') return readValue(option, env, { where: envOf(name, option) });
  const file = sources.file;
  if (file && Object.hasOwn(file.values, name)) {
    return readValue(option, file.values[name], { where: `"${name}" in ${file.path}`, folder: dirname(file.path) });
  }
  if (option.default !== undefined) return readValue(option, option.default, { where: `default of ${flagOf(name)}` });
  if (option.required) {
    throw new ShelfwireError(
      'OPTION_INVALID',
      `${flagOf(name)} (or ${envOf(name, option)}) is missing. Accepted: ${describeAccepted(option)}.`,
    );
  }
  if (option.type === 'boolean') return false;
  return option.type === 'list' ? [] : undefined;
}

/** Reads a configuration file: one JSON object, each key an option of one of the tables. Throws OPTION_INVALID. */
export function readOptionFile(path: string, tables: readonly OptionTable[]): OptionFile {
  let values: unknown;
  try {
    values = JSON.parse(readFileSync(path, 'utf8').replace(/^\uFEFF/, ''));
  } catch (cause) {
    const what = cause instanceof SyntaxError ? `is not JSON (${cause.message})` : 'cannot be read';
    throw new ShelfwireError('OPTION_INVALID', `The configuration file ${path} ${what}.`, { cause });
  }
  if (typeof values !== 'object' || values === null || Array.isArray(values)) {
    throw new ShelfwireError('OPTION_INVALID', `The configuration file ${path} must hold one JSON object.`);
  }
  const known = new Set(tables.flatMap((table) => Object.keys(table)));
  const unknown = Object.keys(values).find((name) => !known.has(name));
  if (unknown !== undefined) {
    throw new ShelfwireError(
      'OPTION_INVALID',
      `"${unknown}" in ${path} is not an option. Accepted: ${[...known].join(', ')}.`,
    );
  }
  return { path, values: values as Record<string, unknown> };
}

/** Values as they may be logged: secrets are masked (X1). */
export function shownOptions(table: OptionTable, values: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(table).map(([name, option]) => [
      name,
      option.secret && values[name] !== undefined ? '[hidden]' : values[name],
    ]),
  );
}
