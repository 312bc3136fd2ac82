import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Pool } from 'pg';
import type { ShelfwireError } from '#shared/protocol/errors.ts';
import type { Checkpoint, Collection, Documents, PullAnswer } from '#shared/protocol/messages/pull.ts';
import { pullAnswer } from '#shared/protocol/messages/pull.ts';
import { systemClock, sleep } from '#shared/runtime/clock.ts';
import { seededRandom } from '#shared/runtime/random.ts';
import { createTestDatabase, type TestDatabase } from '#test/support/database.ts';
import { Feed } from './feed.ts';
import { pruneFeed } from './prune-feed.ts';

let database: TestDatabase;
let pool: Pool;
let feed: Feed;
const readers = new Map<string, { location: number; journal: number }>();

beforeAll(async () => {
  database = await createTestDatabase({ max: 16 });
  pool = database.pool;
  feed = new Feed({ pool, clock: systemClock });
  for (const code of ['A', 'B']) {
    const { rows } = await pool.query<{ location: number; journal: number }>(
      `WITH l AS (INSERT INTO locations (code, name) VALUES ($1, $1) RETURNING location_no),
         d AS (INSERT INTO devices (location_no, name, public_key)
           SELECT location_no, 'till', sha256($1::bytea) FROM l RETURNING device_no, location_no)
       INSERT INTO journals (device_no, epoch, location_no) SELECT device_no, 1, location_no FROM d
       RETURNING location_no AS location, journal_no AS journal`,
      [code],
    );
    readers.set(code, rows[0]!);
  }
});
afterAll(() => database.drop());

beforeEach(async () => {
  await pool.query(`TRUNCATE changes, products, positions, store_config;
    UPDATE journals SET watermark = 0; UPDATE feed_state SET generation = gen_random_uuid(), floor = '0'`);
});

const SAVE_PRODUCT = `
  WITH saved AS (
    INSERT INTO products (sku, name) SELECT sku, $2 FROM unnest($1::text[]) AS s (sku) ORDER BY sku
    ON CONFLICT (sku) DO UPDATE SET name = excluded.name RETURNING sku
  ) INSERT INTO changes (topic, scope, keys) SELECT 'products', 0, array_agg(sku) FROM saved`;

function saveProducts(skus: readonly string[], name: string) {
  return pool.query(SAVE_PRODUCT, [skus, name]);
}

function ask(collection: Collection, checkpoint: Checkpoint | null, limit = 100): Promise<PullAnswer> {
  return feed.pull(readers.get('A')!, { collection, checkpoint, limit });
}

/** Waits until no transaction holds the feed back; other databases of the cluster have some as well. */
async function settled(): Promise<void> {
  const text = `SELECT count(*) AS held FROM changes WHERE position >= pg_snapshot_xmin(pg_current_snapshot())`;
  await expect.poll(async () => (await pool.query(text)).rows).toEqual([{ held: 0 }]);
}

/** Pulls until it is told that nothing more waits, once the feed has settled. */
async function follow<C extends Collection>(collection: C, from: Checkpoint | null, limit = 100) {
  await settled();
  return followNow(collection, from, limit);
}

async function followNow<C extends Collection>(collection: C, from: Checkpoint | null, limit = 100) {
  const seen: Documents[C][] = [];
  let checkpoint = from;
  for (let pulls = 1; ; pulls += 1) {
    const answer = await ask(collection, checkpoint, limit);
    pullAnswer.parse(answer);
    expect(answer.documents.length).toBeLessThanOrEqual(limit);
    seen.push(...(answer.documents as Documents[C][]));
    checkpoint = answer.checkpoint;
    if (answer.complete) return { seen, checkpoint, pulls };
    if (pulls > 500) throw new Error('never complete');
  }
}

describe('feed', () => {
  it('scans everything once by pages, then follows', async () => {
    const skus = Array.from({ length: 25 }, (_, index) => `S${String(index).padStart(2, '0')}`);
    await saveProducts(skus, 'one');
    const scan = await follow('products', null, 10);
    expect(scan.seen.map(({ sku }) => sku)).toEqual(skus);
    await saveProducts(['S03', 'S04'], 'two');
    const next = await follow('products', scan.checkpoint);
    expect(next.seen.map(({ sku, name }) => `${sku} ${name}`).sort()).toEqual(['S03 two', 'S04 two']);
    expect((await follow('products', next.checkpoint)).seen).toEqual([]);
  });

  it('S3 a row that commits late is not skipped, also when later ones were read before', async () => {
    const start = (await follow('products', null)).checkpoint;
    const early = await pool.connect();
    await early.query('BEGIN');
    await early.query(SAVE_PRODUCT, [['EARLY'], 'early']);
    await saveProducts(['LATE'], 'late');
    const between = await followNow('products', start);
    await early.query('COMMIT');
    early.release();
    expect(between.seen).toEqual([]);
    const after = await follow('products', between.checkpoint);
    expect(after.seen.map(({ sku }) => sku).sort()).toEqual(['EARLY', 'LATE']);
  });

  it('S3 a change that began before a scan and commits after it is not skipped', async () => {
    await saveProducts(['A1', 'B1', 'C1'], 'one');
    const early = await pool.connect();
    await early.query('BEGIN');
    await early.query(SAVE_PRODUCT, [['A1'], 'two']);
    await saveProducts(['B1'], 'two');
    const page = await ask('products', null, 2);
    await early.query('COMMIT');
    early.release();
    const rest = await follow('products', page.checkpoint, 2);
    expect(rest.seen).toContainEqual({ sku: 'A1', name: 'two', gtin: null, deleted: false });
  });

  it('S3 whatever order transactions commit in, readers that page at random end with the table', async () => {
    const random = seededRandom(20_261_120);
    let writing = true;
    const writer = async (no: number): Promise<void> => {
      for (let turn = 0; turn < 25; turn += 1) {
        const client = await pool.connect();
        await client.query('BEGIN');
        await client.query('SELECT pg_current_xact_id()');
        await sleep(systemClock, random() * 8);
        // Each row is written once: a later write of the same would make good what was skipped.
        const mine = Array.from({ length: 1 + Math.floor(random() * 4) }, (_, row) => `W${no}-${turn}-${row}`);
        await client.query(SAVE_PRODUCT, [mine, 'once']);
        await sleep(systemClock, random() * 8);
        await client.query(random() < 0.15 ? 'ROLLBACK' : 'COMMIT');
        client.release();
      }
    };
    const reader = async (): Promise<Map<string, string>> => {
      const known = new Map<string, string>();
      let checkpoint: Checkpoint | null = null;
      for (let last = false; ;) {
        const answer: PullAnswer = await ask('products', checkpoint, 1 + Math.floor(random() * 40));
        for (const document of answer.documents as Documents['products'][]) known.set(document.sku, document.name);
        checkpoint = answer.checkpoint;
        if (last && answer.complete) return known;
        if (!writing && answer.complete) last = true;
        await sleep(systemClock, random() * 4);
      }
    };
    const reading = Array.from({ length: 4 }, reader);
    await Promise.all(Array.from({ length: 6 }, (_, no) => writer(no)));
    await settled();
    writing = false;
    const { rows } = await pool.query<{ sku: string; name: string }>('SELECT sku, name FROM products');
    const truth = new Map(rows.map(({ sku, name }) => [sku, name]));
    for (const known of await Promise.all(reading)) expect(known).toEqual(truth);
  });

  it('pages within one big commit', async () => {
    const start = (await follow('products', null)).checkpoint;
    const skus = Array.from({ length: 95 }, (_, index) => `Ä${String(index).padStart(3, '0')}`);
    await saveProducts(skus, 'one');
    const { seen, pulls } = await follow('products', start, 10);
    expect(seen.map(({ sku }) => sku).sort()).toEqual(skus);
    expect(pulls).toBe(10);
  });

  it('S4 gives a store its own positions only, complete up to the watermark told with them', async () => {
    const { location, journal } = readers.get('A')!;
    for (const code of ['A', 'B']) {
      await pool.query(
        `WITH p AS (INSERT INTO positions (location_no, sku, on_hand) VALUES ($1, $2, 7) RETURNING location_no, sku)
         INSERT INTO changes (topic, scope, keys) SELECT 'positions', location_no, ARRAY[sku] FROM p`,
        [readers.get(code)!.location, `OF-${code}`],
      );
    }
    await pool.query('UPDATE journals SET watermark = 12 WHERE journal_no = $1', [journal]);
    const { seen, checkpoint } = await follow('positions', null);
    expect(seen).toEqual([
      { sku: 'OF-A', onHand: 7, damaged: 0, quarantined: 0, anchor: null, journal, watermark: 12 },
    ]);
    await pool.query(
      `WITH p AS (UPDATE positions SET on_hand = 5, anchor_at = 1000, anchor_journal = $2, anchor_seq = 3, anchor_quantity = 6
         WHERE location_no = $1 RETURNING location_no, sku)
       INSERT INTO changes (topic, scope, keys) SELECT 'positions', location_no, ARRAY[sku] FROM p`,
      [location, journal],
    );
    const next = await follow('positions', checkpoint);
    const anchor = { at: 1000, journal, seq: 3, quantity: 6 };
    expect(next.seen).toEqual([{ sku: 'OF-A', onHand: 5, damaged: 0, quarantined: 0, anchor, journal, watermark: 12 }]);
  });

  it('gives settings with the code of the store, and many stores one set-based answer', async () => {
    const { location } = readers.get('A')!;
    await pool.query('INSERT INTO store_config (location_no, name, value) VALUES ($1, $2, $3)', [
      location,
      'x',
      '{"y":1}',
    ]);
    const batches: number[] = [];
    const counted = new Feed({ pool, clock: systemClock, observe: (pulls) => batches.push(pulls) });
    const stores = ['A', 'B', 'A', 'B'];
    const answers = await Promise.all(
      stores.map((store) =>
        counted.pull(readers.get(store)!, { collection: 'storeConfig', checkpoint: null, limit: 5 }),
      ),
    );
    expect(batches).toEqual([4]);
    const ofA = [{ name: 'x', value: { y: 1 }, store: 'A' }];
    expect(answers.map(({ documents }) => documents)).toEqual([ofA, [], ofA, []]);
  });

  it('tells of a product that is gone as deleted', async () => {
    await saveProducts(['GONE'], 'one');
    const { checkpoint } = await follow('products', null);
    await pool.query(`DELETE FROM products; INSERT INTO changes (topic, scope, keys) VALUES ('products', 0, '{GONE}')`);
    expect((await follow('products', checkpoint)).seen).toEqual([{ sku: 'GONE', name: '', gtin: null, deleted: true }]);
  });

  it('a reader of another generation, below the floor or from the future scans anew', async () => {
    await saveProducts(['S1'], 'one');
    const { checkpoint } = await follow('products', null);
    const others = [
      { ...checkpoint, generation: 'another' },
      { ...checkpoint, position: '18446744073709551615' },
    ];
    for (const other of others) expect((await follow('products', other)).seen.length).toBe(1);
    await saveProducts(['S2'], 'two');
    await pool.query(`UPDATE changes SET changed_at = now() - interval '2 hours'`);
    await settled();
    expect(await pruneFeed(pool, 3_600_000)).toBe(2);
    const rescan = await follow('products', checkpoint);
    expect(rescan.seen.map(({ sku }) => sku)).toEqual(['S1', 'S2']);
    expect((await follow('products', rescan.checkpoint)).seen).toEqual([]);
    await saveProducts(['S3'], 'three');
    expect((await follow('products', rescan.checkpoint)).seen.map(({ sku }) => sku)).toEqual(['S3']);
  });

  it('a reader that has read everything does not scan again because of pruning', async () => {
    await saveProducts(['S1'], 'one');
    const { checkpoint } = await follow('products', null);
    await pool.query(`UPDATE changes SET changed_at = now() - interval '2 hours'`);
    await settled();
    await pruneFeed(pool, 3_600_000);
    expect((await follow('products', checkpoint)).seen).toEqual([]);
  });

  it('prunes only what is old enough', async () => {
    await saveProducts(['S1'], 'one');
    await pool.query(`UPDATE changes SET changed_at = now() - interval '2 hours'`);
    await saveProducts(['S2'], 'two');
    await settled();
    expect(await pruneFeed(pool, 3_600_000)).toBe(1);
    expect((await pool.query('SELECT keys FROM changes')).rows).toEqual([{ keys: ['S2'] }]);
  });

  it('S3 a number that PostgreSQL may give again after a crash is never taken as read', async () => {
    await saveProducts(['S1'], 'one');
    const { rows } = await pool.query<{ position: string }>('SELECT position::text FROM changes');
    const aborted = await pool.connect();
    await aborted.query('BEGIN; SELECT pg_current_xact_id(); ROLLBACK');
    aborted.release();
    const { checkpoint } = await follow('products', null);
    expect(BigInt(checkpoint.position)).toBe(BigInt(rows[0]!.position) + 1n);
  });

  it('S3 stands behind the last entry also where positions get a digit more', async () => {
    await pool.query(`INSERT INTO changes (topic, scope, keys, position)
      VALUES ('products', 0, '{S1}', '99'), ('products', 0, '{S2}', '100')`);
    const { checkpoint } = await follow('products', null);
    expect(checkpoint.position).toBe('101');
  });

  it('X2 refuses a checkpoint that is none, and others are served', async () => {
    const made = (await follow('products', null)).checkpoint;
    const bad = [
      { ...made, position: '99999999999999999999' },
      { ...made, after: 'a\0b', scanning: true },
    ];
    const results = await Promise.allSettled([...bad, made].map((checkpoint) => ask('products', checkpoint)));
    expect(results.map(({ status }) => status)).toEqual(['rejected', 'rejected', 'fulfilled']);
    for (const result of results.slice(0, 2)) {
      expect(((result as PromiseRejectedResult).reason as ShelfwireError).code).toBe('CHECKPOINT_INVALID');
    }
  });
});
