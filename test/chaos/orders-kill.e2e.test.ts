import { randomUUID } from 'node:crypto';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, expect, it } from 'vitest';
import { seededRandom } from '#shared/runtime/random.ts';
import { createTestDatabase } from '#test/support/database.ts';
import { merge, plain, readFact, seedStores } from '#test/support/hub-api.ts';
import { HubProcess } from '#test/support/hub-process.ts';
import { waitUntil } from '#test/support/program.ts';
import { auditReservations } from '#test/support/reservations.ts';

const SEED = 20_261_128;
const KILLS = 4;
const STOCK = { S1: 70, S2: 50 };
const ORDERS = 90;
/** For so long what a hub has begun is its own. */
const LEASE_MS = 30_000;
const WAIT_MS_MAX = 60_000;
/** Every so many orders one is cancelled as soon as it is taken: more is wanted all the same than is there. */
const CANCELLED_EVERY = 4;

const cleanups: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).toReversed()) await cleanup();
});

it('R1 R2 orders at two hubs, one killed with -9 again and again: each taken once, what is promised is there, nothing stays held for nobody', async () => {
  const root = await mkdtemp(join(tmpdir(), 'shelfwire-orders-'));
  cleanups.push(() => rm(root, { recursive: true, force: true }));
  const database = await createTestDatabase();
  cleanups.push(() => database.drop());
  const { pool } = database;
  await seedStores(pool);
  await pool.query(`INSERT INTO products (sku, name) VALUES ('A', 'a')`);
  const prepare = async (name: string): Promise<HubProcess> => {
    const folder = join(root, name);
    await mkdir(folder);
    const hub = await HubProcess.prepare(folder, database.url);
    cleanups.push(() => hub.program.stop());
    return hub;
  };
  const steady = await prepare('steady');
  const killed = await prepare('killed');
  await steady.begin();
  await steady.put('/v1/channels/web', { name: 'Web', locations: ['S1', 'S2'] });
  for (const [place, units] of Object.values(STOCK).entries()) {
    const facts = [readFact(1, Date.now(), 'receipt', 'r', plain({ sku: 'A', quantity: units }))];
    await merge(pool, place + 1, place === 0 ? 1 : 3, facts);
  }
  await killed.start();
  const key = await steady.createKey('orders', 'write');
  const call = async (hub: HubProcess, path: string, body: object): Promise<number | undefined> => {
    const headers = {
      authorization: `Bearer ${key}`,
      'content-type': 'application/json',
      'idempotency-key': randomUUID(),
    };
    const sent = { method: 'POST', headers, body: JSON.stringify(body), signal: AbortSignal.timeout(30_000) };
    const response = await fetch(hub.url + path, sent).catch(() => undefined);
    const text = await response?.text().catch(() => undefined);
    if (response === undefined || text === undefined || response.status >= 500) return undefined;
    if (!response.ok) throw new Error(`${path}: ${response.status} ${text}`);
    return (JSON.parse(text) as { id: number }).id;
  };
  await waitUntil('web sells from both stores', WAIT_MS_MAX, async () => {
    const { rows } = await pool.query<{ ats: number }>(
      `SELECT coalesce(ats[1], 0) AS ats FROM availability WHERE sku = 'A'`,
    );
    return rows[0]?.ats === STOCK.S1 + STOCK.S2;
  });

  const random = seededRandom(SEED);
  const isTaken = new Set<string>();
  let next = 0;
  const customer = async (): Promise<void> => {
    while (next < ORDERS) {
      const number = (next += 1);
      const id = `order-${number}`;
      // Sent until it is answered, to whichever hub, as channels do.
      while (!isTaken.has(id)) {
        const order = await call(random() < 0.6 ? killed : steady, '/v1/orders', orderOf(id, 1 + (number % 3)));
        if (order === undefined) await delay(200);
        else isTaken.add(id);
        if (order !== undefined && number % CANCELLED_EVERY === 0) {
          await call(killed, `/v1/orders/${order}/acts`, { act: 'cancel', reason: 'customer' });
        }
      }
    }
  };
  let killedAt = new Date();
  const killing = async (): Promise<void> => {
    for (let kill = 0; kill < KILLS; kill += 1) {
      await delay(100 + random() * 300);
      await killed.program.killHard();
      killedAt = new Date();
      await killed.start();
    }
  };
  await Promise.all([...Array.from({ length: 8 }, customer), killing()]);

  const everythingIsDone = () =>
    waitUntil('everything that was begun is done', WAIT_MS_MAX, async () => {
      const { rowCount } = await pool.query(`SELECT FROM order_effects WHERE done_at IS NULL AND stream <> 'channel'`);
      return rowCount === 0;
    });
  // As if the lease had passed of what was begun before the last kill.
  await pool.query(
    'UPDATE order_effects SET retry_at = now() WHERE done_at IS NULL AND retry_at BETWEEN now() AND $1',
    [new Date(killedAt.getTime() + LEASE_MS)],
  );
  await everythingIsDone();
  // Units of an order that was cancelled late may be free: whoever comes now takes them, one by one, until none is left.
  const states = async () => {
    const { rows } = await pool.query<{ state: string }>(
      'SELECT state::text AS state FROM orders ORDER BY order_no DESC',
    );
    return rows.map(({ state }) => state);
  };
  do {
    const id = `late-${isTaken.size}`;
    if ((await call(steady, '/v1/orders', orderOf(id, 1))) === undefined) throw new Error(`${id} was not taken`);
    isTaken.add(id);
    await everythingIsDone();
  } while ((await states())[0] !== 'cancelled');
  const { rows } = await pool.query<{ id: string; state: string; units: number; held: number }>(FOUND);
  expect(rows.map(({ id }) => id).sort()).toEqual([...isTaken].sort());
  expect(rows.length).toBeGreaterThan(ORDERS);
  for (const { state, units, held } of rows)
    expect([state, held]).toEqual(state === 'cancelled' ? [state, 0] : ['released', units]);
  // More was wanted than is there, so all of it is held.
  expect(rows.reduce((sum, row) => sum + row.held, 0)).toBe(STOCK.S1 + STOCK.S2);
  expect(await auditReservations(pool)).toEqual([]);
  expect(killed.program.crashes).toEqual([]);
});

/** Units that reservations of an order hold, whatever the order believes. */
const FOUND = `
  SELECT o.channel_order_id AS id, o.state::text AS state, (o.content #>> '{lines,0,units}')::int AS units,
         coalesce((SELECT sum(h.held) FROM reservations r JOIN reservation_holds h USING (reservation_no)
                    WHERE r.reference = o.channel_order_id), 0)::int AS held
    FROM orders o`;

const orderOf = (channelOrderId: string, units: number) => ({
  channel: 'web',
  channelOrderId,
  orderedAt: '2026-11-01T10:00:00Z',
  currency: 'EUR',
  taxIncluded: true,
  lines: [{ line: 'a', sku: 'A', units, priceMinor: 100 }],
  totalMinor: 100 * units,
  payment: 'paid',
  delivery: { kind: 'ship', country: 'DE' },
  customer: { reference: 'c' },
});
