import type { Pool } from 'pg';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { OrderContent } from '#hub/orders/order/canonical-order.ts';
import { seededRandom } from '#shared/runtime/random.ts';
import { beginChannels, channelHub } from '#test/support/channels.ts';
import { createTestDatabase, type TestDatabase } from '#test/support/database.ts';
import { SignedReceiver } from '#test/support/emulators/signed-receiver.ts';
import { openReservationPool } from '#test/support/reservations.ts';
import { noteOrdered } from './note-ordered.ts';
import { takeRead } from './read-back.ts';

let database: TestDatabase;
let reservationPool: Pool;
beforeAll(async () => {
  database = await createTestDatabase();
  reservationPool = openReservationPool(database.url);
});
afterAll(async () => {
  await reservationPool.end();
  await database.drop();
});

it('P3 an order that becomes known while a number settles is not taken for one in flight when the number is read', async () => {
  const { pool } = database;
  await beginChannels(pool, { channels: ['shop'], skus: ['A'] });
  const hub = channelHub(pool, reservationPool);
  const channel = await SignedReceiver.start(seededRandom(1), { countsDown: true });
  channel.list(['A'], 10);
  const account = await hub.makeAccount('shop', channel);
  await channel.stop();
  // It said 4, has accepted 10, and applies it later; meanwhile three are sold.
  await pool.query(
    `INSERT INTO publications (account_no, channel_sku, sku, desired, desired_at, confirmed, in_doubt, settles_at, must_read)
     VALUES ($1, 'A', 'A', 10, now(), 4, 10, now(), false)`,
    [account],
  );
  const order = { channel: 'shop', lines: [{ sku: 'A', units: 3 }] } as unknown as OrderContent;
  await noteOrdered(pool, order);
  const { rows: asked } = await pool.query<{ version: number }>(`SELECT version FROM publications`);
  const read = asked.map(({ version }) => ({ channelSku: 'A', reference: null, version, attempts: 0 }));
  await takeRead(pool, { account, countsDown: true, random: () => 0 }, read, [{ channelSku: 'A', says: 7 }]);
  const { rows } = await pool.query('SELECT confirmed, in_flight, drift, settles_at FROM publications');
  expect(rows).toEqual([{ confirmed: 7, in_flight: 0, drift: null, settles_at: null }]);
});
