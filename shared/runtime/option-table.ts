/** What a value of an option can be. */
export type OptionValue = string | number | boolean | readonly string[];

interface Common {
  /** What it is for: one sentence, shown by --help. */
  readonly help: string;
  /** Name in the environment; by default SHELFWIRE_ and the name (`logLevel` -> SHELFWIRE_LOG_LEVEL). */
  readonly env?: string;
  /** Its value is never printed: not by help, not in errors, not in logs. */
  readonly secret?: boolean;
  /** Without a value from anywhere it is an error; otherwise an option without default is undefined. */
  readonly required?: boolean;
  /** What stands for the value in help, by default the type in capitals. */
  readonly placeholder?: string;
}

export type Option =
  | (Common & { readonly type: 'string'; readonly default?: string; readonly maxLength?: number })
  | (Common & {
      readonly type: 'number';
      readonly default?: number;
      readonly min: number;
      readonly max: number;
      readonly fraction?: boolean;
    })
  | (Common & { readonly type: 'boolean'; readonly default?: boolean })
  /** Made absolute: from the working folder, or from the configuration file's folder when it stands there. */
  | (Common & { readonly type: 'path'; readonly default?: string })
  | (Common & { readonly type: 'url'; readonly default?: string; readonly protocols?: readonly string[] })
  | (Common & { readonly type: 'enum'; readonly values: readonly string[]; readonly default?: string })
  /** Flag: repeated; environment: with commas; file: an array. */
  | (Common & { readonly type: 'list'; readonly default?: readonly string[] });

/** Options by their name in camelCase; the flag is its kebab-case. */
export type OptionTable = Readonly<Record<string, Option>>;

type Read<O extends Option> = O extends { type: 'number' }
  ? number
  : O extends { type: 'boolean' }
    ? boolean
    : O extends { type: 'list' }
      ? readonly string[]
      : O extends { type: 'enum'; values: readonly (infer V)[] }
        ? V
        : string;

type Always = { default: OptionValue } | { required: true } | { type: 'boolean' | 'list' };

/** The typed values of a table. */
export type OptionValues<T extends OptionTable> = {
  readonly [Name in keyof T]: T[Name] extends Always ? Read<T[Name]> : Read<T[Name]> | undefined;
};

export const flagOf = (name: string): string =>
  `--${name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;

export const envOf = (name: string, option: Option): string =>
  option.env ?? `SHELFWIRE_${name.replaceAll(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase()}`;
