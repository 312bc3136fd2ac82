import { cpus, release, tmpdir, totalmem } from 'node:os';
import { mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { startProcess, type BenchProcess } from '../bench-process.ts';
import type { BenchOptions } from '../options.ts';
import { round } from '../print.ts';
import { ENGINES, type BenchEngine, type EngineName } from './engines.ts';
import { type Figures, printSize, printTargets } from './storage-figures.ts';
import type { StorageCommands } from './storage-process.ts';

const SIZES = { full: [20_000, 200_000], short: [400, 1_600] } as const;
const NAMES = Object.keys(ENGINES) as EngineName[];

/**
 * RxDB's storages beside each other and beside the disk's own limit, each in processes of its own, turn about. Targets are
 * printed with what was reached; a benchmark does not fail.
 */
export async function benchStorage(options: BenchOptions): Promise<void> {
  const [small, large] = SIZES[options.short ? 'short' : 'full'];
  const rounds = options.rounds ?? (options.short ? 1 : 3);
  const singles = options.short ? 20 : 1_000;
  const [cpu] = cpus();
  console.log(
    `machine   ${cpus().length} x ${cpu?.model.trim()}, ${round(totalmem() / 2 ** 30)} GiB, Linux ${release()}, Node ${process.version}`,
  );
  console.log(`input     sales of 4 lines, some 600 B, two indexes; WAL + FULL; ${rounds} rounds, turn about, medians`);
  const bySize = new Map<number, Map<EngineName, Figures[]>>();
  for (const size of [small, large]) {
    const byEngine = new Map<EngineName, Figures[]>(NAMES.map((name) => [name, []]));
    bySize.set(size, byEngine);
    // The large size is for memory and opening: one round of it says that.
    for (let time = 0; time < (size === small ? rounds : 1); time++) {
      for (const name of NAMES) {
        const figures = await inFolder((folder) => measure(name, folder, { size, singles, profile: options.profile }));
        byEngine.get(name)?.push(figures);
      }
    }
  }
  for (const [size, byEngine] of bySize) printSize(size, byEngine);
  printTargets(bySize, small, large);
}

async function inFolder<Result>(work: (folder: string) => Promise<Result>): Promise<Result> {
  const folder = await mkdtemp(join(tmpdir(), 'shelfwire-bench-storage-'));
  try {
    return await work(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function inProcess<Result>(
  profile: string | undefined,
  work: (child: BenchProcess<StorageCommands>) => Promise<Result>,
): Promise<Result> {
  const script = join(import.meta.dirname, 'storage-process.ts');
  const child = startProcess<StorageCommands>(script, { execArgv: ['--expose-gc'], profile });
  try {
    return await work(child);
  } finally {
    await child.end();
  }
}

async function measure(
  engine: EngineName,
  folder: string,
  run: { size: number; singles: number; profile: string | undefined },
): Promise<Figures> {
  const { isDurable }: BenchEngine = ENGINES[engine];
  const read = async (child: BenchProcess<StorageCommands>) => ({
    findMs: await child.ask('find'),
    dayMs: await child.ask('day'),
    rssMb: await child.ask('rss'),
    pushS: await child.ask('push'),
  });
  return inProcess(run.profile, async (writer) => {
    await writer.ask('open', { engine, folder });
    const bulkS = await writer.ask('bulk', run.size);
    const { insertMs, rawMs } = await writer.ask('single', { amount: run.singles, folder });
    if (!isDurable) {
      const reading = await read(writer);
      return { insertMs, rawMs, bulkS, ...reading, reopenMs: undefined, afterKillMs: undefined, fileMb: undefined };
    }
    await writer.ask('close');
    const fileMb = await sizeOf(folder);
    const { reopenMs, ...reading } = await inProcess(run.profile, async (reader) => {
      const openMs = await reader.ask('open', { engine, folder });
      const result = { reopenMs: openMs, ...(await read(reader)) };
      // It ends before it can answer, with what the push has written in its log.
      await reader.ask('die').catch(() => undefined);
      return result;
    });
    const afterKillMs = await inProcess(undefined, (reader) => reader.ask('open', { engine, folder }));
    return { insertMs, rawMs, bulkS, ...reading, reopenMs, afterKillMs, fileMb };
  });
}

async function sizeOf(folder: string): Promise<number> {
  const names = await readdir(folder, { recursive: true });
  const sizes = await Promise.all(names.map(async (name) => (await stat(join(folder, name))).size));
  return sizes.reduce((sum, size) => sum + size, 0) / 1e6;
}
