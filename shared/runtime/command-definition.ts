import type { OptionTable, OptionValues } from './option-table.ts';

/** One command: what it does, its own options, and what it takes by place (name -> what it is). */
export interface Command {
  readonly summary: string;
  readonly options?: OptionTable;
  readonly arguments?: Readonly<Record<string, string>>;
}

export interface CliDefinition {
  /** The program's name, as it is typed. */
  readonly name: string;
  readonly summary: string;
  readonly version: string;
  /** Options of every command. */
  readonly options: OptionTable;
  /** By name; a name may have two words ("client add"). */
  readonly commands: Readonly<Record<string, Command>>;
}

type OwnOptions<C extends Command> = C extends { options: infer T extends OptionTable } ? OptionValues<T> : unknown;
type OwnArguments<C extends Command> = C extends { arguments: infer A }
  ? { readonly [Name in keyof A]: string }
  : object;

/** One command that was asked for, with typed options and arguments. */
export type Invocation<D extends CliDefinition, Name extends keyof D['commands'] = keyof D['commands']> = {
  [N in Name]: {
    readonly command: N;
    readonly options: OptionValues<D['options']> & OwnOptions<D['commands'][N]>;
    readonly args: OwnArguments<D['commands'][N]>;
  };
}[Name];
