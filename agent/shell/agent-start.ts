import { spawn } from 'node:child_process';
import { closeSync, mkdirSync, openSync } from 'node:fs';
import { dirname } from 'node:path';
import type { StartAnswer } from '#shared/agent-api/desktop.ts';
import { ERRORS } from '#shared/protocol/errors.ts';
import { sleep, type Clock } from '#shared/runtime/clock.ts';

const WAIT_MS = 30_000;
const LOOK_EVERY_MS = 250;

export interface StartParts {
  /** Program and arguments: of the desktop's settings, never of a page. Undefined: none is known. */
  readonly command: readonly string[] | undefined;
  /** Where what the agent says is written. */
  readonly logFile: string;
  readonly clock: Clock;
  readonly isUp: () => Promise<boolean>;
}

/** Starts the agent as a program of its own, which goes on when the desktop ends. Asked again meanwhile, it is started once. */
export function agentStarter(parts: StartParts): () => Promise<StartAnswer> {
  let under: Promise<StartAnswer> | undefined;
  return () => {
    under ??= start(parts).finally(() => (under = undefined));
    return under;
  };
}

async function start({ command, logFile, clock, isUp }: StartParts): Promise<StartAnswer> {
  if (await isUp()) return { isStarted: true };
  const [program, ...given] = command ?? [];
  if (program === undefined) return failed('No command is set that starts it.');
  mkdirSync(dirname(logFile), { recursive: true });
  const log = openSync(logFile, 'a', 0o600);
  let over: string | undefined;
  try {
    const child = spawn(program, given, {
      detached: true,
      windowsHide: true,
      stdio: ['ignore', log, log],
      env: plainEnvironment(process.env),
    });
    child.once('error', (error) => (over = error.message));
    child.once('exit', (code, signal) => (over ??= `It ended at once (${signal ?? code}).`));
    child.unref();
  } finally {
    closeSync(log);
  }
  const until = clock.monotonic() + WAIT_MS;
  while (clock.monotonic() < until) {
    if (await isUp()) return { isStarted: true };
    if (over !== undefined) return failed(`${over} See ${logFile}.`);
    await sleep(clock, LOOK_EVERY_MS);
  }
  return failed(`It does not answer after ${WAIT_MS / 1_000} s. See ${logFile}.`);
}

const failed = (detail: string): StartAnswer => ({
  isStarted: false,
  code: 'AGENT_START_FAILED',
  detail,
  remedy: ERRORS.AGENT_START_FAILED.remedy,
});

/** The environment without what would make another program of Node or Electron. */
function plainEnvironment(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(
    Object.entries(env).filter(([name]) => !/^(?:ELECTRON_|NODE_OPTIONS$|NODE_CHANNEL_)/.test(name)),
  );
}
