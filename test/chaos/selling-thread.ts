import { Worker } from 'node:worker_threads';
import type { FactDraft } from '#shared/protocol/fact.ts';

/** What a thread with a store is begun with. */
export interface SellingStart {
  readonly code: string;
  readonly folder: string;
  readonly hubUrl: string;
  readonly token: string;
  readonly seed: number;
}

export type SellingOrder = { readonly id: number } & (
  | { readonly do: 'sell'; readonly sells: boolean }
  | { readonly do: 'progress' | 'close' | 'stop' }
);
interface Waiting {
  readonly resolve: (result: unknown) => void;
  readonly reject: (error: unknown) => void;
}
type Ask = Pick<SellingOrder, 'do'> & { readonly sells?: boolean };

/** A real store with the real sync in a thread of its own: RxDB's free form has no room for the collections of two in one. */
export class SellingThread {
  readonly #worker: Worker;
  readonly #waiting = new Map<number, Waiting>();
  #last = 0;

  private constructor(start: SellingStart) {
    this.#worker = new Worker(new URL('./selling-thread-entry.ts', import.meta.url), { workerData: start });
    this.#worker.on('message', ({ id, result }: { id: number; result: unknown }) => {
      this.#waiting.get(id)?.resolve(result);
      this.#waiting.delete(id);
    });
    this.#worker.on('error', (error) => {
      for (const { reject } of this.#waiting.values()) reject(error);
    });
  }

  static async open(start: SellingStart): Promise<SellingThread> {
    const thread = new SellingThread(start);
    await new Promise((resolve, reject) => thread.#waiting.set(0, { resolve, reject }));
    return thread;
  }

  async sell(sells: boolean): Promise<void> {
    await this.#ask({ do: 'sell', sells });
  }

  progress(): Promise<{ written: number; acked: number }> {
    return this.#ask({ do: 'progress' }) as Promise<{ written: number; acked: number }>;
  }

  /** Stops selling; gives all that was sold. */
  close(): Promise<FactDraft[]> {
    return this.#ask({ do: 'close' }) as Promise<FactDraft[]>;
  }

  async stop(): Promise<void> {
    await this.#ask({ do: 'stop' });
    await this.#worker.terminate();
  }

  #ask(order: Ask): Promise<unknown> {
    const id = (this.#last += 1);
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject });
      this.#worker.postMessage({ id, ...order }, []);
    });
  }
}
