import { createHash } from 'node:crypto';
import type { DatabaseSync } from 'node:sqlite';
import type { PouchAttachment, PouchDocument } from 'pouchdb-core';
import websqlAdapter from 'pouchdb-adapter-node-websql';
import { ShelfwireError } from '#shared/protocol/errors.ts';
import { toStorageError } from '../sqlite/storage-error.ts';
import { PouchDB } from './pouch-core.ts';
import { assertDurable, assertWebsqlVersion } from './assert-durable.ts';
import { openDurable, websqlOver, websqlVersion } from './websql-backend.ts';

PouchDB.plugin(websqlAdapter);

/** What each file says of itself, in Pouch's own local document: raised when an older agent could not read it. */
const LAYOUT = 1;
const HEADER_ID = '_local/shelfwire';
const PAGE = 5_000;

/** For tests: other ways to open a file, another version of `websql`. */
export interface PouchBackend {
  openDatabase?: (path: string) => DatabaseSync;
  websqlVersion?: string;
}

type Reject = (error: unknown) => void;

let opened = 0;

/**
 * One PouchDB in one SQLite file.
 *
 * - What `write` was given is on disk when it resolves (one transaction, one sync), and nothing of it when it rejects.
 * - Errors of SQLite leave it coded (`toStorageError`).
 */
export class PouchFile {
  readonly path: string;
  /** No seq up to this one is given again, whether its document is still here or not. */
  readonly floor: number;
  readonly #database: DatabaseSync;
  readonly #pouch: PouchDB;
  readonly #waiting: Set<Reject>;

  private constructor(path: string, floor: number, database: DatabaseSync, pouch: PouchDB, waiting: Set<Reject>) {
    this.path = path;
    this.floor = floor;
    this.#database = database;
    this.#pouch = pouch;
    this.#waiting = waiting;
  }

  /**
   * Opens or creates the file; `floor` is for a new one.
   * Errors: STORAGE_NOT_DURABLE, STORAGE_NEWER, STORAGE_DAMAGED, STORAGE_IO, STORAGE_FULL, STORAGE_BUSY.
   */
  static async open(path: string, backend: PouchBackend = {}, floor = 0): Promise<PouchFile> {
    assertWebsqlVersion(backend.websqlVersion ?? websqlVersion);
    const database = openOrCoded(path, backend.openDatabase ?? openDurable);
    try {
      assertDurable(database, path);
      const waiting = new Set<Reject>();
      const websql = websqlOver(database, path, (error) => {
        for (const reject of waiting) reject(error);
      });
      // The adapter keeps every database by its name for ever, also a closed one: no name is used twice.
      const pouch = new PouchDB(`shelfwire-${process.pid}-${++opened}`, {
        adapter: 'websql',
        websql: () => websql,
        auto_compaction: true,
        revs_limit: 1,
        // A random revision is cheaper than the digest of the document, and nobody compares two of these files.
        deterministic_revs: false,
      });
      const header = await orFailure(waiting, headerOf(pouch, floor));
      if (header.layout > LAYOUT) {
        throw new ShelfwireError('STORAGE_NEWER', `${path} has layout ${header.layout}, this agent knows ${LAYOUT}.`);
      }
      return new PouchFile(path, header.floor, database, pouch, waiting);
    } catch (error) {
      database.close();
      throw toStorageError(error, path);
    }
  }

  /** Answers the new revision of each document, in their order. */
  async write(documents: readonly PouchDocument[]): Promise<string[]> {
    const written = await orFailure(this.#waiting, this.#pouch.bulkDocs(documents));
    return written.map((result) => {
      if ('ok' in result) return result.rev;
      // Revisions are known, so Pouch has nothing to refuse: the file was changed by someone else.
      const why = result.message ?? 'conflict';
      throw new ShelfwireError('STORAGE_DAMAGED', `${this.path}: Pouch refused ${result.id}: ${why}`);
    });
  }

  /** All documents in the order of their last write, deleted ones as well, page by page. */
  async *read(): AsyncGenerator<PouchDocument[]> {
    for (let since = 0; ;) {
      const page = this.#pouch.changes({ since, limit: PAGE, include_docs: true });
      const { results, last_seq: lastSeq } = await orFailure(this.#waiting, page);
      if (results.length === 0) return;
      yield results.flatMap(({ doc }) => doc ?? []);
      since = lastSeq;
    }
  }

  readAttachment(id: string, name: string): Promise<Buffer<ArrayBuffer>> {
    return orFailure(this.#waiting, this.#pouch.getAttachment(id, name));
  }

  async close(): Promise<void> {
    await this.#pouch.close();
    this.#database.close();
  }
}

/** How an attachment that is in the file already is named in the next revision of its document. */
export function attachmentStub(data: Uint8Array, type: string): PouchAttachment {
  const digest = `md5-${createHash('md5').update(data).digest('base64')}`;
  return { stub: true, digest, content_type: type, length: data.length, revpos: 1 };
}

async function headerOf(pouch: PouchDB, floor: number): Promise<{ layout: number; floor: number }> {
  try {
    const header = await pouch.get(HEADER_ID);
    return { layout: Number(header['layout']), floor: Number(header['floor']) };
  } catch (error) {
    if (!(error instanceof Error) || !('status' in error) || error.status !== 404) throw error;
  }
  const header = { layout: LAYOUT, floor };
  await pouch.put({ _id: HEADER_ID, ...header });
  return header;
}

/** The work, or the failure of the transaction that it waits for: Pouch itself is not told of that one. */
async function orFailure<Result>(waiting: Set<Reject>, work: Promise<Result>): Promise<Result> {
  let stop: Reject | undefined;
  const failure = new Promise<never>((_, reject) => {
    stop = reject;
    waiting.add(reject);
  });
  try {
    return await Promise.race([work, failure]);
  } finally {
    if (stop !== undefined) waiting.delete(stop);
  }
}

function openOrCoded(path: string, open: (path: string) => DatabaseSync): DatabaseSync {
  try {
    return open(path);
  } catch (error) {
    throw toStorageError(error, path);
  }
}
