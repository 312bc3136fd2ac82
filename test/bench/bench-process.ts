import { fork } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { basename } from 'node:path';

/** What a process of a benchmark can be asked for, by name; arguments and results travel as messages. */
export type Commands = Readonly<Record<string, (argument: never) => Promise<unknown>>>;

interface Request {
  readonly id: number;
  readonly name: string;
  readonly argument: unknown;
}
type Reply = { readonly id: number } & ({ readonly value: unknown } | { readonly failure: string });

/** A process that answers commands; it ends when the benchmark does. */
export interface BenchProcess<C extends Commands> {
  ask<Name extends keyof C & string>(
    name: Name,
    ...argument: Parameters<C[Name]> extends [] ? [] : [Parameters<C[Name]>[0]]
  ): Promise<Awaited<ReturnType<C[Name]>>>;
  /** Ends it after what it has under way was answered. */
  end(): Promise<void>;
}

export interface ProcessOptions {
  readonly execArgv?: readonly string[];
  /** Folder for a CPU profile, written when the process ends. */
  readonly profile?: string | undefined;
}

const END_LIMIT_MS = 20_000;

/** Starts a program of this folder that calls `serve`. */
export function startProcess<C extends Commands>(script: string, options: ProcessOptions = {}): BenchProcess<C> {
  const { execArgv = [], profile } = options;
  if (profile !== undefined) mkdirSync(profile, { recursive: true });
  const label = basename(script, '.ts');
  const profiling =
    profile === undefined
      ? []
      : ['--cpu-prof', `--cpu-prof-dir=${profile}`, `--cpu-prof-name=${label}-${Date.now()}.cpuprofile`];
  const child = fork(script, {
    execArgv: ['--disable-warning=ExperimentalWarning', ...execArgv, ...profiling],
    serialization: 'advanced',
  });
  const waiting = new Map<number, { resolve: (value: never) => void; reject: (error: Error) => void }>();
  let ids = 0;
  const gone = new Promise<void>((resolve) => {
    child.once('exit', (code, signal) => {
      for (const { reject } of waiting.values()) reject(new Error(`${label} ended with ${signal ?? code}`));
      waiting.clear();
      resolve();
    });
  });
  child.on('message', (reply: Reply) => {
    const asked = waiting.get(reply.id);
    waiting.delete(reply.id);
    if ('failure' in reply) asked?.reject(new Error(`${label}: ${reply.failure}`));
    else asked?.resolve(reply.value as never);
  });
  return {
    ask: (name, ...[argument]) =>
      new Promise((resolve, reject) => {
        ids += 1;
        waiting.set(ids, { resolve, reject });
        child.send({ id: ids, name, argument } satisfies Request, (error) => error && reject(error));
      }),
    async end() {
      if (child.connected) child.disconnect();
      const limit = setTimeout(() => child.kill('SIGKILL'), END_LIMIT_MS);
      await gone;
      clearTimeout(limit);
    },
  };
}

/** The other side: answers commands until the parent disconnects or dies, then calls `end` and exits. */
export function serve(commands: Commands, end: () => Promise<void> = () => Promise.resolve()): void {
  process.on('message', (request: Request) => {
    const command = commands[request.name] as ((argument: unknown) => Promise<unknown>) | undefined;
    const work = command ? command(request.argument) : Promise.reject(new Error(`there is no command ${request.name}`));
    const reply = (answer: Reply): void => void process.send?.(answer);
    work.then(
      (value) => reply({ id: request.id, value }),
      (error: unknown) =>
        reply({ id: request.id, failure: error instanceof Error ? (error.stack ?? error.message) : String(error) }),
    );
  });
  process.once('disconnect', () => {
    void end().finally(() => process.exit(0));
  });
  // A Ctrl+C reaches every process of the terminal: the parent decides.
  process.on('SIGINT', () => undefined);
}
