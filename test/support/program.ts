import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';

const ROOT = join(import.meta.dirname, '../..');
const NODE_ARGUMENTS = ['--disable-warning=ExperimentalWarning'];
const STOP_MS_MAX = 15_000;
const COMMAND_MS_MAX = 60_000;

/** One of our own programs as a real process: it can be killed and started again on the same data. */
export class Program {
  readonly name: string;
  readonly logFile: string;
  readonly #arguments: readonly string[];
  readonly #env: Readonly<Record<string, string>>;
  /** How it ended when nobody asked it to: a bug. */
  readonly crashes: string[] = [];
  #child: ChildProcess | undefined;
  #mayEnd = false;
  #exited: Promise<void> = Promise.resolve();

  /** `argv` begins with the program's file, from the root of the project. */
  constructor(name: string, argv: readonly string[], logFile: string, env: Readonly<Record<string, string>> = {}) {
    this.name = name;
    this.#arguments = argv;
    this.#env = env;
    this.logFile = logFile;
  }

  get isRunning(): boolean {
    return this.#child !== undefined;
  }

  get pid(): number | undefined {
    return this.#child?.pid;
  }

  start(): void {
    if (this.#child) throw new Error(`${this.name} runs already`);
    const log = openSync(this.logFile, 'a');
    // In a process group of its own: Ctrl-C at the terminal is for us, who then stop it in order.
    const child = spawn(process.execPath, [...NODE_ARGUMENTS, ...this.#arguments], {
      cwd: ROOT,
      detached: true,
      stdio: ['ignore', log, log],
      env: { ...ownEnvironment(), ...this.#env },
    });
    closeSync(log);
    this.#child = child;
    this.#mayEnd = false;
    this.#exited = new Promise((resolve) => {
      const end = (how: string): void => {
        if (this.#child !== child) return;
        this.#child = undefined;
        if (!this.#mayEnd) this.crashes.push(`${this.name} ended by itself (${how})`);
        resolve();
      };
      child.once('exit', (code, signal) => end(signal ?? `exit code ${code}`));
      child.once('error', (error) => end(error.message));
    });
  }

  /** kill -9; resolves when the process is gone. */
  async killHard(): Promise<void> {
    this.#mayEnd = true;
    this.#child?.kill('SIGKILL');
    await this.#exited;
  }

  /** Asks it to stop, and does not wait for ever. */
  async stop(): Promise<void> {
    this.#mayEnd = true;
    this.#child?.kill('SIGTERM');
    await Promise.race([this.#exited, delay(STOP_MS_MAX, undefined, { ref: false })]);
    await this.killHard();
  }
}

/** Runs a command of one of our programs and answers what it prints. Throws with what it says on the error output. */
export async function runCommand(argv: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<string> {
  try {
    const options = { cwd: ROOT, timeout: COMMAND_MS_MAX, env: { ...ownEnvironment(), ...env } };
    const { stdout } = await promisify(execFile)(process.execPath, [...NODE_ARGUMENTS, ...argv], options);
    return stdout.trim();
  } catch (error) {
    const { stderr = '' } = error as { stderr?: string };
    throw new Error(`${argv.slice(0, 3).join(' ')} failed: ${stderr.trim() || String(error)}`, { cause: error });
  }
}

/** What is set for the hub or agent of this machine must not leak into those of a test. */
function ownEnvironment(): NodeJS.ProcessEnv {
  const isOurs = (name: string) => name.startsWith('SHELFWIRE_') || name === 'DATABASE_URL' || name === 'NODE_OPTIONS';
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !isOurs(name)));
}

/** Asks again until it answers true. Throws naming what was waited for. */
export async function waitUntil(
  what: string,
  limitMs: number,
  isSo: () => Promise<boolean> | boolean,
  signal?: AbortSignal,
): Promise<void> {
  const giveUpAt = performance.now() + limitMs;
  while (!(await isSo())) {
    signal?.throwIfAborted();
    if (performance.now() > giveUpAt) throw new Error(`waited ${Math.round(limitMs / 1000)} s in vain: ${what}`);
    await delay(50);
  }
}
