import { realpath } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { backoffMs } from '#shared/runtime/backoff.ts';
import { lockFolder, type FolderLock } from '#shared/runtime/folder-lock.ts';
import type { Logger } from '#shared/runtime/logger.ts';
import { makePrivateFolder } from '#shared/runtime/private-folder.ts';
import { systemRandom } from '#shared/runtime/random.ts';
import { ShelfwireError } from '#shared/protocol/errors.ts';
import { accountFor } from './embedded-account.ts';
import { locateBinaries, runnableBinaries } from './embedded-binaries.ts';
import { ensureDatabase } from './embedded-database.ts';
import { DATABASE_USER, prepareCluster } from './embedded-folder.ts';
import { stopOrphan } from './embedded-orphan.ts';
import { choosePort } from './embedded-port.ts';
import { startPostmaster, type Postmaster, type PostmasterOptions } from './embedded-postmaster.ts';
import { runProgram } from './embedded-process.ts';
import { DEFAULT_SETTINGS, settingArguments, type PostgresSettings } from './embedded-settings.ts';

export interface EmbeddedOptions {
  /** Folder that keeps the cluster (`pgdata`), its password and port. Created when absent; one hub at a time. */
  readonly folder: string;
  /** Fixed port; otherwise a free one is chosen and kept. */
  readonly port?: number;
  readonly logger: Logger;
  /** Added to DEFAULT_SETTINGS, and winning over them. */
  readonly settings?: PostgresSettings;
}

/** A PostgreSQL of our own, supervised: when it dies it is started again on the same port. */
export interface Embedded {
  /** Connection URL with its password: never log it. The same for the life of this object. */
  readonly url: string;
  /** Process id of the postmaster; undefined while it is down. */
  readonly pid: number | undefined;
  /** Stops PostgreSQL (sessions are ended, what was committed stays) and the supervision. May be called twice. */
  stop(): Promise<void>;
  /** Stops and starts it; resolves when it answers again. */
  restart(): Promise<void>;
  /** Calls back each time PostgreSQL goes down while it should run; returns what unsubscribes. */
  onDown(listener: () => void): () => void;
  /** Calls back each time it answers again. */
  onUp(listener: () => void): () => void;
}

const RESTART_BACKOFF = { baseMs: 100, maxMs: 10_000 };
const DATABASE = 'shelfwire';
/** What a start may meet for a moment after a kill: sessions of the dead postmaster that have not ended yet. */
const PASSING = /pre-existing shared memory block|lock file ".*" already exists/;
const PORT_TAKEN = /could not bind|Address already in use|could not create any TCP\/IP sockets/;

/**
 * Starts the PostgreSQL that comes with the package: finds binaries and account, creates the cluster when there is
 * none, takes over from a hub that was killed, waits until it answers.
 * Throws PG_BINARIES_MISSING, PG_ACCOUNT, PG_FOLDER_UNREACHABLE, PG_START_FAILED, FOLDER_IN_USE.
 */
export async function startEmbedded(options: EmbeddedOptions): Promise<Embedded> {
  const found = await locateBinaries();
  makePrivateFolder(options.folder);
  const folder = await realpath(options.folder);
  const lock = lockFolder(join(folder, 'pg-lock'));
  try {
    const { logger } = options;
    const identity = await accountFor(join(folder, 'pgdata'), logger);
    const copyRoot = identity === undefined ? folder : '/var/lib/shelfwire';
    const binaries = await runnableBinaries(found, { identity, copyRoot });
    const cluster = await prepareCluster({ folder, binaries, identity, logger });
    await stopOrphan({ pgdata: cluster.pgdata, binaries, identity, logger });
    const compression = [
      '-D',
      cluster.pgdata,
      ...settingArguments({ wal_compression: 'lz4' }),
      '-C',
      'wal_compression',
    ];
    const hasLz4 = (await runProgram(binaries.postgres, compression, { identity })).code === 0;
    const settings = { ...DEFAULT_SETTINGS, ...(hasLz4 && { wal_compression: 'lz4' }), ...options.settings };
    const supervisor = new Supervisor({ ...cluster, binaries, identity, settings, logger }, lock);
    await supervisor.begin(async () => options.port ?? (await choosePort(folder)), options.port === undefined);
    return supervisor;
  } catch (error) {
    lock.release();
    throw error;
  }
}

class Supervisor implements Embedded {
  readonly #cluster: Omit<PostmasterOptions, 'port' | 'signal'>;
  readonly #lock: FolderLock;
  readonly #ending = new AbortController();
  readonly #down = new Set<() => void>();
  readonly #up = new Set<() => void>();
  #port = 0;
  #postmaster: Postmaster | undefined;
  /** Starts and stops follow one another, never overlap. */
  #turn: Promise<void> = Promise.resolve();
  #stopped: Promise<void> | undefined;

  constructor(cluster: Omit<PostmasterOptions, 'port' | 'signal'>, lock: FolderLock) {
    this.#cluster = cluster;
    this.#lock = lock;
  }

  get url(): string {
    return `postgres://${DATABASE_USER}:${this.#cluster.password}@127.0.0.1:${this.#port}/${DATABASE}`;
  }

  get pid(): number | undefined {
    return this.#postmaster?.pid;
  }

  /** The first start: the only one that may change the port, since nobody has the URL yet. */
  async begin(choose: () => Promise<number>, mayMove: boolean): Promise<void> {
    const giveUpAt = performance.now() + 15_000;
    for (;;) {
      this.#port = await choose();
      try {
        await this.#start();
        break;
      } catch (error) {
        const detail = error instanceof ShelfwireError ? error.message : '';
        const passes = PASSING.test(detail) || (mayMove && PORT_TAKEN.test(detail));
        if (!passes || performance.now() > giveUpAt) throw error;
        await delay(200);
      }
    }
    try {
      await ensureDatabase(this.url);
    } catch (error) {
      await this.#end();
      throw error;
    }
  }

  stop(): Promise<void> {
    this.#ending.abort();
    this.#stopped ??= this.#inTurn(async () => {
      await this.#end();
      this.#lock.release();
    });
    return this.#stopped;
  }

  restart(): Promise<void> {
    return this.#inTurn(async () => {
      if (this.#ending.signal.aborted) throw new ShelfwireError('PG_START_FAILED', 'PostgreSQL was stopped for good.');
      if (this.#postmaster !== undefined) notify(this.#down);
      await this.#end();
      await this.#startUntilUp();
    });
  }

  onDown(listener: () => void): () => void {
    this.#down.add(listener);
    return () => this.#down.delete(listener);
  }

  onUp(listener: () => void): () => void {
    this.#up.add(listener);
    return () => this.#up.delete(listener);
  }

  async #start(): Promise<void> {
    const postmaster = await startPostmaster({ ...this.#cluster, port: this.#port, signal: this.#ending.signal });
    this.#postmaster = postmaster;
    this.#cluster.logger.info({ postmaster: postmaster.pid, port: this.#port }, 'PostgreSQL is up');
    void postmaster.exited.then(() => this.#afterExit(postmaster));
  }

  /** Ends PostgreSQL on purpose: it is forgotten first, so that its exit is not taken for a crash. */
  async #end(): Promise<void> {
    const postmaster = this.#postmaster;
    this.#postmaster = undefined;
    await postmaster?.stop();
  }

  /** An exit that nobody asked for: a crash, a kill, the system's memory killer. */
  #afterExit(postmaster: Postmaster): void {
    if (this.#postmaster !== postmaster) return;
    this.#postmaster = undefined;
    this.#cluster.logger.error({ postmaster: postmaster.pid }, 'PostgreSQL ended by itself; starting it again');
    notify(this.#down);
    void this.#inTurn(() => this.#startUntilUp());
  }

  async #startUntilUp(): Promise<void> {
    for (let attempt = 0; !this.#ending.signal.aborted && this.#postmaster === undefined; attempt += 1) {
      try {
        await this.#start();
        notify(this.#up);
      } catch (error) {
        if (this.#ending.signal.aborted) return;
        this.#cluster.logger.error({ err: error, attempt }, 'PostgreSQL did not come back; trying again');
        const pauseMs = 50 + backoffMs(RESTART_BACKOFF, attempt, systemRandom);
        await delay(pauseMs, undefined, { signal: this.#ending.signal }).catch(() => undefined);
      }
    }
  }

  #inTurn(work: () => Promise<void>): Promise<void> {
    const done = this.#turn.then(work);
    this.#turn = done.catch(() => undefined);
    return done;
  }
}

function notify(listeners: ReadonlySet<() => void>): void {
  for (const listener of listeners) listener();
}
