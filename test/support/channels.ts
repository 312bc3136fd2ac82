import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Pool } from 'pg';
import { runJobs } from '#hub/availability/engine/recompute-jobs.ts';
import { ChannelAccounts } from '#hub/connectors/accounts/channel-accounts.ts';
import { Vault } from '#hub/connectors/accounts/vault.ts';
import { createHttp } from '#hub/connectors/http/http.ts';
import { channelTasks } from '#hub/connectors/keep-channels.ts';
import { receiveMessage } from '#hub/connectors/orders/receive-message.ts';
import { heldUntaken } from '#hub/connectors/orders/untaken-holds.ts';
import type { ChannelFigures } from '#hub/connectors/publishing/account-turn.ts';
import { noteOrdered } from '#hub/connectors/publishing/note-ordered.ts';
import { runAccounts, type RunOptions } from '#hub/connectors/publishing/run-accounts.ts';
import type { Act } from '#hub/orders/states/act.ts';
import { createOrders } from '#hub/orders/orders.ts';
import { reservationHolds } from '#hub/orders/reservation-holds.ts';
import { applySourcing } from '#hub/orders/sourcing/sourcing-versions.ts';
import { workEffects, type WorkParts } from '#hub/orders/work/work-effects.ts';
import { createReservations } from '#hub/reservations/reservations.ts';
import { systemClock } from '#shared/runtime/clock.ts';
import type { Part } from '#shared/runtime/lifecycle.ts';
import { silentLogger } from '#shared/runtime/logger.ts';
import { seededRandom } from '#shared/runtime/random.ts';
import { startRepeating } from '#shared/runtime/repeating.ts';
import { BEGIN_AVAILABILITY, requestRules } from './availability.ts';
import type { EmulatedChannel } from './emulators/emulated-channel.ts';
import { FACTS_AT } from './reservations.ts';
import { rulesOf } from './rules-documents.ts';

const EMPTY = `
  TRUNCATE channel_accounts, publications, publication_calls, channel_messages, channel_hints, orders, unseen_cancellations,
    outbox_checkpoints
    RESTART IDENTITY CASCADE`;

/** Four stores, channels that sell from all of them, and listings of these skus under their own names at each channel. */
export async function beginChannels(
  pool: Pool,
  { channels, skus }: { channels: readonly string[]; skus: readonly string[] },
): Promise<void> {
  await pool.query(BEGIN_AVAILABILITY);
  await pool.query(EMPTY);
  const locations = ['S1', 'S2', 'S3', 'S4'];
  await requestRules(pool, rulesOf({ channels: channels.map((code) => ({ code, name: code, locations })) }), FACTS_AT);
  await runJobs(pool);
  await pool.query(
    `INSERT INTO channel_locations SELECT c.code, location_no FROM channels c, locations WHERE c.code = ANY ($1)`,
    [channels],
  );
  await pool.query(`INSERT INTO products (sku, name) SELECT s, s FROM unnest($1::text[]) AS s ON CONFLICT DO NOTHING`, [
    skus,
  ]);
  await listAlso(pool, channels, skus);
  await applySourcing(pool, 'sourcing: 1\n', { by: 'test' });
}

/** As a version of the rules with more listings does. */
export async function listAlso(pool: Pool, channels: readonly string[], skus: readonly string[]): Promise<void> {
  await pool.query(
    `INSERT INTO listings (channel_no, channel_sku, sku)
     SELECT c.channel_no, s, s FROM channels c, unnest($2::text[]) AS s WHERE c.code = ANY ($1)`,
    [channels, skus],
  );
  await pool.query('UPDATE channel_accounts SET listings_read = false');
}

type Figures = { -readonly [Name in keyof ChannelFigures]-?: number };

export interface ChannelHub {
  readonly keyFile: string;
  readonly accounts: ChannelAccounts;
  readonly orders: WorkParts;
  readonly figures: Map<string, Figures>;
  /** Begins to follow numbers and to work at accounts; may be called for several hubs on one database. */
  start(parts?: Partial<RunOptions>): Part;
  /** A webhook of the channel, over HTTP as the API takes it. */
  receive: (account: number, headers: Record<string, string>, body: Buffer) => Promise<boolean>;
  act(order: number, act: Act): Promise<void>;
  makeAccount(channel: string, emulator: EmulatedChannel, parts?: { dryRun?: boolean }): Promise<number>;
  stop(): Promise<void>;
}

/** What of a hub speaks with channels, as the composition root puts it together, with short waits. */
export function channelHub(pool: Pool, reservationPool: Pool): ChannelHub {
  const keyFile = join(mkdtempSync(join(tmpdir(), 'shelfwire-keys-')), 'channel-keys');
  const vault = new Vault(keyFile);
  const accounts = new ChannelAccounts(pool, { vault, toPrivate: true });
  const holds = reservationHolds(pool, createReservations(reservationPool));
  const orderParts: WorkParts = {
    pool,
    now: () => new Date(),
    keepDays: { ended: 90, open: 365 },
    holds,
    logger: silentLogger,
    onTaken: noteOrdered,
    heldBefore: heldUntaken(pool, holds),
  };
  const orders = createOrders(orderParts);
  const figures = new Map<string, Figures>();
  const running = new Set<Part>();
  const stopping = new AbortController();
  const http = createHttp({ toPrivate: true, timeoutMs: 5_000, clock: systemClock, signal: stopping.signal });
  return {
    keyFile,
    accounts,
    orders: orderParts,
    figures,
    start(parts = {}) {
      const tasks = channelTasks({ pool, accounts, orders, logger: silentLogger, now: Date.now });
      const repeating = tasks.map((task) =>
        startRepeating({
          ...task,
          everyMs: Math.min(task.everyMs, 1_000) / 4,
          firstAfterMs: 0,
          clock: systemClock,
          logger: silentLogger,
        }),
      );
      const works = startRepeating({
        name: 'orders',
        everyMs: 100,
        clock: systemClock,
        logger: silentLogger,
        turn: () => workEffects(orderParts),
      });
      const worker = runAccounts({
        pool,
        clock: systemClock,
        random: seededRandom(7),
        logger: silentLogger,
        vault,
        orders,
        toPrivate: true,
        everyMs: 15,
        timeoutMs: 2_000,
        failures: { baseMs: 10, maxMs: 200 },
        observe(channel, seen) {
          const sums = figures.get(channel) ?? { taken: 0, stale: 0, again: 0, parked: 0, drifted: 0, failed: 0 };
          for (const name of Object.keys(sums) as (keyof ChannelFigures)[]) sums[name] += seen[name] ?? 0;
          figures.set(channel, sums);
        },
        ...parts,
      });
      const part: Part = {
        name: 'channel hub',
        async stop() {
          running.delete(part);
          await worker.stop();
          await works.stop();
          await Promise.all(repeating.map((one) => one.stop()));
        },
      };
      running.add(part);
      return part;
    },
    receive: (account, headers, body) =>
      receiveMessage({ pool, vault, http, clock: systemClock, orders }, account, { headers, body }),
    act: (order, act) => orders.act(order, act, { by: 'test', correlationId: 'test' }),
    async makeAccount(channel, { account: { kind, settings, credentials }, server }, { dryRun = false } = {}) {
      const asked = { channel, kind, name: channel, baseUrl: server.url, settings, credentials, dryRun };
      const made = await accounts.create(asked, 'test', () => Promise.resolve());
      return made.account;
    },
    async stop() {
      await Promise.all([...running].map((part) => part.stop()));
      stopping.abort();
      http.close();
    },
  };
}

/** What each listing shall say now, by what its channel may sell. */
export async function wanted(pool: Pool, channel: string): Promise<Record<string, number>> {
  const { rows } = await pool.query<{ sku: string; ats: number }>(
    `SELECT l.channel_sku AS sku, coalesce(a.ats[c.channel_no], 0) AS ats FROM channels c JOIN listings l USING (channel_no)
     LEFT JOIN availability a ON a.sku = l.sku WHERE c.code = $1 ORDER BY 1`,
    [channel],
  );
  return Object.fromEntries(rows.map(({ sku, ats }) => [sku, ats]));
}
