import type { Terminal } from '#shared/runtime/run-command.ts';

export interface CapturedRun {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** Runs a command, and gives its exit code and what it said. */
export async function capturedRun(
  run: (terminal: Terminal) => Promise<number>,
  given: Partial<Omit<Terminal, 'out' | 'err'>> = {},
): Promise<CapturedRun> {
  let [out, err] = ['', ''];
  const code = await run({
    out: (text) => (out += text),
    err: (text) => (err += text),
    env: {},
    isInteractive: false,
    ...given,
  });
  return { code, out, err };
}

/** The same for a command of the hub, on a database. */
export const capturedHubRun = (
  databaseUrl: string,
  run: (terminal: Terminal) => Promise<number>,
  isInteractive = false,
): Promise<CapturedRun> => capturedRun(run, { env: { DATABASE_URL: databaseUrl }, columns: 100, isInteractive });
