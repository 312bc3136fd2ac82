import { Client, DatabaseError } from 'pg';

/** Creates the database that the URL names when the cluster does not have it. Harmless when two do it at once. */
export async function ensureDatabase(url: string): Promise<void> {
  const place = new URL(url);
  const name = decodeURIComponent(place.pathname.slice(1));
  place.pathname = '/postgres';
  const client = new Client({ connectionString: place.href, connectionTimeoutMillis: 10_000 });
  client.on('error', () => undefined);
  await client.connect();
  try {
    const { rowCount } = await client.query('SELECT FROM pg_database WHERE datname = $1', [name]);
    if (rowCount === 0) await client.query(`CREATE DATABASE ${client.escapeIdentifier(name)}`);
  } catch (error) {
    if (!(error instanceof DatabaseError && error.code === '42P04')) throw error; // duplicate_database
  } finally {
    await client.end();
  }
}
