import { Pool, TypeOverrides } from 'pg';
import { silentLogger, type Logger } from '#shared/runtime/logger.ts';

export interface PoolOptions {
  /** Most connections at once. */
  readonly max: number;
  /** Shown in pg_stat_activity. */
  readonly applicationName: string;
  /** Ends a statement that runs longer; absent: no limit. */
  readonly statementTimeoutMs?: number;
  readonly logger?: Logger;
  /** Statements that are sent without waiting for each other go out at once: see transaction-in-two.ts. */
  readonly pipeline?: boolean;
}

const INT8 = 20;
const INT8_ARRAY = 1016;

/**
 * Opens a pool. int8 comes as a number: ours are milliseconds, sequences and quantities, below 2^53; a larger one fails the
 * query rather than losing digits. Lost connections are logged and replaced; they never end the process.
 */
export function openPool(url: string, options: PoolOptions): Pool {
  const logger = options.logger ?? silentLogger;
  const types = new TypeOverrides();
  types.setTypeParser(INT8, parseInt8);
  types.setTypeParser(INT8_ARRAY, parseInt8Array);
  const pool = new Pool({
    connectionString: url,
    max: options.max,
    application_name: options.applicationName,
    types,
    connectionTimeoutMillis: 10_000,
    idleTimeoutMillis: 60_000,
    idle_in_transaction_session_timeout: 60_000,
    keepAlive: true,
    // Ours has it off already; on a PostgreSQL of the user's own, compiling a plan would take longer than what it is for.
    options: '-c jit=off',
    pipeline: options.pipeline === true,
    ...(options.statementTimeoutMs !== undefined && { statement_timeout: options.statementTimeoutMs }),
  });
  // Only the message is logged: the error object carries the whole client, its credentials among them.
  // While it ends, its connections may close behind the database itself.
  pool.on('error', (error) => {
    if (!pool.ending) logger.warn({ reason: error.message }, 'an idle database connection was lost');
  });
  // A connection that is lost while checked out emits on itself, and an 'error' that nobody hears ends the process.
  pool.on('connect', (client) => {
    client.on('error', (error) => logger.debug({ reason: error.message }, 'a database connection was lost'));
  });
  return pool;
}

function parseInt8(text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value)) throw new RangeError(`int8 ${text} is beyond 2^53`);
  return value;
}

/** One-dimensional arrays; an int8 array's text form has no quotes. */
function parseInt8Array(text: string): (number | null)[] {
  const inner = text.slice(1, -1);
  if (inner === '') return [];
  return inner.split(',').map((element) => (element === 'NULL' ? null : parseInt8(element)));
}
