/** A place for files, at hand or far away; names are below it. What fails throws an ErpFailure. */
export interface DropFiles {
  readText(name: string): Promise<string | undefined>;
  exists(name: string): Promise<boolean>;
  /** Writes a file that was not there; it is on disk, whole, when it returns. */
  write(name: string, text: string): Promise<void>;
  /** Makes a file unless it is there; whether this call made it. Whole or not at all. */
  makeOnce(name: string, text: string): Promise<boolean>;
  /** Moves a file; that it is gone already says that somebody has. */
  moveOnce(from: string, to: string): Promise<void>;
  /** Names of what is in a folder, in their order; none when there is no such folder. */
  list(folder: string): Promise<readonly string[]>;
  /** Removes files that were last written before an instant. */
  removeOld(folder: string, beforeMs: number): Promise<void>;
  close(): void;
}
