import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Pool } from 'pg';
import { followMoves } from '#hub/availability/engine/follow-moves.ts';
import { runJobs } from '#hub/availability/engine/recompute-jobs.ts';
import { ChannelAccounts } from '#hub/connectors/accounts/channel-accounts.ts';
import { Vault } from '#hub/connectors/accounts/vault.ts';
import { channelTasks } from '#hub/connectors/keep-channels.ts';
import type { QuotaRule } from '#hub/connectors/publishing/quota.ts';
import { runAccounts } from '#hub/connectors/publishing/run-accounts.ts';
import { createLedger } from '#hub/ledger/merge.ts';
import { systemClock } from '#shared/runtime/clock.ts';
import { silentLogger } from '#shared/runtime/logger.ts';
import { seededRandom, systemRandom } from '#shared/runtime/random.ts';
import { startRepeating } from '#shared/runtime/repeating.ts';
import { DEMAND_REFERENCE_AT, HALF_LIFE_MS } from '#shared/stock/demand.ts';
import { requestRules } from '#test/support/availability.ts';
import type { EmulatedChannel } from '#test/support/emulators/emulated-channel.ts';
import { SignedReceiver } from '#test/support/emulators/signed-receiver.ts';
import { readFact } from '#test/support/hub-api.ts';
import { soldOf } from '#test/support/reservations.ts';
import { rulesOf } from '#test/support/rules-documents.ts';
import { startBenchDatabase } from './bench-database.ts';
import type { BenchOptions } from './options.ts';
import { beginEqual, OWN, until, untilEqual } from './publications.ts';
import { LATENCY, PLAIN_CHANNELS, SCALED_CHANNELS, type BenchChannel } from './publish-channels.ts';
import { printSettings, printTable, quantile, round } from './print.ts';

const STOCK = 1_000;

/** A channel that is measured, and its emulator. */
interface Measured {
  readonly bench: BenchChannel;
  readonly channel: EmulatedChannel;
}

/**
 * All listings changed at once on each channel under its limits, while another channel is down: the time until they are
 * confirmed, and when the riskiest are. Then single sales: from the merge to the channel's confirmed number.
 */
export async function benchPublish({ short, channels }: BenchOptions): Promise<void> {
  const listings = short ? 600 : 20_000;
  const benches = chosen(channels, short ? PLAIN_CHANNELS : [...PLAIN_CHANNELS, ...SCALED_CHANNELS]);
  const database = await startBenchDatabase();
  try {
    await printSettings(database.pool);
    const measured = await Promise.all(benches.map(async (bench) => ({ bench, channel: await bench.start() })));
    console.log(
      `channels  emulators in this process, over HTTP, ${round(LATENCY * 1_000)} ms a request; one more is down all the time; ${round(listings)} listings each`,
    );
    for (const { kind, limit } of benches) console.log(`limit     ${kind}: ${limit}`);
    const skus = Array.from({ length: listings }, (_, place) => `SKU-${String(place).padStart(6, '0')}`);
    await begin(database.pool, skus, [...benches.map(({ code }) => code), 'down']);
    const stop = await publishAll(database.pool, measured, skus);
    try {
      await changeAll(database.pool, measured, listings);
      // Of one whose times are not its own a sale's time would say nothing.
      const plain = measured.filter(({ bench }) => bench.times === 1);
      if (plain.length > 0) await sell(database.pool, plain, skus, short ? 20 : 400);
    } finally {
      await stop();
      await Promise.all(measured.map(({ channel }) => channel.stop()));
    }
  } finally {
    await database.stop();
  }
}

function chosen(codes: readonly string[] | undefined, all: readonly BenchChannel[]): readonly BenchChannel[] {
  if (codes === undefined) return all;
  return codes.map((code) => {
    const found = all.find((bench) => bench.code === code);
    if (found === undefined) throw new RangeError(`--channels: there is no "${code}" here`);
    return found;
  });
}

/** One location that has all skus, of which some sell often and most seldom. */
async function begin(pool: Pool, skus: readonly string[], codes: readonly string[]): Promise<void> {
  await pool.query(`
    INSERT INTO locations (code, name) VALUES ('S1', 'Store');
    INSERT INTO devices (location_no, name, public_key) VALUES (1, 'd', decode(repeat('01', 32), 'hex'));
    INSERT INTO journals (device_no, epoch, location_no) VALUES (1, 1, 1)`);
  await pool.query(
    `INSERT INTO positions (location_no, sku, on_hand) SELECT 1, s, ${STOCK} FROM unnest($1::text[]) AS s`,
    [skus],
  );
  await pool.query(`
    INSERT INTO availability (sku) SELECT sku FROM positions;
    INSERT INTO shelf_terms (location_no, sku) SELECT location_no, sku FROM positions`);
  const weight = 2 ** ((Date.now() - DEMAND_REFERENCE_AT) / HALF_LIFE_MS);
  await pool.query(
    `INSERT INTO demand_skus (sku, units, squares, shelves, firsts)
     SELECT s, ${weight} * 2000 / place, ${weight} * 4000 / place, 1, ${weight} * 0.05
     FROM unnest($1::text[]) WITH ORDINALITY AS t (s, place)`,
    [skus],
  );
  await changeRules(pool, codes, 0);
  await pool.query(
    `INSERT INTO listings (channel_no, channel_sku, sku) SELECT c.channel_no, s, s FROM channels c, unnest($1::text[]) AS s`,
    [skus],
  );
  await pool.query('VACUUM ANALYZE');
}

async function changeRules(pool: Pool, codes: readonly string[], units: number): Promise<void> {
  const channels = codes.map((code) => ({ code, name: code, locations: ['S1'] }));
  await requestRules(pool, rulesOf({ channels, safetyStock: [{ id: 'all', units }] }), Date.now());
  await runJobs(pool);
}

/** The hub's part that publishes, as it runs; gives when everything is said for the first time. */
async function publishAll(
  pool: Pool,
  measured: readonly Measured[],
  skus: readonly string[],
): Promise<() => Promise<void>> {
  const folder = mkdtempSync(join(tmpdir(), 'shelfwire-bench-keys-'));
  const vault = new Vault(join(folder, 'channel-keys'));
  const accounts = new ChannelAccounts(pool, { vault, toPrivate: true });
  // Nothing is sent before all begins equal.
  const make = (channel: string, { account, server }: Pick<EmulatedChannel, 'account' | 'server'>, more: object = {}) =>
    accounts.create(
      {
        ...account,
        settings: { ...(account.settings as object), ...more },
        channel,
        name: channel,
        baseUrl: server.url,
        dryRun: false,
      },
      'bench',
      async (client) => {
        await client.query(`UPDATE channel_accounts SET state = 'paused', orders_at = NULL`);
      },
    );
  for (const { bench, channel } of measured) {
    channel.list(skus, STOCK);
    await make(bench.code, channel, bench.settings);
  }
  const away = await SignedReceiver.start(seededRandom(8));
  away.server.isDown = true;
  await make('down', away);
  const absent = (): Promise<never> => Promise.reject(new Error('there are no orders here'));
  const orders = {
    follow: absent,
    seeCancelled: absent,
    act: absent,
    finish: absent,
    holdSold: absent,
    freeSold: absent,
  };
  const tasks = channelTasks({ pool, accounts, orders, logger: silentLogger, now: Date.now }).map((task) =>
    startRepeating({ ...task, clock: systemClock, logger: silentLogger }),
  );
  const worker = runAccounts({
    pool,
    clock: systemClock,
    random: systemRandom,
    logger: silentLogger,
    vault,
    orders,
    toPrivate: true,
    observe: () => undefined,
  });
  await beginEqual(pool, skus.length * (measured.length + 1), STOCK);
  for (const { bench, channel } of measured) {
    channel.server.latencyMs = (LATENCY * 1_000) / bench.times;
    await nameListings(pool, bench, skus);
  }
  return async () => {
    await worker.stop();
    await Promise.all(tasks.map((task) => task.stop()));
    await away.stop();
    rmSync(folder, { recursive: true });
  };
}

/** As the channel calls its listings, which the first publication has found out. */
async function nameListings(pool: Pool, { code, reference }: BenchChannel, skus: readonly string[]): Promise<void> {
  await pool.query(
    `UPDATE publications p SET reference = s.reference
     FROM channel_accounts a, channels c, unnest($2::text[], $3::text[]) AS s (sku, reference)
     WHERE a.account_no = p.account_no AND c.channel_no = a.channel_no AND c.code = $1 AND p.channel_sku = s.sku`,
    [code, skus, skus.map((_, place) => reference?.(place) ?? null)],
  );
}

/** Numbers change while nothing is sent, so that all are there at once; then the channels may, one after the other. */
async function changeAll(pool: Pool, measured: readonly Measured[], listings: number): Promise<void> {
  const codes = measured.map(({ bench }) => bench.code);
  const markedFrom = performance.now();
  await changeRules(pool, [...codes, 'down'], 5);
  for (const code of codes) {
    const marked = `SELECT count(*) AS marked ${OWN} AND p.due_at IS NOT NULL AND p.desired <> p.confirmed`;
    await until(async () => (await pool.query<{ marked: number }>(marked, [code])).rows[0]?.marked === listings);
  }
  console.log(
    `numbers   ${round(listings)} changed on ${codes.length + 1} channels by rules, and noted for their listings: ${round((performance.now() - markedFrom) / 1_000, 1)} s`,
  );
  await pool.query(`CREATE TABLE riskiest AS
    SELECT account_no, channel_sku FROM (
      SELECT account_no, channel_sku, rank() OVER (PARTITION BY account_no ORDER BY urgency DESC, channel_sku) AS place FROM publications) AS p
    WHERE place <= ${Math.ceil(listings / 100)}`);
  await pool.query('VACUUM ANALYZE publications');
  await activate(pool, 'down', undefined);
  const rows: string[][] = [];
  for (const { bench } of measured) {
    const row = await changeOne(pool, bench, listings);
    console.log(`done      ${row.slice(0, 6).join(', ')}`);
    rows.push(row);
  }
  const head = ['all at once', 'listings', 'times as fast', 'least s', 'confirmed s', 'to least'];
  printTable([...head, 'riskiest 1 % p95 s', 'their least s', 'least s in truth'], rows);
  const violations = measured.flatMap(({ bench, channel }) => channel.violations.map((one) => `${bench.kind}: ${one}`));
  const told = [...new Set(violations)].map((one) => `${one} (${violations.filter((other) => other === one).length})`);
  console.log(
    `\nrules     what the channels had to refuse or throttle: ${told.length === 0 ? 'nothing' : told.join('; ')}`,
  );
}

async function changeOne(pool: Pool, bench: BenchChannel, listings: number): Promise<string[]> {
  const { code, kind, times } = bench;
  const began = new Date();
  await activate(pool, code, bench.quotas);
  // Looked at seldom and in one table: the times come from the rows, and the look costs what is measured.
  const waits = `SELECT ${OWN} AND p.confirmed IS DISTINCT FROM p.desired LIMIT 1`;
  await until(async () => (await pool.query(waits, [code])).rowCount === 0, 500);
  await untilEqual(pool, code);
  type Row = { readonly all: number; readonly risky: readonly number[] };
  const text = `
    SELECT max(extract(epoch FROM p.confirmed_at - $2))::float8 AS all,
      array_agg(extract(epoch FROM p.confirmed_at - $2)::float8) FILTER (WHERE r.channel_sku IS NOT NULL) AS risky
    FROM publications p JOIN channel_accounts a USING (account_no) JOIN channels c USING (channel_no)
    LEFT JOIN riskiest r ON r.account_no = p.account_no AND r.channel_sku = p.channel_sku WHERE c.code = $1`;
  const [found] = (await pool.query<Row>(text, [code, began])).rows;
  const [all = Number.NaN, risky = []] = [found?.all, found?.risky];
  const truly = bench.leastSeconds(listings);
  const least = truly / times;
  return [
    kind,
    round(listings),
    `${times} x`,
    round(least, 1),
    round(all, 1),
    `${round(all / least, 2)} x`,
    round(quantile(risky, 0.95), 2),
    round(bench.leastSeconds(risky.length) / times, 2),
    round(truly, 1),
  ];
}

/** Lets an account begin, from full buckets. */
async function activate(pool: Pool, code: string, quotas: BenchChannel['quotas']): Promise<void> {
  const full = ([name, rule]: readonly [string, QuotaRule]) =>
    [name, { ...rule, left: rule.burst, at: Date.now(), pace: 1 }] as const;
  const kept = quotas === undefined ? null : JSON.stringify(Object.fromEntries(Object.entries(quotas).map(full)));
  await pool.query(
    `UPDATE channel_accounts a SET state = 'active', next_at = now(), quota = $2::json
     FROM channels c WHERE c.channel_no = a.channel_no AND c.code = $1`,
    [code, kept],
  );
}

/** Sales one after the other, each of another sku; from before its merge to the number that the channel has confirmed. */
async function sell(pool: Pool, measured: readonly Measured[], skus: readonly string[], sales: number): Promise<void> {
  const ledger = createLedger(pool, followMoves());
  const soldAt = new Map<string, number>();
  for (let seq = 1; seq <= sales; seq += 1) {
    const sku = skus[(seq * 7) % skus.length] ?? '';
    soldAt.set(sku, Date.now());
    const fact = readFact(seq, Date.now(), 'sale', `bench-${seq}`, soldOf(sku, 1));
    await ledger.merge([{ location: 1, journal: 1, fromSeq: seq, facts: [fact] }]);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  const rows: string[][] = [];
  for (const { bench } of measured) {
    const { code, kind } = bench;
    await untilEqual(pool, code);
    const text = `SELECT p.channel_sku AS sku, (extract(epoch FROM p.confirmed_at) * 1000)::float8 AS at ${OWN} AND p.channel_sku = ANY ($2)`;
    const found = (await pool.query<{ sku: string; at: number }>(text, [code, [...soldAt.keys()]])).rows;
    const seconds = found.map(({ sku, at }) => (at - (soldAt.get(sku) ?? Number.NaN)) / 1_000);
    rows.push([
      kind,
      round(quantile(seconds, 0.5), 2),
      round(quantile(seconds, 0.95), 2),
      round(Math.max(...seconds), 2),
    ]);
  }
  printTable([`${round(sales)} sales, 20/s: sale merged to confirmed`, 'p50 s', 'p95 s', 'longest s'], rows);
  console.log(
    '\nbeside    as published: IBM Sterling "seconds to hours"; D365 15 min; HotWax 15 min; Fluent 5 min. Ours is without the way from the till to the hub.',
  );
}
