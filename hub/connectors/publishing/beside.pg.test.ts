import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import type { Pool } from 'pg';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { seededRandom } from '#shared/runtime/random.ts';
import { beginChannels, channelHub, wanted, type ChannelHub } from '#test/support/channels.ts';
import { createTestDatabase, type TestDatabase } from '#test/support/database.ts';
import type { EmulatedAnswer } from '#test/support/emulators/channel-server.ts';
import { SignedReceiver, type ReceiverOptions } from '#test/support/emulators/signed-receiver.ts';
import { openReservationPool, soldOf, teller } from '#test/support/reservations.ts';
import { lookAtListings } from '../orders/look-at-listings.ts';
import { chooseToRead, takeRead } from './read-back.ts';

const SKUS = ['B-0', 'B-1', 'B-2', 'B-3', 'B-4', 'B-5'];

let database: TestDatabase;
let reservationPool: Pool;
let hub: ChannelHub;
let channel: SignedReceiver;
let tills: ReturnType<typeof teller>;

beforeAll(async () => {
  database = await createTestDatabase();
  reservationPool = openReservationPool(database.url);
});
afterAll(async () => {
  await reservationPool.end();
  await database.drop();
});
beforeEach(async () => {
  await beginChannels(database.pool, { channels: ['shop'], skus: SKUS });
  hub = channelHub(database.pool, reservationPool);
  tills = teller(database.pool);
});
afterEach(async () => {
  await hub.stop();
  await channel.stop();
});

const rows = async <Row extends object>(text: string) => (await database.pool.query<Row>(text)).rows;
const unequal = async () =>
  Object.entries(await wanted(database.pool, 'shop')).filter(([sku, ats]) => channel.says(sku) !== ats);

async function open(options: ReceiverOptions, stock: readonly string[] = SKUS): Promise<number> {
  channel = await SignedReceiver.start(seededRandom(1), options);
  channel.list(SKUS, 0);
  await tills.tell(1, 'receipt', { lines: stock.map((sku) => ({ sku, quantity: 10 })) });
  return hub.makeAccount('shop', channel);
}

/** What the channel answers to some messages instead; gives how often it did. */
function answerInstead(instead: (message: { type: string; text: string }) => EmulatedAnswer | undefined) {
  const take = channel.take.bind(channel);
  const seen = { times: 0 };
  channel.take = (request) => {
    const type = /^\{"type":"([^"]+)"/.exec(request.text)?.[1] ?? '';
    const answer = instead({ type, text: request.text });
    if (answer === undefined) return take(request);
    seen.times += 1;
    return answer;
  };
  return seen;
}

describe('what a channel cannot cope with', () => {
  it('P2 a listing because of which a read is refused as a whole is set aside, and holds up no other', async () => {
    await open({});
    answerInstead(({ type, text }) =>
      type === 'stock.read' && text.includes('B-3') ? { status: 400, body: 'B-3 is no name' } : undefined,
    );
    hub.start();
    await expect.poll(unequal).toEqual([['B-3', 10]]);
    await expect
      .poll(() => rows(`SELECT channel_sku, error ->> 'code' AS code FROM publications WHERE parked_at IS NOT NULL`))
      .toEqual([{ channel_sku: 'B-3', code: 'CHANNEL_REFUSED' }]);
  });

  it('P2 an order that it fails at, and orders that it cannot give, hold up no number', async () => {
    const account = await open({ pollOrdersSeconds: 5 });
    hub.start();
    await expect.poll(unequal).toEqual([]);
    const order = channel.buy('B-0', 1);
    const url = `http://127.0.0.1:${await sink(account)}`;
    expect(await channel.sendOrder(order, url)).toBe(200);
    const failed = answerInstead(({ type }) =>
      type.startsWith('order.') || type === 'orders.read' ? { status: 500, body: 'down' } : undefined,
    );
    await rows(`UPDATE channel_accounts SET orders_at = now()`);
    await hub.act(1, { act: 'cancel', reason: 'unavailable' });
    await expect.poll(() => failed.times).toBeGreaterThan(1);
    for (let sale = 0; sale < 3; sale += 1) {
      await tills.tell(1, 'sale', soldOf('B-1', 1));
      await expect.poll(() => channel.says('B-1'), { timeout: 15_000 }).toBe(9 - sale);
    }
  });

  it('P2 a listing that it says nothing of is asked for more and more seldom', async () => {
    const account = await open({});
    hub.start();
    await expect.poll(unequal).toEqual([]);
    const asked = { account, countsDown: false, random: () => 0.5 };
    await hub.accounts.pause(account);
    // A turn that has begun goes on to its end.
    await expect.poll(() => rows('SELECT FROM channel_accounts WHERE claim IS NOT NULL')).toEqual([]);
    await rows(
      `UPDATE publications SET must_read = true, due_at = now() - interval '1 hour' WHERE channel_sku < 'B-3'`,
    );
    await rows(
      `UPDATE publications SET must_read = true, due_at = now() - interval '1 minute' WHERE channel_sku = 'B-4'`,
    );
    const first = await chooseToRead(database.pool, account, { most: 3, everyHours: null });
    expect(first.map(({ channelSku }) => channelSku).toSorted()).toEqual(['B-0', 'B-1', 'B-2']);
    await takeRead(database.pool, asked, first, []);
    const next = await chooseToRead(database.pool, account, { most: 3, everyHours: null });
    expect(next.map(({ channelSku }) => channelSku)).toEqual(['B-4']);
    expect(await rows(`SELECT DISTINCT attempts, must_read FROM publications WHERE channel_sku < 'B-3'`)).toEqual([
      { attempts: 1, must_read: true },
    ]);
  });
});

describe('a slow channel', () => {
  it('P3 whose call lasts longer than a claim: nobody else begins anything at the account meanwhile', async () => {
    await open({ fenced: false, itemsMax: 50 });
    hub.start({ claimSeconds: 1, timeoutMs: 8_000 });
    hub.start({ claimSeconds: 1, timeoutMs: 8_000 });
    await expect.poll(unequal).toEqual([]);
    await expect.poll(() => rows('SELECT FROM channel_accounts WHERE claim IS NOT NULL')).toEqual([]);
    channel.server.latencyMs = 2_500;
    const before = channel.requests;
    await tills.tell(1, 'sale', soldOf('B-1', 1));
    await expect.poll(() => channel.says('B-1')).toBe(9);
    await delay(1_500);
    expect(channel.requests - before).toBe(1);
  });
});

describe('what is urgent', () => {
  it('P2 goes out by single calls while the call that carries the bulk cannot be paid', async () => {
    const account = await open({ itemsMax: 1, perSecond: 0.5, burst: 3, bulk: { workMs: 300 } });
    await hub.accounts.pause(account);
    hub.start();
    await expect.poll(() => rows('SELECT FROM publications WHERE desired = 10')).toHaveLength(SKUS.length);
    // All are known; five times as many wait as single calls come through with, and of the calls for many none is left for 6 s.
    await rows(`UPDATE publications SET confirmed = 0, read_at = now(), must_read = false, due_at = now()`);
    const kept = (left: number, perSecond: number, burst: number) => ({
      left,
      at: Date.now(),
      perSecond,
      burst,
      pace: 1,
    });
    await database.pool.query('UPDATE channel_accounts SET quota = $1', [
      JSON.stringify({ messages: kept(2, 0.05, 3), bulk: kept(-3, 0.5, 6) }),
    ]);
    await hub.accounts.resume(account);
    const singles = () => rows<{ shape: string }>(`SELECT shape FROM publication_calls ORDER BY call_no LIMIT 1`);
    await expect.poll(singles).toEqual([{ shape: 'levels' }]);
    expect(channel.bulks).toBe(0);
    await expect.poll(() => channel.bulks).toBe(1);
  });

  it('P2 is what a read shows to say too much, before all that says too little', async () => {
    const account = await open({}, SKUS.slice(1));
    channel.edit('B-0', 7);
    await hub.accounts.setDryRun(account, true);
    hub.start();
    await expect
      .poll(() => rows('SELECT FROM publications WHERE confirmed IS NOT NULL AND NOT must_read'))
      .toHaveLength(SKUS.length);
    const [first, ...others] = await rows<{ sku: string; urgency: number }>(
      'SELECT sku, urgency FROM publications ORDER BY urgency DESC, channel_sku DESC',
    );
    expect(first!.sku).toBe('B-0');
    expect(first!.urgency).toBeGreaterThanOrEqual(1);
    expect(others.every(({ urgency }) => urgency < 1)).toBe(true);
  });
});

describe('webhooks about listings', () => {
  it('find the one that they name among many, by its sku and by what the channel calls it', async () => {
    const account = await open({});
    await hub.accounts.pause(account);
    await rows(`
      INSERT INTO publications (account_no, channel_sku, sku, reference, desired, desired_at, confirmed, must_read)
      SELECT ${account}, 'M-' || n, 'B-0', 'ref-' || n, 5, now(), 5, false FROM generate_series(1, 5000) AS n`);
    await rows('ANALYZE publications');
    const client = await database.pool.connect();
    try {
      await client.query('BEGIN');
      await lookAtListings(client, account, [{ id: 'ref-77', says: 4 }, { id: 'M-78' }, { id: 'ref-79', says: 5 }]);
      const { rows: read } = await client.query<{ listings: number }>(`
        SELECT (seq_tup_read + idx_tup_fetch)::int AS listings FROM pg_stat_xact_user_tables WHERE relname = 'publications'`);
      // Of 5,000: whatever plan it takes, not all of them.
      expect(read[0]!.listings).toBeLessThan(500);
      const { rows: due } = await client.query('SELECT channel_sku FROM publications WHERE must_read ORDER BY 1');
      expect(due).toEqual([{ channel_sku: 'M-77' }, { channel_sku: 'M-78' }]);
    } finally {
      await client.query('ROLLBACK');
      client.release();
    }
  });
});

describe('orders page by page', () => {
  it('are asked for to the end, however few pages the quota lets be read at a time', async () => {
    const account = await open({ pollOrdersSeconds: 3_600, perSecond: 0.4, burst: 2 });
    await hub.accounts.pause(account);
    const cursors: string[] = [];
    answerInstead(({ type, text }) => {
      if (type !== 'orders.read') return undefined;
      const cursor = /"cursor":(?:"(\d)"|null)/.exec(text)?.[1] ?? '0';
      cursors.push(cursor);
      return { status: 200, body: { orders: [], next: cursor === '3' ? null : String(Number(cursor) + 1) } };
    });
    hub.start();
    await expect.poll(() => rows('SELECT FROM publications')).toHaveLength(SKUS.length);
    await rows(`UPDATE publications SET due_at = NULL, must_read = false, read_at = now(), confirmed = desired`);
    await hub.accounts.resume(account);
    await expect
      .poll(() => rows('SELECT FROM channel_accounts WHERE orders_known_to IS NOT NULL AND orders_page IS NULL'))
      .toHaveLength(1);
    expect(cursors).toEqual(['0', '1', '2', '3']);
  });
});

/** Takes webhooks as the API does. */
async function sink(account: number): Promise<number> {
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      hub.receive(account, request.headers as Record<string, string>, Buffer.concat(chunks)).then(
        () => response.writeHead(200).end(),
        () => response.writeHead(500).end(),
      );
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  server.unref();
  return (server.address() as AddressInfo).port;
}
