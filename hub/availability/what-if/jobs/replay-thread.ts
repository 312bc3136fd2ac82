import { Worker } from 'node:worker_threads';
import { ShelfwireError, type WireError } from '#shared/protocol/errors.ts';
import type { PastOptions } from '../ledger-past.ts';
import type { Policy } from '../policy.ts';
import type { Report } from '../report.ts';
import type { Progress } from './job-claims.ts';

/** What a thread is given. */
export interface ThreadWork {
  readonly databaseUrl: string;
  readonly applicationName: string;
  readonly policies: readonly Policy[];
  readonly past: Omit<PastOptions, 'onRows'>;
}

/** What it says. */
export type ThreadMessage =
  | { readonly kind: 'progress'; readonly progress: Progress }
  | { readonly kind: 'done'; readonly report: Report }
  | { readonly kind: 'failed'; readonly error: WireError };

export interface ThreadOptions {
  /** Ends the thread wherever it is. */
  readonly signal: AbortSignal;
  /** Of JavaScript's heap; the numbers of shelves lie beside it. */
  readonly memoryMb: number;
  readonly onProgress: (progress: Progress) => void;
}

/**
 * Replays in a thread of its own, so that the hub goes on answering. The thread has ended when this settles. Throws what
 * the signal gives as its reason, WHAT_IF_OUT_OF_MEMORY, WHAT_IF_CRASHED, or what failed in it.
 */
export async function replayInThread(work: ThreadWork, options: ThreadOptions): Promise<Report> {
  const { signal, memoryMb } = options;
  signal.throwIfAborted();
  const thread = new Worker(new URL('./replay-thread-entry.ts', import.meta.url), {
    name: 'what-if',
    workerData: work,
    resourceLimits: { maxOldGenerationSizeMb: memoryMb },
  });
  const end = (): void => void thread.terminate();
  signal.addEventListener('abort', end, { once: true });
  try {
    return await resultOf(thread, options);
  } finally {
    signal.removeEventListener('abort', end);
    await thread.terminate();
  }
}

function resultOf(thread: Worker, { signal, memoryMb, onProgress }: ThreadOptions): Promise<Report> {
  return new Promise((resolve, reject) => {
    thread.on('message', (message: ThreadMessage) => {
      if (message.kind === 'progress') onProgress(message.progress);
      else if (message.kind === 'done') resolve(message.report);
      else reject(errorOf(message.error));
    });
    thread.on('error', (cause: NodeJS.ErrnoException) => {
      if (cause.code === 'ERR_WORKER_OUT_OF_MEMORY') {
        reject(new ShelfwireError('WHAT_IF_OUT_OF_MEMORY', `The replay needs more than ${memoryMb} MiB.`, { cause }));
      } else reject(new ShelfwireError('WHAT_IF_CRASHED', 'The replay ended by something unforeseen.', { cause }));
    });
    thread.on('exit', (code) => {
      const crash = () => new ShelfwireError('WHAT_IF_CRASHED', `The replay's thread ended with code ${code}.`);
      reject(signal.aborted ? signal.reason : crash());
    });
  });
}

function errorOf({ code, detail, remedy }: WireError): ShelfwireError {
  return new ShelfwireError(code, detail, { remedy });
}
