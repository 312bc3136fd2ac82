import { join } from 'node:path';
import { startSystem, type BenchSystem } from './bench-system.ts';
import { startProcess } from './bench-process.ts';
import type { AgentDrain, DrainAgentCommands } from './drain-agent.ts';
import { comparePeer } from './drain-peer.ts';
import type { BenchOptions } from './options.ts';
import { median, printSettings, printTable, round } from './print.ts';
import { FLEET_SKUS, makeSales, SKUS } from './sales.ts';
import { postgresUsage } from './usage.ts';

const SALES = 20_000;
const ROUNDS = 5;
const LINES_PER_SALE = 4;

/** How many sales wait in the store's journal, and how many positions it has. */
export interface DrainSize {
  readonly sales: number;
  readonly skus: number;
}

interface Drain extends AgentDrain {
  readonly hubCpuUs: number;
  readonly postgresCpuUs: number | undefined;
}

/**
 * One store that was offline sends its journal: from connecting to the last fact committed and acknowledged. Agent and
 * hub are the real ones in processes of their own, over loopback without TLS; then the peer does the same.
 */
export async function benchDrain(options: BenchOptions): Promise<void> {
  const sales = options.sales ?? (options.short ? 500 : SALES);
  const rounds = options.rounds ?? (options.short ? 1 : ROUNDS);
  const skus = options.short ? FLEET_SKUS : SKUS;
  const drains = await measureDrains({ sales, skus }, rounds, options.profile);
  const factsPerSecond = sales / median(drains.map(({ seconds }) => seconds));
  printDrains(drains, sales);
  console.log(
    `\ntargets   at least 20,000 facts/s: ${round(factsPerSecond)}; at most 130 bytes up a sale: ${round(
      perSale(drains, sales, (drain) => drain.bytesUp),
      1,
    )}`,
  );
  if (!options.withoutPeer)
    await comparePeer({ sales, rounds: Math.min(rounds, 2), short: options.short, factsPerSecond });
}

async function measureDrains(size: DrainSize, rounds: number, profile: string | undefined): Promise<Drain[]> {
  const { sales, skus } = size;
  const system = await startSystem({ profile });
  try {
    await printSettings(system.database.pool);
    const [sample] = makeSales(1, { beginAt: 0, prefix: 'till' });
    console.log(
      `input     ${round(sales)} sales of ${LINES_PER_SALE} lines, ${sample?.bodyText.length} bytes each as JSON, in the journal of one store whose ${round(skus)} positions stand on a count; ${rounds} rounds, each another store, after one to warm up`,
    );
    const drains: Drain[] = [];
    // A hub in service is warm; the agent is a new process each time.
    for (let turn = 0; turn <= rounds; turn += 1) {
      const drain = await drainStore(system, turn === 0 ? { skus, sales: Math.min(sales, 4_000) } : size, profile);
      if (turn === 0) continue;
      drains.push(drain);
      console.log(`  round ${turn}: ${round(drain.seconds, 2)} s, ${round(sales / drain.seconds)} facts/s`);
    }
    return drains;
  } finally {
    await system.stop();
  }
}

/** Prepares a store in one process and drains it in the next. */
export async function drainStore(system: BenchSystem, size: DrainSize, profile?: string): Promise<Drain> {
  const prepared = await prepareStore(system, size);
  return prepared.drain(profile);
}

/** A store with a full journal, offline. */
export async function prepareStore(
  system: BenchSystem,
  { sales, skus }: DrainSize,
): Promise<{ drain(profile?: string): Promise<Drain> }> {
  const { hubUrl, database, hub } = system;
  const { code, token } = await system.openStore();
  const folder = join(system.folder, code);
  const script = join(import.meta.dirname, 'drain-agent.ts');
  const preparing = startProcess<DrainAgentCommands>(script);
  try {
    await preparing.ask('prepare', { folder, hubUrl, token, sales, skus });
  } finally {
    await preparing.end();
  }
  return {
    async drain(profile) {
      const agent = startProcess<DrainAgentCommands>(script, { profile });
      try {
        await agent.ask('open', folder);
        const hubBefore = await hub.ask('usage');
        const postgresBefore = await postgresUsage(database.pool);
        const drain = await agent.ask('drain', folder);
        const hubCpuUs = (await hub.ask('usage')).cpuUs - hubBefore.cpuUs;
        const postgresAfter = await postgresUsage(database.pool);
        const postgresCpuUs = postgresBefore && postgresAfter && postgresAfter.cpuUs - postgresBefore.cpuUs;
        await verify(system, code, sales);
        return { ...drain, hubCpuUs, postgresCpuUs };
      } finally {
        await agent.end();
      }
    },
  };
}

/** Every sale is held once, ledgered, and in its positions; the watermark is at the end of the journal. */
async function verify({ database }: BenchSystem, code: string, sales: number): Promise<void> {
  const { rows } = await database.pool.query<Record<'facts' | 'lines' | 'sold' | 'gone' | 'missing', number>>(
    `WITH store AS (SELECT location_no FROM locations WHERE code = $1)
     SELECT
       (SELECT count(*) FROM facts JOIN store USING (location_no) WHERE kind = 'sale') AS facts,
       (SELECT count(*) FROM movements JOIN store USING (location_no)) AS lines,
       (SELECT -sum(quantity)::bigint FROM movements JOIN store USING (location_no)) AS sold,
       (SELECT sum(anchor_quantity - on_hand)::bigint FROM positions JOIN store USING (location_no)) AS gone,
       (SELECT max(seq) - max(watermark) FROM journals JOIN store USING (location_no) JOIN facts USING (journal_no)) AS missing`,
    [code],
  );
  const [found] = rows;
  const whole =
    found?.facts === sales &&
    found.lines === sales * LINES_PER_SALE &&
    found.sold === found.gone &&
    found.missing === 0;
  if (!whole) throw new Error(`the hub does not hold what ${code} sent: ${JSON.stringify(found)}`);
}

function printDrains(drains: readonly Drain[], sales: number): void {
  const middle = (of: (drain: Drain) => number, digits = 1): string => round(perSale(drains, sales, of), digits);
  const seconds = median(drains.map((drain) => drain.seconds));
  printTable(
    [
      'shelfwire, medians',
      'facts/s',
      'bytes up',
      'bytes down',
      'agent us',
      'hub us',
      'PostgreSQL us',
      'ledger rows',
      'lost',
    ],
    [
      [
        'a sale',
        round(sales / seconds),
        middle((drain) => drain.bytesUp),
        middle((drain) => drain.bytesDown),
        middle((drain) => drain.cpuUs),
        middle((drain) => drain.hubCpuUs),
        middle((drain) => drain.postgresCpuUs ?? Number.NaN),
        round(LINES_PER_SALE),
        '0',
      ],
    ],
  );
}

function perSale(drains: readonly Drain[], sales: number, of: (drain: Drain) => number): number {
  return median(drains.map(of)) / sales;
}
