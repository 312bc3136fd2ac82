import { lstat, readdir } from 'node:fs/promises';
import { isAbsolute, join, relative, resolve } from 'node:path';
import type { FeedFile, FeedView } from '#shared/agent-api/sources.ts';
import { ShelfwireError } from '#shared/protocol/errors.ts';
import type { Clock } from '#shared/runtime/clock.ts';
import type { ConfiguredSources } from '../configured-sources.ts';
import { isFileFeed, parseFeed, requireApart, withAbsolutePaths, type Feed } from '../feeds.ts';
import type { FeedBook } from './feed-book.ts';

const FILES_SHOWN = 200;

export interface AppFeedParts {
  readonly book: FeedBook;
  readonly sources: ConfiguredSources;
  /** Of the file that the agent was started with: seen here, changed there. */
  readonly fixed: readonly Feed[];
  readonly dataFolder: string;
  readonly clock: Clock;
}

/** The feeds as people see and change them: what is saved is in force at once, without a restart. */
export class AppFeeds {
  readonly #parts: AppFeedParts;
  #changing: Promise<unknown> = Promise.resolve();

  constructor(parts: AppFeedParts) {
    this.#parts = parts;
  }

  /** Starts those of the app. Throws CONFIG_INVALID when they contradict those of the file. */
  async start(): Promise<void> {
    const { book, fixed, sources } = this.#parts;
    const own = book.feeds();
    requireApart([...fixed, ...own], 'feeds.json');
    for (const feed of own) await sources.put(feed);
  }

  list(): FeedView[] {
    const { book, sources, fixed } = this.#parts;
    const view = (feed: Feed, from: FeedView['from']): FeedView => ({
      name: feed.name,
      kind: feed.kind,
      feed: { ...feed },
      from,
      version: from === 'file' ? 0 : book.versionOf(feed.name),
      status: sources.statusOf(feed.name) ?? null,
      history: from === 'file' ? [] : book.versions(feed.name),
    });
    return [...fixed.map((feed) => view(feed, 'file')), ...book.feeds().map((feed) => view(feed, 'app'))];
  }

  /**
   * Puts settings in force, then keeps them. Throws CONFIG_INVALID naming the setting, CONFLICT, FORBIDDEN for a feed of the
   * file; then what was in force before goes on.
   */
  save(name: string, given: Readonly<Record<string, unknown>>, basedOn: number, by: string): Promise<FeedView> {
    return this.#alone(async () => {
      const { book, sources, clock } = this.#parts;
      this.#requireOwn(name);
      const feed = this.draft({ ...given, name });
      book.requireNewest(name, basedOn);
      const before = book.feeds().find((one) => one.name === name);
      if (before !== undefined && (before.kind === 'odoo' || before.kind === 'erpnext') && before.kind !== feed.kind)
        throw new ShelfwireError('CONFLICT', `The feed "${name}" is of another kind: give this one a name of its own.`);
      await sources.put(feed);
      try {
        book.put(name, feed, basedOn, by, clock.now());
      } catch (error) {
        // Not kept: so not in force either.
        await (before === undefined ? sources.remove(name) : sources.put(before));
        throw error;
      }
      return this.#shown(name);
    });
  }

  remove(name: string, basedOn: number, by: string): Promise<void> {
    return this.#alone(async () => {
      const { book, sources, clock } = this.#parts;
      this.#requireOwn(name);
      if (book.versionOf(name) === 0) throw new ShelfwireError('NOT_FOUND', `There is no feed "${name}".`);
      book.put(name, null, basedOn, by, clock.now());
      await sources.remove(name);
    });
  }

  /** Settings as they would be in force. Throws CONFIG_INVALID. */
  draft(given: Readonly<Record<string, unknown>>): Feed {
    const { dataFolder, book, fixed } = this.#parts;
    const isOfFiles = given['kind'] !== 'odoo' && given['kind'] !== 'erpnext';
    const placed =
      isOfFiles && given['folder'] === undefined ? { ...given, folder: join('drop', String(given['name'])) } : given;
    const feed = withAbsolutePaths(parseFeed(placed), resolve(dataFolder));
    if (isFileFeed(feed)) requireSafeFolder(feed.folder, resolve(dataFolder));
    requireApart([...fixed, ...book.feeds().filter(({ name }) => name !== feed.name), feed], 'feeds');
    return feed;
  }

  /** What lies in a feed's folder, the newest first. Throws NOT_FOUND. */
  async files(name: string): Promise<FeedFile[]> {
    const folder = this.#folderOf(name);
    const found: FeedFile[] = [];
    for (const place of ['drop', 'rejected', 'done'] as const) {
      const path = place === 'drop' ? folder : join(folder, place);
      const names = (await readdir(path).catch(() => []))
        .filter((file) => !file.endsWith('.report.json'))
        .slice(0, 2_000);
      for (const file of names) {
        const stat = await lstat(join(path, file)).catch(() => undefined);
        if (stat?.isFile())
          found.push({ place, name: file, sizeBytes: stat.size, changedAt: Math.round(stat.mtimeMs) });
      }
    }
    return found.toSorted((a, b) => b.changedAt - a.changedAt).slice(0, FILES_SHOWN);
  }

  /** Where such a file lies. Throws NOT_FOUND for what is no plain name. */
  pathOf(name: string, { place, file }: { place: FeedFile['place']; file: string }): string {
    if (/[/\\\0]/.test(file) || file === '.' || file === '..')
      throw new ShelfwireError('NOT_FOUND', 'That is no file there.');
    const folder = this.#folderOf(name);
    return place === 'drop' ? join(folder, file) : join(folder, place, file);
  }

  #folderOf(name: string): string {
    const feed = [...this.#parts.fixed, ...this.#parts.book.feeds()].find((one) => one.name === name);
    if (feed === undefined || !isFileFeed(feed))
      throw new ShelfwireError('NOT_FOUND', `No feed "${name}" watches a folder.`);
    return feed.folder;
  }

  #requireOwn(name: string): void {
    if (!this.#parts.fixed.some((feed) => feed.name === name)) return;
    throw new ShelfwireError('FORBIDDEN', `The feed "${name}" is of the file that the agent was started with.`);
  }

  #shown(name: string): FeedView {
    const view = this.list().find((one) => one.name === name);
    if (view === undefined) throw new ShelfwireError('INTERNAL', `The feed "${name}" is not there.`);
    return view;
  }

  #alone<Result>(work: () => Promise<Result>): Promise<Result> {
    const result = this.#changing.then(work);
    this.#changing = result.catch(() => undefined);
    return result;
  }
}

/** Files of a watched folder are moved: not a folder of the agent's own, nor one that holds everything. */
function requireSafeFolder(folder: string, dataFolder: string): void {
  const refuse = (why: string) => new ShelfwireError('CONFIG_INVALID', `folder: ${why}`);
  if (!isAbsolute(folder) || resolve(folder, '..') === resolve(folder)) throw refuse('must be a folder of its own');
  const inside = relative(dataFolder, folder);
  const isInside = inside === '' || (!inside.startsWith('..') && !isAbsolute(inside));
  if (isInside && !/^drop[/\\][a-z0-9-]+$/.test(inside)) throw refuse('must not be of the data of the agent');
  const around = relative(folder, dataFolder);
  if (around === '' || (!around.startsWith('..') && !isAbsolute(around)))
    throw refuse('must not hold the data of the agent');
}
