import { createHash, randomBytes } from 'node:crypto';
import type { Pool, PoolClient } from 'pg';
import { ShelfwireError } from '#shared/protocol/errors.ts';
import type { EnrolAnswer, EnrolRequest } from '#shared/protocol/messages/enrol.ts';
import { transaction } from '#hub/db/transaction.ts';

/** A one-time token: shown once; the hub keeps only its hash. */
export interface CreatedToken {
  readonly token: string;
  /** ms since 1970. */
  readonly expiresAt: number;
}

interface TokenRow {
  readonly location_no: number;
  readonly code: string;
  readonly name: string;
  readonly expired: boolean;
  readonly used: boolean;
  readonly device_no: number | null;
}

const CREATE = `
  INSERT INTO enrolment_tokens (token_hash, location_no, expires_at)
  SELECT $1, location_no, now() + make_interval(secs => $3) FROM locations WHERE code = $2
  RETURNING (extract(epoch FROM expires_at) * 1000)::bigint AS expires_at`;

/** The row is locked: of two enrolments with one token the second sees what the first has done. */
const FIND = `
  SELECT t.location_no, l.code, l.name, t.expires_at <= clock_timestamp() AS expired, t.used_at IS NOT NULL AS used,
    t.device_no
  FROM enrolment_tokens t JOIN locations l USING (location_no)
  WHERE t.token_hash = $1 FOR UPDATE OF t`;

/** By itself: a join in FIND would look for the device as of before the wait for the lock. */
const HAS_KEY = 'SELECT FROM devices WHERE device_no = $1 AND public_key = $2';

const ADD_DEVICE = `
  INSERT INTO devices (location_no, name, public_key) VALUES ($1, $2, $3)
  ON CONFLICT (public_key) DO NOTHING RETURNING device_no`;

const USE = 'UPDATE enrolment_tokens SET used_at = clock_timestamp(), device_no = $2 WHERE token_hash = $1';

const REVOKE = `
  UPDATE devices SET revoked_at = coalesce(revoked_at, now()), revoked_reason = coalesce(revoked_reason, $2)
  WHERE device_no = $1 AND source_no IS NULL`;

/** Makes a token that enrols one device of a store. Throws NOT_FOUND for an unknown store. */
export async function createToken(
  pool: Pool,
  { storeCode, ttlMs }: { storeCode: string; ttlMs: number },
): Promise<CreatedToken> {
  const token = `swt_${randomBytes(24).toString('base64url')}`;
  return transaction(pool, async (client) => {
    const { rows } = await client.query<{ expires_at: number }>(CREATE, [hashOf(token), storeCode, ttlMs / 1000]);
    const [row] = rows;
    if (!row) throw new ShelfwireError('NOT_FOUND', `There is no store "${storeCode}".`);
    return { token, expiresAt: row.expires_at };
  });
}

/**
 * Registers a device's public key against a token. The same token with the same key gives the same answer again within
 * the token's time, since an answer may be lost. Throws TOKEN_INVALID, TOKEN_USED, TOKEN_EXPIRED, STORE_DIFFERS, CONFLICT.
 */
export async function enrol(pool: Pool, request: EnrolRequest): Promise<EnrolAnswer> {
  const publicKey = Buffer.from(request.publicKey, 'base64url');
  if (publicKey.length !== 32) {
    throw new ShelfwireError('REQUEST_INVALID', 'publicKey: must be a raw Ed25519 key of 32 bytes, base64url');
  }
  const hash = hashOf(request.token);
  return transaction(pool, async (client) => {
    const { rows } = await client.query<TokenRow>(FIND, [hash]);
    const [token] = rows;
    if (!token) throw new ShelfwireError('TOKEN_INVALID', 'This token was not made by this hub.');
    const store = { code: token.code, name: token.name };
    if (token.expired) throw new ShelfwireError('TOKEN_EXPIRED', `The token of store ${token.code} has expired.`);
    if (token.used) {
      const { device_no: device } = token;
      if (device !== null && (await hasKey(client, device, publicKey))) return { device, store };
      throw new ShelfwireError('TOKEN_USED', `The token of store ${token.code} was used already.`);
    }
    if (request.store !== undefined && request.store !== token.code) {
      const detail = `The folder is of store ${request.store}, the token of ${token.code}. The token was not spent.`;
      throw new ShelfwireError('STORE_DIFFERS', detail);
    }
    const device = await addDevice(client, token.location_no, request.deviceName, publicKey);
    await client.query(USE, [hash, device]);
    return { device, store };
  });
}

async function hasKey(client: PoolClient, device: number, publicKey: Buffer): Promise<boolean> {
  const { rowCount } = await client.query(HAS_KEY, [device, publicKey]);
  return rowCount === 1;
}

/** A key belongs to one device of one store: a copied one would move a journal to another store. */
async function addDevice(client: PoolClient, location: number, name: string, publicKey: Buffer): Promise<number> {
  const { rows } = await client.query<{ device_no: number }>(ADD_DEVICE, [location, name, publicKey]);
  const [row] = rows;
  if (!row)
    throw new ShelfwireError('CONFLICT', 'This public key is enrolled already; make a new one for this device.');
  return row.device_no;
}

/** Ends a credential; the first reason stays. The session is ended by Sessions.revoke. Throws NOT_FOUND. */
export async function revokeDevice(pool: Pool, device: number, reason: string): Promise<void> {
  const found = await transaction(pool, async (client) => (await client.query(REVOKE, [device, reason])).rowCount);
  if (found !== 1) throw new ShelfwireError('NOT_FOUND', `There is no device ${device}.`);
}

function hashOf(token: string): Buffer {
  return createHash('sha256').update(token).digest();
}
