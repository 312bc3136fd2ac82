import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { LOCKS } from '#hub/db/advisory-locks.ts';
import { EVENT_TYPES } from '#hub/outbox/event-types.ts';
import { createTestDatabase, type TestDatabase } from '#test/support/database.ts';
import { plain } from '#test/support/hub-api.ts';
import { beginReservations, soldOf, teller, WEB } from '#test/support/reservations.ts';
import { EMPTY_OUTBOX, makeWebhook } from '#test/support/webhooks.ts';
import { runJobs } from './engine/recompute-jobs.ts';
import { tellWebhooks } from './tell-webhooks.ts';

let database: TestDatabase;
let tills: ReturnType<typeof teller>;

const SHOP = { code: 'shop', name: 'Shop', locations: ['S2'] };
const receipt = (sku: string, quantity: number, location = 1) =>
  tills.tell(location, 'receipt', plain({ sku, quantity }));

beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());
beforeEach(async () => {
  await database.pool.query(EMPTY_OUTBOX);
  await beginReservations(database.pool, { channels: [WEB, SHOP] });
  tills = teller(database.pool);
  await follow();
});

/** Reads until the feed has nothing more; transactions of other databases of the cluster hold it back too. */
async function follow(): Promise<void> {
  const behind =
    'SELECT FROM outbox_checkpoints k WHERE scanning OR EXISTS (SELECT FROM changes c WHERE c.position >= k.position)';
  do await tellWebhooks(database.pool);
  while ((await database.pool.query(behind)).rowCount !== 0);
}

/** What waits for a webhook: [subject, number]. */
async function waiting(webhook = 1): Promise<[string, number][]> {
  const { rows } = await database.pool.query<{ subject: string; item: string }>(
    `SELECT subject, item FROM webhook_levels WHERE webhook_no = $1 AND waiting_since IS NOT NULL ORDER BY subject`,
    [webhook],
  );
  return rows.map(({ subject, item }) => [subject, (JSON.parse(item) as { available: number }).available]);
}
/** As if it had been sent. */
const sent = () => database.pool.query('UPDATE webhook_levels SET waiting_since = NULL');

describe('what channels may sell, for webhooks', () => {
  it('is told by channel when it changes: those that carry it, and of them only those whose number is another', async () => {
    await makeWebhook(database.pool, 'http://127.0.0.1:9/');
    await receipt('A', 5);
    await follow();
    expect(await waiting()).toEqual([['web A', 5]]);
    await sent();
    await receipt('A', 2, 2);
    await follow();
    expect(await waiting()).toEqual([
      ['shop A', 2],
      ['web A', 7],
    ]);
    await sent();
    await tills.tell(1, 'sale', soldOf('A', 1));
    await follow();
    expect(await waiting()).toEqual([['web A', 6]]);
    const { rows } = await database.pool.query<{ item: string }>('SELECT item FROM webhook_levels');
    const items = rows.map(({ item }) => JSON.parse(item) as unknown);
    expect(EVENT_TYPES['availability.changed'].data.safeParse({ items }).success).toBe(true);
  });

  it('is the newest number, and nothing when nothing has changed', async () => {
    await makeWebhook(database.pool, 'http://127.0.0.1:9/');
    for (const quantity of [5, 1, 1]) await receipt('A', quantity);
    await follow();
    expect(await waiting()).toEqual([['web A', 7]]);
    await sent();
    await follow();
    expect(await waiting()).toEqual([]);
  });

  it('S3 a merge that commits late is not passed over', async () => {
    await makeWebhook(database.pool, 'http://127.0.0.1:9/');
    const late = await database.pool.connect();
    await late.query('BEGIN');
    await late.query('SELECT pg_current_xact_id()');
    await receipt('A', 5);
    await tellWebhooks(database.pool);
    await late.query(
      `INSERT INTO availability (sku, ats) VALUES ('B', '{3}') ON CONFLICT (sku) DO UPDATE SET ats = '{3}'`,
    );
    await late.query(
      `INSERT INTO shelf_terms (location_no, sku, withheld) VALUES (1, 'B', '{0}') ON CONFLICT DO NOTHING`,
    );
    await late.query(`INSERT INTO changes (topic, scope, keys) VALUES ('availability', 0, '{B}')`);
    await receipt('C', 1);
    await tellWebhooks(database.pool);
    await late.query('COMMIT');
    late.release();
    await follow();
    expect(await waiting()).toEqual([
      ['web A', 5],
      ['web B', 3],
      ['web C', 1],
    ]);
  });

  it('is read by one hub at a time, so that no older number is written over a newer one', async () => {
    await makeWebhook(database.pool, 'http://127.0.0.1:9/');
    const other = await database.pool.connect();
    await other.query('BEGIN');
    await other.query(`SELECT pg_advisory_xact_lock(${LOCKS.relayAvailability})`);
    await receipt('A', 5);
    expect(await tellWebhooks(database.pool)).toBe(0);
    expect(await waiting()).toEqual([]);
    await other.query('COMMIT');
    other.release();
    await follow();
    expect(await waiting()).toEqual([['web A', 5]]);
  });

  it('pages: more skus than a step, in one commit', async () => {
    await makeWebhook(database.pool, 'http://127.0.0.1:9/');
    const lines = Array.from({ length: 1_200 }, (_, n) => ({ sku: `SKU-${n}`, quantity: 1 }));
    await tills.tell(1, 'receipt', plain(...lines));
    await follow();
    expect((await waiting()).length).toBe(1_200);
  });

  it('is looked at whole when the feed was pruned beyond where it was read', async () => {
    await makeWebhook(database.pool, 'http://127.0.0.1:9/');
    const lines = Array.from({ length: 600 }, (_, n) => ({ sku: `SKU-${n}`, quantity: 1 }));
    await tills.tell(1, 'receipt', plain(...lines));
    await database.pool.query('TRUNCATE changes');
    await database.pool.query(`UPDATE feed_state SET floor = pg_current_xact_id()`);
    await follow();
    expect((await waiting()).length).toBe(600);
    await sent();
    await receipt('A', 5);
    await follow();
    expect(await waiting()).toEqual([['web A', 5]]);
  });

  it('is nothing for a channel that is gone, for whoever was told of it', async () => {
    await makeWebhook(database.pool, 'http://127.0.0.1:9/');
    await receipt('A', 5, 2);
    await follow();
    await sent();
    await makeWebhook(database.pool, 'http://127.0.0.1:9/');
    await database.pool.query(`UPDATE channels SET removed_at = now() WHERE code = 'shop'`);
    await receipt('A', 1, 2);
    await runJobs(database.pool);
    await follow();
    expect(await waiting()).toEqual([
      ['shop A', 0],
      ['web A', 6],
    ]);
    expect(await waiting(2)).toEqual([['web A', 6]]);
  });
});
