import { closeSync, fsyncSync, openSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { z } from 'zod';
import { describeIssues } from '../protocol/content.ts';
import { ShelfwireError, type ErrorCode } from '../protocol/errors.ts';

const CODES: Readonly<Record<string, ErrorCode>> = {
  ENOSPC: 'STORAGE_FULL',
  EDQUOT: 'STORAGE_FULL',
  EFBIG: 'STORAGE_FULL',
  EACCES: 'STORAGE_FORBIDDEN',
  EPERM: 'STORAGE_FORBIDDEN',
  EROFS: 'STORAGE_FORBIDDEN',
};

/**
 * A small private file (mode 0600) that commands write while the agent runs: it is read again when it has changed, so
 * what they change counts at once.
 */
export class JsonFile<Content> {
  readonly #path: string;
  readonly #schema: z.ZodType<Content>;
  readonly #empty: Content;
  #content: Content;
  #version = '';

  constructor(path: string, schema: z.ZodType<Content>, empty: Content) {
    this.#path = path;
    this.#schema = schema;
    this.#empty = empty;
    this.#content = empty;
  }

  /** As it is now. Throws CONFIG_INVALID when it cannot be understood. */
  get(): Content {
    const stat = statSync(this.#path, { throwIfNoEntry: false });
    const version = stat ? `${stat.ino} ${stat.mtimeMs} ${stat.size}` : '';
    if (version !== this.#version) {
      this.#content = this.#read();
      this.#version = version;
    }
    return this.#content;
  }

  /**
   * Another file, synced and renamed over the old one: neither a crash nor a full disk leaves half of one. Throws STORAGE_FULL,
   * STORAGE_FORBIDDEN, STORAGE_IO; then the old one is as it was.
   */
  set(content: Content): void {
    const temporary = `${this.#path}.${process.pid}.tmp`;
    try {
      const file = openSync(temporary, 'w', 0o600);
      try {
        // Not writeSync, which writes as much as there is room for and is content.
        writeFileSync(file, `${JSON.stringify(content, null, 2)}\n`);
        fsyncSync(file);
      } finally {
        closeSync(file);
      }
      renameSync(temporary, this.#path);
    } catch (cause) {
      rmSync(temporary, { force: true });
      const code = CODES[(cause as NodeJS.ErrnoException).code ?? ''] ?? 'STORAGE_IO';
      throw new ShelfwireError(code, `${this.#path} could not be written.`, { cause });
    }
  }

  #read(): Content {
    let text: string;
    try {
      text = readFileSync(this.#path, 'utf8');
    } catch (cause) {
      if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return this.#empty;
      throw new ShelfwireError('CONFIG_INVALID', `${this.#path} cannot be read.`, { cause });
    }
    try {
      return this.#schema.parse(JSON.parse(text));
    } catch (cause) {
      const why = cause instanceof z.ZodError ? describeIssues(cause) : 'it is not JSON';
      throw new ShelfwireError('CONFIG_INVALID', `${this.#path}: ${why}`, { cause });
    }
  }
}
