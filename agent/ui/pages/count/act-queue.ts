import type { CountAct } from '#shared/agent-api/count-acts.ts';
import type { ActAnswer, ActsAnswer } from '#shared/agent-api/counts.ts';
import { Failure, isAbsent } from '../../api/failure.ts';
import type { KeptActs, Queued, WaitingAct } from './kept-acts.ts';

const AT_ONCE = 50;
const AGE_MS_MAX = 7 * 24 * 3_600_000;
const AGAIN_MS = 1_000;
const AGAIN_FAILED_MS = 3_000;

export interface QueueParts {
  readonly kept: KeptActs;
  readonly send: (acts: readonly CountAct[]) => Promise<ActsAnswer>;
  readonly now: () => number;
  readonly after: (delayMs: number, call: () => void) => () => void;
  /** Runs work while no other window of this browser sends the same. */
  readonly alone: (work: () => Promise<void>) => Promise<void>;
  /** What became of each act that was taken or known. */
  readonly onAnswer: (act: CountAct, answer: ActAnswer) => void;
}

/**
 * What somebody does while counting, on its way to the agent.
 *
 * - kept in the browser before anything else: a scan outlives a closed window and an agent that does not answer
 * - sent in its order, one request at a time, again until it is answered; its key makes a doubled one count once
 * - what the agent refuses is set aside with the reason, and does not stop what is behind it
 */
export class ActQueue {
  readonly #parts: QueueParts;
  readonly #listeners = new Set<() => void>();
  #sending = false;
  #stopped = true;
  #cancel: (() => void) | undefined;
  /** Why it does not go on; undefined while it does. */
  #trouble: Failure | undefined;

  constructor(parts: QueueParts) {
    this.#parts = parts;
  }

  /** As it is kept: another window may have added to it. */
  get queued(): Queued {
    return this.#parts.kept.queued;
  }

  get trouble(): Failure | undefined {
    return this.#trouble;
  }

  /** Kept when it returns. Throws when the browser has no room left: then nothing was done. */
  add(act: CountAct): void {
    this.#parts.kept.add(act, this.#parts.now());
    this.#changed();
    this.wake();
  }

  /** Somebody has read why these were refused. */
  dismissRefused(): void {
    this.#parts.kept.dismissRefused();
    this.#changed();
  }

  subscribe(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Begins to send what waits, until it is stopped. */
  start(): void {
    this.#stopped = false;
    this.wake();
  }

  /** Sends what waits, now. */
  wake(): void {
    this.#cancel?.();
    this.#cancel = undefined;
    if (this.#sending || this.#stopped) return;
    this.#sending = true;
    void this.#parts
      .alone(() => this.#sendAll())
      .catch((error: unknown) => this.#pause(asFailure(error)))
      .finally(() => {
        this.#sending = false;
        // What was added in the last moment.
        if (this.#trouble === undefined && this.queued.waiting.length > 0) this.wake();
      });
  }

  stop(): void {
    this.#stopped = true;
    this.#cancel?.();
  }

  async #sendAll(): Promise<void> {
    let atOnce = AT_ONCE;
    while (!this.#stopped) {
      const batch = this.queued.waiting.slice(0, atOnce);
      if (batch.length === 0) return;
      try {
        const sent = batch.map(({ act, doneAt }) => ({ ...act, ageMs: ageOf(doneAt, this.#parts.now()) }));
        const { acts } = await this.#parts.send(sent);
        this.#settle(batch, acts);
        this.#setTrouble(undefined);
        atOnce = AT_ONCE;
      } catch (error) {
        const failure = asFailure(error);
        const isWrong = failure.status === 400 || failure.status === 413 || failure.status === 422;
        if (!isWrong) throw error;
        // One of them is wrong as a whole: they go one by one.
        if (batch.length === 1) this.#refuse(batch, failure);
        atOnce = 1;
      }
    }
  }

  #settle(batch: readonly WaitingAct[], answers: readonly ActAnswer[]): void {
    const byKey = new Map(answers.map((answer) => [answer.key, answer]));
    const refusals = batch.flatMap(({ act }) => {
      const problem = byKey.get(act.key)?.problem;
      return problem ? [{ act, code: problem.code, detail: problem.detail }] : [];
    });
    const taken = answers.filter(({ problem }) => problem === null).map(({ key }) => key);
    this.#parts.kept.remove(new Set(taken));
    this.#parts.kept.setAside(refusals);
    this.#changed();
    for (const { act } of batch) {
      const answer = byKey.get(act.key);
      if (answer !== undefined) this.#parts.onAnswer(act, answer);
    }
  }

  #refuse(batch: readonly WaitingAct[], { code, message }: Failure): void {
    this.#parts.kept.setAside(batch.map(({ act }) => ({ act, code, detail: message })));
    this.#changed();
  }

  /** Tried again by itself; not when somebody has to sign in first, which opens the page anew. */
  #pause(failure: Failure): void {
    this.#setTrouble(failure);
    if (this.#stopped || failure.status === 401) return;
    const delayMs = failure.retryAfterMs ?? (isAbsent(failure) ? AGAIN_MS : AGAIN_FAILED_MS);
    this.#cancel = this.#parts.after(delayMs, () => this.wake());
  }

  #setTrouble(trouble: Failure | undefined): void {
    if (trouble === this.#trouble) return;
    this.#trouble = trouble;
    this.#changed();
  }

  #changed(): void {
    for (const listener of this.#listeners) listener();
  }
}

const ageOf = (doneAt: number, now: number): number => Math.min(AGE_MS_MAX, Math.max(0, Math.round(now - doneAt)));

const asFailure = (error: unknown): Failure =>
  error instanceof Failure ? error : new Failure({ code: 'INTERNAL', detail: String(error), status: 500 });
