import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { Pool } from 'pg';
import { ChannelAccounts } from '#hub/connectors/accounts/channel-accounts.ts';
import { Vault } from '#hub/connectors/accounts/vault.ts';
import { requestRules } from '#test/support/availability.ts';
import { rulesOf } from '#test/support/rules-documents.ts';
import { startProcess, type BenchProcess } from './bench-process.ts';
import { startSystem, type BenchSystem } from './bench-system.ts';
import type { BenchChannelKind, ChannelCommands } from './channel-process.ts';
import type { OneSale } from './fleet-process.ts';
import { openFleet, type Fleet } from './fleet.ts';
import { verifyOpenFiles } from './open-files.ts';
import type { BenchOptions } from './options.ts';
import { printSettings, printTable, quantile, round } from './print.ts';
import { beginEqual, OWN, untilEqual } from './publications.ts';
import { skuNames } from './sales.ts';

const KINDS: readonly BenchChannelKind[] = ['signedWebhook', 'shopify'];
const LIMITS = { signedWebhook: '200 a message, 10/s, 20 at once', shopify: '100 points/s, 10 a call' } as const;
/** What every call takes at a channel, ms. */
const LATENCY_MS = 150;
const UNITS_A_STORE = 5;

interface Plan {
  readonly stores: number;
  readonly rate: number;
  readonly seconds: number;
  /** Stores that carry a sku. */
  readonly carriers: number;
}

/**
 * From the till's append to the number that the channel has confirmed: connected stores that sell at random instants, a
 * real hub, channels with their limits, each in a process of its own. Each sku is sold once, so its last number is that
 * sale's; at the end every listing must say one unit less.
 */
export async function benchTillToChannel(options: BenchOptions): Promise<void> {
  const plan: Plan = options.short
    ? { stores: options.stores ?? 20, rate: options.rate ?? 20, seconds: options.seconds ?? 3, carriers: 4 }
    : { stores: options.stores ?? 500, rate: options.rate ?? 30, seconds: options.seconds ?? 60, carriers: 80 };
  verifyOpenFiles(plan.stores);
  const system = await startSystem({ profile: options.profile });
  const channels = KINDS.map((kind) => {
    const script = join(import.meta.dirname, 'channel-process.ts');
    return { kind, process: startProcess<ChannelCommands>(script) };
  });
  let fleet: Fleet | undefined;
  try {
    await printSettings(system.database.pool);
    const skus = skuNames(plan.rate * plan.seconds);
    fleet = await openFleet(system, plan.stores, options.profile);
    console.log(
      `input     ${round(plan.stores)} stores online, ${round(plan.rate)} sales/s of one unit, Poisson arrivals, ${plan.seconds} s; ${round(skus.length)} skus, each in ${plan.carriers} stores and listed on ${channels.length} channels; ${LATENCY_MS} ms a call`,
    );
    const sales = await stock(system.database.pool, skus, fleet.devices, plan);
    await openChannels(system, channels, skus, plan.carriers * UNITS_A_STORE);
    await fleet.ask('connect', plan.stores);
    await delay(options.short ? 200 : 3_000);
    const load = await fleet.ask('sellOnce', { rate: plan.rate, sales });
    const dueAt = new Map(sales.map(({ sku }, place) => [sku, load.dueAt[place] ?? Number.NaN]));
    const ack = [...load.ms].map((ms) => ms / 1_000);
    const rows = [['the hub has it (acknowledged)', '', ...figures(ack)]];
    for (const { kind, process } of channels) {
      rows.push([`${kind} has confirmed it`, LIMITS[kind], ...(await measure(system.database.pool, kind, dueAt))]);
      const wrong = await process.ask('differing', { skus, quantity: plan.carriers * UNITS_A_STORE - 1 });
      const violations = await process.ask('violations');
      if (wrong.length > 0) throw new Error(`${kind}: ${wrong.length} listings say another number`);
      if (violations.length > 0) console.log(`  ${kind} had to refuse or throttle: ${violations.join('; ')}`);
    }
    printTable(
      [`${round(sales.length)} sales: from the till's append until`, 'limit', 'p50 s', 'p95 s', 'longest s'],
      rows,
    );
    console.log(
      `\nchecked   all ${round(skus.length * channels.length)} listings say what is left\n` +
        'beside    as published: IBM Sterling "seconds to hours"; D365 Inventory Visibility 15 min; HotWax 15 min; Fluent 5 min',
    );
  } finally {
    await fleet?.end();
    await Promise.all(channels.map(({ process }) => process.end()));
    await system.stop();
  }
}

const figures = (seconds: readonly number[]): string[] => [
  round(quantile(seconds, 0.5), 2),
  round(quantile(seconds, 0.95), 2),
  round(quantile(seconds, 1), 2),
];

/** Each sku lies in some of the stores; gives who carries what, by the places of the fleet's stores. */
async function stock(
  pool: Pool,
  skus: readonly string[],
  devices: readonly number[],
  { stores, carriers }: Plan,
): Promise<OneSale[]> {
  const step = Math.max(1, Math.floor(stores / carriers));
  const sales = skus.map((sku, place) => {
    const carried = Array.from({ length: carriers }, (_, one) => (place + one * step) % stores);
    return { sku, carriers: carried };
  });
  const { rows } = await pool.query<{ code: string; location_no: number }>(
    `SELECT l.code, location_no FROM unnest($1::int[]) WITH ORDINALITY AS f (device_no, place)
     JOIN devices USING (device_no) JOIN locations l USING (location_no) ORDER BY place`,
    [devices],
  );
  const at = sales.flatMap(({ sku, carriers: places }) =>
    places.map((place) => ({ sku, at: rows[place]?.location_no })),
  );
  await pool.query(
    `INSERT INTO positions (location_no, sku, on_hand) SELECT l, s, ${UNITS_A_STORE} FROM unnest($1::int[], $2::text[]) AS t (l, s)`,
    [at.map((one) => one.at), at.map(({ sku }) => sku)],
  );
  await pool.query(`
    INSERT INTO availability (sku) SELECT DISTINCT sku FROM positions;
    INSERT INTO shelf_terms (location_no, sku) SELECT location_no, sku FROM positions`);
  const locations = rows.map(({ code }) => code);
  await requestRules(pool, rulesOf({ channels: KINDS.map((code) => ({ code, name: code, locations })) }), Date.now());
  await pool.query(
    `INSERT INTO listings (channel_no, channel_sku, sku) SELECT c.channel_no, s, s FROM channels c, unnest($1::text[]) AS s`,
    [skus],
  );
  await pool.query('VACUUM ANALYZE');
  return sales;
}

/** Accounts at the channels, as after their first publication. */
async function openChannels(
  { database: { pool }, keyFile }: BenchSystem,
  channels: readonly { kind: BenchChannelKind; process: BenchProcess<ChannelCommands> }[],
  skus: readonly string[],
  quantity: number,
): Promise<void> {
  const accounts = new ChannelAccounts(pool, { vault: new Vault(keyFile), toPrivate: true });
  for (const { kind, process } of channels) {
    const { url, account } = await process.ask('start', { kind, skus, quantity });
    await accounts.create(
      { ...account, channel: kind, name: kind, baseUrl: url, dryRun: false },
      'bench',
      async (client) => {
        await client.query(`UPDATE channel_accounts SET state = 'paused', orders_at = NULL`);
      },
    );
  }
  await beginEqual(pool, skus.length * channels.length, quantity);
  for (const { process } of channels) await process.ask('slow', LATENCY_MS);
  await pool.query(`UPDATE channel_accounts SET state = 'active', next_at = now()`);
}

/** From when each sale was due until the hub had the channel's word for its number. */
async function measure(pool: Pool, kind: string, dueAt: ReadonlyMap<string, number>): Promise<string[]> {
  await untilEqual(pool, kind);
  const text = `SELECT p.channel_sku AS sku, (extract(epoch FROM p.confirmed_at) * 1000)::float8 AS at ${OWN}`;
  const { rows } = await pool.query<{ sku: string; at: number }>(text, [kind]);
  return figures(rows.map(({ sku, at }) => (at - (dueAt.get(sku) ?? Number.NaN)) / 1_000));
}
