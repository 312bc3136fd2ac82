import type { Pool } from 'pg';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { openDoor } from '#test/contract/channel-connector/register.ts';
import { beginChannels, channelHub, wanted, type ChannelHub } from '#test/support/channels.ts';
import { createTestDatabase, type TestDatabase } from '#test/support/database.ts';
import { SignedReceiver } from '#test/support/emulators/signed-receiver.ts';
import { openReservationPool, teller } from '#test/support/reservations.ts';
import { seededRandom } from '#shared/runtime/random.ts';
import { giveUpInFlight } from '../publishing/note-ordered.ts';
import { dismissUntaken, listUntaken, retryUntaken } from './list-untaken.ts';
import { keepUntaken, TRIES_MAX } from './untaken-orders.ts';

let database: TestDatabase;
let reservationPool: Pool;
let hub: ChannelHub;
let shop: SignedReceiver;
let account: number;
beforeAll(async () => {
  database = await createTestDatabase({ max: 16 });
  reservationPool = openReservationPool(database.url);
});
afterAll(async () => {
  await reservationPool.end();
  await database.drop();
});
beforeEach(async () => {
  await beginChannels(database.pool, { channels: ['shop', 'other'], skus: ['A', 'B'] });
  hub = channelHub(database.pool, reservationPool);
  shop = await SignedReceiver.start(seededRandom(4), { countsDown: true, pollOrdersSeconds: 3_600 });
  shop.list(['A', 'B'], 10);
  const lines = ['A', 'B'].map((sku) => ({ sku, quantity: 10 }));
  await teller(database.pool).tell(1, 'receipt', { lines });
  account = await hub.makeAccount('shop', shop);
});
afterEach(async () => {
  await hub.stop();
  await shop.stop();
});

const rows = async <Row extends object>(text: string) => (await database.pool.query<Row>(text)).rows;
const shown = () => listUntaken(database.pool, {}, { after: [0, ''], limit: 99 });
const ask = () => database.pool.query('UPDATE channel_accounts SET orders_at = now(), next_at = now()');
/** Its next try is now, whatever its rest. */
const hurry = () =>
  database.pool.query(`UPDATE channel_hints SET due_at = now() WHERE due_at > now() AND due_at < 'infinity'`);
const held = async (channel: string, sku: string) => 10 - ((await wanted(database.pool, channel))[sku] ?? 0);
const lineA = { verbatim: { id: 'x' }, lines: [{ channelSku: 'A', units: 2 }] };
const unfit = { code: 'CHANNEL_ORDER_UNREADABLE', detail: 'no instant', came: lineA, isUnfit: true, waitMs: 0 };
const keep = (id: string | null, more: Partial<Parameters<typeof keepUntaken>[1]> = {}) =>
  keepUntaken(database.pool, { account, channel: 'shop', id, ...unfit, ...more });

it('P2 an order that its channel does not know is asked for so many times, more and more seldom, then it is for people; when it is there it is taken', async () => {
  hub.start();
  await database.pool.query(`INSERT INTO channel_hints (account_no, id) VALUES (${account}, 'o-1')`);
  await expect
    .poll(shown)
    .toMatchObject([{ state: 'waiting', error: { code: 'CHANNEL_ORDER_MISSING' }, lines: null, content: null }]);
  await database.pool.query(`UPDATE channel_hints SET tries = ${TRIES_MAX - 2}, attempts = ${TRIES_MAX - 2}`);
  await expect
    .poll(async () => {
      await hurry();
      return shown();
    })
    .toMatchObject([{ state: 'aside', tries: TRIES_MAX, nextAt: null }]);
  expect(shop.buy('A', 1)).toBe('o-1');
  await retryUntaken(database.pool, account, 'o-1');
  await expect.poll(() => rows('SELECT channel_order_id FROM orders')).toHaveLength(1);
  await expect.poll(shown).toEqual([]);
});

it('P2 while the account as a whole fails no order is set aside for it, however long that lasts', async () => {
  const part = hub.start();
  await database.pool.query(`UPDATE channel_accounts SET orders_at = now() + interval '1 hour'`);
  shop.server.isDown = true;
  await database.pool.query(`INSERT INTO channel_hints (account_no, id) VALUES (${account}, 'o-1')`);
  const failures = async () => (await hub.accounts.find(account)).failures;
  await expect.poll(failures).toBeGreaterThan(2);
  await part.stop();
  expect(await rows('SELECT tries FROM channel_hints')).toEqual([{ tries: 0 }]);
  // It answers, and each time with a failure of its own: the first one may be of this order, those behind it are the account's.
  shop.server.isDown = false;
  shop.server.faults = { ...shop.server.faults, refuse: 1 };
  await database.pool.query('UPDATE channel_accounts SET failures = 0');
  hub.start();
  await expect
    .poll(async () => {
      await hurry();
      return (await rows<{ attempts: number }>('SELECT attempts FROM channel_hints'))[0]?.attempts;
    })
    .toBeGreaterThan(4);
  expect((await rows<{ tries: number }>('SELECT tries FROM channel_hints'))[0]?.tries).toBeLessThanOrEqual(1);
});

it('P2 F5 one whose lines cannot be held keeps none behind it from it; one that is nested endlessly is kept by its plain fields', async () => {
  const deep: unknown = JSON.parse(`${'['.repeat(100_000)}${']'.repeat(100_000)}`);
  await keep('a');
  await keep('b', { came: { verbatim: { id: 'b', deep }, lines: [{ channelSku: 'B', units: 3 }] } });
  expect((await shown()).map(({ content }) => content)).toEqual(['{"id":"x"}', '{"id":"b"}']);
  await database.pool.query(`UPDATE channel_hints SET lines = '[{"units": 0}]' WHERE id = 'a'`);
  hub.start();
  await expect.poll(() => held('other', 'B')).toBe(3);
});

it('P1 one that is kept by several at once counts as ordered once', async () => {
  const part = hub.start();
  const confirmed = () => rows(`SELECT confirmed FROM publications WHERE channel_sku = 'A'`);
  await expect.poll(confirmed).toEqual([{ confirmed: 10 }]);
  await part.stop();
  await Promise.all(Array.from({ length: 6 }, () => keep('x')));
  expect(await confirmed()).toEqual([{ confirmed: 8 }]);
  expect(await shown()).toMatchObject([{ tries: 6 }]);
});

it('F5 what is dismissed gives back what was held, stays so as it is, and comes anew when it is another', async () => {
  hub.start();
  await keep('x');
  await expect.poll(() => held('other', 'A')).toBe(2);
  // Noted right behind the hold.
  await expect.poll(shown).toMatchObject([{ state: 'aside', held: [{ line: 'A', sku: 'A', units: 2, held: 2 }] }]);
  await dismissUntaken(database.pool, account, 'x', { by: 'test', note: 'sent by hand' });
  await expect.poll(() => held('other', 'A')).toBe(0);
  await keep('x');
  expect(await shown()).toMatchObject([{ state: 'dismissed', note: 'sent by hand' }]);
  await keep('x', { came: { ...lineA, verbatim: { id: 'x', changed: true } } });
  expect(await shown()).toMatchObject([{ state: 'aside', note: null }]);
  await expect.poll(() => held('other', 'A')).toBe(2);
  await expect(dismissUntaken(database.pool, account, 'y', { by: 'test', note: 'z' })).rejects.toMatchObject({
    code: 'NOT_FOUND',
  });
});

it('F5 one that is known holds nothing once more; one without a name is kept once, as it came', async () => {
  hub.start();
  const known = shop.buy('B', 3);
  await ask();
  await expect.poll(() => held('other', 'B')).toBe(3);
  await keep(known, { came: { verbatim: { id: known }, lines: [{ channelSku: 'B', units: 3 }] } });
  for (let time = 0; time < 2; time += 1)
    await keep(null, { came: { verbatim: { nameless: 'ü' }, lines: [{ sku: 'NOWHERE', units: 1 }] } });
  await expect.poll(shown).toMatchObject([
    { order: known, isKnown: true, held: null },
    {
      order: expect.stringMatching(/^unnamed [0-9a-f]{32}$/u),
      tries: 2,
      content: '{"nameless":"ü"}',
      held: [{ held: 0, sku: null }],
    },
  ]);
  expect(await held('other', 'B')).toBe(3);
  const [, nameless] = await shown();
  await expect(retryUntaken(database.pool, account, nameless!.order)).rejects.toMatchObject({ code: 'CONFLICT' });
});

it('F5 two without a name that begin alike are kept each', async () => {
  for (const end of ['1', '2', '1'])
    await keep(null, { came: { verbatim: { note: `${'x'.repeat(300_000)}${end}` }, lines: [] } });
  expect(new Set((await shown()).map(({ tries }) => tries))).toEqual(new Set([1, 2]));
});

it('P3 units that are gone from a channel are not put back while there is an order whose lines cannot be read: they may be its', async () => {
  const part = hub.start();
  await expect.poll(() => rows('SELECT FROM publications WHERE confirmed = 10')).toHaveLength(2);
  await part.stop();
  await database.pool.query(`
    UPDATE publications SET in_flight = 2, in_flight_since = now() - interval '1 day' WHERE channel_sku = 'A';
    UPDATE channel_accounts SET orders_known_to = now()`);
  await keep('x', { came: { verbatim: 'what is this', lines: [] } });
  expect(await giveUpInFlight(database.pool)).toBe(0);
  await dismissUntaken(database.pool, account, 'x', { by: 'test', note: 'a test' });
  expect(await giveUpInFlight(database.pool)).toBe(1);
});

it('F5 X2 a webhook with an order that does not fit is refused, and kept; corrected it is taken, and holds its units once', async () => {
  const door = await openDoor(hub);
  hub.start();
  await expect.poll(() => rows('SELECT FROM publications WHERE confirmed = 10')).toHaveLength(2);
  const order = shop.buy('A', 4);
  const sound = shop.sells;
  shop.sells = { ...sound, orderedAt: 'soon' };
  expect(await shop.sendOrder(order, `${door.url}/${account}`)).toBe(422);
  await expect.poll(shown).toMatchObject([{ order, state: 'aside', held: [{ held: 4 }] }]);
  await expect.poll(() => held('other', 'A')).toBe(4);
  shop.sells = sound;
  expect(await shop.sendOrder(order, `${door.url}/${account}`)).toBe(200);
  await expect.poll(shown).toEqual([]);
  await expect.poll(() => rows("SELECT FROM orders WHERE state = 'released'")).toHaveLength(1);
  await expect.poll(() => held('other', 'A')).toBe(4);
  expect(await rows("SELECT FROM reservations WHERE state IN ('pending', 'confirmed')")).toHaveLength(1);
  door.server.closeAllConnections();
  door.server.close();
});
