import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { chmod, chown, lchown, mkdir, open, readdir, readFile, realpath, rename, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Logger } from '#shared/runtime/logger.ts';
import { ShelfwireError } from '#shared/protocol/errors.ts';
import type { PostgresBinaries } from './embedded-binaries.ts';
import { runProgram, type Identity } from './embedded-process.ts';

/** The superuser of an embedded cluster; the hub's own, since nobody else uses it. */
export const DATABASE_USER = 'shelfwire';

export interface PreparedCluster {
  readonly pgdata: string;
  readonly password: string;
}

/**
 * Makes the folder reachable for the account, and the cluster when there is none. A cluster is built beside its place
 * and renamed into it, so a crash in the middle leaves nothing that looks like one: it is begun again.
 */
export async function prepareCluster(options: {
  folder: string;
  binaries: PostgresBinaries;
  identity: Identity | undefined;
  logger: Logger;
}): Promise<PreparedCluster> {
  const { folder, binaries, identity, logger } = options;
  if (identity !== undefined) await letAccountIn(folder, identity);
  const pgdata = join(folder, 'pgdata');
  const fresh = !(await holdsCluster(pgdata, binaries.version));
  const password = await passwordOf(folder, identity, fresh);
  if (fresh) {
    logger.info({ pgdata }, 'creating the PostgreSQL cluster');
    await createCluster(folder, pgdata, binaries, identity);
  } else if (identity !== undefined && (await stat(pgdata)).uid === 0) {
    await chownAll(pgdata, identity);
  }
  return { pgdata, password };
}

/** Lets the account pass through our own folder, and checks that it can pass through the parents, which are not ours. */
async function letAccountIn(folder: string, identity: Identity): Promise<void> {
  const place = await realpath(folder);
  const ancestors: string[] = [];
  for (let at = dirname(place); ; at = dirname(at)) {
    ancestors.unshift(at);
    if (at === dirname(at)) break;
  }
  const probe = 'for d do (cd "$d") 2>/dev/null || { printf %s "$d"; exit 1; }; done';
  const enter = (...places: string[]) => runProgram('/bin/sh', ['-c', probe, 'sh', ...places], { identity });
  const parents = await enter(...ancestors);
  if (parents.code !== 0) {
    throw new ShelfwireError(
      'PG_FOLDER_UNREACHABLE',
      `PostgreSQL's account (uid ${identity.uid}) may not enter ${parents.output}, so it cannot reach ${folder}.`,
      { context: { folder, closed: parents.output } },
    );
  }
  if ((await enter(place)).code === 0) return;
  const { mode } = await stat(place);
  await chown(place, -1, identity.gid);
  await chmod(place, (mode & 0o777) | 0o010);
}

/** True when the folder holds a finished cluster of this major version; false when it is absent or empty. */
async function holdsCluster(pgdata: string, version: string): Promise<boolean> {
  const entries = await readdir(pgdata).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return [];
    throw error;
  });
  if (entries.length === 0) return false;
  const found = (await readFile(join(pgdata, 'PG_VERSION'), 'utf8').catch(() => 'no')).trim();
  const major = version.split('.')[0];
  if (found === major) return true;
  throw new ShelfwireError(
    'PG_START_FAILED',
    `${pgdata} holds ${found} PostgreSQL cluster; version ${major} is needed.`,
    {
      context: { pgdata, found, needed: major },
    },
  );
}

async function passwordOf(folder: string, identity: Identity | undefined, fresh: boolean): Promise<string> {
  const file = join(folder, 'pg-password');
  const kept = existsSync(file) ? (await readFile(file, 'utf8')).trim() : '';
  if (kept !== '') {
    if (identity !== undefined) await chown(file, identity.uid, identity.gid);
    return kept;
  }
  if (!fresh) {
    throw new ShelfwireError('PG_START_FAILED', `${file} is missing; restore it from the backup of the data folder.`);
  }
  const password = randomBytes(32).toString('base64url');
  await writeDurably(file, `${password}\n`);
  // initdb reads it as the account.
  if (identity !== undefined) await chown(file, identity.uid, identity.gid);
  return password;
}

async function createCluster(
  folder: string,
  pgdata: string,
  binaries: PostgresBinaries,
  identity: Identity | undefined,
): Promise<void> {
  const building = `${pgdata}.new`;
  await rm(building, { recursive: true, force: true });
  await mkdir(building, { mode: 0o700 });
  if (identity !== undefined) await chown(building, identity.uid, identity.gid);
  const made = await runProgram(
    binaries.initdb,
    [
      `--pgdata=${building}`,
      `--username=${DATABASE_USER}`,
      `--pwfile=${join(folder, 'pg-password')}`,
      '--auth=scram-sha-256',
      '--encoding=UTF8',
      '--locale-provider=builtin',
      '--builtin-locale=C.UTF-8',
      '--locale=C',
      '--data-checksums',
    ],
    { identity, cwd: folder, timeoutMs: 120_000 },
  );
  if (made.code !== 0) {
    throw new ShelfwireError('PG_START_FAILED', `The PostgreSQL cluster could not be created: ${made.output}`, {
      context: { pgdata },
    });
  }
  await rm(pgdata, { recursive: true, force: true });
  await rename(building, pgdata);
  await syncFolder(folder);
}

async function writeDurably(file: string, text: string): Promise<void> {
  const temporary = `${file}.new`;
  await rm(temporary, { force: true });
  const handle = await open(temporary, 'wx', 0o600);
  try {
    await handle.writeFile(text);
    await handle.sync();
  } finally {
    await handle.close();
  }
  await rename(temporary, file);
}

async function syncFolder(folder: string): Promise<void> {
  if (process.platform === 'win32') return; // Windows cannot open a folder; NTFS journals the rename itself.
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

async function chownAll(path: string, identity: Identity): Promise<void> {
  for (const entry of await readdir(path, { withFileTypes: true })) {
    const inner = join(path, entry.name);
    if (entry.isDirectory()) await chownAll(inner, identity);
    else await lchown(inner, identity.uid, identity.gid);
  }
  // The folder itself last: it is the mark that the whole was done.
  await lchown(path, identity.uid, identity.gid);
}
