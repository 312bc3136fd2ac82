import { resolve } from 'node:path';
import { Connection, type ConnectionOptions } from './connection.ts';

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
