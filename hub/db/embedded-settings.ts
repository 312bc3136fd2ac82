/** Settings of PostgreSQL by name, as they stand in its configuration. */
export type PostgresSettings = Readonly<Record<string, string>>;

/**
 * What the embedded PostgreSQL runs with: durable first, sized for a machine of 2 cores that also runs the hub.
 * Given on the command line, so an update of the hub brings better ones to an existing cluster.
 */
export const DEFAULT_SETTINGS: PostgresSettings = {
  // Durability: what was acknowledged survives a power cut.
  fsync: 'on',
  full_page_writes: 'on',
  synchronous_commit: 'on',
  // Reach: this machine only, by password.
  listen_addresses: '127.0.0.1',
  unix_socket_directories: '',
  max_connections: '120',
  // Memory and checkpoints.
  shared_buffers: '192MB',
  effective_cache_size: '768MB',
  work_mem: '8MB',
  maintenance_work_mem: '64MB',
  wal_buffers: '16MB',
  max_wal_size: '2GB',
  // Segments once made are kept and used again: making one holds every commit up while 16 MB of zeros are written.
  min_wal_size: '2GB',
  checkpoint_timeout: '15min',
  checkpoint_completion_target: '0.9',
  // Compiling plans costs more than it saves on statements of some milliseconds.
  jit: 'off',
  idle_in_transaction_session_timeout: '60s',
  TimeZone: 'UTC',
  log_timezone: 'UTC',
  lc_messages: 'C',
  // Logs go to stderr, from there to the hub's logger: never statements, parameters or row values (X1).
  log_destination: 'stderr',
  logging_collector: 'off',
  log_line_prefix: '',
  log_min_messages: 'warning',
  log_statement: 'none',
  log_min_error_statement: 'panic',
  log_parameter_max_length_on_error: '0',
  log_error_verbosity: 'terse',
};

/** The settings as arguments of the `postgres` program. */
export function settingArguments(settings: PostgresSettings): string[] {
  return Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
}
