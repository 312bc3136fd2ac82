import { randomBytes } from 'node:crypto';
import type { FileEntryWithStats, SFTPWrapper, Stats } from 'ssh2';
import { ErpFailure } from '../connector.ts';
import { READ_BYTES_MAX, tooLarge, type DropFiles } from './drop-files.ts';
import { SftpSession, type SftpError, type SftpServer } from './sftp-session.ts';

/** A status of the protocol. */
const NO_SUCH_FILE = 2;
const CHUNK_BYTES = 32 * 1024;

/**
 * A folder of an SFTP server. A rename of its third version fails when the target is there, so that of two that make a file
 * one is told that it did not.
 */
export function openSftp(
  { folder, ...server }: SftpServer & { readonly folder: string },
  folders: readonly string[],
): DropFiles {
  const at = (name: string): string => (name === '' ? folder : `${folder.replace(/\/+$/, '')}/${name}`);
  const session = new SftpSession(server, async (self) => {
    for (const name of folders) await makeFolder(self, at(name));
  });
  const exists = (path: string): Promise<boolean> =>
    unlessMissing(
      session.run<Stats>((sftp, done) => sftp.stat(path, done)),
      undefined,
    ).then((stats) => stats !== undefined);
  const remove = (path: string): Promise<unknown> =>
    session.run((sftp, done) => sftp.unlink(path, done)).catch(() => undefined);
  const write = async (path: string, text: string): Promise<void> => {
    const handle = await session.run<Buffer>((sftp, done) => sftp.open(path, 'wx', done));
    try {
      const bytes = Buffer.from(text, 'utf8');
      for (let from = 0; from < bytes.length; from += CHUNK_BYTES) {
        const length = Math.min(CHUNK_BYTES, bytes.length - from);
        await session.run((sftp, done) => sftp.write(handle, bytes, from, length, from, done));
      }
      await session.run((sftp, done) => sync(sftp, handle, done));
    } catch (error) {
      await session.run((sftp, done) => sftp.close(handle, done)).catch(() => undefined);
      await remove(path);
      throw error;
    }
    await session.run((sftp, done) => sftp.close(handle, done));
  };
  return {
    readText: (name) =>
      translating(async () => {
        const text = await unlessMissing(
          session.run<Buffer>((sftp, done) => readWhole(sftp, at(name), done)),
          undefined,
        );
        return text?.toString('utf8');
      }),
    exists: (name) => translating(() => exists(at(name))),
    write: (name, text) => translating(() => write(at(name), text)),
    makeOnce: (name, text) =>
      translating(async () => {
        const draft = `${at(name)}.${randomBytes(6).toString('hex')}`;
        await write(draft, text);
        try {
          await session.run((sftp, done) => sftp.rename(draft, at(name), done));
          return true;
        } catch (error) {
          if (error instanceof ErpFailure || !(await exists(at(name)))) throw error;
          await remove(draft);
          return false;
        }
      }),
    moveOnce: (from, to) =>
      translating(async () => {
        try {
          await session.run((sftp, done) => sftp.rename(at(from), at(to), done));
        } catch (error) {
          // Servers do not agree on what they say of a file that is gone.
          if (error instanceof ErpFailure || (await exists(at(from)))) throw error;
        }
      }),
    list: (name) =>
      translating(async () => {
        const entries = await session.run<FileEntryWithStats[]>((sftp, done) => sftp.readdir(at(name), done));
        return entries
          .filter(({ attrs, filename }) => attrs.isFile() && !filename.startsWith('.'))
          .map(({ filename }) => filename)
          .toSorted();
      }),
    removeOld: (name, beforeMs, isNeeded) =>
      translating(async () => {
        const entries = await session.run<FileEntryWithStats[]>((sftp, done) => sftp.readdir(at(name), done));
        const old = entries.filter(({ attrs }) => attrs.isFile() && attrs.mtime * 1_000 < beforeMs);
        for (const { filename } of old) {
          if ((await isNeeded?.(filename)) !== true) await remove(at(`${name}/${filename}`));
        }
      }),
    close: () => session.close(),
  };
}

async function makeFolder(session: SftpSession, path: string): Promise<void> {
  try {
    await session.ask((sftp, done) => sftp.mkdir(path, done));
  } catch (error) {
    if (error instanceof ErpFailure) throw error;
    const stats = await session.ask<Stats>((sftp, done) => sftp.stat(path, done)).catch(() => undefined);
    if (stats?.isDirectory() !== true) throw error;
  }
}

/** On disk, where the server can be asked for that; else it is up to the server. */
function sync(sftp: SFTPWrapper, handle: Buffer, done: (error?: SftpError | null) => void): void {
  try {
    sftp.ext_openssh_fsync(handle, done);
  } catch {
    done();
  }
}

function readWhole(
  sftp: SFTPWrapper,
  path: string,
  done: (error: SftpError | null | undefined, bytes?: Buffer) => void,
): void {
  sftp.stat(path, (error, stats) => {
    if (error) return done(error);
    if (stats.size > READ_BYTES_MAX) return done(tooLarge(path));
    sftp.readFile(path, (failure, bytes) => done(failure, bytes));
  });
}

async function unlessMissing<Result, Other>(asked: Promise<Result>, otherwise: Other): Promise<Result | Other> {
  try {
    return await asked;
  } catch (error) {
    if ((error as SftpError).code === NO_SUCH_FILE) return otherwise;
    throw error;
  }
}

/** A disk that is full, a folder that may not be written to: the same for every document, so they wait. */
async function translating<Result>(work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof ErpFailure) throw error;
    const { message } = error as SftpError;
    throw new ErpFailure('ERP_UNREACHABLE', `The SFTP server answered: ${message}.`, { cause: error });
  }
}
