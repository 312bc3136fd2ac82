import { mkdirSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { DatabaseSync, type SQLInputValue, type StatementSync } from 'node:sqlite';
import { ShelfwireError } from '#shared/protocol/errors.ts';
import { syncFolder } from './sync-folder.ts';
import { toStorageError } from './storage-error.ts';

/** Layout of the file: raised when an older agent could no longer read it. */
const LAYOUT = 1;
const STATEMENTS_MAX = 300;
/** Values of `PRAGMA synchronous`. NORMAL (1) issues no sync at all per commit in WAL mode. */
const SYNCHRONOUS = { FULL: 2, EXTRA: 3 } as const;

export type Synchronous = keyof typeof SYNCHRONOUS;

export interface ConnectionOptions {
  path: string;
  synchronous: Synchronous;
  busyTimeoutMs: number;
}

/**
 * One open file. All calls are synchronous, so in one process nothing runs between BEGIN and COMMIT.
 * Errors of SQLite leave it coded (`toStorageError`).
 */
export class Connection {
  readonly path: string;
  readonly database: DatabaseSync;
  readonly #statements = new Map<string, StatementSync>();

  /**
   * Opens or creates the file.
   * Errors: STORAGE_NOT_DURABLE, STORAGE_NEWER, STORAGE_DAMAGED, STORAGE_IO, STORAGE_FULL, STORAGE_BUSY.
   */
  constructor(options: ConnectionOptions) {
    this.path = options.path;
    let database: DatabaseSync | undefined;
    try {
      makeFolder(dirname(options.path));
      database = new DatabaseSync(options.path, { timeout: options.busyTimeoutMs });
      makeDurable(database, options.path, options.synchronous);
      prepareLayout(database, options.path);
    } catch (error) {
      database?.close();
      throw toStorageError(error, options.path);
    }
    this.database = database;
  }

  /** A cached statement; its rows are arrays of the columns. */
  prepare(sql: string): StatementSync {
    const known = this.#statements.get(sql);
    if (known !== undefined) return known;
    const statement = this.guard(() => this.database.prepare(sql));
    statement.setReturnArrays(true);
    if (this.#statements.size >= STATEMENTS_MAX) {
      const [oldest] = this.#statements.keys();
      if (oldest !== undefined) this.#statements.delete(oldest);
    }
    this.#statements.set(sql, statement);
    return statement;
  }

  /** All rows, each an array of its columns; `Row` is the caller's word for what the statement selects. */
  rows<Row extends readonly unknown[]>(sql: string, ...parameters: SQLInputValue[]): Row[] {
    return this.guard(() => this.prepare(sql).all(...parameters) as unknown as Row[]);
  }

  run(sql: string, ...parameters: SQLInputValue[]): void {
    this.guard(() => this.prepare(sql).run(...parameters));
  }

  /** Runs `work` in one write transaction: it is on disk when this returns, or undone when this throws. */
  transaction<Result>(work: () => Result): Result {
    return this.guard(() => {
      this.prepare('BEGIN IMMEDIATE').run();
      try {
        const result = work();
        this.prepare('COMMIT').run();
        return result;
      } catch (error) {
        // SQLite may have rolled back by itself already (disk full, I/O error).
        if (this.database.isTransaction) this.prepare('ROLLBACK').run();
        throw error;
      }
    });
  }

  /** Runs `work`; an error of SQLite gets its code. */
  guard<Result>(work: () => Result): Result {
    try {
      return work();
    } catch (error) {
      throw toStorageError(error, this.path);
    }
  }

  close(): void {
    this.#statements.clear();
    this.database.close();
  }
}

const shared = new Map<string, { connection: Connection; references: number }>();

/** The connection of a file, shared inside the process; whoever acquires releases, the last one closes the file. */
export function acquireConnection(options: ConnectionOptions): Connection {
  const path = resolve(options.path);
  const open = shared.get(path);
  if (open !== undefined) {
    open.references++;
    return open.connection;
  }
  const connection = new Connection({ ...options, path });
  shared.set(path, { connection, references: 1 });
  return connection;
}

export function releaseConnection(connection: Connection): void {
  const open = shared.get(connection.path);
  if (open?.connection !== connection) return;
  open.references--;
  if (open.references > 0) return;
  shared.delete(connection.path);
  connection.close();
}

/** Sets what durability needs and reads it back, because SQLite keeps silent where a file system refuses. */
export function makeDurable(database: DatabaseSync, path: string, synchronous: Synchronous): void {
  // fullfsync: on macOS only F_FULLFSYNC reaches the disk. journal_size_limit: a large WAL shrinks again.
  database.exec(`
    PRAGMA journal_mode = WAL;
    PRAGMA synchronous = ${synchronous};
    PRAGMA fullfsync = ON;
    PRAGMA checkpoint_fullfsync = ON;
    PRAGMA journal_size_limit = 67108864;
    PRAGMA cache_size = -8000;
    PRAGMA temp_store = MEMORY;
  `);
  const journalMode = database.prepare('PRAGMA journal_mode').get()?.['journal_mode'];
  const level = database.prepare('PRAGMA synchronous').get()?.['synchronous'];
  if (journalMode === 'wal' && level === SYNCHRONOUS[synchronous]) return;
  throw new ShelfwireError(
    'STORAGE_NOT_DURABLE',
    `${path}: SQLite runs with journal_mode ${String(journalMode)} and synchronous ${String(level)}.`,
    { context: { path, journalMode, synchronous: level } },
  );
}

function prepareLayout(database: DatabaseSync, path: string): void {
  const layout = Number(database.prepare('PRAGMA user_version').get()?.['user_version']);
  if (layout === LAYOUT) return;
  if (layout > LAYOUT) {
    throw new ShelfwireError('STORAGE_NEWER', `${path} has layout ${layout}, this agent knows ${LAYOUT}.`, {
      context: { path, layout },
    });
  }
  database.exec(`
    BEGIN IMMEDIATE;
    CREATE TABLE IF NOT EXISTS shelfwire_tables (
      number INTEGER PRIMARY KEY,
      collection TEXT NOT NULL,
      version INTEGER NOT NULL,
      shape TEXT,
      seq_floor INTEGER NOT NULL DEFAULT 0,
      UNIQUE (collection, version)
    );
    PRAGMA user_version = ${LAYOUT};
    COMMIT;
  `);
}

/** Makes the folder so that it is still there after a power cut: its name is synced in its parent. */
function makeFolder(folder: string): void {
  const firstMade = mkdirSync(folder, { recursive: true, mode: 0o700 });
  if (firstMade === undefined) return;
  for (let made = folder; made.length >= firstMade.length; made = dirname(made)) syncFolder(dirname(made));
}
