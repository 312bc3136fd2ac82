import { type ErrorCode, ShelfwireError } from '#shared/protocol/errors.ts';

/** SQLite's primary result codes that the world causes, not our code: all others are passed on as they are. */
const CODE_BY_SQLITE_RESULT: Readonly<Record<number, ErrorCode>> = {
  5: 'STORAGE_BUSY', // BUSY: another process writes
  6: 'STORAGE_BUSY', // LOCKED
  7: 'STORAGE_IO', // NOMEM
  3: 'STORAGE_FORBIDDEN', // PERM
  8: 'STORAGE_FORBIDDEN', // READONLY
  10: 'STORAGE_IO', // IOERR
  11: 'STORAGE_DAMAGED', // CORRUPT
  13: 'STORAGE_FULL', // FULL
  14: 'STORAGE_IO', // CANTOPEN: a folder or a file that this account may not enter or make, and others
  26: 'STORAGE_DAMAGED', // NOTADB
};

const CODE_BY_ERRNO: Readonly<Record<string, ErrorCode>> = {
  ENOSPC: 'STORAGE_FULL',
  EDQUOT: 'STORAGE_FULL',
  EACCES: 'STORAGE_FORBIDDEN',
  EPERM: 'STORAGE_FORBIDDEN',
  EROFS: 'STORAGE_FORBIDDEN',
  EIO: 'STORAGE_IO',
  ENOTDIR: 'STORAGE_IO',
  EEXIST: 'STORAGE_IO',
};

/** Gives an error of SQLite or of the file system its code, with the file and the cause; others come back unchanged. */
export function toStorageError(error: unknown, path: string): unknown {
  if (!(error instanceof Error) || error instanceof ShelfwireError || !('code' in error)) return error;
  const code =
    error.code === 'ERR_SQLITE_ERROR' && 'errcode' in error
      ? CODE_BY_SQLITE_RESULT[Number(error.errcode) & 0xff]
      : CODE_BY_ERRNO[String(error.code)];
  if (code === undefined) return error;
  return new ShelfwireError(code, `${path}: ${error.message}`, { cause: error, context: { path } });
}
