import { mkdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { watch, type FSWatcher } from 'chokidar';
import { ShelfwireError, type ErrorCode } from '#shared/protocol/errors.ts';
import type { Intake } from '../intake.ts';
import { SourceCounters, type PosSource, type SourceContext, type SourceStatus } from '../source.ts';
import { DropFolder } from '#shared/files/drop-folder.ts';
import { endOf } from './file-end.ts';
import { Changed, Interrupted, type FileFormat, type OpenFile } from './file-format.ts';
import { printOf } from './file-print.ts';
import { FileQueue } from './file-queue.ts';
import { openingOf } from '#shared/files/opening.ts';
import { ReportDraft, type FileReport } from './file-report.ts';
import { SeenFiles } from './seen-files.ts';
import { isOwnFailure } from '#shared/files/stuck-files.ts';

const RETRY_MS = { base: 1_000, max: 60_000 } as const;

/**
 * One watched folder. A file that has stood still is claimed (`working/`), hashed, journaled in groups, then put into
 * `done/` or `rejected/` with a report beside it. After a crash in the middle it is read again from its beginning:
 * what was journaled already is recognised by its key (F4). One file at a time, oldest first. A file that changes while it is
 * read, or afterwards, is read again once it stands still; others go on meanwhile.
 */
export class FileSource implements PosSource {
  readonly name: string;
  readonly #format: FileFormat;
  readonly #context: SourceContext;
  readonly #stateFolder: string;
  readonly #folder: DropFolder;
  readonly #queue: FileQueue;
  readonly #counters = new SourceCounters();
  #state: SourceStatus['state'] = 'stopped';
  #stopping = false;
  #watcher: FSWatcher | undefined;
  #running: Promise<void> = Promise.resolve();
  #wake: () => void = () => {};
  #woken = false;

  /** `stateFolder` is where the list of seen files is kept, within the agent's data folder. */
  constructor(format: FileFormat, context: SourceContext, stateFolder: string) {
    const { prefix, feed } = format;
    this.name = `${prefix}:${feed.name}`;
    this.#format = format;
    this.#context = { ...context, logger: context.logger.child({ source: this.name }) };
    this.#stateFolder = stateFolder;
    this.#folder = new DropFolder(feed.folder, feed.endings);
    this.#queue = new FileQueue(this.#folder, format);
  }

  async start(): Promise<void> {
    const { prefix, feed } = this.#format;
    await mkdir(this.#stateFolder, { recursive: true });
    const seen = await SeenFiles.open(join(this.#stateFolder, `${prefix}-${feed.name}.seen.jsonl`), feed);
    this.#state = 'busy';
    this.#running = this.#run(seen);
  }

  async stop(): Promise<void> {
    this.#stopping = true;
    this.#look();
    await this.#watcher?.close();
    await this.#running;
    this.#state = 'stopped';
  }

  status(): SourceStatus {
    return this.#counters.status(this.name, this.#state);
  }

  #look(): void {
    this.#woken = true;
    this.#wake();
  }

  async #run(seen: SeenFiles): Promise<void> {
    let failures = 0;
    while (!this.#stopping) {
      try {
        this.#woken = false;
        const waitMs = await this.#takeNext(seen);
        failures = 0;
        this.#counters.lastError = this.#queue.error;
        if (waitMs > 0) await this.#rest(waitMs, true);
      } catch (error) {
        if (error instanceof Interrupted) return;
        this.#counters.lastError = asShelfwireError(error);
        this.#context.logger.error({ err: error }, 'the feed waits and tries again');
        this.#state = 'waiting';
        await this.#rest(Math.min(RETRY_MS.max, RETRY_MS.base * 2 ** Math.min(failures++, 10)), false);
      }
    }
  }

  /** Not at start: a share that is not mounted yet must keep neither the agent nor other sources from working. */
  async #watch(): Promise<void> {
    if (this.#watcher) return;
    await this.#folder.prepare();
    this.#watcher = watch(this.#folder.path, { depth: 0, ignoreInitial: true, persistent: true });
    this.#watcher
      .on('all', () => this.#look())
      .on('ready', () => this.#look())
      .on('error', (err) => this.#context.logger.warn({ err }, 'watching failed; looking now and then'));
  }

  /** Deals with one file; answers how long to wait before the next look, 0 when there may be more. */
  async #takeNext(seen: SeenFiles): Promise<number> {
    await this.#watch();
    const next = await this.#queue.next(() => this.#context.clock.monotonic());
    if (typeof next === 'string') return this.#processOrPass(next, seen);
    this.#state = 'ready';
    return next;
  }

  /** Answers as `#takeNext` does. What cannot be read for a reason of its own must not block what is behind it. */
  async #processOrPass(name: string, seen: SeenFiles): Promise<number> {
    const path = this.#folder.workingPath(name);
    try {
      await this.#process(name, seen);
      return 0;
    } catch (error) {
      if (error instanceof Changed) {
        this.#context.logger.warn({ file: name }, 'the file changed while it was read; it is read again');
        this.#queue.finished(name);
        return 0;
      }
      if (!isOwnFailure(error, path)) throw error;
      const err = this.#queue.passOver(name, path, error, this.#context.clock.monotonic());
      this.#context.logger.error({ err, file: name }, 'the file is passed over and tried again later');
      return 0;
    }
  }

  /** Throws Changed, when it is to be read again. */
  async #process(name: string, seen: SeenFiles): Promise<void> {
    this.#state = 'busy';
    const { clock, logger, intake } = this.#context;
    const path = this.#folder.workingPath(name);
    const startedAt = new Date(clock.now()).toISOString();
    const before = await stat(path);
    // Opening a pipe would wait for its writer.
    if (!before.isFile()) throw Object.assign(new Error('not a file'), { code: 'EISDIR' });
    const { sha256, hasGrown } = await printOf(path, seen.prints);
    const isOpenEnded = !this.#format.endsWhole(await endOf(path));
    const lastLook = async (): Promise<void> => {
      const after = await stat(path);
      if (after.size !== before.size || after.mtimeMs !== before.mtimeMs) throw new Changed();
    };
    const report = new ReportDraft();
    const isKnown = seen.find(sha256) !== undefined;
    const failure = isKnown ? undefined : await this.#take({ path, report, hasGrown, lastLook });
    try {
      await lastLook();
    } catch (error) {
      // What it was until then has been taken: what comes again with more behind it is known for the same file.
      if (error instanceof Changed && !failure && !isKnown) await seen.add(sha256, before.size, name, clock.now());
      throw error;
    }
    const outcome = failure ? 'rejected' : isKnown ? 'seenBefore' : 'taken';
    if (failure) await this.#setFileAside(intake, { path, name, sha256 }, failure);
    const finish = (file: string): FileReport =>
      report.finish(
        {
          file,
          feed: this.#format.feed.name,
          sha256,
          sizeBytes: before.size,
          isOpenEnded,
          startedAt,
          finishedAt: new Date(clock.now()).toISOString(),
          outcome,
        },
        failure,
      );
    const file = await this.#folder.finish(name, failure ? 'rejected' : 'done', finish);
    if (outcome === 'taken') await seen.add(sha256, before.size, file, clock.now());
    const done = { name: file, sha256, sizeBytes: before.size, modifiedMs: before.mtimeMs };
    this.#queue.finished(name, failure ? undefined : done);
    this.#counters.appended += report.factsAppended;
    this.#counters.duplicate += report.duplicates;
    this.#counters.refused += report.rowsRejected;
    const { rowsRead, factsAppended, duplicates, rowsRejected } = report;
    logger.info({ file, outcome, rowsRead, factsAppended, duplicates, rowsRejected, ...failure }, 'file dealt with');
  }

  /** Journals a file; answers why it is rejected as a whole. Throws what only waiting can cure. */
  async #take(
    file: Pick<OpenFile, 'path' | 'report' | 'hasGrown' | 'lastLook'>,
  ): Promise<{ code: ErrorCode; reason: string } | undefined> {
    const { intake, logger } = this.#context;
    try {
      await this.#format.take({ ...file, source: this.name, intake, isStopping: () => this.#stopping });
      return undefined;
    } catch (error) {
      if (error instanceof Interrupted || error instanceof Changed || isPassing(error)) throw error;
      if (error instanceof ShelfwireError) return { code: error.code, reason: error.message };
      // A file that we cannot cope with must not block the ones behind it.
      logger.error({ err: error, path: file.path }, 'unforeseen failure in a file');
      return { code: 'INTERNAL', reason: String(error).slice(0, 500) };
    }
  }

  /** A rejected file is kept whole in `rejected/`; its beginning stands in quarantine, where a person looks (F5). */
  async #setFileAside(
    intake: Intake,
    { path, name, sha256 }: { readonly path: string; readonly name: string; readonly sha256: string },
    failure: { code: ErrorCode; reason: string },
  ): Promise<void> {
    const detail = `The file ${name} was rejected: ${failure.reason} It is kept in ${join(this.#folder.path, 'rejected')}.`;
    const origin = { file: name, line: 0, header: null };
    const verbatim = await openingOf(path);
    const { code } = failure;
    await intake.setAside(this.name, [{ code, detail, verbatim, sha256, isWhole: false, origin, reopens: true }]);
  }

  /** Waits, but not when something has changed meanwhile (if it `listens`) or when stopping. */
  #rest(delayMs: number, listens: boolean): Promise<void> {
    if (this.#stopping || (listens && this.#woken)) return Promise.resolve();
    return new Promise((resolve) => {
      const cancel = this.#context.clock.after(delayMs, resolve);
      this.#wake = () => {
        if (!listens && !this.#stopping) return;
        cancel();
        resolve();
      };
    });
  }
}

const WAITING: ReadonlySet<ErrorCode> = new Set(['JOURNAL_CLOSED', 'QUARANTINE_FULL']);

/** Failures of the disk, the journal or the quarantine: the file is as good as before, so it is tried again. */
function isPassing(error: unknown): boolean {
  if (error instanceof ShelfwireError) return error.code.startsWith('STORAGE_') || WAITING.has(error.code);
  return typeof (error as NodeJS.ErrnoException).errno === 'number';
}

function asShelfwireError(error: unknown): ShelfwireError {
  if (error instanceof ShelfwireError) return error;
  const code = (error as NodeJS.ErrnoException).code === 'ENOSPC' ? 'STORAGE_FULL' : 'STORAGE_IO';
  return new ShelfwireError(code, error instanceof Error ? error.message : String(error), { cause: error });
}
