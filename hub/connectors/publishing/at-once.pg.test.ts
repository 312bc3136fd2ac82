import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import type { Pool } from 'pg';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { seededRandom } from '#shared/runtime/random.ts';
import { beginChannels, channelHub, type ChannelHub } from '#test/support/channels.ts';
import { createTestDatabase, type TestDatabase } from '#test/support/database.ts';
import { SignedReceiver } from '#test/support/emulators/signed-receiver.ts';
import { openReservationPool, soldOf, teller } from '#test/support/reservations.ts';
import { claimAccounts } from './account-claims.ts';
import { beginCall } from './begin-call.ts';
import { takeRead } from './read-back.ts';

const SKUS = Array.from({ length: 80 }, (_, place) => `A-${String(place).padStart(2, '0')}`);
/** 4 calls at once, and frozen beside them two more. */
const [AT_ONCE, AHEAD, ITEMS] = [4, 2, 8];

let database: TestDatabase;
let reservationPool: Pool;
let hub: ChannelHub;
let channel: SignedReceiver;
let tills: ReturnType<typeof teller>;
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
  await beginChannels(database.pool, { channels: ['shop'], skus: SKUS });
  hub = channelHub(database.pool, reservationPool);
  tills = teller(database.pool);
  channel = await SignedReceiver.start(seededRandom(1), { itemsMax: ITEMS });
  channel.list(SKUS, 0);
  await tills.tell(1, 'receipt', { lines: SKUS.map((sku) => ({ sku, quantity: 10 })) });
  account = await hub.makeAccount('shop', channel);
  await hub.accounts.pause(account);
  hub.start();
});
afterEach(async () => {
  await hub.stop();
  await channel.stop();
});

const rows = async <Row extends object>(text: string) => (await database.pool.query<Row>(text)).rows;
const unconfirmed = () => rows('SELECT FROM publications WHERE confirmed IS DISTINCT FROM desired');

/** All say 0, as after the first publication, and are to say 10. */
async function begin(): Promise<void> {
  await expect.poll(() => rows('SELECT FROM publications WHERE desired = 10')).toHaveLength(SKUS.length);
  await rows('UPDATE publications SET confirmed = 0, read_at = now(), must_read = false');
}

describe('calls at once', () => {
  it('P2 the channel does not wait for the next call to be frozen, nor until an answer is written down; not too many are', async () => {
    await begin();
    const gate = 47_110;
    await database.pool.query(`
      CREATE FUNCTION hold_ends() RETURNS trigger LANGUAGE plpgsql
        AS 'BEGIN PERFORM pg_advisory_xact_lock_shared(${gate}); RETURN NEW; END';
      CREATE TRIGGER hold_ends BEFORE UPDATE OF ended_at ON publication_calls FOR EACH ROW EXECUTE FUNCTION hold_ends()`);
    const holder = await database.pool.connect();
    const frozen = () => rows('SELECT FROM publication_calls');
    try {
      await holder.query('SELECT pg_advisory_lock($1)', [gate]);
      const answer = channel.server.hold();
      await hub.accounts.resume(account);
      await expect.poll(frozen, { interval: 10 }).toHaveLength(AT_ONCE + AHEAD);
      await delay(100);
      expect([channel.requests, (await frozen()).length]).toEqual([0, AT_ONCE + AHEAD]);
      answer();
      // As many whose answers wait as go at once.
      await expect.poll(() => channel.requests).toBe(2 * AT_ONCE);
      await delay(200);
      expect([channel.requests, (await frozen()).length]).toEqual([2 * AT_ONCE, 2 * AT_ONCE]);
    } finally {
      await holder.query('SELECT pg_advisory_unlock_all()');
      holder.release();
      await database.pool.query('DROP TRIGGER hold_ends ON publication_calls; DROP FUNCTION hold_ends');
    }
    await expect.poll(unconfirmed).toEqual([]);
    expect(channel.requests).toBe(SKUS.length / ITEMS);
  });

  it('P1 one that was frozen and had to wait too long does not leave: what is newest then does', async () => {
    await begin();
    const answer = channel.server.hold();
    await hub.accounts.resume(account);
    await expect.poll(() => rows('SELECT FROM publication_calls'), { interval: 10 }).toHaveLength(AT_ONCE + AHEAD);
    // All are as urgent, so they go by their names.
    const waits = SKUS[AT_ONCE * ITEMS]!;
    await tills.tell(1, 'sale', soldOf(waits, 4));
    await delay(1_100);
    answer();
    await expect.poll(() => channel.says(waits)).toBe(6);
    expect(channel.numbersOf(waits)).toEqual([6]);
    await expect.poll(unconfirmed).toEqual([]);
    // What did not leave has ended as unsent.
    expect(await rows('SELECT FROM publication_calls WHERE ended_at IS NULL')).toEqual([]);
    const laidDown = await rows(`SELECT FROM publication_calls WHERE outcomes -> 0 ->> 1 = 'again'`);
    expect(laidDown).toHaveLength(AHEAD);
    expect(channel.violations).toEqual([]);
  });

  it('P3 what was asked for before a call went out does not count behind it', async () => {
    await begin();
    await hub.accounts.resume(account);
    await expect.poll(unconfirmed).toEqual([]);
    const [before] = await rows<{ version: number }>(`SELECT version FROM publications WHERE sku = 'A-00'`);
    await tills.tell(1, 'sale', soldOf('A-00', 1));
    await expect.poll(() => channel.says('A-00')).toBe(9);
    await expect.poll(unconfirmed).toEqual([]);
    const asked = { channelSku: 'A-00', reference: null, version: before!.version, attempts: 0 };
    const parts = { account, countsDown: true, random: () => 0 };
    await takeRead(database.pool, parts, [asked], [{ channelSku: 'A-00', says: 10 }]);
    expect(await rows(`SELECT confirmed, drift FROM publications WHERE sku = 'A-00'`)).toEqual([
      { confirmed: 9, drift: null },
    ]);
  });
});

describe('listings that say what they shall', () => {
  it('P2 are done with many at once, though a call carries one', async () => {
    await begin();
    await hub.stop();
    const last = SKUS.at(-1)!;
    await rows(`UPDATE publications SET confirmed = 10 WHERE channel_sku < '${last}'`);
    await rows(`UPDATE channel_accounts SET state = 'active'`);
    const [claim] = await claimAccounts(database.pool, randomUUID(), { most: 1, seconds: 60, readEveryHours: null });
    const shape = { name: 'levels', quota: 'messages', itemsMax: 1, cost: () => 1 };
    const asked = { shape, leaves: 0, looksAt: 64, limits: {}, claimSeconds: 60, quota: {} };
    const due = () => rows('SELECT FROM publications WHERE due_at IS NOT NULL AND call_no IS NULL');
    expect(await beginCall(database.pool, claim!, asked)).toEqual({ kind: 'settled' });
    expect(await due()).toHaveLength(SKUS.length - 64);
    const begun = await beginCall(database.pool, claim!, asked);
    expect(begun.kind === 'call' && begun.call.items.map(({ channelSku }) => channelSku)).toEqual([last]);
    expect(await due()).toEqual([]);
    expect((await beginCall(database.pool, { ...claim!, id: randomUUID() }, asked)).kind).toBe('nothing');
  });
});
