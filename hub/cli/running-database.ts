import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Client } from 'pg';
import { DATABASE_USER } from '#hub/db/embedded-folder.ts';

/** The port is the fourth line of a postmaster's lock file. */
const PORT_LINE = 3;

/**
 * The URL of the embedded PostgreSQL of this folder when one runs and answers, as it does while the hub runs; else
 * undefined. Its password is known to its cluster only, so nothing else that took the port can pass for it.
 */
export async function runningDatabaseUrl(folder: string): Promise<string | undefined> {
  const [lock, password] = await Promise.all([
    readFile(join(folder, 'pgdata', 'postmaster.pid'), 'utf8').catch(() => ''),
    readFile(join(folder, 'pg-password'), 'utf8').catch(() => ''),
  ]);
  const port = Number(lock.split('\n')[PORT_LINE]);
  if (!Number.isInteger(port) || port < 1 || port > 65_535 || password === '') return undefined;
  const url = `postgres://${DATABASE_USER}:${password.trim()}@127.0.0.1:${port}/shelfwire`;
  return (await answers(url)) ? url : undefined;
}

async function answers(url: string): Promise<boolean> {
  const client = new Client({ connectionString: url, connectionTimeoutMillis: 3_000 });
  client.on('error', () => undefined);
  try {
    await client.connect();
    return true;
  } catch {
    return false;
  } finally {
    await client.end().catch(() => undefined);
  }
}
