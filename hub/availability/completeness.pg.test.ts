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
});
