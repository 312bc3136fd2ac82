import { ErpFailure } from '../connector.ts';

/** No mark and no acknowledgement is larger. */
export const READ_BYTES_MAX = 4 * 1024 * 1024;

export type IsNeeded = (name: string) => Promise<boolean>;

/** A place for files, at hand or far away; names are below it. What fails throws an ErpFailure. */
export interface DropFiles {
  /** Undefined when there is none; throws ERP_ANSWER_INVALID for one larger than `READ_BYTES_MAX`. */
  readText(name: string): Promise<string | undefined>;
  exists(name: string): Promise<boolean>;
  /** Writes a file that was not there; it is on disk, whole, when it returns. */
  write(name: string, text: string): Promise<void>;
  /** Makes a file unless it is there; whether this call made it. Whole or not at all. */
  makeOnce(name: string, text: string): Promise<boolean>;
  /** Moves a file; that it is gone already says that somebody has. */
  moveOnce(from: string, to: string): Promise<void>;
  /** Names of files in a folder, in their order; those that begin with a dot are not meant to be seen yet. */
  list(folder: string): Promise<readonly string[]>;
  /** Removes files that were last written before an instant, unless `isNeeded` says of a name that it is. */
  removeOld(folder: string, beforeMs: number, isNeeded?: IsNeeded): Promise<void>;
  close(): void;
}

export function tooLarge(name: string): ErpFailure {
  return new ErpFailure('ERP_ANSWER_INVALID', `"${name}" is larger than ${READ_BYTES_MAX} bytes.`);
}
