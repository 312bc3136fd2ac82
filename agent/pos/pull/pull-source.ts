import { hash } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { ShelfwireError } from '#shared/protocol/errors.ts';
import { backoffMs } from '#shared/runtime/backoff.ts';
import { systemRandom, type Random } from '#shared/runtime/random.ts';
import { SourceCounters, type PosSource, type SourceContext, type SourceStatus } from '../source.ts';
import { CheckpointFile, type Checkpoint } from './checkpoint.ts';
import type { OrderReader, PulledOrder } from './order-reader.ts';
import type { PullFeed } from './pull-feed.ts';
import { afterPage, beginRound } from './rounds.ts';

const PAGE = 200;
const RETRY = { baseMs: 2_000, maxMs: 300_000 } as const;
const SEEN_MAX = 50_000;

/**
 * Reads the orders of a point of sale again and again, from where it came to the last time. A page is in the journal before
 * the checkpoint moves: what a crash leaves between is read once more, and known by its key (F4). Its times are the other
 * side's alone: a wrong clock here changes nothing.
 */
export class PullSource implements PosSource {
  readonly name: string;
  readonly #feed: PullFeed;
  readonly #reader: OrderReader;
  readonly #context: SourceContext;
  readonly #stateFolder: string;
  readonly #random: Random;
  readonly #counters = new SourceCounters();
  readonly #stopping = new AbortController();
  /** Orders in the overlap as they were taken: they need not go to the journal again and again. Two changes may be of one second. */
  readonly #seen = new Map<string, { readonly changedAt: string; readonly digest: string }>();
  #serverNow: string | null = null;
  #state: SourceStatus['state'] = 'stopped';
  #running: Promise<void> = Promise.resolve();

  constructor(feed: PullFeed, reader: OrderReader, context: SourceContext, stateFolder: string, random = systemRandom) {
    this.name = `${reader.prefix}:${feed.name}`;
    this.#feed = feed;
    this.#reader = reader;
    this.#context = { ...context, logger: context.logger.child({ source: this.name }) };
    this.#stateFolder = stateFolder;
    this.#random = random;
  }

  async start(): Promise<void> {
    mkdirSync(this.#stateFolder, { recursive: true });
    const checkpoints = new CheckpointFile(this.#stateFolder, this.name.replace(':', '-'));
    const { from } = this.#feed;
    const beginning = () => this.#reader.textOf(from === undefined ? this.#context.clock.now() : Date.parse(from));
    checkpoints.read(beginning);
    this.#state = 'busy';
    this.#running = this.#run(
      () => checkpoints.read(beginning),
      (next) => checkpoints.save(next),
    );
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#running;
    this.#state = 'stopped';
  }

  status(): SourceStatus {
    return this.#counters.status(this.name, this.#state);
  }

  async #run(read: () => Checkpoint, save: (next: Checkpoint) => void): Promise<void> {
    const { logger } = this.#context;
    let failures = 0;
    while (!this.#stopping.signal.aborted) {
      try {
        this.#state = 'busy';
        await this.#round(read, save);
        failures = 0;
        this.#counters.lastError = undefined;
        this.#state = 'ready';
        await this.#rest(this.#feed.everySeconds * 1_000);
      } catch (error) {
        if (this.#stopping.signal.aborted) return;
        const failure = asCoded(error);
        this.#counters.lastError = failure;
        logger.warn({ err: failure, code: failure.code }, 'orders could not be read; tried again');
        this.#state = 'waiting';
        const asked = failure.context['retryAfterMs'];
        const delayMs = backoffMs(RETRY, (failures += 1), this.#random);
        await this.#rest(Math.max(typeof asked === 'number' ? asked : 0, delayMs));
      }
    }
  }

  /** From the checkpoint to the newest; a page after the other. */
  async #round(read: () => Checkpoint, save: (next: Checkpoint) => void): Promise<void> {
    const reader = this.#reader;
    const rules = { reader, overlapMs: this.#feed.overlapMinutes * 60_000 };
    for (;;) {
      const before = read();
      const round = before.round ?? beginRound(before, this.#serverNow, rules);
      const { since, after } = round;
      const page = await reader.read({ since, after, limit: PAGE, signal: this.#stopping.signal });
      this.#serverNow = page.serverNow;
      await this.#take(page.orders);
      save(afterPage(before, round, page));
      if (page.next === null) {
        for (const [id, { changedAt }] of this.#seen) if (changedAt < since) this.#seen.delete(id);
        return;
      }
      this.#stopping.signal.throwIfAborted();
    }
  }

  async #take(orders: readonly PulledOrder[]): Promise<void> {
    const { intake } = this.#context;
    const fresh = orders.filter((order) => this.#seen.get(order.id)?.digest !== digestOf(order));
    const arrivals = fresh.flatMap(({ facts, verbatim }) =>
      'documents' in facts ? facts.documents.map((submission) => ({ submission, verbatim: () => verbatim })) : [],
    );
    for (let from = 0; from < arrivals.length; from += PAGE) {
      for (const { status } of await intake.take(this.name, arrivals.slice(from, from + PAGE)))
        this.#counters[status] += 1;
    }
    const rejected = fresh.flatMap(({ id, facts, verbatim, key }) => {
      if (!('rejected' in facts)) return [];
      return [{ code: 'PULLED_ORDER_INVALID' as const, detail: `Order ${id}: ${facts.rejected}`, verbatim, key }];
    });
    await intake.setAside(this.name, rejected);
    this.#counters.refused += rejected.length;
    for (const order of fresh) this.#seen.set(order.id, { changedAt: order.changedAt, digest: digestOf(order) });
    for (const id of this.#seen.keys()) if (this.#seen.size > SEEN_MAX) this.#seen.delete(id);
  }

  #rest(delayMs: number): Promise<void> {
    const { signal } = this.#stopping;
    if (signal.aborted) return Promise.resolve();
    return new Promise((resolve) => {
      const cancel = this.#context.clock.after(delayMs, resolve);
      signal.addEventListener('abort', () => (cancel(), resolve()), { once: true });
    });
  }
}

/** An order that could not be taken is another one when it can: what was wrong may have been beside it, at a product. */
const digestOf = ({ verbatim, facts }: PulledOrder): string =>
  hash('sha256', 'rejected' in facts ? `${facts.rejected}\n${verbatim}` : verbatim, 'base64');

function asCoded(error: unknown): ShelfwireError {
  if (error instanceof ShelfwireError) return error;
  const isDisk = typeof (error as NodeJS.ErrnoException).errno === 'number';
  const code = !isDisk
    ? 'INTERNAL'
    : (error as NodeJS.ErrnoException).code === 'ENOSPC'
      ? 'STORAGE_FULL'
      : 'STORAGE_IO';
  return new ShelfwireError(code, error instanceof Error ? error.message : String(error), { cause: error });
}
