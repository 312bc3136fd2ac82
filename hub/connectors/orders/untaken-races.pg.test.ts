import type { Pool } from 'pg';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { createOrders, type Orders } from '#hub/orders/orders.ts';
import { seededRandom } from '#shared/runtime/random.ts';
import { beginChannels, channelHub, wanted, type ChannelHub } from '#test/support/channels.ts';
import { createTestDatabase, type TestDatabase } from '#test/support/database.ts';
import { SignedReceiver } from '#test/support/emulators/signed-receiver.ts';
import { openReservationPool, soldOf, teller } from '#test/support/reservations.ts';
import { listUntaken } from './list-untaken.ts';
import { takeChannelOrder } from './take-channel-order.ts';
import { followUntakenHolds } from './untaken-holds.ts';
import { findUntaken, forgetTaken, keepUntaken } from './untaken-orders.ts';

const STOCK = 100;

let database: TestDatabase;
let reservationPool: Pool;
let hub: ChannelHub;
let shop: SignedReceiver;
let account: number;
let orders: Orders;
let till: ReturnType<typeof teller>;
beforeAll(async () => {
  database = await createTestDatabase({ max: 20 });
  reservationPool = openReservationPool(database.url);
});
afterAll(async () => {
  await reservationPool.end();
  await database.drop();
});
beforeEach(async () => {
  await beginChannels(database.pool, { channels: ['shop', 'other'], skus: ['A', 'B'] });
  hub = channelHub(database.pool, reservationPool);
  orders = createOrders(hub.orders);
  shop = await SignedReceiver.start(seededRandom(4), { countsDown: true, pollOrdersSeconds: 3_600 });
  shop.list(['A', 'B'], STOCK);
  const lines = ['A', 'B'].map((sku) => ({ sku, quantity: STOCK }));
  till = teller(database.pool);
  await till.tell(1, 'receipt', { lines });
  account = await hub.makeAccount('shop', shop);
});
afterEach(async () => {
  await hub.stop();
  await shop.stop();
});

/** Both listings are known to say what there is, and nobody works at them any more. */
async function settle(): Promise<void> {
  const part = hub.start();
  await expect.poll(confirmed).toEqual([STOCK, STOCK]);
  await part.stop();
}
const rows = async <Row extends object>(text: string) => (await database.pool.query<Row>(text)).rows;
const confirmed = async () =>
  (await rows<{ confirmed: number }>('SELECT confirmed FROM publications ORDER BY channel_sku')).map(
    (row) => row.confirmed,
  );
const inFlight = () => rows('SELECT FROM publications WHERE in_flight > 0');
const activeHolds = async () => (await rows("SELECT FROM reservations WHERE state IN ('pending', 'confirmed')")).length;
const held = async (sku: string) => STOCK - ((await wanted(database.pool, 'other'))[sku] ?? 0);
const shown = () => listUntaken(database.pool, {}, { after: [0, ''], limit: 99 });

const UNITS = [
  { channelSku: 'A', units: 2 },
  { channelSku: 'B', units: 1 },
];
/** A version of it that does not fit, as a webhook brings it. */
const keep = (id: string, lines = UNITS) =>
  keepUntaken(database.pool, {
    account,
    channel: 'shop',
    id,
    code: 'CHANNEL_ORDER_UNREADABLE',
    detail: 'no instant',
    came: { verbatim: { id }, lines },
    isUnfit: true,
    waitMs: 0,
  });
/** A version that fits, as polling takes it. */
async function take(id: string, units = UNITS): Promise<void> {
  const lines = units.map((line) => ({ ...line, line: line.channelSku, priceMinor: 100 }));
  const order = {
    orderedAt: '2026-11-01T10:00:00Z',
    currency: 'EUR',
    taxIncluded: true,
    lines,
    totalMinor: lines.reduce((sum, line) => sum + line.units * 100, 0),
    payment: 'paid',
    delivery: { kind: 'ship', country: 'DE' },
    customer: { reference: 'c-1' },
  };
  const untaken = await findUntaken(database.pool, account, [id]);
  const said = { isCurrent: true, correlationId: id };
  await takeChannelOrder({ orders }, 'shop', { id, order, version: 1, cancelled: null }, said);
  await forgetTaken(database.pool, account, untaken);
}
/** Begins one behind the other while both wait for a listing, and then lets them go on. */
async function together(first: () => Promise<void>, second: () => Promise<void>): Promise<void> {
  const blocker = await database.pool.connect();
  try {
    await blocker.query('BEGIN');
    await blocker.query('SELECT FROM publications FOR UPDATE');
    const waiting = () =>
      rows(`SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`);
    const both = [first()];
    await expect.poll(waiting).toHaveLength(1);
    both.push(second());
    await expect.poll(waiting).toHaveLength(2);
    await blocker.query('COMMIT');
    await Promise.all(both);
  } finally {
    blocker.release();
  }
}
async function follow(): Promise<void> {
  for (let turn = 0; turn < 3; turn += 1) await followUntakenHolds(database.pool, orders);
}

it.for([
  [
    'is kept first',
    () =>
      together(
        () => keep('x'),
        () => take('x'),
      ),
  ],
  [
    'is taken first',
    () =>
      together(
        () => take('x'),
        () => keep('x'),
      ),
  ],
] as const)(
  'P1 an order of which one version does not fit and another does, both at once, counts as ordered once and is held once: it %s',
  async ([, race]) => {
    await settle();
    await race();
    expect(await confirmed()).toEqual([STOCK - 2, STOCK - 1]);
    await follow();
    expect([await held('A'), await held('B'), await activeHolds()]).toEqual([2, 1, 1]);
    expect(await inFlight()).toEqual([]);
    expect(await shown()).toMatchObject([{ order: 'x', state: 'aside', isKnown: true, held: null }]);
    // It is looked at again, and fits.
    await take('x');
    expect(await shown()).toEqual([]);
    expect([await confirmed(), await activeHolds()]).toEqual([[STOCK - 2, STOCK - 1], 1]);
    expect(await inFlight()).toEqual([]);
  },
);

it('P1 of an order that counts with other lines than it is taken with, those that it is taken with count', async () => {
  await settle();
  await together(
    () => keep('x', [{ channelSku: 'A', units: 5 }]),
    () => take('x'),
  );
  const numbers = () => rows('SELECT confirmed, in_flight FROM publications ORDER BY channel_sku');
  const counted = [
    { confirmed: STOCK - 5, in_flight: 3 },
    { confirmed: STOCK - 1, in_flight: 0 },
  ];
  expect(await numbers()).toEqual(counted);
  await take('x');
  expect(await numbers()).toEqual(counted);
  await follow();
  expect([await held('A'), await held('B'), await activeHolds()]).toEqual([2, 1, 1]);
});

it('P1 F5 one that is kept and held between the look for it and its taking: the hold is given back, and what was kept is not forgotten', async () => {
  await settle();
  const order = shop.buy('A', 2);
  await database.pool.query('INSERT INTO channel_hints (account_no, id) VALUES ($1, $2)', [account, order]);
  let kept = 0;
  const between: Orders = {
    ...orders,
    async follow(...given) {
      kept += 1;
      await keep(order, [{ channelSku: 'A', units: 2 }]);
      await followUntakenHolds(database.pool, orders);
      return orders.follow(...given);
    },
  };
  hub.start({ orders: between });
  await expect.poll(() => rows("SELECT FROM orders WHERE state = 'released'")).toHaveLength(1);
  await expect
    .poll(async () => [await activeHolds(), await held('A'), (await confirmed())[0]])
    .toEqual([1, 2, STOCK - 2]);
  expect(kept).toBe(1);
  expect(await shown()).toMatchObject([{ order, state: 'aside', isKnown: true, held: null }]);
});

it('P1 one that is kept and held before it is taken gets the units that were held for it, though there are no others', async () => {
  await settle();
  await till.tell(1, 'sale', soldOf('A', STOCK - 2));
  await keep('x', [{ channelSku: 'A', units: 2 }]);
  await followUntakenHolds(database.pool, orders);
  expect(await held('A')).toBe(STOCK);
  await take('x', [{ channelSku: 'A', units: 2 }]);
  expect(await rows('SELECT state FROM orders')).toEqual([{ state: 'released' }]);
  expect([await held('A'), await activeHolds()]).toEqual([STOCK, 1]);
});

it('P1 R1 many at once, in any order and with lines in any order: each counts and is held once, and nobody waits for ever', async () => {
  await settle();
  const ids = Array.from({ length: 8 }, (_, place) => `o-${place}`);
  const turned = UNITS.toReversed();
  const acts = ids.flatMap((id, place) => [
    () => keep(id, place % 2 === 0 ? UNITS : turned),
    () => take(id, place % 3 === 0 ? turned : UNITS),
    () => keep(id),
  ]);
  const random = seededRandom(11);
  const shuffled = acts
    .map((act) => ({ act, at: random() }))
    .toSorted((a, b) => a.at - b.at)
    .map(({ act }) => act());
  await Promise.all([...shuffled, followUntakenHolds(database.pool, orders)]);
  await follow();
  expect(await confirmed()).toEqual([STOCK - 16, STOCK - 8]);
  expect(await inFlight()).toEqual([]);
  expect([await held('A'), await held('B'), await activeHolds()]).toEqual([16, 8, 8]);
  expect(await rows('SELECT FROM channel_hints WHERE hold_key IS NOT NULL')).toEqual([]);
});
