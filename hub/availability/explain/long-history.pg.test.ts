import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { snapshot } from '#hub/db/snapshot.ts';
import { BEGIN_AVAILABILITY, requestRules } from '#test/support/availability.ts';
import { createTestDatabase, type TestDatabase } from '#test/support/database.ts';
import { rulesOf } from '#test/support/rules-documents.ts';
import { runJobs } from '../engine/recompute-jobs.ts';
import { sweepSilence } from '../engine/sweep-silence.ts';
import { updateDemand } from '../engine/update-demand.ts';
import { explain, type Explanation } from './explain.ts';

const HOUR_MS = 3_600_000;
const FACTS = 400_000;
/** Facts by the hundred thousand are made first. */
const LONG = { timeout: 120_000 };

let database: TestDatabase;
const nowMs = Date.now();
beforeAll(async () => {
  database = await createTestDatabase();
  await database.pool.query(BEGIN_AVAILABILITY);
  await database.pool.query(`
    UPDATE devices SET enrolled_at = now() - interval '401 days';
    INSERT INTO facts (location_no, journal_no, seq, at, offset_ms, received_at, digest, kind, key, source, body)
    SELECT 1, 1, n, ms, 0, to_timestamp(ms / 1000.0), md5(n::text)::uuid, 'sale', 'k' || n, 'till',
      '{"lines":[{"sku":"A","quantity":1,"unitPrice":"1.00"}]}'
    FROM generate_series(1, ${FACTS}) AS n
    CROSS JOIN LATERAL (SELECT ${nowMs}::bigint - (${FACTS} - n)::bigint * 400 * 24 * ${HOUR_MS} / ${FACTS} AS ms) AS t;
    INSERT INTO movements (location_no, sku, at, journal_no, seq, line, condition, quantity)
    SELECT 1, 'A', at, 1, seq, 0, 'sellable', -1 FROM facts;
    INSERT INTO positions (location_no, sku, on_hand, born_at) SELECT 1, 'A', -${FACTS}, min(received_at) FROM facts;
    UPDATE journals SET watermark = ${FACTS} WHERE journal_no = 1;
    ANALYZE;`);
  // As of then, so that half of it can be explained.
  await requestRules(database.pool, rulesOf({ channels: [{ code: 'web', name: 'Web', locations: ['S1'] }] }), nowMs);
  await database.pool.query("UPDATE rule_sets SET made_at = now() - interval '401 days'");
  await updateDemand(database.pool, nowMs);
  await sweepSilence(database.pool, nowMs + 9 * HOUR_MS);
  await runJobs(database.pool);
}, 300_000);
afterAll(() => database.drop());

/** Between the 100th sale from the end and the one before it. */
const COUNT_LATELY = `
  INSERT INTO facts (location_no, journal_no, seq, at, offset_ms, digest, kind, key, source, body)
    SELECT 1, 1, ${FACTS} + 1, at - 1, 0, md5('count')::uuid, 'count', 'count', 'till', '{}'
    FROM facts WHERE seq = ${FACTS} - 99;
  INSERT INTO counts (location_no, sku, at, journal_no, seq, counted)
    SELECT 1, 'A', at, 1, seq, 1000 FROM facts WHERE seq = ${FACTS} + 1;
  UPDATE journals SET watermark = ${FACTS} + 1 WHERE journal_no = 1`;

/** Rows that a session has read, by table; what earlier transactions read may be among them for a while. */
const READ = `
  SELECT relname AS name, (coalesce(idx_tup_fetch, 0) + coalesce(seq_tup_read, 0))::int AS rows
  FROM pg_stat_xact_user_tables`;

async function readBy(at: number): Promise<{ answer: Explanation | undefined; rows: Record<string, number> }> {
  return snapshot(database.pool, async (client) => {
    const read = async () => (await client.query<{ name: string; rows: number }>(READ)).rows;
    const before = new Map((await read()).map(({ name, rows }) => [name, rows]));
    const answer = await explain(client, { sku: 'A', channel: 'web', at, movementsMax: 100 });
    const rows = (await read()).map(({ name, rows }) => [name, rows - (before.get(name) ?? 0)] as const);
    return { answer, rows: Object.fromEntries(rows) };
  });
}

describe('A1 explain of a position with a long history', () => {
  it('looks at no facts but those that it names, and at movements only after the anchor', LONG, async () => {
    const whole = await readBy(Date.now());
    expect(whole.answer?.shelves[0]?.position).toMatchObject({ onHand: -FACTS, movementsTotal: FACTS, anchor: null });
    expect(whole.answer?.shelves[0]?.buffer).toMatchObject({ unitsSold: FACTS });
    expect(whole.rows['facts']).toBeLessThan(400);
    expect(whole.rows['movements']).toBeLessThan(FACTS + 200);
    expect(whole.rows['demand_past']).toBeLessThan(10);

    // Half of it had been taken 200 days ago.
    const half = await readBy(nowMs - 200 * 24 * HOUR_MS);
    expect(half.answer?.shelves[0]?.position).toMatchObject({ onHand: -FACTS / 2, movementsTotal: FACTS / 2 });
    expect(half.answer?.shelves[0]?.watermarks).toMatchObject([{ seq: FACTS / 2 }]);
    expect(half.rows['facts']).toBeLessThan(400);

    await database.pool.query(COUNT_LATELY);
    // The count may have come within this millisecond.
    const counted = await readBy(Date.now() + 1);
    expect(counted.answer?.shelves[0]?.position).toMatchObject({ onHand: 900, movementsTotal: 100 });
    expect(counted.answer?.shelves[0]?.position.anchor).toMatchObject({ kind: 'count', quantity: 1_000 });
    expect(counted.rows['facts']).toBeLessThan(400);
    expect(counted.rows['movements']).toBeLessThan(400);
  });
});
