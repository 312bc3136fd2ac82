import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { snapshot } from '#hub/db/snapshot.ts';
import { transaction, withRetries } from '#hub/db/transaction.ts';
import { createLedger } from '#hub/ledger/merge.ts';
import { seededRandom } from '#shared/runtime/random.ts';
import { BEGIN_AVAILABILITY, requestRules } from '#test/support/availability.ts';
import { createTestDatabase, type TestDatabase } from '#test/support/database.ts';
import { line, plain, readFact, sale } from '#test/support/hub-api.ts';
import { waitUntil } from '#test/support/program.ts';
import { LOCATIONS, rulesOf } from '#test/support/rules-documents.ts';
import { findDrift } from './drift.ts';
import { sweepInbound } from './follow-inbound.ts';
import { followMoves } from './follow-moves.ts';
import { requestRebuild } from './rebuild.ts';
import { requestJob, runChunk, runJobs } from './recompute-jobs.ts';
import { sweepSilence } from './sweep-silence.ts';
import { updateDemand } from './update-demand.ts';

const FACTS_AT = 1_790_000_000_000;
const AT = Date.parse('2026-03-03T12:00:00Z');
const SKUS = Array.from({ length: 8 }, (_, place) => `SKU-${String(place).padStart(2, '0')}`);
const NONE = { numbers: [], positions: [], behind: [], reserved: [] };

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase({ max: 16 });
});
afterAll(() => database.drop());
beforeEach(() => database.pool.query(BEGIN_AVAILABILITY));

const drift = () => snapshot(database.pool, (client) => findDrift(client));
const channels = (locations: readonly string[]) => [
  { code: 'web', name: 'Web', locations, inboundHorizonHours: 30 },
  { code: 'amazon', name: 'Amazon', locations: ['S1', 'S2'], epsilon: 0.05, holdback: 1, inboundHorizonHours: 80 },
];

/** Sales, receipts, counts and both ends of transfers, of random skus, a few lines a fact. */
function randomFacts(location: number, fromSeq: number, random: () => number) {
  return Array.from({ length: 5 }, (_, place) => {
    const seq = fromSeq + place;
    const sku = () => SKUS[Math.floor(random() * SKUS.length)]!;
    const units = () => 1 + Math.floor(random() * 9);
    const roll = random();
    if (roll < 0.3) {
      const other = `S${1 + ((location + Math.floor(random() * 3)) % 4)}`;
      const ends =
        roll < 0.2 ? ({ kind: 'transferOut', to: other } as const) : ({ kind: 'transferIn', from: other } as const);
      const { kind, ...end } = ends;
      const body = { transfer: `T${Math.floor(random() * 6)}`, ...end, ...plain({ sku: sku(), quantity: units() }) };
      return readFact(seq, FACTS_AT, kind, `k${location}-${seq}`, body);
    }
    const [kind, body] =
      roll < 0.6
        ? (['sale', sale(line(sku(), units()), line(sku(), units()))] as const)
        : ([roll < 0.8 ? 'receipt' : 'count', plain({ sku: sku(), quantity: units() * 3 })] as const);
    return readFact(seq, FACTS_AT + Math.floor(random() * 1_000), kind, `k${location}-${seq}`, body);
  });
}

describe('availability with everything at once', () => {
  it('A1 pools are what a full recompute gives at every instant, whatever merges, transfers, changes of rules, silence, demand and time do at once', async () => {
    const { pool } = database;
    const random = seededRandom(7);
    const hours = (): number => Math.floor(random() * 200) * 3_600_000;
    const ledger = createLedger(pool, followMoves({ now: () => FACTS_AT + hours() }));
    await requestRules(pool, rulesOf({ channels: channels(['S1']) }), AT);
    await runJobs(pool);
    // Whatever is drawn, there are units on their way that count from some hour on.
    const sent = { transfer: 'sure', to: 'S2', expectedAt: FACTS_AT + 100 * 3_600_000 };
    const sure = readFact(1, FACTS_AT, 'transferOut', 'sure', { ...sent, ...plain({ sku: 'SURE', quantity: 9 }) });
    await createLedger(pool, followMoves({ now: () => FACTS_AT })).merge([
      { location: 1, journal: 1, fromSeq: 1, facts: [sure] },
    ]);
    const run = { selling: true };
    let swept = 0;
    const found: unknown[] = [];
    const watch = async (): Promise<void> => {
      while (run.selling) found.push(...(await drift()).numbers);
    };
    const sell = async (location: number): Promise<void> => {
      const first = location === 1 ? 2 : 1;
      for (let seq = first; seq <= 200; seq += 5) {
        const facts = randomFacts(location, seq, random);
        await withRetries(() => ledger.merge([{ location, journal: location, fromSeq: seq, facts }]));
      }
    };
    const recompute = async (): Promise<void> => {
      while (run.selling) await runChunk(pool);
    };
    const change = async (): Promise<void> => {
      for (let turn = 0; run.selling || turn < 3; turn += 1) {
        const safetyStock = [{ id: 'floor', units: turn % 5 }];
        const allocations =
          turn % 3 === 0
            ? [{ id: 'own', channel: 'amazon', mode: 'exclusive', units: turn % 4, sku: SKUS[turn % SKUS.length] }]
            : [];
        await requestRules(
          pool,
          rulesOf({ channels: channels(LOCATIONS.slice(0, 1 + (turn % 4))), safetyStock, allocations }),
          AT,
        );
        await sweepSilence(pool, FACTS_AT + (turn % 7) * 5 * 3_600_000);
        await updateDemand(pool, FACTS_AT + 3_600_000);
        await transaction(pool, (client) =>
          requestJob(client, { kind: 'demand', reason: 'test', seenAt: FACTS_AT + 86_400_000 }),
        );
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
    };
    const goOn = async (): Promise<void> => {
      for (; run.selling || swept === 0; swept += await sweepInbound(pool, FACTS_AT + hours()))
        await new Promise((resolve) => setTimeout(resolve, 3));
    };
    const others = [recompute(), recompute(), change(), goOn(), goOn(), watch()];
    await Promise.all([1, 2, 3, 4].map(sell));
    run.selling = false;
    await Promise.all(others);
    expect(found).toEqual([]);
    expect(await drift()).toEqual(NONE);
    await runJobs(pool);
    expect(await drift()).toEqual(NONE);
    expect(swept).toBeGreaterThan(0);
    const kinds = await pool.query('SELECT DISTINCT kind::text FROM recompute_jobs WHERE done > 0 ORDER BY 1');
    expect(kinds.rows.map((row) => row.kind)).toEqual(['demand', 'rules', 'silence']);
  });

  it('A1 a sale and what it leaves to sell become visible in the same commit', async () => {
    const { pool } = database;
    await requestRules(pool, rulesOf({ channels: channels([...LOCATIONS]) }), AT);
    await runJobs(pool);
    const look = async () => {
      const { rows } = await pool.query(`
        SELECT on_hand, ats FROM positions JOIN availability USING (sku) WHERE sku = 'A' AND location_no = 1`);
      return rows;
    };
    const receipt = [readFact(1, FACTS_AT, 'receipt', 'r', plain({ sku: 'A', quantity: 10 }))];
    await createLedger(pool, followMoves()).merge([{ location: 1, journal: 1, fromSeq: 1, facts: receipt }]);
    expect(await look()).toEqual([{ on_hand: 10, ats: [10, 9] }]);
    const follow = followMoves();
    const seen: unknown[] = [];
    const ledger = createLedger(pool, {
      async moved(client, change) {
        await follow.moved(client, change);
        seen.push(await look());
      },
    });
    const sold = [readFact(2, FACTS_AT + 1, 'sale', 's', sale(line('A', 3)))];
    await ledger.merge([{ location: 1, journal: 1, fromSeq: 2, facts: sold }]);
    expect(seen).toEqual([[{ on_hand: 10, ats: [10, 9] }]]);
    expect(await look()).toEqual([{ on_hand: 7, ats: [7, 6] }]);
    const feed = await pool.query("SELECT scope, keys FROM changes WHERE topic = 'availability' ORDER BY position");
    expect(feed.rows.at(-1)).toEqual({ scope: 0, keys: ['A'] });
  });

  it('A1 before the first rules a merge leaves availability alone, and one under way then is not left out', async () => {
    const { pool } = database;
    const receipt = (location: number, units: number) => {
      const facts = [readFact(1, FACTS_AT, 'receipt', `r${location}`, plain({ sku: 'A', quantity: units }))];
      return [{ location, journal: location, fromSeq: 1, facts }];
    };
    const follow = followMoves();
    await createLedger(pool, follow).merge(receipt(1, 10));
    expect((await pool.query('SELECT FROM availability')).rowCount).toBe(0);
    const held = Promise.withResolvers<void>();
    const reached = Promise.withResolvers<void>();
    const slow = createLedger(pool, {
      async moved(client, change) {
        await follow.moved(client, change);
        reached.resolve();
        await held.promise;
      },
    });
    const merging = slow.merge(receipt(2, 5));
    await reached.promise;
    const ruling = requestRules(pool, rulesOf({ channels: channels([...LOCATIONS]) }), AT);
    await waitUntil('the first rules wait for the merge', 60_000, async () => {
      const { rowCount } = await pool.query(
        `SELECT FROM pg_locks l JOIN pg_database d ON d.oid = l.database
          WHERE d.datname = current_database() AND l.locktype = 'advisory' AND NOT l.granted AND l.mode = 'ExclusiveLock'`,
      );
      return rowCount === 1;
    });
    // Another merge comes while they wait: it goes by them.
    const next = createLedger(pool, follow).merge(receipt(3, 1));
    held.resolve();
    await Promise.all([merging, ruling, next]);
    await runJobs(pool);
    const { rows } = await pool.query("SELECT ats FROM availability WHERE sku = 'A'");
    expect(rows).toEqual([{ ats: [16, 14] }]);
    expect(await drift()).toEqual(NONE);
  });

  it('a position that came by another way does not stop a merge, and is counted from then on', async () => {
    const { pool } = database;
    await requestRules(pool, rulesOf({ channels: channels([...LOCATIONS]) }), AT);
    await runJobs(pool);
    await pool.query("INSERT INTO positions (location_no, sku, on_hand) VALUES (1, 'A', 10), (2, 'A', 20)");
    const ledger = createLedger(pool, followMoves());
    const sold = [readFact(1, FACTS_AT, 'sale', 's', sale(line('A', 3)))];
    await ledger.merge([{ location: 1, journal: 1, fromSeq: 1, facts: sold }]);
    const { rows } = await pool.query("SELECT ats FROM availability WHERE sku = 'A'");
    expect(rows).toEqual([{ ats: [7, 6] }]);
    expect((await drift()).positions).toEqual([{ location: 2, sku: 'A' }]);
    await requestRebuild(pool, 'test', AT);
    await runJobs(pool);
    expect(await drift()).toEqual(NONE);
  });

  it('a job whose hub is killed (kill -9) goes on behind the last chunk that committed', async () => {
    const { pool } = database;
    // Statistics of a few rows, as a database has them when a bulk load has just come.
    await pool.query(`
      INSERT INTO positions (location_no, sku, on_hand) SELECT l, 'A' || s, 3 FROM generate_series(1, 4) AS l, generate_series(1, 8) AS s;
      INSERT INTO availability (sku) SELECT DISTINCT sku FROM positions;
      INSERT INTO shelf_terms (location_no, sku) SELECT location_no, sku FROM positions;
      ANALYZE positions, shelf_terms, availability;
      DELETE FROM shelf_terms; DELETE FROM availability; DELETE FROM positions;`);
    await pool.query(`
      INSERT INTO positions (location_no, sku, on_hand)
      SELECT l, 'X' || s, s FROM generate_series(1, 4) AS l, generate_series(10000, 17999) AS s;
      INSERT INTO availability (sku) SELECT DISTINCT sku FROM positions;
      INSERT INTO shelf_terms (location_no, sku) SELECT location_no, sku FROM positions;`);
    await requestRules(pool, rulesOf({ channels: channels([...LOCATIONS]) }), AT);
    const hub = spawn(process.execPath, [
      join(import.meta.dirname, '../../../test/support/recompute-loop.ts'),
      database.url,
    ]);
    await new Promise<void>((resolve, reject) => {
      hub.stdout.on('data', (text) => String(text).includes('\n') && resolve());
      hub.stderr.on('data', (text) => reject(new Error(String(text))));
    });
    hub.kill('SIGKILL');
    await once(hub, 'close');
    const { rows } = await pool.query<{ done: number; total: number; finished: boolean }>(
      'SELECT done, total, finished_at IS NOT NULL AS finished FROM recompute_jobs',
    );
    const [killed] = rows;
    expect(killed).toMatchObject({ total: 8_000, finished: false });
    expect(killed!.done).toBeGreaterThan(0);
    const dones: number[] = [];
    await expect
      .poll(async () => {
        await runJobs(pool, (turn) => turn.kind === 'chunk' && dones.push(turn.done));
        return dones.at(-1);
      })
      .toBe(8_000);
    // The killed one's last transaction may have committed after all.
    expect(dones[0]).toBeGreaterThan(killed!.done);
    expect(await drift()).toEqual(NONE);
    const { rows: offered } = await pool.query('SELECT ats FROM availability ORDER BY sku LIMIT 1');
    expect(offered).toEqual([{ ats: [40_000, 19_999] }]);
    const { rows: chunks } = await pool.query<{ broken: number }>(`
      SELECT count(*) FILTER (WHERE after_sku <> coalesce(before, ''))::int AS broken
      FROM (SELECT after_sku, lag(last_sku) OVER (ORDER BY last_sku) AS before FROM recompute_chunks) AS c`);
    expect(chunks).toEqual([{ broken: 0 }]);
  });
});
