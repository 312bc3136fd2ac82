import type { StockView } from '#agent/store/stock-view.ts';
import type { StoreJournal } from '#agent/store/journal.ts';
import { VIEW_SKUS_MAX, type View } from '#shared/protocol/messages/view.ts';
import type { Clock } from '#shared/runtime/clock.ts';
import type { Logger } from '#shared/runtime/logger.ts';
import type { Connection } from './link.ts';

export type OwnView = Pick<StockView, 'settled' | 'skus' | 'onHand'>;

export interface ViewAnswersParts {
  readonly view: OwnView;
  readonly journal: Pick<StoreJournal, 'epoch' | 'lastSeq'>;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** A hub that does not answer a page by then is asked no more; it asks again itself. */
const PAGE_WITHIN_MS = 15_000;

/** Tells the hub, when it asks, what the store believes to have: one answer at a time, all of one instant. */
export class ViewAnswers {
  readonly #parts: ViewAnswersParts;
  #connection: Connection | null = null;
  /** The request that is being answered. */
  #answering: number | null = null;

  constructor(parts: ViewAnswersParts) {
    this.#parts = parts;
  }

  attach(connection: Connection): void {
    this.#connection = connection;
    this.#answering = null;
  }

  detach(): void {
    this.#connection = null;
    this.#answering = null;
  }

  /** Never rejects: whoever was not answered asks again. */
  async wanted(request: number): Promise<void> {
    const connection = this.#connection;
    if (connection === null || this.#answering !== null) return;
    this.#answering = request;
    try {
      await this.#parts.view.settled();
      for (const page of this.#pages(request)) {
        if (connection !== this.#connection) return;
        const answer = await this.#within(connection.view(page));
        if (answer?.ok === true) continue;
        this.#parts.logger.debug({ request, code: answer?.error.code }, 'the view of stock was not taken');
        return;
      }
    } catch (error) {
      this.#parts.logger.warn({ err: error, request }, 'the view of stock could not be told');
    } finally {
      if (connection === this.#connection) this.#answering = null;
    }
  }

  /** Read at once: between two pages the store goes on selling. */
  #pages(request: number): View[] {
    const { view, journal } = this.#parts;
    const units: { sku: string; onHand: number }[] = [];
    for (const sku of view.skus()) {
      const onHand = view.onHand(sku);
      if (onHand !== 0) units.push({ sku, onHand });
    }
    const { epoch, lastSeq: seq } = journal;
    const pages = Math.max(1, Math.ceil(units.length / VIEW_SKUS_MAX));
    return Array.from({ length: pages }, (_, page) => ({
      request,
      page,
      isLast: page === pages - 1,
      epoch,
      seq,
      units: units.slice(page * VIEW_SKUS_MAX, (page + 1) * VIEW_SKUS_MAX),
    }));
  }

  /** Undefined when the hub is silent: a request's promise may stay open for ever. */
  #within<T>(answering: Promise<T>): Promise<T | undefined> {
    return new Promise((resolve, reject) => {
      const cancel = this.#parts.clock.after(PAGE_WITHIN_MS, () => resolve(undefined));
      answering.then(resolve, reject).finally(cancel);
    });
  }
}
