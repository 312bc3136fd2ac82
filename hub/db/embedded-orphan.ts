import { readFile, readlink, realpath, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Logger } from '#shared/runtime/logger.ts';
import { ShelfwireError } from '#shared/protocol/errors.ts';
import type { PostgresBinaries } from './embedded-binaries.ts';
import { runProgram, type Identity } from './embedded-process.ts';

/**
 * Stops the PostgreSQL that an earlier, killed hub left running on this cluster; does nothing when there is none.
 * The caller owns the folder's lock, so no living hub uses it.
 */
export async function stopOrphan(options: {
  pgdata: string;
  binaries: PostgresBinaries;
  identity: Identity | undefined;
  logger: Logger;
}): Promise<void> {
  const { pgdata, binaries, identity, logger } = options;
  const file = join(pgdata, 'postmaster.pid');
  const text = await readFile(file, 'utf8').catch(() => '');
  const pid = Number.parseInt(text, 10);
  if (!Number.isInteger(pid) || !isAlive(pid)) return;
  if (!(await isPostmasterOf(pid, pgdata))) {
    await disownPid(file, text);
    return;
  }
  logger.warn({ postmaster: pid }, 'stopping the PostgreSQL that an earlier hub left running');
  const stop = (mode: string) =>
    runProgram(binaries.pgCtl, ['stop', '-D', pgdata, '-m', mode, '-w', '-t', '20'], { identity, timeoutMs: 25_000 });
  if ((await stop('fast')).code === 0) return;
  const forced = await stop('immediate');
  if (forced.code === 0 || !isAlive(pid)) return;
  throw new ShelfwireError('PG_START_FAILED', `An earlier PostgreSQL (pid ${pid}) does not stop: ${forced.output}`, {
    context: { pid },
  });
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** After a reboot or in a container the pid may be another program's by now: that one must not be stopped. */
async function isPostmasterOf(pid: number, pgdata: string): Promise<boolean> {
  const place = await realpath(pgdata);
  if (process.platform === 'linux') return (await readlink(`/proc/${pid}/cwd`).catch(() => '')) === place;
  if (process.platform === 'win32') return true; // pg_ctl speaks to a pipe that only a postmaster opens.
  return (await runProgram('ps', ['-o', 'command=', '-p', String(pid)])).output.includes(place);
}

/**
 * A postmaster refuses to start while the pid in its lock file belongs to any living process. It makes an exception
 * for its own parent: so our pid takes that line, and the file's other lines still let it check that no backend of
 * the earlier one holds the shared memory. (Removing the file would remove that check.)
 */
async function disownPid(file: string, text: string): Promise<void> {
  if (process.platform === 'win32') return;
  await writeFile(file, text.replace(/^\d+/, String(process.pid)));
}
