import { randomBytes } from 'node:crypto';
import { mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { startEmbedded, type Embedded } from '#hub/db/embedded.ts';
import { migrate } from '#hub/db/migrate.ts';
import { openPool } from '#hub/db/pool.ts';
import { ShelfwireError } from '#shared/protocol/errors.ts';
import { silentLogger } from '#shared/runtime/logger.ts';
import { clearStatements } from './clear-statements.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** URL of the cluster's administrative database; tests make their own databases beside it. */
    postgresUrl: string;
    /** A database that has every migration and no data, to clone. */
    postgresTemplate: string;
    /** Statements that make a clone what the template is. */
    postgresClear: string;
  }
}

const FOLDER_PREFIX = 'shelfwire-test-pg-';
const SWEEP_AFTER_MS = 60_000;
const MIGRATIONS = join(import.meta.dirname, '../../hub/db/migrations');

/** The PostgreSQL of one vitest project while it runs. */
interface TestCluster {
  readonly url: string;
  stop(): Promise<void>;
}

/** Vitest's global setup of the projects that need PostgreSQL: one cluster, one migrated template, removed at the end. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const external = process.env['SHELFWIRE_TEST_DATABASE_URL'];
  const cluster = external === undefined ? await startCluster() : { url: external, stop: () => Promise.resolve() };
  const template = `shelfwire_template_${randomBytes(6).toString('hex')}`;
  try {
    project.provide('postgresClear', await makeTemplate(cluster.url, template));
  } catch (error) {
    await cluster.stop();
    throw error;
  }
  project.provide('postgresUrl', cluster.url);
  project.provide('postgresTemplate', template);
  return async () => {
    try {
      if (external !== undefined) await administer(external, `DROP DATABASE IF EXISTS ${template} WITH (FORCE)`);
    } finally {
      await cluster.stop();
    }
  };
}

async function startCluster(): Promise<TestCluster> {
  await sweepLeftovers();
  const folder = await mkdtemp(join(tmpdir(), FOLDER_PREFIX));
  const remove = (): Promise<void> => rm(folder, { recursive: true, force: true });
  let embedded: Embedded;
  try {
    // Without fsync a database is cloned in half the time; a killed process loses nothing by it, only a power cut would.
    embedded = await startEmbedded({ folder, logger: silentLogger, settings: { fsync: 'off' } });
  } catch (error) {
    await remove();
    throw error;
  }
  return {
    url: embedded.url,
    async stop() {
      await embedded.stop();
      await remove();
    },
  };
}

/** Clusters of test runs that were killed: nobody holds their lock, so starting one takes its PostgreSQL over. */
async function sweepLeftovers(): Promise<void> {
  const names = (await readdir(tmpdir())).filter((name) => name.startsWith(FOLDER_PREFIX));
  for (const name of names) {
    const folder = join(tmpdir(), name);
    // A run that is starting beside us has made its folder, perhaps not taken its lock yet.
    const madeAt = (await stat(folder).catch(() => undefined))?.mtimeMs ?? Number.POSITIVE_INFINITY;
    if (Date.now() - madeAt < SWEEP_AFTER_MS) continue;
    try {
      await (await startEmbedded({ folder, logger: silentLogger })).stop();
    } catch (error) {
      // In use by a run beside us, or another account's.
      if (!(error instanceof ShelfwireError) || error.code === 'FOLDER_IN_USE') continue;
    }
    await rm(folder, { recursive: true, force: true });
  }
}

/** Gives what makes a clone of it like new again. */
async function makeTemplate(url: string, name: string): Promise<string> {
  await administer(url, `CREATE DATABASE ${name}`);
  const place = new URL(url);
  place.pathname = `/${name}`;
  const pool = openPool(place.href, { max: 1, applicationName: 'shelfwire-test-template' });
  try {
    await migrate(pool, MIGRATIONS);
    return await clearStatements(pool);
  } finally {
    await pool.end();
  }
}

async function administer(url: string, statement: string): Promise<void> {
  const pool = openPool(url, { max: 1, applicationName: 'shelfwire-test-setup' });
  try {
    await pool.query(statement);
  } finally {
    await pool.end();
  }
}
