import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { Pool } from 'pg';
import { pino } from 'pino';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { silentLogger } from '#shared/runtime/logger.ts';
import { startEmbedded, type Embedded } from './embedded.ts';
import { openPool } from './pool.ts';
import { transaction, withRetries } from './transaction.ts';

let folder: string;
const running: { stop(): Promise<void> }[] = [];
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'shelfwire-embedded-'));
});
afterEach(async () => {
  for (const part of running.splice(0).toReversed()) await part.stop();
  await rm(folder, { recursive: true, force: true });
});

async function start(logger = silentLogger): Promise<Embedded> {
  const embedded = await startEmbedded({ folder, logger });
  running.push(embedded);
  return embedded;
}

function open(url: string): Pool {
  const pool = openPool(url, { max: 4, applicationName: 'embedded-test' });
  running.push({ stop: () => pool.end() });
  return pool;
}

function kill(pid: number | undefined): void {
  if (pid === undefined) throw new Error('nothing to kill');
  process.kill(pid, 'SIGKILL');
}

it('kill -9 of the postmaster loses no committed row, and it comes back by itself', async () => {
  const embedded = await start();
  const pool = open(embedded.url);
  await pool.query('CREATE TABLE numbers (n int PRIMARY KEY)');
  const url = embedded.url;
  let committed = 0;
  const progress = { killing: true };
  const killer = (async () => {
    for (let kills = 0; kills < 3; kills += 1) {
      await delay(100 + Math.random() * 150);
      const isUp = new Promise<void>((resolve) => embedded.onUp(resolve));
      kill(embedded.pid);
      await isUp;
    }
    progress.killing = false;
  })();
  const insert = () =>
    transaction(pool, (client) =>
      client.query('INSERT INTO numbers VALUES ($1) ON CONFLICT DO NOTHING', [committed + 1]),
    );
  while (progress.killing) {
    await withRetries(insert, { attempts: 60, backoff: { baseMs: 50, maxMs: 400 } });
    committed += 1;
  }
  await killer;
  expect(embedded.url).toBe(url);
  const { rows } = await withRetries(() => pool.query('SELECT count(*) AS held, max(n) AS last FROM numbers'));
  expect(rows).toEqual([{ held: committed, last: committed }]);
});

it('restart() ends sessions, tells listeners, and keeps URL and rows', async () => {
  const embedded = await start();
  const pool = open(embedded.url);
  await pool.query('CREATE TABLE kept AS SELECT 7::int8 AS n');
  const seen: string[] = [];
  embedded.onDown(() => seen.push('down'));
  embedded.onUp(() => seen.push('up'));
  const [before, url] = [embedded.pid, embedded.url];
  await embedded.restart();
  expect(embedded.pid).not.toBe(before);
  expect(embedded.url).toBe(url);
  expect(seen).toEqual(['down', 'up']);
  expect((await pool.query('SELECT n FROM kept')).rows).toEqual([{ n: 7 }]);
});

/** A process that starts the cluster of the folder, says its URL, and stays. */
async function startHolder(): Promise<{ holder: ChildProcess; url: string }> {
  const program = `
    import { startEmbedded } from '#hub/db/embedded.ts';
    import { silentLogger as logger } from '#shared/runtime/logger.ts';
    const embedded = await startEmbedded({ folder: ${JSON.stringify(folder)}, logger });
    process.stdout.write(embedded.url);
    setInterval(() => undefined, 1000);`;
  const holder = spawn(process.execPath, ['--input-type=module', '--eval', program], {
    cwd: join(import.meta.dirname, '../..'),
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  running.push({
    stop: async () => {
      if (holder.exitCode !== null || holder.signalCode !== null) return;
      holder.kill('SIGKILL');
      await once(holder, 'exit');
    },
  });
  const [url] = await Promise.race([
    once(holder.stdout, 'data'),
    once(holder, 'exit').then(() => Promise.reject(new Error('the holder ended'))),
  ]);
  return { holder, url: String(url) };
}

/** Ended, or a zombie: in a container nobody may collect the children of a killed process. */
async function hasEnded(pid: number): Promise<boolean> {
  const state = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
  if (state.includes(') Z ')) return true;
  try {
    process.kill(pid, 0);
    return false;
  } catch {
    return true;
  }
}

it('takes over the PostgreSQL that a killed hub left running', async () => {
  const { holder, url } = await startHolder();
  const pool = open(url);
  await pool.query('CREATE TABLE kept AS SELECT 1 AS n');
  const orphan = Number.parseInt(await readFile(join(folder, 'pgdata', 'postmaster.pid'), 'utf8'), 10);
  holder.kill('SIGKILL');
  await once(holder, 'exit');
  await expect(pool.query('SELECT 1')).resolves.toBeDefined();
  const embedded = await start();
  expect(embedded.pid).not.toBe(orphan);
  expect(await hasEnded(orphan)).toBe(true);
  expect(embedded.url).toBe(url);
  expect((await pool.query('SELECT n FROM kept')).rows).toEqual([{ n: 1 }]);
});

it('refuses a folder that a living hub uses, and leaves its PostgreSQL alone', async () => {
  const embedded = await start();
  await expect(startEmbedded({ folder, logger: silentLogger })).rejects.toMatchObject({ code: 'FOLDER_IN_USE' });
  await expect(open(embedded.url).query('SELECT 1')).resolves.toBeDefined();
});

it('does not stop a stranger whose pid the lock file happens to name', async () => {
  const embedded = await start();
  await open(embedded.url).query('CREATE TABLE kept AS SELECT 1 AS n');
  const file = join(folder, 'pgdata', 'postmaster.pid');
  const lockText = await readFile(file, 'utf8');
  await embedded.stop();
  const { uid, gid } = await stat(join(folder, 'pgdata'));
  const stranger = spawn('sleep', ['60'], { uid, gid, cwd: '/', stdio: 'ignore' });
  running.push({ stop: () => Promise.resolve(void stranger.kill('SIGKILL')) });
  await once(stranger, 'spawn');
  await writeFile(file, lockText.replace(/^\d+/, String(stranger.pid)));
  const again = await start();
  expect((await open(again.url).query('SELECT n FROM kept')).rows).toEqual([{ n: 1 }]);
  expect(stranger.signalCode).toBeNull();
});

it('begins again after a creation that was interrupted', async () => {
  await mkdir(join(folder, 'pgdata.new', 'base'), { recursive: true });
  await writeFile(join(folder, 'pgdata.new', 'PG_VERSION'), '18\n');
  await mkdir(join(folder, 'pgdata'));
  const embedded = await start();
  await expect(open(embedded.url).query('SELECT 1')).resolves.toBeDefined();
});

it('does not touch a folder that holds something else', async () => {
  await mkdir(join(folder, 'pgdata'));
  await writeFile(join(folder, 'pgdata', 'PG_VERSION'), '13\n');
  await expect(startEmbedded({ folder, logger: silentLogger })).rejects.toMatchObject({ code: 'PG_START_FAILED' });
  expect(await readFile(join(folder, 'pgdata', 'PG_VERSION'), 'utf8')).toBe('13\n');
});

it('says why PostgreSQL does not start, with its own words', async () => {
  const failing = startEmbedded({ folder, logger: silentLogger, settings: { shared_buffers: 'much' } });
  await expect(failing).rejects.toMatchObject({
    code: 'PG_START_FAILED',
    message: expect.stringContaining('invalid value for parameter "shared_buffers"') as string,
  });
  await expect(start()).resolves.toBeDefined();
});

it('is durable by its settings, reached by password only, and keeps the password to itself', async () => {
  const logged: string[] = [];
  const embedded = await start(pino({ level: 'trace' }, { write: (line: string) => void logged.push(line) }));
  const pool = open(embedded.url);
  const { rows } = await pool.query<{ name: string; setting: string }>(
    `SELECT name, setting FROM pg_settings WHERE name IN ('fsync', 'full_page_writes', 'synchronous_commit', 'data_checksums',
       'listen_addresses', 'TimeZone', 'server_encoding')`,
  );
  expect(Object.fromEntries(rows.map((row) => [row.name, row.setting]))).toEqual({
    fsync: 'on',
    full_page_writes: 'on',
    synchronous_commit: 'on',
    data_checksums: 'on',
    listen_addresses: '127.0.0.1',
    TimeZone: 'UTC',
    server_encoding: 'UTF8',
  });
  const { password } = new URL(embedded.url);
  await expect(open(embedded.url.replace(password, 'wrong')).query('SELECT 1')).rejects.toMatchObject({
    code: '28P01',
  });
  await pool.query('SELECT $1::int', ['not-for-the-log']).catch(() => undefined);
  await embedded.restart();
  expect(logged.length).toBeGreaterThan(3);
  expect(logged.join('')).not.toContain(password);
  const { mode } = await stat(join(folder, 'pg-password'));
  expect(process.platform === 'win32' || (mode & 0o077) === 0).toBe(true);
});
