import { hash, randomBytes } from 'node:crypto';
import { DatabaseError, type Pool } from 'pg';
import { ShelfwireError } from '#shared/protocol/errors.ts';
import { toHubError } from '#hub/db/sqlstates.ts';
import { withRetries } from '#hub/db/transaction.ts';
import type { Scope } from './scopes.ts';

/** Whom a valid API key stands for. */
export interface Caller {
  readonly name: string;
  readonly scopes: readonly Scope[];
  /** Requests in the long run, by hub process. */
  readonly perSecond: number;
}

export interface ApiKeyRecord extends Caller {
  readonly createdAt: Date;
  readonly revokedAt: Date | null;
}

/** What a key may do in the long run unless told otherwise when it is made. */
const REQUESTS_PER_SECOND = 100;

const CALLER = 'name, scopes, per_second AS "perSecond"';
const FORM = /^swk_[A-Za-z0-9_-]{43}$/;
const CREATE = 'INSERT INTO api_keys (key_hash, name, scopes, per_second) VALUES ($1, $2, $3, $4)';
const UNIQUE_VIOLATION = '23505';

/** Makes a key and gives it back: the only time that it is seen; the database keeps its SHA-256. */
export async function createApiKey(
  pool: Pool,
  name: string,
  scopes: readonly Scope[],
  perSecond = REQUESTS_PER_SECOND,
): Promise<string> {
  const secret = `swk_${randomBytes(32).toString('base64url')}`;
  try {
    await pool.query(CREATE, [hashOf(secret), name, scopes, perSecond]);
  } catch (error) {
    if (!(error instanceof DatabaseError && error.code === UNIQUE_VIOLATION)) throw toHubError(error);
    throw new ShelfwireError('CONFLICT', `There is a key named "${name}" already.`, { cause: error });
  }
  return secret;
}

/** Ends a key for good; the same again changes nothing. Throws NOT_FOUND. */
export async function revokeApiKey(pool: Pool, name: string): Promise<void> {
  const revoke = 'UPDATE api_keys SET revoked_at = coalesce(revoked_at, now()) WHERE name = $1';
  const { rowCount } = await withRetries(() => pool.query(revoke, [name]));
  if (rowCount === 0) throw new ShelfwireError('NOT_FOUND', `There is no key named "${name}".`);
}

export async function listApiKeys(pool: Pool): Promise<ApiKeyRecord[]> {
  const list = `SELECT ${CALLER}, created_at AS "createdAt", revoked_at AS "revokedAt" FROM api_keys ORDER BY name`;
  const { rows } = await withRetries(() => pool.query<ApiKeyRecord>(list));
  return rows;
}

/** Whom a credential stands for; undefined when it is not a key, or one that was revoked. */
export async function findCaller(pool: Pool, secret: string): Promise<Caller | undefined> {
  if (!FORM.test(secret)) return undefined;
  const find = `SELECT ${CALLER} FROM api_keys WHERE key_hash = $1 AND revoked_at IS NULL`;
  const { rows } = await withRetries(() => pool.query<Caller>(find, [hashOf(secret)]), { attempts: 4 });
  return rows[0];
}

/** A key has 256 random bits, so a plain hash is enough: there is nothing to guess. */
function hashOf(secret: string): Buffer {
  return hash('sha256', secret, 'buffer');
}
