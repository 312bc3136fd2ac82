import { randomUUID } from 'node:crypto';
import { lstat } from 'node:fs/promises';
import { DropFolder, sha256OfFile } from '#shared/files/drop-folder.ts';
import { openingOf } from '#shared/files/opening.ts';
import { SettlingFiles } from '#shared/files/settling-files.ts';
import { isOwnFailure, StuckFiles } from '#shared/files/stuck-files.ts';
import { ShelfwireError, type ErrorCode } from '#shared/protocol/errors.ts';
import type { Logger } from '#shared/runtime/logger.ts';
import { isRetryable } from '#hub/db/sqlstates.ts';
import { withRetries } from '#hub/db/transaction.ts';
import { insertRejects } from '../rejects.ts';
import type { Source } from '../source.ts';
import type { TakeParts } from '../take-facts.ts';
import { claimFolder, holdFolder, releaseFolder } from './claim-folder.ts';
import { Interrupted, type FileContext } from './file-context.ts';
import { ReportDraft, type FileReport } from './file-report.ts';
import type { FileMapping } from './mapping.ts';
import { findSeen, mappingDigest, noteFile } from './seen-files.ts';
import { takeCsv } from './take-csv.ts';
import { takeJsonLines } from './take-json-lines.ts';

export interface FolderParts extends TakeParts {
  readonly logger: Logger;
  /** A file is taken once its size and time have stood still for so long. */
  readonly settleMs: number;
}

interface Failure {
  readonly code: ErrorCode;
  readonly detail: string;
}

/**
 * The folder of one source. A file that has stood still is claimed (`working/`), hashed, taken in a stream, then put into `done/`
 * or `rejected/` with a report beside it. After a crash in the middle it is read again from its beginning: what was taken is known
 * by its keys (F4). One file at a time, oldest first, by one hub at a time.
 */
export class SourceFolder {
  readonly #parts: FolderParts;
  readonly #folder: DropFolder;
  readonly #settling: SettlingFiles;
  readonly #stuck = new StuckFiles();
  readonly #claim = randomUUID();
  #prepared = false;

  constructor(path: string, parts: FolderParts) {
    this.#parts = parts;
    this.#folder = new DropFolder(path, ['.csv', '.txt', '.tsv', '.jsonl', '.ndjson']);
    this.#settling = new SettlingFiles(parts.settleMs);
  }

  /** Deals with one file, if one is there; whether there may be another. */
  async takeNext(source: Source, isStopping: () => boolean): Promise<boolean> {
    const { clock, pool } = this.#parts;
    if (!this.#prepared) await this.#folder.prepare();
    this.#prepared = true;
    const { ready } = this.#settling.see(await this.#folder.look(), clock.monotonic());
    const left = this.#stuck.next(await this.#folder.unfinished(), clock.monotonic());
    if ((left === undefined && ready.length === 0) || isStopping()) return false;
    if (!(await claimFolder(pool, source.source, this.#claim))) return false;
    try {
      if (left !== undefined) return await this.#processOrPass(left, source, isStopping);
      for (const name of ready) {
        const claimed = await this.#folder.claim(name);
        if (claimed !== undefined) return await this.#processOrPass(claimed, source, isStopping);
      }
      return false;
    } catch (error) {
      if (error instanceof Interrupted) return false;
      throw error;
    } finally {
      await releaseFolder(pool, source.source, this.#claim).catch(() => undefined);
    }
  }

  /** What cannot be read for a reason of its own must not block what is behind it. */
  async #processOrPass(name: string, source: Source, isStopping: () => boolean): Promise<boolean> {
    const path = this.#folder.workingPath(name);
    try {
      const isDone = await this.#process(name, source, isStopping);
      this.#stuck.delete(name);
      return isDone;
    } catch (error) {
      if (!isOwnFailure(error, path)) throw error;
      const err = this.#stuck.add(name, path, error, this.#parts.clock.monotonic());
      this.#parts.logger.error({ err, file: name }, 'the file is passed over and tried again later');
      return true;
    }
  }

  /** Whether it is dealt with: not when it changed while it was read. */
  async #process(name: string, source: Source, isStopping: () => boolean): Promise<boolean> {
    const { clock, pool, logger } = this.#parts;
    const path = this.#folder.workingPath(name);
    const startedAt = new Date(clock.now()).toISOString();
    // Not what a link leads to: whoever may write into the folder may not read what else the hub can. Opening a pipe would wait for its writer.
    const before = await lstat(path);
    if (!before.isFile()) throw Object.assign(new Error('not a file'), { code: 'EISDIR' });
    const sha256 = await sha256OfFile(path);
    const report = new ReportDraft();
    const mapping = source.settings.files.find(({ prefix }) => name.startsWith(prefix));
    const content = {
      source: source.source,
      sha256,
      mapping: mapping === undefined ? '' : mappingDigest(mapping, source.settings),
    };
    const seen = mapping === undefined ? undefined : await findSeen(pool, content);
    const isUnchanged = async (): Promise<boolean> => {
      const after = await lstat(path);
      return after.size === before.size && after.mtimeMs === before.mtimeMs && after.ino === before.ino;
    };
    const context: FileContext = {
      parts: this.#parts,
      source,
      report,
      path,
      way: `file ${name}`,
      sha256,
      writtenAt: Math.floor(before.mtimeMs),
      hold: (client) => holdFolder(client, source.source, this.#claim),
      isStopping,
    };
    let failure: Failure | undefined;
    if (seen === undefined) {
      const taken = await this.#take(context, mapping, isUnchanged);
      if (taken === 'changed') {
        // Its writer had only paused, and writes on into the claimed file: read it again when it is done.
        logger.warn({ file: name, source: source.code }, 'the file changed while it was read; it is read again');
        return false;
      }
      failure = taken;
    }
    const outcome: FileReport['outcome'] = failure ? 'rejected' : seen ? 'seenBefore' : 'taken';
    const reportOf = (file: string): FileReport => {
      const finishedAt = new Date(clock.now()).toISOString();
      const head = {
        file,
        source: source.code,
        mapping: mapping?.name ?? null,
        sha256,
        startedAt,
        finishedAt,
        outcome,
      };
      return report.finish(head, failure);
    };
    if (failure) await this.#keepRejected(context, failure);
    // Before it leaves working/: whoever is killed between the two finds it seen.
    if (!seen) await noteFile(pool, content, reportOf(name));
    await this.#folder.finish(name, failure ? 'rejected' : 'done', reportOf);
    logger.info({ file: name, source: source.code, outcome, rows: report.rowsRead, ...failure }, 'file dealt with');
    return true;
  }

  /** Undefined when it was taken, or why it is rejected as a whole. Throws what only waiting can cure. */
  async #take(
    context: FileContext,
    mapping: FileMapping | undefined,
    isUnchanged: () => Promise<boolean>,
  ): Promise<Failure | 'changed' | undefined> {
    if (mapping === undefined) {
      return { code: 'INBOUND_FILE_UNMAPPED', detail: 'No mapping of the source takes a file of this name.' };
    }
    try {
      const finish = mapping.format === 'csv' ? await takeCsv(context, mapping) : await takeJsonLines(context);
      if (!(await isUnchanged())) return 'changed';
      await finish?.();
      return undefined;
    } catch (error) {
      if (error instanceof Interrupted || isPassing(error)) throw error;
      if (error instanceof ShelfwireError) return { code: error.code, detail: error.message };
      // A file that we cannot cope with must not block the ones behind it.
      this.#parts.logger.error({ err: error, path: context.path }, 'unforeseen failure in a file');
      return { code: 'INTERNAL', detail: String(error).slice(0, 500) };
    }
  }

  /**
   * A rejected file is kept whole in `rejected/`; its beginning stands among the rejects, where a person looks (F5). Others may
   * begin alike: which one it is says its SHA-256, as does its report.
   */
  async #keepRejected({ source, path, way, sha256 }: FileContext, { code, detail }: Failure): Promise<void> {
    const verbatim = await openingOf(path);
    const told = `The file (SHA-256 ${sha256}) was rejected: ${detail}`;
    const reject = { way, line: null, code, detail: told, verbatim };
    await withRetries(() => insertRejects(this.#parts.pool, source.source, [reject]));
  }
}

/** Failures of the disk or the database: the file is as good as before, so it is tried again. */
function isPassing(error: unknown): boolean {
  if (error instanceof ShelfwireError && error.code === 'DB_UNAVAILABLE') return true;
  return isRetryable(error) || typeof (error as NodeJS.ErrnoException).errno === 'number';
}
