import { createRequire } from 'node:module';
import { DatabaseSync, type SQLInputValue, type StatementSync } from 'node:sqlite';
import { makeDurable } from '../sqlite/connection.ts';
import { toStorageError } from '../sqlite/storage-error.ts';

const STATEMENTS_MAX = 200;
const SQLITE_CONSTRAINT = 19;

/** A statement and its result as the package `websql` hands them to its lowest layer, and wants them back. */
interface Query {
  sql: string;
  args: readonly unknown[];
}
interface Result {
  error: Error | null;
  insertId: number | undefined;
  rowsAffected: number;
  rows: readonly object[];
}

type Run = (transaction: unknown) => void;
type Fail = (error: unknown) => void;

/** The WebSQL database that Pouch's adapter talks to. */
export interface WebsqlDatabase {
  transaction(run: Run, fail?: Fail, done?: () => void): void;
  readTransaction(run: Run, fail?: Fail, done?: () => void): void;
}
type OpenWebsql = (name: string, version: string, description: string, size: number) => WebsqlDatabase;

/** What the adapter itself loads: the assertion must speak of that one, not of another copy in the tree. */
const requireOfAdapter = createRequire(createRequire(import.meta.url).resolve('pouchdb-adapter-node-websql'));
const openerOf = requireOfAdapter('websql/custom') as (layer: new () => object) => OpenWebsql;
export const websqlVersion = (requireOfAdapter('websql/package.json') as { version: string }).version;

/** Opens or creates a file for this process alone, synced to disk at every commit. */
export function openDurable(path: string): DatabaseSync {
  // Pouch's adapter writes texts in double quotes.
  const database = new DatabaseSync(path, { timeout: 2_000, enableDoubleQuotedStringLiterals: true });
  try {
    // Reads are answered from memory, so a second process would not see the first one's writes: it gets STORAGE_BUSY.
    database.exec('PRAGMA locking_mode = EXCLUSIVE');
    makeDurable(database, path, 'FULL');
    return database;
  } catch (error) {
    database.close();
    throw error;
  }
}

/**
 * WebSQL over one connection of node:sqlite. `onFailure` gets the error of a transaction that was rolled back. Pouch's
 * adapter is not told of it: it would print to the console, and know no more of SQLite's error than its text.
 */
export function websqlOver(database: DatabaseSync, path: string, onFailure: (error: unknown) => void): WebsqlDatabase {
  const layer = new SqliteLayer(database);
  // The package wants a class that it makes itself.
  const open = openerOf(
    class {
      exec = layer.exec.bind(layer);
    },
  );
  const websql = open(path, '1', path, 1);
  const fail: Fail = (error) => onFailure(toStorageError(layer.takeFailure() ?? error, path));
  return {
    transaction: (run, _fail, done) => websql.transaction(run, fail, done),
    readTransaction: (run, _fail, done) => websql.readTransaction(run, fail, done),
  };
}

/** Runs statements one after the other, each at once. */
class SqliteLayer {
  /** The first error of this transaction that is no violated constraint. */
  #failure: Error | undefined;
  readonly #database: DatabaseSync;
  readonly #statements = new Map<string, StatementSync>();

  constructor(database: DatabaseSync) {
    this.#database = database;
  }

  exec(queries: readonly Query[], _readOnly: boolean, callback: (error: null, results: Result[]) => void): void {
    callback(
      null,
      queries.map((query) => this.#run(query)),
    );
  }

  takeFailure(): Error | undefined {
    const failure = this.#failure;
    this.#failure = undefined;
    return failure;
  }

  #run({ sql, args }: Query): Result {
    try {
      if (sql === 'BEGIN;') this.#failure = undefined;
      // The adapter takes every error of an INSERT for a violated constraint and goes on. SQLite may have rolled back by
      // itself by then (disk full), and what still comes would be committed statement by statement.
      if (this.#failure !== undefined && sql !== 'ROLLBACK;') throw this.#failure;
      const statement = this.#prepare(sql);
      const values = args.map(toSqlValue);
      if (/^\s*SELECT\b/i.test(sql)) {
        return { error: null, insertId: undefined, rowsAffected: 0, rows: statement.all(...values) };
      }
      const { lastInsertRowid, changes } = statement.run(...values);
      return { error: null, insertId: Number(lastInsertRowid), rowsAffected: Number(changes), rows: [] };
    } catch (error) {
      const failed = error instanceof Error ? error : new Error(String(error));
      const isConstraint = 'errcode' in failed && (Number(failed.errcode) & 0xff) === SQLITE_CONSTRAINT;
      if (!isConstraint) this.#failure ??= failed;
      return { error: failed, insertId: undefined, rowsAffected: 0, rows: [] };
    }
  }

  #prepare(sql: string): StatementSync {
    const known = this.#statements.get(sql);
    if (known !== undefined) return known;
    const statement = this.#database.prepare(sql);
    if (this.#statements.size >= STATEMENTS_MAX) this.#statements.clear();
    this.#statements.set(sql, statement);
    return statement;
  }
}

function toSqlValue(value: unknown): SQLInputValue {
  if (value === undefined) return null;
  return typeof value === 'boolean' ? Number(value) : (value as SQLInputValue);
}
