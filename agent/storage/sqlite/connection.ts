import { accessSync, constants, existsSync, mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync, type SQLInputValue, type StatementSync } from 'node:sqlite';
import { ShelfwireError } from '#shared/protocol/errors.ts';
import { damageOf } from './integrity.ts';
import { prepareLayout } from './layout.ts';
import { type Mark, readMark, type Registered, stampOf, writeMark } from './mark.ts';
import type { DamageReport } from './salvage/report.ts';
import type { SalvageOptions } from './salvage/salvage.ts';
import { finishRecovery, recoverFile } from './salvage/set-aside.ts';
import { syncFolder } from './sync-folder.ts';
import { toStorageError } from './storage-error.ts';

const STATEMENTS_MAX = 300;
/** Values of `PRAGMA synchronous`. NORMAL (1) issues no sync at all per commit in WAL mode. */
const SYNCHRONOUS = { FULL: 2, EXTRA: 3 } as const;

export type Synchronous = keyof typeof SYNCHRONOUS;

export interface ConnectionOptions {
  path: string;
  synchronous: Synchronous;
  busyTimeoutMs: number;
  /** Wall clock, for the name and the report of a file that is set aside. */
  now: () => number;
  recovery?: RecoveryOptions | undefined;
}

/** How a damaged file is recovered. */
export interface RecoveryOptions extends SalvageOptions {
  /** Told after a damaged file was set aside and what is readable is in its place. */
  readonly onRecovered?: ((report: DamageReport) => void) | undefined;
}

/**
 * One open file. All calls are synchronous, so in one process nothing runs between BEGIN and COMMIT.
 * Errors of SQLite leave it coded (`toStorageError`).
 */
export class Connection {
  readonly path: string;
  readonly database: DatabaseSync;
  readonly #statements = new Map<string, StatementSync>();

  #isSuspect = false;

  /**
   * Opens or creates the file. A damaged one is set aside and recovered; the caller holds the folder's lock.
   * Errors: STORAGE_NOT_DURABLE, STORAGE_NEWER, STORAGE_DAMAGED, STORAGE_IO, STORAGE_FULL, STORAGE_BUSY, STORAGE_FORBIDDEN.
   */
  constructor(options: ConnectionOptions) {
    this.path = options.path;
    try {
      makeFolder(dirname(options.path));
      // SQLite would open a file that it may not write for reading, and say so at the first write.
      for (const needed of [dirname(options.path), options.path])
        if (existsSync(needed)) accessSync(needed, constants.W_OK);
      finishRecovery(options.path);
      const mark = readMark(options.path);
      const damage = damageOf(options.path, mark);
      if (damage !== undefined) recover(options, damage, mark);
      this.database = openDurable(options);
    } catch (error) {
      throw toStorageError(error, options.path);
    }
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

  /** Runs `work`; an error of SQLite gets its code. One of damage asks for a recovery at the next open. */
  guard<Result>(work: () => Result): Result {
    try {
      return work();
    } catch (error) {
      const coded = toStorageError(error, this.path);
      if (coded instanceof ShelfwireError && coded.code === 'STORAGE_DAMAGED') this.#suspect(coded.message);
      throw coded;
    }
  }

  /** Keeps the second copy of the registry up to date. */
  noteLayout(): void {
    this.#mark({ stopped: readMark(this.path)?.stopped ?? null, suspect: null, tables: this.#registry() });
  }

  close(): void {
    this.#statements.clear();
    const tables = this.#isSuspect ? [] : this.#registry();
    this.database.close();
    if (!this.#isSuspect) this.#mark({ stopped: stampOf(this.path), suspect: null, tables });
  }

  #registry(): Registered[] {
    const sql = 'SELECT number, collection, version, shape, seq_floor FROM shelfwire_tables';
    return this.rows<[number, string, number, string | null, number]>(sql).map(
      ([number, collection, version, shape, floor]) => ({ number, collection, version, shape, floor }),
    );
  }

  #suspect(reason: string): void {
    if (this.#isSuspect) return;
    this.#isSuspect = true;
    this.#mark({ stopped: null, tables: [], ...readMark(this.path), suspect: reason });
  }

  /** Without its mark a file is looked through at the next open: a disk that is full or refuses costs time, not truth. */
  #mark(mark: Mark): void {
    try {
      writeMark(this.path, mark);
    } catch (error) {
      if (!(toStorageError(error, this.path) instanceof ShelfwireError)) throw error;
    }
  }
}

function recover(options: ConnectionOptions, damage: string, mark: Mark | undefined): void {
  const report = recoverFile({ path: options.path, damage, mark, now: options.now() }, options.recovery ?? {});
  options.recovery?.onRecovered?.(report);
}

function openDurable({ path, synchronous, busyTimeoutMs }: ConnectionOptions): DatabaseSync {
  const database = new DatabaseSync(path, { timeout: busyTimeoutMs });
  try {
    makeDurable(database, path, synchronous);
    prepareLayout(database, path);
    return database;
  } catch (error) {
    database.close();
    throw error;
  }
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

/** Makes the folder so that it is still there after a power cut: its name is synced in its parent. */
function makeFolder(folder: string): void {
  const firstMade = mkdirSync(folder, { recursive: true, mode: 0o700 });
  if (firstMade === undefined) return;
  for (let made = folder; made.length >= firstMade.length; made = dirname(made)) syncFolder(dirname(made));
}
