import type { Pool } from 'pg';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { OrderContent } from '#hub/orders/order/canonical-order.ts';
import { seededRandom } from '#shared/runtime/random.ts';
import { beginChannels, channelHub, wanted } from '#test/support/channels.ts';
import { createTestDatabase, type TestDatabase } from '#test/support/database.ts';
import { SignedReceiver } from '#test/support/emulators/signed-receiver.ts';
import { openReservationPool, soldOf, teller } from '#test/support/reservations.ts';
import { giveUpInFlight, noteOrdered } from './note-ordered.ts';
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

/** A hub that works, and a channel that says the ten that there are. */
async function offeringTen() {
  const { pool } = database;
  await beginChannels(pool, { channels: ['shop'], skus: ['A'] });
  const hub = channelHub(pool, reservationPool);
  const settings = { countsDown: true, readable: true, pollOrdersSeconds: 3_600 };
  const channel = await SignedReceiver.start(seededRandom(1), settings);
  channel.list(['A'], 0);
  const till = teller(pool);
  await till.tell(1, 'receipt', { lines: [{ sku: 'A', quantity: 10 }] });
  await hub.makeAccount('shop', channel);
  hub.start();
  await expect.poll(() => channel.says('A')).toBe(10);
  return { hub, channel, till };
}

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

it('P3 what was added to an order and is not held yet is not offered once more', async () => {
  const { pool } = database;
  const { hub, channel } = await offeringTen();
  const asks = () => pool.query('UPDATE channel_accounts SET orders_at = now()');
  const order = channel.buy('A', 2);
  await asks();
  const offered = async () => (await wanted(pool, 'shop'))['A'];
  await expect.poll(offered).toBe(8);
  const publication = async () =>
    (await pool.query('SELECT confirmed, due_at > now() AS waits FROM publications')).rows[0];
  await expect.poll(publication).toEqual({ confirmed: 8, waits: null });
  const { holds } = hub.orders;
  const reserve = holds.reserve.bind(holds);
  Object.assign(holds, { reserve: () => Promise.reject(new Error('not now')) });
  channel.change(order, 5);
  await asks();
  // It was looked at, and says what it shall while three more are not held: that is looked at again.
  await expect.poll(publication).toEqual({ confirmed: 5, waits: true });
  expect(await offered()).toBe(8);
  Object.assign(holds, { reserve });
  await expect.poll(offered).toBe(5);
  expect([channel.says('A'), channel.numbersOf('A')]).toEqual([5, [10]]);
  await hub.stop();
  await channel.stop();
});

it.for([
  ['is not held yet', false, () => Promise.reject(new Error('not now'))],
  ['is held and not written down yet', false, undefined],
  ['cannot be taken in, and is not held yet', true, () => Promise.reject(new Error('not now'))],
  ['cannot be taken in, is held and not written down yet', true, undefined],
] as const)(
  'P1 what an order has taken off its channel, which %s, is taken off what we say once',
  async ([, isSpoiled, instead]) => {
    const { pool } = database;
    const { hub, channel, till } = await offeringTen();
    const { holds } = hub.orders;
    const reserve = holds.reserve.bind(holds);
    let asked = 0;
    const lost = async (request: Parameters<typeof reserve>[0]) => {
      await reserve(request);
      throw new Error('the answer is lost');
    };
    Object.assign(holds, {
      reserve: (request: Parameters<typeof reserve>[0]) => {
        asked += 1;
        return (instead ?? lost)(request);
      },
    });
    const order = channel.buy('A', 2);
    if (isSpoiled) channel.server.spoiled.add(order);
    await pool.query('UPDATE channel_accounts SET orders_at = now()');
    await expect.poll(() => asked).toBeGreaterThan(0);
    await till.tell(1, 'sale', soldOf('A', 1));
    await expect.poll(() => channel.says('A')).toBe(7);
    expect(channel.numbersOf('A')).toEqual([10, 7]);
    await hub.stop();
    await channel.stop();
  },
);

it('P1 what is gone from a channel is not offered again while an order that is known by its name only may explain it', async () => {
  const { pool } = database;
  await beginChannels(pool, { channels: ['shop'], skus: ['A'] });
  const hub = channelHub(pool, reservationPool);
  const channel = await SignedReceiver.start(seededRandom(1), {
    countsDown: true,
    readable: true,
    pollOrdersSeconds: 3_600,
  });
  channel.list(['A'], 10);
  const account = await hub.makeAccount('shop', channel);
  await channel.stop();
  await pool.query(
    `INSERT INTO publications (account_no, channel_sku, sku, desired, desired_at, confirmed, must_read, in_flight, in_flight_since)
     VALUES ($1, 'A', 'A', 10, now(), 8, false, 2, now() - interval '1 hour')`,
    [account],
  );
  // All orders were asked for since; one of them cannot be taken yet, as one whose payment is looked at for days.
  await pool.query('UPDATE channel_accounts SET orders_known_to = now()');
  await pool.query(
    `INSERT INTO channel_hints (account_no, id, hinted_at, attempts, due_at)
     VALUES ($1, '1', now() - interval '2 days', 40, now() + interval '1 hour')`,
    [account],
  );
  expect(await giveUpInFlight(pool)).toBe(0);
  // One that its channel never gave is for people by now, and holds units back no more.
  await pool.query('UPDATE channel_hints SET aside_at = now()');
  expect(await giveUpInFlight(pool)).toBe(1);
  await hub.stop();
});
