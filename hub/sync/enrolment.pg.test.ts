import type { Pool } from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ShelfwireError } from '#shared/protocol/errors.ts';
import { createTestDatabase, type TestDatabase } from '#test/support/database.ts';
import { keyOf, publicKeyOf } from '#test/support/raw-agent.ts';
import { createToken, enrol, revokeDevice } from './enrolment.ts';

let database: TestDatabase;
let pool: Pool;

beforeAll(async () => {
  database = await createTestDatabase();
  pool = database.pool;
  await pool.query(`INSERT INTO locations (code, name) VALUES ('S1', 'Store 1'), ('S2', 'Store 2')`);
});
afterAll(() => database.drop());

const request = (token: string, key: string) => ({ token, publicKey: publicKeyOf(keyOf(key)), deviceName: 'till' });
const token = async (storeCode = 'S1', ttlMs = 60_000) => (await createToken(pool, { storeCode, ttlMs })).token;
const codeOf = (work: Promise<unknown>) =>
  work.then(
    () => 'ok',
    (error: unknown) => (error instanceof ShelfwireError ? error.code : String(error)),
  );

describe('enrolment', () => {
  it('X1 a token enrols one device, in its own store', async () => {
    const one = await token('S2');
    const answer = await enrol(pool, request(one, 'one'));
    expect(answer).toMatchObject({ store: { code: 'S2', name: 'Store 2' } });
    const { rows } = await pool.query(
      'SELECT l.code, d.name, d.public_key FROM devices d JOIN locations l USING (location_no) WHERE device_no = $1',
      [answer.device],
    );
    expect(rows).toEqual([
      { code: 'S2', name: 'till', public_key: Buffer.from(publicKeyOf(keyOf('one')), 'base64url') },
    ]);
    expect(await codeOf(enrol(pool, request(one, 'two')))).toBe('TOKEN_USED');
  });

  it('a lost answer is given again to the same key, also to two at once', async () => {
    for (let round = 0; round < 20; round += 1) {
      const one = request(await token(), `again ${round}`);
      const answers = await Promise.all([1, 2, 3].map(() => enrol(pool, one)));
      expect(new Set(answers.map(({ device }) => device)).size).toBe(1);
      expect(await enrol(pool, one)).toEqual(answers[0]);
    }
  });

  it('X1 of many devices that race for one token one wins', async () => {
    const one = await token();
    const codes = await Promise.all([1, 2, 3, 4, 5].map((no) => codeOf(enrol(pool, request(one, `race ${no}`)))));
    expect(codes.sort()).toEqual(['TOKEN_USED', 'TOKEN_USED', 'TOKEN_USED', 'TOKEN_USED', 'ok']);
  });

  it('X1 refuses tokens that were not made here or have expired, also to who used them', async () => {
    expect(await codeOf(enrol(pool, request('swt_no-such-token-at-all-here', 'x')))).toBe('TOKEN_INVALID');
    const one = await token();
    await enrol(pool, request(one, 'expires'));
    await pool.query(`UPDATE enrolment_tokens SET expires_at = now() - interval '1 second'`);
    expect(await codeOf(enrol(pool, request(one, 'expires')))).toBe('TOKEN_EXPIRED');
  });

  it('keeps no token in clear, and makes none for an unknown store', async () => {
    const one = await token();
    const { rows } = await pool.query<{ hash: Buffer }>('SELECT token_hash AS hash FROM enrolment_tokens');
    expect(rows.some(({ hash }) => hash.includes(one) || hash.length !== 32)).toBe(false);
    expect(await codeOf(createToken(pool, { storeCode: 'NO', ttlMs: 1_000 }))).toBe('NOT_FOUND');
  });

  it('S4 a key that is enrolled already is not given to another store, and the token stays good', async () => {
    await enrol(pool, request(await token('S1'), 'moved'));
    const second = await token('S2');
    expect(await codeOf(enrol(pool, request(second, 'moved')))).toBe('CONFLICT');
    expect(await codeOf(enrol(pool, request(second, 'new one')))).toBe('ok');
  });

  it('F4 a folder of one store is not enrolled at another, and the token stays good', async () => {
    const other = await token('S2');
    expect(await codeOf(enrol(pool, { ...request(other, 'folder of S1'), store: 'S1' }))).toBe('STORE_DIFFERS');
    expect(await codeOf(enrol(pool, { ...request(await token(), 'folder of S1'), store: 'S1' }))).toBe('ok');
    expect(await codeOf(enrol(pool, { ...request(other, 'folder of S2'), store: 'S2' }))).toBe('ok');
  });

  it('revokes once, with the first reason', async () => {
    const { device } = await enrol(pool, request(await token(), 'revoked'));
    await revokeDevice(pool, device, 'lost');
    await revokeDevice(pool, device, 'found');
    const { rows } = await pool.query('SELECT revoked_reason FROM devices WHERE device_no = $1', [device]);
    expect(rows).toEqual([{ revoked_reason: 'lost' }]);
    expect(await codeOf(revokeDevice(pool, 999_999, 'x'))).toBe('NOT_FOUND');
  });
});
