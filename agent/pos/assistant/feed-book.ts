import { join } from 'node:path';
import { z } from 'zod';
import type { FeedVersion } from '#shared/agent-api/sources.ts';
import { ShelfwireError } from '#shared/protocol/errors.ts';
import { JsonFile } from '#shared/runtime/json-file.ts';
import { parseFeed, type Feed } from '../feeds.ts';

const VERSIONS_MAX = 20;
const FEEDS_MAX = 50;

const version = z.strictObject({
  version: z.int().min(1),
  at: z.int(),
  by: z.string().max(128),
  feed: z.record(z.string(), z.unknown()).nullable(),
});
/** By the feed's name; the newest version first. One whose newest is null was removed. */
const book = z.strictObject({ feeds: z.record(z.string().max(64), z.array(version).min(1).max(VERSIONS_MAX)) });

/** The feeds that were made in the app, with how they were before, in `feeds.json` of the data folder. */
export class FeedBook {
  readonly #file: JsonFile<z.infer<typeof book>>;

  constructor(folder: string) {
    this.#file = new JsonFile(join(folder, 'feeds.json'), book, { feeds: {} });
  }

  /** Those that are in force. Throws CONFIG_INVALID. */
  feeds(): Feed[] {
    return Object.values(this.#file.get().feeds).flatMap(([newest]) => (newest?.feed ? [parseFeed(newest.feed)] : []));
  }

  /** The newest first; empty for one that was never here. */
  versions(name: string): readonly FeedVersion[] {
    return Object.hasOwn(this.#file.get().feeds, name) ? (this.#file.get().feeds[name] ?? []) : [];
  }

  /** The version in force; 0: there is none. */
  versionOf(name: string): number {
    const [newest] = this.versions(name);
    return newest?.feed ? newest.version : 0;
  }

  /** Throws CONFLICT when somebody else has changed it since. On disk when it returns. */
  put(name: string, feed: Feed | null, basedOn: number, by: string, at: number): number {
    this.requireNewest(name, basedOn);
    const { feeds } = this.#file.get();
    if (feed !== null && !Object.hasOwn(feeds, name) && Object.keys(feeds).length >= FEEDS_MAX)
      throw new ShelfwireError('CONFLICT', `There are ${FEEDS_MAX} feeds already.`);
    const before = this.versions(name);
    const next = { version: (before[0]?.version ?? 0) + 1, at, by, feed: feed === null ? null : { ...feed } };
    this.#file.set({ feeds: { ...feeds, [name]: [next, ...before].slice(0, VERSIONS_MAX) } });
    return next.version;
  }

  requireNewest(name: string, basedOn: number): void {
    if (this.versionOf(name) === basedOn) return;
    throw new ShelfwireError('CONFLICT', `The feed "${name}" was changed meanwhile: look at it again.`);
  }
}
