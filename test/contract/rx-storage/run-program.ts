import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { onTestFinished } from 'vitest';
import type { StorageUnderTest } from './engine.ts';

export type ProgramMode = 'write' | 'migrate' | 'push';

/** Where and how `storage-program.ts` opens its storage. */
export interface Place {
  module: string;
  factory: string;
  folder: string;
  clockStepMs: number;
}

const PROGRAM = fileURLToPath(new URL('storage-program.ts', import.meta.url));

export interface Run {
  child: ChildProcess;
  /** Whole lines that it has printed so far. */
  lines(): string[];
  /** Ends when the process has, with its exit code; null when it was killed. */
  ended: Promise<number | null>;
}

/** Starts the program on the folder; it is killed when the test ends. */
export function runProgram(
  engine: StorageUnderTest,
  folder: string,
  mode: ProgramMode,
  words: readonly string[] = [],
  clockStepMs = 0,
): Run {
  if (engine.program === undefined) throw new Error(`${engine.name} cannot be opened by another process.`);
  const place: Place = { ...engine.program, folder, clockStepMs };
  const options = ['--disable-warning=ExperimentalWarning', PROGRAM, JSON.stringify(place), mode, ...words];
  const child = spawn(process.execPath, options, { stdio: ['ignore', 'pipe', 'inherit'] });
  onTestFinished(() => void child.kill('SIGKILL'));
  let output = '';
  child.stdout?.setEncoding('utf8').on('data', (part: string) => (output += part));
  return {
    child,
    lines: () => output.split('\n').slice(0, -1),
    ended: once(child, 'close').then(([code]) => code as number | null),
  };
}

/** Kills the program (-9) as soon as it has printed so many lines and then waited for `thenMs`. */
export async function killAfter(run: Run, lines: number, thenMs = 0): Promise<string[]> {
  const { stdout } = run.child;
  const enough = new Promise<void>((resolve) => {
    stdout?.on('data', () => {
      if (run.lines().length >= lines) resolve();
    });
  });
  await Promise.race([enough, run.ended]);
  await wait(thenMs);
  run.child.kill('SIGKILL');
  await run.ended;
  return run.lines();
}
