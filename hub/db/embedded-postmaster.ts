import { spawn, type ChildProcess } from 'node:child_process';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import { Client } from 'pg';
import type { Logger } from '#shared/runtime/logger.ts';
import { ShelfwireError } from '#shared/protocol/errors.ts';
import type { PostgresBinaries } from './embedded-binaries.ts';
import { DATABASE_USER } from './embedded-folder.ts';
import { programEnvironment, runProgram, type Identity } from './embedded-process.ts';
import { settingArguments, type PostgresSettings } from './embedded-settings.ts';

export interface PostmasterOptions {
  readonly pgdata: string;
  readonly port: number;
  readonly password: string;
  readonly binaries: PostgresBinaries;
  readonly identity: Identity | undefined;
  readonly settings: PostgresSettings;
  readonly logger: Logger;
  /** Gives the start up: the postmaster is stopped and the start fails. */
  readonly signal: AbortSignal;
}

/** A running postmaster that has answered a query. */
export interface Postmaster {
  readonly pid: number;
  /** Resolves when it has ended, however that came. */
  readonly exited: Promise<void>;
  /** Ends all sessions, writes a checkpoint, stops; without one (recovery follows at the next start) after 20 s. */
  stop(): Promise<void>;
}

const STOP_LIMIT_MS = 20_000;
const SILENCE_LIMIT_MS = 60_000;
/** Recovery after a crash replays up to `max_wal_size`; while PostgreSQL says that it does, we wait. */
const RECOVERY_LIMIT_MS = 15 * 60_000;
const CANNOT_CONNECT_NOW = '57P03';
const KEPT_LINES = 30;

/** Starts `postgres` as our child and waits until it answers. Throws PG_START_FAILED with its last log lines. */
export async function startPostmaster(options: PostmasterOptions): Promise<Postmaster> {
  const lines: string[] = [];
  const phase = { steady: false };
  const child = spawn(
    options.binaries.postgres,
    ['-D', options.pgdata, '-p', String(options.port), ...settingArguments(options.settings)],
    {
      ...options.identity,
      cwd: '/',
      env: programEnvironment(),
      stdio: ['ignore', 'ignore', 'pipe'],
      windowsHide: true,
      // A process group of its own: Ctrl-C in a terminal reaches the hub alone, which stops PostgreSQL last.
      detached: process.platform !== 'win32',
    },
  );
  const exited = new Promise<void>((resolve) => {
    child.once('error', (error) => {
      lines.push(String(error));
      resolve();
    });
    child.once('exit', () => resolve());
  });
  const finished = logLines(child, options.logger, lines, phase);
  const stop = async (): Promise<void> => {
    phase.steady = false;
    await stopChild(child, exited, options);
  };
  // A hub that ends without stopping its parts takes PostgreSQL with it.
  const stopAtExit = (): void => void child.kill('SIGINT');
  process.once('exit', stopAtExit);
  void exited.then(() => process.removeListener('exit', stopAtExit));
  try {
    await untilItAnswers(child, options);
  } catch (cause) {
    await stop();
    await Promise.race([finished, delay(500)]);
    const log = lines.join('\n');
    throw new ShelfwireError('PG_START_FAILED', `PostgreSQL did not start: ${log || String(cause)}`, {
      cause,
      context: { pgdata: options.pgdata, port: options.port, log },
    });
  }
  phase.steady = true;
  return { pid: child.pid ?? 0, exited, stop };
}

/** Passes what PostgreSQL writes on to the logger and keeps the last lines for an error. Resolves at the end. */
function logLines(child: ChildProcess, logger: Logger, lines: string[], phase: { steady: boolean }): Promise<void> {
  return new Promise((resolve) => {
    if (child.stderr === null) {
      resolve();
      return;
    }
    const reader = createInterface({ input: child.stderr });
    reader.on('line', (line) => {
      lines.push(line);
      if (lines.length > KEPT_LINES) lines.shift();
      // During start and stop PostgreSQL turns each session away as FATAL: expected, not worth a warning.
      const alarming = phase.steady && /^(WARNING|FATAL|PANIC):/.test(line);
      logger[alarming ? 'warn' : 'debug']({ postgres: line }, 'postgres');
    });
    reader.once('close', resolve);
  });
}

async function untilItAnswers(child: ChildProcess, options: PostmasterOptions): Promise<void> {
  const begun = performance.now();
  for (let recovering = false; ;) {
    await delay(20);
    if (options.signal.aborted) throw new Error('the start was given up');
    if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) throw new Error('it ended');
    const failure = await tryConnection(options);
    if (failure === undefined) return;
    recovering = failure.code === CANNOT_CONNECT_NOW;
    if (performance.now() - begun > (recovering ? RECOVERY_LIMIT_MS : SILENCE_LIMIT_MS)) throw failure;
  }
}

async function tryConnection(options: PostmasterOptions): Promise<NodeJS.ErrnoException | undefined> {
  const client = new Client({
    host: '127.0.0.1',
    port: options.port,
    user: DATABASE_USER,
    password: options.password,
    database: 'postgres',
    connectionTimeoutMillis: 5000,
  });
  client.on('error', () => undefined);
  try {
    await client.connect();
    await client.query('SELECT 1');
    return undefined;
  } catch (error) {
    return error as NodeJS.ErrnoException;
  } finally {
    await client.end().catch(() => undefined);
  }
}

async function stopChild(child: ChildProcess, exited: Promise<void>, options: PostmasterOptions): Promise<void> {
  for (const mode of ['fast', 'immediate']) {
    if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
    if (process.platform === 'win32') {
      await runProgram(options.binaries.pgCtl, ['stop', '-D', options.pgdata, '-m', mode, '-W']);
    } else {
      child.kill(mode === 'fast' ? 'SIGINT' : 'SIGQUIT');
    }
    const limit = new AbortController();
    await Promise.race([exited, delay(STOP_LIMIT_MS, undefined, { signal: limit.signal }).catch(() => undefined)]);
    limit.abort();
  }
  child.kill('SIGKILL');
}
