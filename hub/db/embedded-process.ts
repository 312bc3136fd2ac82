import { execFile } from 'node:child_process';

/** The account that a program is run as; absent: our own. Only root can give one. */
export interface Identity {
  readonly uid: number;
  readonly gid: number;
}

export interface ProgramOptions {
  readonly identity?: Identity | undefined;
  readonly cwd?: string;
  readonly timeoutMs?: number;
}

export interface ProgramResult {
  /** Exit code; -1 when the program could not be started or was ended by a signal. */
  readonly code: number;
  /** What it wrote to stdout and stderr, trimmed; the system's own message when it could not be started. */
  readonly output: string;
}

const INHERITED = ['PATH', 'LD_LIBRARY_PATH', 'DYLD_LIBRARY_PATH', 'SystemRoot', 'TEMP', 'TMP', 'TMPDIR'];

/** The environment of PostgreSQL's programs: our own may hold secrets (X1) and PG* variables that would mislead them. */
export function programEnvironment(): NodeJS.ProcessEnv {
  const environment: NodeJS.ProcessEnv = { LC_ALL: 'C' };
  for (const name of INHERITED) {
    const value = process.env[name];
    if (value !== undefined) environment[name] = value;
  }
  return environment;
}

/** Runs a short program to its end. Never throws: how it ended is in the result. */
export function runProgram(
  file: string,
  args: readonly string[],
  options: ProgramOptions = {},
): Promise<ProgramResult> {
  return new Promise((resolve) => {
    const settings = {
      ...options.identity,
      cwd: options.cwd ?? '/',
      env: programEnvironment(),
      timeout: options.timeoutMs ?? 30_000,
      killSignal: 'SIGKILL' as const,
      windowsHide: true,
    };
    try {
      execFile(file, args, settings, (error, stdout, stderr) => {
        const written = `${stdout}${stderr}`.trim();
        if (error === null) resolve({ code: 0, output: written });
        else resolve({ code: typeof error.code === 'number' ? error.code : -1, output: written || error.message });
      });
    } catch (error) {
      resolve({ code: -1, output: String(error) });
    }
  });
}
