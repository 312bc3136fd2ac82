import type { Part } from '#shared/runtime/lifecycle.ts';
import type { Feed } from './feeds.ts';
import { configuredSource, type SourceParts } from './registry.ts';
import type { PosSource, SourceStatus } from './source.ts';

interface Running {
  readonly feed: Feed;
  readonly source: PosSource;
}

/** The sources that feeds are made into, each started, stopped and replaced by itself. */
export class ConfiguredSources implements Part {
  readonly name = 'feeds';
  readonly #parts: SourceParts;
  readonly #running = new Map<string, Running>();
  /** One change at a time. */
  #changing: Promise<unknown> = Promise.resolve();

  constructor(parts: SourceParts) {
    this.#parts = parts;
  }

  /** Starts a feed, in place of the one of that name. When it cannot be started, that one goes on, and this throws. */
  put(feed: Feed): Promise<void> {
    return this.#alone(async () => {
      const before = this.#running.get(feed.name);
      await before?.source.stop();
      try {
        await this.#start(feed);
      } catch (error) {
        if (before) await this.#start(before.feed);
        throw error;
      }
    });
  }

  remove(name: string): Promise<void> {
    return this.#alone(async () => {
      await this.#running.get(name)?.source.stop();
      this.#running.delete(name);
    });
  }

  stop(): Promise<void> {
    return this.#alone(async () => {
      await Promise.all([...this.#running.values()].map(({ source }) => source.stop()));
    });
  }

  status(): SourceStatus[] {
    return [...this.#running.values()].map(({ source }) => source.status());
  }

  /** The feed of a source, as facts and what is set aside name it: "csv:sales". */
  feedOf(source: string): Feed | undefined {
    return [...this.#running.values()].find((one) => one.source.name === source)?.feed;
  }

  /** By the feed's name. */
  statusOf(name: string): SourceStatus | undefined {
    return this.#running.get(name)?.source.status();
  }

  async #start(feed: Feed): Promise<void> {
    const source = configuredSource(feed, this.#parts);
    await source.start();
    this.#running.set(feed.name, { feed, source });
  }

  #alone(work: () => Promise<void>): Promise<void> {
    const result = this.#changing.then(work);
    this.#changing = result.catch(() => undefined);
    return result;
  }
}
