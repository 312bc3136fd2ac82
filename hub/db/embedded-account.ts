import { stat } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import type { Logger } from '#shared/runtime/logger.ts';
import { ShelfwireError } from '#shared/protocol/errors.ts';
import { runProgram, type Identity } from './embedded-process.ts';

const OWN_ACCOUNT = 'shelfwire-pg';
const DISTRIBUTION_ACCOUNT = 'postgres';

/**
 * The account that PostgreSQL runs as. It refuses root, so as root: the owner of an existing cluster, else the system
 * account `shelfwire-pg` (created when missing), else `postgres`. Undefined: as ourselves, since we are not root.
 * Throws PG_ACCOUNT when there is none, or when this process may not switch to it (a container without CAP_SETUID).
 */
export async function accountFor(pgdata: string, logger: Logger): Promise<Identity | undefined> {
  if (process.getuid?.() !== 0) return undefined;
  const identity = (await ownerOf(pgdata)) ?? (await systemAccount(logger));
  if (identity === undefined) {
    throw new ShelfwireError(
      'PG_ACCOUNT',
      'PostgreSQL does not run as root, and no system account could be made for it.',
    );
  }
  const trial = await runProgram('/bin/sh', ['-c', ':'], { identity });
  if (trial.code !== 0) {
    throw new ShelfwireError('PG_ACCOUNT', `This process may not run programs as uid ${identity.uid}: ${trial.output}`);
  }
  return identity;
}

async function ownerOf(pgdata: string): Promise<Identity | undefined> {
  const found = await stat(pgdata).catch(() => undefined);
  return found === undefined || found.uid === 0 ? undefined : { uid: found.uid, gid: found.gid };
}

async function systemAccount(logger: Logger): Promise<Identity | undefined> {
  const existing = await lookUp(OWN_ACCOUNT);
  if (existing !== undefined) return existing;
  const made = await runProgram('useradd', [
    '--system',
    '--no-create-home',
    '--shell',
    '/usr/sbin/nologin',
    OWN_ACCOUNT,
  ]);
  if (made.code === 0) logger.info({ account: OWN_ACCOUNT }, 'system account created: PostgreSQL does not run as root');
  // Another hub that starts at the same moment may hold the account file's lock; its account serves both.
  for (let attempt = 0; attempt < 10; attempt += 1) {
    const account = await lookUp(OWN_ACCOUNT);
    if (account !== undefined) return account;
    await delay(50);
  }
  logger.warn({ reason: made.output }, `no account ${OWN_ACCOUNT}; trying ${DISTRIBUTION_ACCOUNT}`);
  return lookUp(DISTRIBUTION_ACCOUNT);
}

async function lookUp(name: string): Promise<Identity | undefined> {
  const [uid, gid] = await Promise.all([runProgram('id', ['-u', name]), runProgram('id', ['-g', name])]);
  if (uid.code !== 0 || gid.code !== 0) return undefined;
  return { uid: Number(uid.output), gid: Number(gid.output) };
}
