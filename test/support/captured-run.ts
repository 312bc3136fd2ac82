import type { Terminal } from '#shared/runtime/run-command.ts';

export interface CapturedRun {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** Runs a command of the hub on a database, and gives its exit code and what it said. */
export async function capturedRun(
  databaseUrl: string,
  run: (terminal: Terminal) => Promise<number>,
  isInteractive = false,
): Promise<CapturedRun> {
  let [out, err] = ['', ''];
  const code = await run({
    out: (text) => (out += text),
    err: (text) => (err += text),
    env: { DATABASE_URL: databaseUrl },
    columns: 100,
    isInteractive,
  });
  return { code, out, err };
}
