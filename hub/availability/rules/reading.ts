import { Worker } from 'node:worker_threads';
import { ShelfwireError } from '#shared/protocol/errors.ts';
import { acceptRules, checkRead } from './check-rules.ts';
import type { KnownNames } from './check-references.ts';
import { readRules } from './read-rules.ts';
import type { RulesDocument } from './rules-document.ts';

/** A text that has been read, and is yet to be held against the names that the database knows. */
export interface Reading {
  /** Undefined when nothing could be made of the text. */
  readonly document: RulesDocument | undefined;
  /** Once. Throws RULES_INVALID with everything that is wrong. */
  check(known?: KnownNames): Promise<RulesDocument>;
}

/** What the thread is told, and what it says. */
export type ReadingAsk =
  | { readonly kind: 'read'; readonly text: string }
  | { readonly kind: 'check'; readonly known?: KnownNames };
export type ReadingAnswer =
  | { readonly kind: 'read'; readonly document: RulesDocument | undefined }
  | { readonly kind: 'good' }
  | { readonly kind: 'bad'; readonly detail: string; readonly context: Record<string, unknown> };

/** Shorter ones take some tens of ms, about what a thread needs to begin. */
const INLINE_CHARS_MAX = 32 * 1024;
/** Far more than a document within RULES_LIMITS needs. */
const MEMORY_MB = 1024;
/** Threads at once: each takes a processor and some hundred MiB. */
const THREADS_MAX = 4;

let threads = 0;

/**
 * Reads a text and does something with it. A long one is read and checked in a thread of its own, which takes seconds for
 * megabytes: the hub goes on answering meanwhile. The thread has ended when this settles. Throws RATE_LIMITED when too many
 * are being read.
 */
export async function withReading<T>(text: string, work: (reading: Reading) => Promise<T>): Promise<T> {
  if (text.length <= INLINE_CHARS_MAX) {
    const read = readRules(text);
    return work({ document: read.document, check: async (known) => acceptRules(checkRead(read, known)) });
  }
  if (threads >= THREADS_MAX) {
    throw new ShelfwireError('RATE_LIMITED', `${threads} long documents of rules are being read already.`, {
      remedy: 'Send it again in some seconds.',
    });
  }
  threads += 1;
  const thread = new ReadingThread();
  try {
    const read = await thread.ask({ kind: 'read', text });
    if (read.kind !== 'read') throw new Error(`a thread was to read rules, and said ${read.kind}`);
    return await work({ document: read.document, check: (known) => thread.check(read.document, known) });
  } finally {
    await thread.end();
    threads -= 1;
  }
}

/** One question at a time. */
class ReadingThread {
  readonly #worker = new Worker(new URL('./reading-thread-entry.ts', import.meta.url), {
    name: 'rules',
    resourceLimits: { maxOldGenerationSizeMb: MEMORY_MB },
  });
  readonly #ended: Promise<never>;

  constructor() {
    this.#ended = new Promise((_, reject) => {
      this.#worker.once('error', reject);
      this.#worker.once('exit', (code) => reject(new Error(`the thread that reads rules ended with code ${code}`)));
    });
    // Told to whoever asks; nobody may be asking.
    this.#ended.catch(() => undefined);
  }

  ask(question: ReadingAsk): Promise<ReadingAnswer> {
    const answer = new Promise<ReadingAnswer>((resolve) => void this.#worker.once('message', resolve));
    this.#worker.postMessage(question, []);
    return Promise.race([answer, this.#ended]);
  }

  async check(document: RulesDocument | undefined, known: KnownNames | undefined): Promise<RulesDocument> {
    const checked = await this.ask({ kind: 'check', ...(known && { known }) });
    if (checked.kind === 'bad') throw new ShelfwireError('RULES_INVALID', checked.detail, { context: checked.context });
    if (document === undefined) throw new Error('A document without problems must be there.');
    return document;
  }

  async end(): Promise<void> {
    await this.#worker.terminate();
  }
}
