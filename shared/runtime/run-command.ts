import { ShelfwireError, toWireError } from '#shared/protocol/errors.ts';
import type { CliDefinition, Invocation } from './command-definition.ts';
import type { Cli } from './command-line.ts';

/** What a command writes to and reads from; tests give their own. */
export interface Terminal {
  out(text: string): void;
  err(text: string): void;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly columns?: number | undefined;
  /** True when `out` is looked at by a person: colours and progress are welcome. */
  readonly isInteractive: boolean;
}

export const processTerminal: Terminal = {
  out: (text) => void process.stdout.write(text),
  err: (text) => void process.stderr.write(text),
  env: process.env,
  columns: process.stdout.columns,
  isInteractive: process.stdout.isTTY && process.env['NO_COLOR'] === undefined,
};

/** Whoever reads along has gone (`| head`): a command goes on to its end, and says nothing more. */
function endQuietly(stream: NodeJS.WriteStream): void {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE' && error.code !== 'ERR_STREAM_DESTROYED') throw error;
  });
}

/** What each command does; answers the exit code. */
export type CommandHandlers<D extends CliDefinition> = {
  readonly [Name in keyof D['commands']]: (invocation: Invocation<D, Name>, terminal: Terminal) => Promise<number>;
};

/** Exit codes: 0 done, 1 failed, 2 asked wrongly. */
export async function runCommand<D extends CliDefinition>(
  cli: Cli<D>,
  handlers: CommandHandlers<D>,
  argv: readonly string[],
  terminal: Terminal = processTerminal,
): Promise<number> {
  if (terminal === processTerminal) for (const stream of [process.stdout, process.stderr]) endQuietly(stream);
  try {
    const invocation = cli.parse(argv, terminal);
    if (invocation.command === 'help' && 'text' in invocation) {
      if (invocation.asked) terminal.out(invocation.text);
      else terminal.err(invocation.text);
      return invocation.asked ? 0 : 2;
    }
    const asked = invocation as Invocation<D>;
    return await handlers[asked.command](asked, terminal);
  } catch (error) {
    terminal.err(describeFailure(error));
    return error instanceof ShelfwireError && error.code === 'OPTION_INVALID' ? 2 : 1;
  }
}

/** A failure as a person reads it: code, what happened, what to do. An unforeseen one keeps its stack. */
export function describeFailure(error: unknown): string {
  if (!(error instanceof ShelfwireError)) return `INTERNAL: ${error instanceof Error ? error.stack : String(error)}\n`;
  const wire = toWireError(error);
  return `${wire.code}: ${wire.detail}\n  ${wire.remedy}\n`;
}
