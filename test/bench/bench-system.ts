import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stopOnSignals } from '#shared/runtime/lifecycle.ts';
import { createToken } from '#hub/sync/enrolment.ts';
import { startBenchDatabase, type BenchDatabase } from './bench-database.ts';
import { startProcess, type BenchProcess } from './bench-process.ts';
import type { HubCommands } from './hub-process.ts';

const HOUR_MS = 3_600_000;

/** PostgreSQL with fsync on, a real hub in a process of its own, and a folder for stores. */
export interface BenchSystem {
  readonly database: BenchDatabase;
  readonly hub: BenchProcess<HubCommands>;
  readonly hubUrl: string;
  readonly folder: string;
  /** Of the hub: what seals credentials. */
  readonly keyFile: string;
  /** Makes a store and a token that enrols its device. */
  openStore(): Promise<{ code: string; token: string }>;
  stop(): Promise<void>;
}

export async function startSystem({ profile }: { profile: string | undefined }): Promise<BenchSystem> {
  const database = await startBenchDatabase();
  const folder = await mkdtemp(join(tmpdir(), 'shelfwire-bench-stores-'));
  const hub = startProcess<HubCommands>(join(import.meta.dirname, 'hub-process.ts'), { profile });
  const stopAll = async (): Promise<void> => {
    await hub.end();
    await database.stop();
    await rm(folder, { recursive: true, force: true });
  };
  let stopping: Promise<void> | undefined;
  const stop = (): Promise<void> => (stopping ??= stopAll());
  // PostgreSQL would outlive a benchmark that is interrupted.
  stopOnSignals(stop);
  try {
    const keyFile = join(folder, 'secrets.keys');
    const hubUrl = await hub.ask('start', { databaseUrl: database.url, keyFile });
    const openStore = async (): Promise<{ code: string; token: string }> => {
      const code = `D-${randomBytes(4).toString('hex')}`;
      await database.pool.query('INSERT INTO locations (code, name) VALUES ($1, $1)', [code]);
      const { token } = await createToken(database.pool, { storeCode: code, ttlMs: HOUR_MS });
      return { code, token };
    };
    return { database, hub, hubUrl, folder, keyFile, openStore, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}
