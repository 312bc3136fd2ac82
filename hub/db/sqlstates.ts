import { DatabaseError } from 'pg';
import { ShelfwireError } from '#shared/protocol/errors.ts';

/** Failures that pass by themselves, by SQLSTATE, each with why it is worth another try. */
export const RETRYABLE_SQLSTATES: Readonly<Record<string, string>> = {
  '40001': 'serialization_failure: another transaction committed first; the same work succeeds on a new snapshot',
  '40P01': 'deadlock_detected: this transaction was chosen to yield; the other one goes on',
  '55P03': 'lock_not_available: the lock is held for a moment only',
  '53300': 'too_many_connections: a session ends sooner or later',
  '57P01': 'admin_shutdown: PostgreSQL is being restarted',
  '57P02': 'crash_shutdown: another session crashed; PostgreSQL recovers',
  '57P03': 'cannot_connect_now: PostgreSQL is starting up',
  '57P05': 'idle_session_timeout: the session was closed; a new one works',
  '25P03': 'idle_in_transaction_session_timeout: this process was held up; nothing was committed',
  '08000': 'connection_exception',
  '08001': 'sqlclient_unable_to_establish_sqlconnection: nothing listens yet',
  '08003': 'connection_does_not_exist: it was closed under us',
  '08004': 'sqlserver_rejected_establishment_of_sqlconnection: a failover is under way',
  '08006': 'connection_failure: the network or the server went away',
  '08007': 'transaction_resolution_unknown: whether it committed is unknown; idempotent work is simply done again',
};

/** Connection failures as Node's sockets report them. */
const SOCKET_CODES = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'ECONNABORTED',
  'EPIPE',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOTFOUND',
  'EAI_AGAIN',
]);
/** pg's own connection failures carry a message only. */
const PG_CONNECTION_MESSAGES =
  /^(Connection terminated|Client has encountered a connection error|Client was closed|timeout exceeded when trying to connect|timeout expired|Client network socket disconnected)/;

/** SQLSTATEs that say the server is away rather than that the statement was wrong. */
const AWAY = /^(08...|57P0[1235]|53300|25P03)$/;

function isAway(error: unknown): boolean {
  if (error instanceof DatabaseError) return AWAY.test(error.code ?? '');
  if (!(error instanceof Error)) return false;
  if (error instanceof AggregateError && error.errors.some(isAway)) return true;
  const { code } = error as NodeJS.ErrnoException;
  return (code !== undefined && SOCKET_CODES.has(code)) || PG_CONNECTION_MESSAGES.test(error.message);
}

/** Turns a failure to reach PostgreSQL into DB_UNAVAILABLE with its cause; gives every other error back as it is. */
export function toHubError(error: unknown): unknown {
  if (!isAway(error)) return error;
  const reason =
    error instanceof Error ? error.message || String((error as NodeJS.ErrnoException).code) : String(error);
  return new ShelfwireError('DB_UNAVAILABLE', `PostgreSQL cannot be reached: ${reason}`, { cause: error });
}

/** Whether the same work may succeed when it is simply done again. */
export function isRetryable(error: unknown): boolean {
  if (error instanceof ShelfwireError) return error.code === 'DB_UNAVAILABLE';
  if (error instanceof DatabaseError) return error.code !== undefined && error.code in RETRYABLE_SQLSTATES;
  return isAway(error);
}

/** SQLSTATE classes that blame the data: 22 data exception, 23 integrity constraint violation. */
const DATA_ERROR = /^2[23]/;

/** Whether a statement failed for what it was given: the same will fail again. */
export function blamesData(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const { code } = error as { code?: unknown };
  return typeof code === 'string' && code.length === 5 && DATA_ERROR.test(code);
}
