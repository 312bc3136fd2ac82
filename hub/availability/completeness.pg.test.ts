import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { BEGIN_AVAILABILITY } from '#test/support/availability.ts';
import { createTestDatabase, type TestDatabase } from '#test/support/database.ts';
import { line, merge, readFact, sale } from '#test/support/hub-api.ts';
import { readCompleteness } from './completeness.ts';

const DAY_MS = 86_400_000;
let database: TestDatabase;

beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());
beforeEach(() => database.pool.query(BEGIN_AVAILABILITY));

const soldAt = (seq: number, at: number) => readFact(seq, at, 'sale', `s${seq}`, sale(line('A', 1)));

async function knownUntil(location: string): Promise<number | null | undefined> {
  const [known] = await readCompleteness(database.pool, [location]);
  return known?.asOf;
}

describe('completeness', () => {
  it('is not proved by a fact beyond its own arrival, however far ahead it is dated', async () => {
    const now = Date.now();
    await merge(database.pool, 1, 1, [soldAt(1, now - DAY_MS), soldAt(2, now + 30 * DAY_MS)]);
    await database.pool.query("UPDATE facts SET received_at = now() - interval '9 days'");
    expect(await knownUntil('S1')).toBeLessThanOrEqual(Date.now() - 9 * DAY_MS);
    expect(await knownUntil('S1')).toBeGreaterThan(now - 9 * DAY_MS - 60_000);
  });

  it('reaches to the beginning of a journal of which nothing has come, and no further back', async () => {
    const now = Date.now();
    await database.pool.query("UPDATE devices SET enrolled_at = now() - interval '400 days'");
    await merge(database.pool, 1, 1, [soldAt(1, now - 1_000)]);
    await database.pool.query(`
      INSERT INTO devices (location_no, name, public_key) VALUES (1, 'second', decode(repeat('77', 32), 'hex'));
      INSERT INTO journals (device_no, epoch, location_no) SELECT max(device_no), 1, 1 FROM devices;`);
    expect(await knownUntil('S1')).toBe(now - 1_000);
    const unsent = now - 2 * DAY_MS;
    await database.pool.query(
      `INSERT INTO device_status (device_no, reported_at, last_seq, oldest_unsent_at)
       SELECT max(device_no), now(), 3, $1 FROM devices`,
      [unsent],
    );
    expect(await knownUntil('S1')).toBe(unsent);
    await database.pool.query("UPDATE journals SET begun_at = now() - interval '9 days' WHERE device_no > 4");
    expect(await knownUntil('S1')).toBeLessThanOrEqual(Date.now() - 9 * DAY_MS);
  });

  it('of a journal begun anew is not judged by what was reported of the one before', async () => {
    await merge(database.pool, 1, 1, [soldAt(1, Date.now() - DAY_MS)]);
    await database.pool.query(`
      UPDATE journals SET begun_at = now() - interval '3 days';
      INSERT INTO device_status (device_no, reported_at, last_seq) VALUES (1, now() - interval '2 days', 0);
      INSERT INTO journals (device_no, epoch, location_no, begun_at) VALUES (1, 2, 1, now() - interval '1 day');`);
    const begun = await knownUntil('S1');
    expect(begun).toBeGreaterThan(Date.now() - DAY_MS - 60_000);
    await database.pool.query('UPDATE device_status SET last_seq = 5000');
    expect(await knownUntil('S1')).toBe(begun);
    await database.pool.query("UPDATE device_status SET last_seq = 0, reported_at = now() - interval '1 hour'");
    expect(await knownUntil('S1')).toBeGreaterThan(Date.now() - DAY_MS / 2);
  });

  it('stays what it was when the only device is revoked, until a successor reports', async () => {
    const sold = Date.now() - 9 * DAY_MS;
    await merge(database.pool, 1, 1, [soldAt(1, sold)]);
    await database.pool.query("UPDATE devices SET revoked_at = now() - interval '1 day' WHERE device_no = 1");
    expect(await knownUntil('S1')).toBe(sold);
    await database.pool.query(`
      INSERT INTO devices (location_no, name, public_key) VALUES (1, 'successor', decode(repeat('77', 32), 'hex'));
      INSERT INTO journals (device_no, epoch, location_no, begun_at)
        SELECT max(device_no), 1, 1, now() - interval '1 hour' FROM devices;`);
    expect(await knownUntil('S1')).toBe(sold);
    await database.pool.query(
      'INSERT INTO device_status (device_no, reported_at, last_seq) SELECT max(device_no), now(), 0 FROM devices',
    );
    expect(await knownUntil('S1')).toBeGreaterThan(Date.now() - DAY_MS);
    await database.pool.query('UPDATE devices SET revoked_at = now() WHERE device_no > 4');
    expect(await knownUntil('S1')).toBeGreaterThan(Date.now() - DAY_MS);
  });
});
