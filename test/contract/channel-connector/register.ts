import { createServer, type Server } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import type { Pool } from 'pg';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { retryUntaken } from '#hub/connectors/orders/list-untaken.ts';
import { readOrder } from '#hub/orders/store/stored-order.ts';
import { ShelfwireError } from '#shared/protocol/errors.ts';
import { seededRandom, type Random } from '#shared/runtime/random.ts';
import { beginChannels, channelHub, listAlso, wanted, type ChannelHub } from '#test/support/channels.ts';
import { createTestDatabase, type TestDatabase } from '#test/support/database.ts';
import type { EmulatedChannel } from '#test/support/emulators/emulated-channel.ts';
import { NO_FAULTS } from '#test/support/emulators/faults.ts';
import { plain } from '#test/support/hub-api.ts';
import { openReservationPool, soldOf, teller } from '#test/support/reservations.ts';

export interface ConnectorUnderTest {
  readonly name: string;
  /** What the channel itself has not, and why: the tests of that are skipped. */
  readonly lacks?: Partial<Record<'orders' | 'edits' | 'webhooks' | 'reading' | 'unknown skus', string>>;
  start(random: Random): Promise<EmulatedChannel>;
}

const SKUS = Array.from({ length: 24 }, (_, place) => `SKU-${String(place).padStart(2, '0')}`);
const SEED = Number(process.env['SEED'] ?? 20_261);

/** What every channel's connector has to show against its emulator, which keeps the channel's own rules. */
export function registerChannelTests(connector: ConnectorUnderTest): void {
  const { name, lacks = {} } = connector;
  const skipped: { title: string; reason: string }[] = [];
  /** Skipped beside the others, where nothing is made ready for it. */
  const itUnless = (reason: string | undefined, title: string, test: () => Promise<void>) =>
    reason === undefined ? it(title, test) : void skipped.push({ title, reason });
  describe(`${name}, against its emulator`, () => {
    let database: TestDatabase;
    let reservationPool: Pool;
    let hub: ChannelHub;
    let channel: EmulatedChannel;
    let other: EmulatedChannel;
    let tills: ReturnType<typeof teller>;
    let account: number;
    let door: { url: string; server: Server };

    beforeAll(async () => {
      database = await createTestDatabase({ max: 16 });
      reservationPool = openReservationPool(database.url);
    });
    afterAll(async () => {
      await reservationPool.end();
      await database.drop();
    });
    beforeEach(async () => {
      await beginChannels(database.pool, { channels: ['shop', 'other'], skus: SKUS });
      hub = channelHub(database.pool, reservationPool);
      channel = await connector.start(seededRandom(SEED));
      other = await connector.start(seededRandom(SEED + 1));
      for (const one of [channel, other]) one.list(SKUS, 0);
      tills = teller(database.pool);
      await tills.tell(1, 'receipt', { lines: SKUS.map((sku) => ({ sku, quantity: 10 })) });
      account = await hub.makeAccount('shop', channel);
      door = await openDoor(hub);
    });
    afterEach(async () => {
      await hub.stop();
      await channel.stop();
      await other.stop();
      door.server.closeAllConnections();
      door.server.close();
    });

    /** [listing, what it should say, what it says], where they differ. */
    const differing = async (one = channel, code = 'shop') =>
      Object.entries(await wanted(database.pool, code)).flatMap(([sku, ats]) =>
        one.says(sku) === ats ? [] : [[sku, ats, one.says(sku)]],
      );
    const expectEqual = (one = channel, code = 'shop') =>
      expect.poll(() => differing(one, code), { timeout: 55_000 }).toEqual([]);
    const rows = async <Row extends object>(text: string) => (await database.pool.query<Row>(text)).rows;
    /** What is gone from a channel, or drifts there, is told from what it is known to say: so that has to be known. */
    const expectKnown = () =>
      expect
        .poll(() => rows(`SELECT FROM publications WHERE confirmed IS DISTINCT FROM desired OR settles_at IS NOT NULL`))
        .toEqual([]);
    const orderUrl = (of = account) => `${door.url}/${of}`;
    /** The hub hears of an order: by a webhook, or by asking once more. */
    const tellOrder = async (order: string): Promise<void> => {
      if (channel.sendOrder !== undefined) {
        expect(await channel.sendOrder(order, orderUrl())).toBe(200);
        return;
      }
      await database.pool.query(`UPDATE channel_accounts SET orders_at = now()`);
      await expect
        .poll(() => rows(`SELECT FROM channel_accounts WHERE account_no = ${account} AND orders_at > now()`))
        .toHaveLength(1);
    };

    it('P1 the channel says what it may sell, and of many changes at last the newest', async () => {
      hub.start();
      await expectEqual();
      for (let sale = 0; sale < 8; sale += 1) await tills.tell(1, 'sale', soldOf('SKU-03', 1));
      await expectEqual();
      expect(channel.says('SKU-03')).toBe(2);
      expect(channel.violations).toEqual([]);
    });

    // After failures in a row an account rests for longer and longer: the last rest may be half a minute.
    it(
      'P1 P2 P3 through random faults every listing ends at its newest number, the quota is kept, and no older number comes over a newer',
      { timeout: 120_000 },
      async () => {
        const random = seededRandom(SEED + 2);
        hub.start();
        hub.start({ random });
        channel.server.faults = { refuse: 0.12, loseAnswer: 0.15, html: 0.08, throttle: 0.08, delayMs: 25 };
        for (let act = 0; act < 60; act += 1) {
          const sku = SKUS[Math.floor(random() * SKUS.length)]!;
          const units = 1 + Math.floor(random() * 3);
          const kind = random() < 0.5 ? 'sale' : 'receipt';
          await tills.tell(
            1 + Math.floor(random() * 4),
            kind,
            kind === 'sale' ? soldOf(sku, units) : plain({ sku, quantity: units }),
          );
        }
        channel.server.faults = NO_FAULTS;
        await expectEqual();
        expect({ violations: channel.violations, older: channel.olderOverNewer, seed: SEED }).toEqual({
          violations: [],
          older: 0,
          seed: SEED,
        });
      },
    );

    it('P2 a channel that is down delays no other, and catches up when it is back', async () => {
      await hub.makeAccount('other', other);
      channel.server.isDown = true;
      hub.start();
      await expectEqual(other, 'other');
      await expect.poll(async () => (await hub.accounts.find(account)).failures).toBeGreaterThan(1);
      expect((await hub.accounts.find(account)).error?.code).toBe('CHANNEL_UNREACHABLE');
      channel.server.isDown = false;
      await expectEqual();
      await expect.poll(async () => (await hub.accounts.find(account)).error).toBeNull();
    });

    itUnless(
      lacks['unknown skus'],
      'P2 a listing that the channel does not know is parked with its reason, holds up no other, and can be tried again',
      async () => {
        await database.pool.query(`INSERT INTO products (sku, name) VALUES ('GHOST', 'x')`);
        await listAlso(database.pool, ['shop'], ['GHOST']);
        await tills.tell(1, 'receipt', plain({ sku: 'GHOST', quantity: 3 }));
        hub.start();
        await expect.poll(() => differing()).toEqual([['GHOST', 3, undefined]]);
        await expect
          .poll(() =>
            rows(`SELECT channel_sku, error ->> 'code' AS code FROM publications WHERE parked_at IS NOT NULL`),
          )
          .toEqual([{ channel_sku: 'GHOST', code: 'CHANNEL_SKU_UNKNOWN' }]);
        channel.list(['GHOST'], 0);
        await database.pool.query(
          `UPDATE publications SET parked_at = NULL, error = NULL, due_at = now() WHERE channel_sku = 'GHOST'`,
        );
        await expect.poll(() => channel.says('GHOST')).toBe(3);
      },
    );

    itUnless(
      lacks.reading,
      'P3 what somebody changes at the channel by hand is found by reading and put right',
      async () => {
        const part = hub.start();
        await expectEqual();
        await expectKnown();
        await part.stop();
        channel.edit('SKU-05', 77);
        hub.start({ readEveryHours: 24 });
        // A read may show what was there a moment before: the next one does not.
        await expect
          .poll(async () => {
            await database.pool.query(
              `UPDATE publications SET read_at = now() - interval '2 days' WHERE channel_sku = 'SKU-05'`,
            );
            return differing();
          })
          .toEqual([]);
        expect(hub.figures.get('shop')?.drifted).toBeGreaterThan(0);
        expect(await rows(`SELECT drift FROM publications WHERE channel_sku = 'SKU-05'`)).toEqual([{ drift: 67 }]);
      },
    );

    it('P3 an answer that came late belongs to the call that was sent again under its key', async () => {
      channel.server.latencyMs = 150;
      hub.start({ timeoutMs: 100, claimSeconds: 1 });
      await expect.poll(async () => (await hub.accounts.find(account)).error?.code).toBe('CHANNEL_TIMEOUT');
      channel.server.latencyMs = 0;
      await expectEqual();
      expect(channel.olderOverNewer).toBe(0);
    });

    itUnless(
      lacks.orders,
      'an order that the channel took and nobody has told is not overwritten, and counts once',
      async () => {
        const part = hub.start();
        await expectEqual();
        await expectKnown();
        await part.stop();
        // Sold at the channel; at the same time the till sells another one, so that our number changes.
        const order = channel.buy('SKU-07', 4);
        await tills.tell(1, 'sale', soldOf('SKU-07', 1));
        await database.pool.query(`UPDATE channel_accounts SET orders_at = NULL`);
        hub.start();
        await expect.poll(() => channel.says('SKU-07')).toBe(5);
        expect(await rows(`SELECT in_flight FROM publications WHERE channel_sku = 'SKU-07'`)).toEqual([
          { in_flight: 4 },
        ]);
        await tellOrder(order);
        await database.pool.query(`UPDATE channel_accounts SET orders_at = now()`);
        await expect.poll(async () => (await wanted(database.pool, 'shop'))['SKU-07']).toBe(5);
        await expect
          .poll(() => rows(`SELECT in_flight, confirmed FROM publications WHERE channel_sku = 'SKU-07'`))
          .toEqual([{ in_flight: 0, confirmed: 5 }]);
        await expectEqual();
        // Neither offered once more, nor taken off twice.
        expect(
          channel
            .numbersOf('SKU-07')
            .slice(1)
            .filter((quantity) => quantity !== 5),
        ).toEqual([]);
      },
    );

    itUnless(
      lacks.webhooks,
      'X1 a forged webhook is refused and changes nothing; a repeated one changes nothing more',
      async () => {
        hub.start();
        await expectEqual();
        const order = channel.buy('SKU-01', 2);
        await database.pool.query(
          `UPDATE channel_accounts SET orders_at = now() + interval '1 hour' WHERE orders_at IS NOT NULL`,
        );
        expect(await channel.sendOrder?.(order, orderUrl(), { forged: true })).toBe(401);
        expect(await channel.sendOrder?.(order, orderUrl(99))).toBe(401);
        expect(await rows('SELECT FROM orders')).toEqual([]);
        for (let time = 0; time < 3; time += 1) {
          expect(await channel.sendOrder?.(order, orderUrl(), { messageId: 'same' })).toBe(200);
        }
        await expect.poll(() => rows(`SELECT state FROM orders`)).toHaveLength(1);
        await expectEqual();
        expect(channel.says('SKU-01')).toBe(8);
      },
    );

    itUnless(
      lacks.orders,
      'orders that were cancelled before they were seen are not taken; of others what is taken out there comes back, what is added is held, and all when they are cancelled',
      async () => {
        hub.start();
        await expectEqual();
        const never = channel.buy('SKU-02', 1);
        channel.cancel(never);
        await tellOrder(never);
        const later = channel.buy('SKU-02', 3);
        await tellOrder(later);
        const mayBeSold = async () => (await wanted(database.pool, 'shop'))['SKU-02'];
        await expect.poll(mayBeSold).toBe(7);
        const less = lacks.edits !== undefined ? [] : [[1, 9] as const];
        const more = channel.adds === false || lacks.edits !== undefined ? [] : [[2, 8] as const];
        for (const [units, offered] of [...less, ...more]) {
          channel.change?.(later, units);
          for (let time = 0; time < 2; time += 1) await tellOrder(later);
          await expect.poll(mayBeSold).toBe(offered);
        }
        // What was taken out there is the channel's own affair.
        expect(await rows(`SELECT FROM order_effects WHERE kind IN ('refund', 'alarm')`)).toEqual([]);
        channel.cancel(later);
        await tellOrder(later);
        await expect.poll(mayBeSold).toBe(10);
        expect(await rows('SELECT channel_order_id, state FROM orders')).toEqual([
          { channel_order_id: later, state: 'cancelled' },
        ]);
        // What was gone with an order that nobody will ever tell of is given up once all orders of that time are known.
        await expect
          .poll(async () => {
            await database.pool.query(
              `UPDATE publications SET in_flight_since = now() - interval '1 day' WHERE in_flight > 0`,
            );
            await database.pool.query(`UPDATE channel_accounts SET orders_at = now()`);
            return differing();
          })
          .toEqual([]);
      },
    );

    itUnless(
      lacks.orders,
      'P2 F5 an order that does not fit holds up none behind it: it is set aside as it came, its units are held, and it is taken when it fits',
      async () => {
        const part = hub.start();
        await expectEqual();
        await expectKnown();
        await part.stop();
        const [bad, good] = [channel.buy('SKU-08', 3), channel.buy('SKU-09', 2)];
        channel.server.spoiled.add(bad);
        await database.pool.query('UPDATE channel_accounts SET orders_at = now()');
        hub.start();
        const taken = () => rows('SELECT channel_order_id AS id FROM orders ORDER BY order_no');
        await expect.poll(taken).toEqual([{ id: good }]);
        const aside = () =>
          rows(`SELECT id, error ->> 'code' AS code, content LIKE '%' || id || '%' AS "isVerbatim", held -> 0 -> 'held' AS held
            FROM channel_hints WHERE aside_at IS NOT NULL AND due_at = 'infinity'`);
        const expected = { id: bad, code: 'CHANNEL_ORDER_UNREADABLE', isVerbatim: true, held: 3 };
        await expect.poll(aside).toEqual([expected]);
        // Nobody else sells them, and here they are taken off once.
        for (const code of ['other', 'shop'])
          await expect.poll(async () => (await wanted(database.pool, code))['SKU-08']).toBe(7);
        await expectEqual();
        expect((await hub.accounts.find(account)).ordersAside).toBe(1);
        channel.server.spoiled.clear();
        await retryUntaken(database.pool, account, bad);
        await expect.poll(taken).toEqual([{ id: good }, { id: bad }]);
        await expect.poll(() => rows('SELECT FROM channel_hints WHERE error IS NOT NULL')).toEqual([]);
        await expect.poll(async () => (await wanted(database.pool, 'other'))['SKU-08']).toBe(7);
        await expectEqual();
        // Taken in, they were not taken for sold once more.
        await expect
          .poll(() => rows(`SELECT confirmed, drift, in_flight FROM publications WHERE channel_sku = 'SKU-08'`))
          .toEqual([{ confirmed: 7, drift: null, in_flight: 0 }]);
        expect(
          channel
            .numbersOf('SKU-08')
            .slice(1)
            .filter((quantity) => quantity !== 7),
        ).toEqual([]);
      },
    );

    itUnless(lacks.orders, 'what becomes of an order goes back to its channel: handed over, and money', async () => {
      hub.start();
      await expectEqual();
      const order = channel.buy('SKU-04', 2);
      await tellOrder(order);
      await expect.poll(async () => (await rows(`SELECT state FROM orders`))[0]).toEqual({ state: 'released' });
      const { order: stored } = await readOrder(database.pool, 1);
      const places = stored.lines.flatMap(({ line, places }) =>
        places.map((at) => ({ line, location: at.location, units: 1 })),
      );
      await hub.act(1, { act: 'pick', parts: places });
      await hub.act(1, { act: 'hand', parts: places, hold: 'fulfil' });
      await expect.poll(() => channel.toldOf(order)).toMatchObject({ handed: 1, refundedMinor: 0 });
      await hub.act(1, { act: 'cancel', reason: 'unavailable' });
      await expect
        .poll(() => channel.toldOf(order))
        .toMatchObject({ handed: 1, refundedMinor: channel.givesBack === false ? 0 : 500 });
      expect(channel.violations).toEqual([]);
    });

    it('X1 other credentials count from the next call on, without a restart', async () => {
      hub.start();
      await expectEqual();
      await hub.accounts.setCredentials(account, channel.account.kind, {
        ...channel.account.credentials,
        ...wrongOf(channel),
      });
      await tills.tell(1, 'sale', soldOf('SKU-06', 1));
      await expect.poll(async () => (await hub.accounts.find(account)).error?.code).toBe('CHANNEL_UNAUTHORIZED');
      await hub.accounts.setCredentials(account, channel.account.kind, channel.account.credentials);
      await expectEqual();
      // It says so before the hub has its answer.
      await expect.poll(async () => (await hub.accounts.find(account)).error).toBeNull();
      const sealed = await rows<{ credentials: Buffer }>('SELECT credentials FROM channel_accounts');
      for (const secret of Object.values(channel.account.credentials)) {
        expect(sealed[0]!.credentials.toString('latin1')).not.toContain(secret);
      }
    });

    it('a dry run and a pause send nothing, and what waits goes out when they end', async () => {
      await hub.accounts.setDryRun(account, true);
      hub.start();
      await expect
        .poll(() => rows(`SELECT FROM publications WHERE desired = 10 AND (confirmed = 0 OR NOT must_read)`))
        .toHaveLength(SKUS.length);
      expect(channel.numbersOf('SKU-00')).toEqual([]);
      await hub.accounts.pause(account);
      await hub.accounts.setDryRun(account, false);
      await tills.tell(1, 'sale', soldOf('SKU-00', 1));
      await expect
        .poll(() => rows(`SELECT FROM publications WHERE channel_sku = 'SKU-00' AND desired = 9`))
        .toHaveLength(1);
      expect(channel.numbersOf('SKU-00')).toEqual([]);
      await hub.accounts.resume(account);
      await expectEqual();
    });
  });

  describe.runIf(Object.keys(lacks).length > 0)(`${name}, which has not`, () => {
    for (const { title, reason } of skipped) it(title, ({ skip }) => skip(true, reason));
  });
}

/** Credentials of the right form that are not the channel's. */
function wrongOf({ account }: EmulatedChannel): Record<string, string> {
  const [name, value] = Object.entries(account.credentials)[0] as [string, string];
  const last = value.endsWith('=') ? value.length - 3 : value.length - 1;
  return { [name]: value.slice(0, last) + (value[last] === 'A' ? 'B' : 'A') + value.slice(last + 1) };
}

/** Takes webhooks at /ACCOUNT, as the API does. */
export async function openDoor(hub: ChannelHub): Promise<{ url: string; server: Server }> {
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      hub
        .receive(Number(request.url?.slice(1)), request.headers as Record<string, string>, Buffer.concat(chunks))
        .then(() => response.writeHead(200).end())
        .catch((error: unknown) =>
          response.writeHead(error instanceof ShelfwireError ? error.status : 500).end(String(error)),
        );
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, server };
}
