import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { snapshot } from '#hub/db/snapshot.ts';
import { transaction } from '#hub/db/transaction.ts';
import { createLedger } from '#hub/ledger/merge.ts';
import { BEGIN_AVAILABILITY, requestRules } from '#test/support/availability.ts';
import { createTestDatabase, type TestDatabase } from '#test/support/database.ts';
import { plain, readFact } from '#test/support/hub-api.ts';
import { waitUntil } from '#test/support/program.ts';
import { LOCATIONS, rulesOf } from '#test/support/rules-documents.ts';
import { rulesPorts } from '../keep-current.ts';
import { applyRules } from '../rules/apply-rules.ts';
import { findDrift } from './drift.ts';
import { followMoves } from './follow-moves.ts';
import { BehindWatch } from './behind-sql.ts';
import { followRulesNow } from './follow-rules.ts';
import { listJobs } from './list-jobs.ts';
import { requestJob, runChunk, runJobs } from './recompute-jobs.ts';

const AT = 1_790_000_000_000;
const DAY_MS = 86_400_000;
const CHANNELS = [{ code: 'web', name: 'Web', locations: [...LOCATIONS] }];

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase({ max: 16 });
});
afterAll(() => database.drop());
beforeEach(async () => {
  await database.pool.query(BEGIN_AVAILABILITY);
  await requestRules(database.pool, rulesOf({ channels: CHANNELS }), AT);
  await runJobs(database.pool);
});

async function count(location: number, seq: number, skus: readonly string[], observer = followMoves()): Promise<void> {
  const facts = [readFact(seq, AT, 'count', `c${seq}`, plain(...skus.map((sku) => ({ sku, quantity: 5 }))))];
  await createLedger(database.pool, observer).merge([{ location, journal: location, fromSeq: seq, facts }]);
}

async function offered(): Promise<Record<string, number | undefined>> {
  const { rows } = await database.pool.query<{ sku: string; ats: number[] }>('SELECT sku, ats FROM availability');
  return Object.fromEntries(rows.map(({ sku, ats }) => [sku, ats[0]]));
}

/** A merge that has given its positions their numbers, and commits when it is let go. */
async function slowCount(location: number, seq: number, skus: readonly string[]) {
  const follow = followMoves();
  const held = Promise.withResolvers<void>();
  const reached = Promise.withResolvers<void>();
  const merging = count(location, seq, skus, {
    async moved(client, change) {
      await follow.moved(client, change);
      reached.resolve();
      await held.promise;
    },
  });
  await reached.promise;
  return {
    async letGo() {
      held.resolve();
      await merging;
    },
  };
}

const jobWaits = () =>
  waitUntil('the job waits for the merge', 60_000, async () => {
    const { rowCount } = await database.pool.query(
      `SELECT FROM pg_locks l JOIN pg_database d ON d.oid = l.database
          WHERE d.datname = current_database() AND l.locktype = 'advisory' AND NOT l.granted AND l.mode = 'ExclusiveLock'`,
    );
    return rowCount === 1;
  });

const drift = () => snapshot(database.pool, (client) => findDrift(client));

const askSilence = (location: number) =>
  transaction(database.pool, async (client) => {
    const { rows } = await client.query<{ no: number }>(
      `INSERT INTO location_silence (location_no, as_of, step_ms, exposure_hours, watermarks)
       VALUES ($1, $2, $3, 20, '[]') RETURNING silence_no AS no`,
      [location, AT, DAY_MS],
    );
    return requestJob(client, { kind: 'silence', reason: 'test', location, silence: rows[0]!.no, seenAt: AT });
  });

describe('recompute jobs', () => {
  it('one that fails steps aside for longer and longer while others run, says why, and ends when it can', async () => {
    const { pool } = database;
    await count(1, 1, ['A']);
    await pool.query(`
      CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'out of range'; END $$;
      CREATE TRIGGER refuse BEFORE INSERT OR UPDATE ON shelf_terms FOR EACH ROW WHEN (NEW.location_no = 1)
        EXECUTE FUNCTION refuse()`);
    const failing = await askSilence(1);
    await count(2, 1, ['B']);
    const other = await askSilence(2);
    const entry = async (no: number) => {
      const jobs = await snapshot(pool, (client) => listJobs(client, null, 10));
      return jobs.find(({ job }) => job === no);
    };
    await expect(runJobs(pool)).rejects.toMatchObject({
      code: 'RECOMPUTE_FAILED',
      message: expect.stringContaining('out of range'),
    });
    await runJobs(pool);
    expect(await entry(other)).toMatchObject({ finishedAt: expect.any(Date), attempts: 0, error: null, retryAt: null });
    expect(await entry(failing)).toMatchObject({ finishedAt: null, attempts: 1, error: 'out of range' });
    const waits: number[] = [];
    for (let turn = 0; turn < 3; turn += 1) {
      await pool.query('UPDATE recompute_jobs SET retry_at = now() WHERE retry_at IS NOT NULL');
      await expect(runJobs(pool)).rejects.toThrow('out of range');
      waits.push(Math.round((Number((await entry(failing))?.retryAt) - Date.now()) / 10_000));
    }
    expect(waits).toEqual([1, 2, 4]);
    await pool.query('DROP FUNCTION refuse CASCADE; UPDATE recompute_jobs SET retry_at = now()');
    await runJobs(pool);
    expect(await entry(failing)).toMatchObject({ finishedAt: expect.any(Date), attempts: 0, error: null, done: 1 });
  });

  it('a chunk of one location holds no more skus than have a chunk of positions in all locations', async () => {
    const { pool } = database;
    await pool.query(`
      INSERT INTO positions (location_no, sku, on_hand)
      SELECT l, 'X' || s, 1 FROM generate_series(1, 4) AS l, generate_series(1000, 2999) AS s;
      INSERT INTO availability (sku, rule_set_no) SELECT DISTINCT sku, 1 FROM positions;
      INSERT INTO shelf_terms (location_no, sku) SELECT location_no, sku FROM positions;`);
    await askSilence(1);
    expect(await runChunk(pool)).toMatchObject({ kind: 'chunk', done: 1_250, total: 2_000 });
    expect(await runChunk(pool)).toMatchObject({ kind: 'chunk', done: 2_000, total: 2_000 });
  });

  it('a new sku whose merge began before a change of rules, and commits later, goes by the new ones', async () => {
    const { pool } = database;
    await count(1, 1, ['B']);
    const slow = await slowCount(2, 1, ['A']);
    await requestRules(pool, rulesOf({ channels: CHANNELS, safetyStock: [{ id: 's', units: 5 }] }), AT);
    const running = runJobs(pool);
    await jobWaits();
    const next = count(3, 1, ['C']);
    await slow.letGo();
    await Promise.all([running, next]);
    expect(await offered()).toEqual({ A: 0, B: 0, C: 0 });
    expect((await drift()).behind).toEqual([]);
    await pool.query("UPDATE availability SET rule_set_no = 1 WHERE sku = 'B'");
    expect((await drift()).behind).toEqual(['B']);
  });

  it('a new position whose merge began before its location was silent, and commits later, is withheld for', async () => {
    const { pool } = database;
    await count(1, 1, ['B']);
    await pool.query("INSERT INTO demand_runs (seen_at) VALUES (0); INSERT INTO demand_priors VALUES (1, '', 0, 1, 1)");
    const slow = await slowCount(1, 2, ['A']);
    await askSilence(1);
    const running = runJobs(pool);
    await jobWaits();
    await slow.letGo();
    await running;
    const { rows } = await pool.query('SELECT sku, lag[1] > 0 AS lags FROM shelf_terms ORDER BY sku');
    expect(rows).toEqual([
      { sku: 'A', lags: true },
      { sku: 'B', lags: true },
    ]);
  });
});

describe('following products and locations', () => {
  const ports = rulesPorts(() => AT);
  let made = 0;
  /** Another text each time: versions outlive a test. */
  const document = (units: number) => `rules: 1 # ${(made += 1)}
channels: [{code: web, name: Web, locations: [S1, S2, S3, S4]}]
safetyStock: [{id: s, units: ${units}}, {id: c, category: shoes, units: ${units + 1}}]
`;
  const jobs = async () => {
    const { rows } = await database.pool.query('SELECT done, superseded FROM recompute_jobs ORDER BY job_no');
    return rows;
  };
  const begin = async () => {
    const { pool } = database;
    await pool.query('TRUNCATE recompute_jobs CASCADE');
    await applyRules(pool, document(0), { by: 'test' }, ports);
    await runJobs(pool);
  };

  it('a job of rules ends while products change all the time, and other changes than of a category ask for nothing', async () => {
    const { pool } = database;
    await begin();
    const skus = Array.from({ length: 40 }, (_, place) => `K${String(place).padStart(4, '0')}`);
    await count(1, 1, skus);
    await applyRules(pool, document(5), { by: 'test' }, ports);
    for (let turn = 0; turn < 6; turn += 1) {
      await pool.query(
        "UPDATE products SET name = name || 'x', category = category || 'x', updated_at = clock_timestamp()",
      );
      await followRulesNow(pool, AT);
      // As small as chunks are where there are very many positions.
      await pool.query(
        'UPDATE recompute_jobs SET chunk_skus = 10, started_at = now(), total = 40 WHERE finished_at IS NULL AND chunk_skus IS NULL',
      );
      await runChunk(pool);
    }
    expect(await offered()).toEqual(Object.fromEntries(skus.map((sku) => [sku, 0])));
    expect(await jobs()).toEqual([
      { done: 0, superseded: false },
      { done: 40, superseded: false },
    ]);
    await pool.query("UPDATE products SET name = name || 'x', updated_at = clock_timestamp()");
    expect(await followRulesNow(pool, AT)).toBeUndefined();
  });

  it('a category that commits late is followed, for its skus only; two hubs that look at once ask once', async () => {
    const { pool } = database;
    await begin();
    await count(1, 1, ['A', 'B', 'P']);
    expect(await offered()).toEqual({ A: 4, B: 5, P: 5 });
    const client = await pool.connect();
    await client.query('BEGIN');
    await client.query("INSERT INTO products (sku, name, category) VALUES ('P', 'p', 'shoes')");
    await pool.query("UPDATE products SET category = 'hats', updated_at = clock_timestamp() WHERE sku = 'A'");
    expect(await followRulesNow(pool, AT)).toContain('category');
    await runJobs(pool);
    await client.query('COMMIT');
    client.release();
    const reasons = await Promise.all([followRulesNow(pool, AT), followRulesNow(pool, AT)]);
    expect(reasons.filter((reason) => reason !== undefined)).toEqual([expect.stringContaining('category')]);
    await runJobs(pool);
    expect(await offered()).toEqual({ A: 5, B: 5, P: 4 });
    expect((await jobs()).map(({ done }) => done)).toEqual([0, 1, 1]);
    expect(await followRulesNow(pool, AT)).toBeUndefined();
  });

  it('a new location asks for nothing; rules that name it later reach it, those for all stores included', async () => {
    const { pool } = database;
    await begin();
    await pool.query("INSERT INTO locations (code, name) VALUES ('S9', 'late')");
    expect(await followRulesNow(pool, AT)).toBeUndefined();
    const everywhere = `rules: 1
channels: [{ code: web, name: Web, locations: [S1, S9] }]
safetyStock: [{ id: all, units: 2 }]`;
    await applyRules(pool, everywhere, { by: 'test' }, ports);
    await runJobs(pool);
    // Its number is the fifth, as its journal's.
    await pool.query('INSERT INTO journals (device_no, epoch, location_no) VALUES (1, 9, 5)');
    await count(5, 1, ['N']);
    expect(await offered()).toMatchObject({ N: 3 });
    expect(await drift()).toEqual({ numbers: [], positions: [], behind: [], reserved: [] });
  });

  it('compares again only skus whose product has changed, also in a transaction that ends late', async () => {
    const { pool } = database;
    await begin();
    await count(1, 1, ['A', 'B']);
    const watch = new BehindWatch();
    expect(await followRulesNow(pool, AT, watch)).toBeUndefined();
    // Unseen by the feed, so that a look would find it, and none is made.
    await pool.query("UPDATE products SET category = 'boots' WHERE sku IN ('A', 'B')");
    expect(await followRulesNow(pool, AT, watch)).toBeUndefined();
    const client = await pool.connect();
    await client.query("BEGIN; INSERT INTO changes (topic, scope, keys) VALUES ('products', 0, '{A}')");
    await pool.query("INSERT INTO changes (topic, scope, keys) VALUES ('products', 0, '{C}'), ('positions', 1, '{A}')");
    expect(await followRulesNow(pool, AT, watch)).toBeUndefined();
    await client.query('COMMIT');
    client.release();
    expect(await followRulesNow(pool, AT, watch)).toContain('category');
    await runJobs(pool);
    expect(await followRulesNow(pool, AT, watch)).toBeUndefined();
    // The feed was pruned past what was seen: looked at again, and found in order.
    await pool.query('UPDATE feed_state SET floor = (pg_current_xact_id()::text::bigint + 10)::text::xid8');
    expect(await followRulesNow(pool, AT, watch)).toBeUndefined();
  });
});
