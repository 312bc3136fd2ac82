import { appendFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { Delivery, Posting } from '../input/delivery.ts';
import { byStore } from '../input/plan.ts';
import type { StoreCode } from '../input/rules.ts';

/** Where a store's machines hand over. */
export interface StoreDoor {
  readonly url: string;
  readonly token: string;
  readonly salesFolder: string;
  readonly countsFolder: string;
}

/** What the machines of one store have seen. */
export interface StoreTally {
  /** Keys that were handed over at least once. */
  readonly fed: Set<string>;
  files: number;
  posts: number;
  duplicates: number;
  refused: number;
  /** Requests that got no answer and were sent again with the same key. */
  retries: number;
}

const ANSWER_MS_MAX = 10_000;
const RETRY_MS = 150;
const PIECE_PAUSE_MS = 120;

/** Plays the stores' tills: hands everything over at its time, and again until it was answered, as a till must. */
export class Feeder {
  readonly tally: Readonly<Record<StoreCode, StoreTally>> = byStore(() => ({
    fed: new Set<string>(),
    files: 0,
    posts: 0,
    duplicates: 0,
    refused: 0,
    retries: 0,
  }));
  /** Answers that were not as they must be. */
  readonly surprises: string[] = [];
  readonly #doors: Readonly<Record<StoreCode, StoreDoor>>;
  readonly #signal: AbortSignal;
  #day = 0;

  constructor(doors: Readonly<Record<StoreCode, StoreDoor>>, signal: AbortSignal) {
    this.#doors = doors;
    this.#signal = signal;
  }

  /** Trading days that have passed. */
  get day(): number {
    return this.#day;
  }

  /** Resolves when everything was handed over and answered. `days` trading days take `spanMs`. */
  async run(deliveries: readonly Delivery[], days: number, spanMs: number): Promise<void> {
    const startedAt = performance.now();
    const tills = byStore(() => Promise.resolve());
    const drops: Promise<void>[] = [];
    for (const delivery of deliveries) {
      const waitMs = startedAt + (delivery.day / days) * spanMs - performance.now();
      if (waitMs > 0) await delay(waitMs, undefined, { signal: this.#signal });
      this.#day = Math.max(this.#day, delivery.day);
      const { store } = delivery;
      if (delivery.way === 'drop') drops.push(this.#drop(delivery));
      else tills[store] = tills[store].then(() => this.#post(delivery));
    }
    await Promise.all([...Object.values(tills), ...drops]);
    this.#day = days;
  }

  async #drop(delivery: Extract<Delivery, { way: 'drop' }>): Promise<void> {
    const door = this.#doors[delivery.store];
    const tally = this.tally[delivery.store];
    const folder = delivery.feed === 'sales' ? door.salesFolder : door.countsFolder;
    const path = join(folder, delivery.name);
    if (delivery.inPieces) {
      const cut = Math.ceil(delivery.text.length / 3);
      for (let from = 0; from < delivery.text.length; from += cut) {
        if (from > 0) await delay(PIECE_PAUSE_MS);
        await appendFile(path, delivery.text.slice(from, from + cut));
      }
    } else {
      await writeFile(`${path}.tmp`, delivery.text);
      await rename(`${path}.tmp`, path);
    }
    tally.files++;
    for (const key of delivery.keys) tally.fed.add(key);
  }

  async #post(delivery: Extract<Delivery, { way: 'post' }>): Promise<void> {
    const { store, postings } = delivery;
    for (const posting of postings)
      if (posting.answer === 'taken' && posting.key) this.tally[store].fed.add(posting.key);
    if (delivery.asArray) {
      const answer = await this.#send(store, `[${postings.map(({ text }) => text).join(',')}]`);
      const results = (answer.body as { results?: Result[] }).results ?? [];
      for (const [index, posting] of postings.entries()) this.#check(store, posting, results[index]);
      return;
    }
    for (const posting of postings) {
      const answer = await this.#send(store, posting.text);
      this.#check(store, posting, answer.body as Result);
    }
  }

  #check(store: StoreCode, posting: Posting, result: Result | undefined): void {
    const tally = this.tally[store];
    tally.posts++;
    if (result?.status === 'duplicate') tally.duplicates++;
    const code = result?.code;
    if (code !== undefined) tally.refused++;
    const answer = result?.status === 'appended' || result?.status === 'duplicate' ? 'taken' : code;
    if (answer === posting.answer) return;
    this.surprises.push(
      `${store} answered ${answer ?? 'nothing'} instead of ${posting.answer}: ${posting.text.slice(0, 200)}`,
    );
  }

  /** Sends until there is an answer that is final; the key makes that safe. */
  async #send(store: StoreCode, text: string): Promise<{ status: number; body: unknown }> {
    const door = this.#doors[store];
    for (;;) {
      this.#signal.throwIfAborted();
      try {
        const response = await fetch(`${door.url}/v1/facts`, {
          method: 'POST',
          headers: { authorization: `Bearer ${door.token}`, 'content-type': 'application/json' },
          body: text,
          signal: AbortSignal.timeout(ANSWER_MS_MAX),
        });
        const body: unknown = await response.json();
        if (response.status < 500 && response.status !== 429) return { status: response.status, body };
      } catch {
        // The agent is down or the connection broke in the middle: nobody knows whether it was taken.
      }
      this.tally[store].retries++;
      await delay(RETRY_MS);
    }
  }
}

/** An item of the agent's answer, or its problem document. */
interface Result {
  readonly status?: string | number;
  readonly code?: string;
}
