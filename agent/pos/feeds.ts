import { readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { z } from 'zod';
import { describeIssues } from '#shared/protocol/content.ts';
import { ShelfwireError } from '#shared/protocol/errors.ts';
import { csvFeed, type CsvFeed } from './csv/feed-config.ts';
import { erpnextFeed, type ErpnextFeed } from './erpnext/feed-config.ts';
import { odooFeed, type OdooFeed } from './odoo/feed-config.ts';
import { poslogFeed, type PoslogFeed } from './poslog/feed-config.ts';

export type FileFeed = CsvFeed | PoslogFeed;
export type Feed = FileFeed | OdooFeed | ErpnextFeed;

/** It watches a folder. */
export const isFileFeed = (feed: Feed): feed is FileFeed => 'folder' in feed;

const SCHEMAS = { poslog: poslogFeed, odoo: odooFeed, erpnext: erpnextFeed } as const;

const feedsFile = z.strictObject({ feeds: z.array(z.unknown()).max(50) });

/** A feed of unknown origin with its defaults filled in. Throws CONFIG_INVALID naming the setting. */
export function parseFeed(given: unknown): Feed {
  // By its kind, so that what is said of a wrong one is said of that kind alone.
  const kind = z.looseObject({ kind: z.unknown() }).safeParse(given).data?.kind;
  const schema =
    typeof kind === 'string' && Object.hasOwn(SCHEMAS, kind) ? SCHEMAS[kind as keyof typeof SCHEMAS] : csvFeed;
  const parsed = schema.safeParse(given);
  if (!parsed.success) throw new ShelfwireError('CONFIG_INVALID', describeIssues(parsed.error));
  return parsed.data;
}

/** The feeds of a configuration file `{ "feeds": [...] }`, folders made absolute. Throws CONFIG_INVALID. */
export function readFeeds(path: string): Feed[] {
  let given: unknown;
  try {
    given = JSON.parse(readFileSync(path, 'utf8').replace(/^\uFEFF/, ''));
  } catch (cause) {
    const why = cause instanceof SyntaxError ? `it is not JSON (${cause.message})` : 'it cannot be read';
    throw new ShelfwireError('CONFIG_INVALID', `${path}: ${why}.`, { cause });
  }
  const parsed = feedsFile.safeParse(given);
  if (!parsed.success) throw new ShelfwireError('CONFIG_INVALID', `${path}: ${describeIssues(parsed.error)}`);
  const feeds = parsed.data.feeds.map((one, index) => {
    try {
      return parseFeed(one);
    } catch (cause) {
      const why = cause instanceof Error ? cause.message : String(cause);
      throw new ShelfwireError('CONFIG_INVALID', `${path}: feeds.${index}.${why}`, { cause });
    }
  });
  const placed = feeds.map((feed) => withAbsolutePaths(feed, dirname(path)));
  requireApart(placed, path);
  return placed;
}

/** Paths that are relative are so to a folder: that of the configuration file. */
export function withAbsolutePaths(feed: Feed, folder: string): Feed {
  if (isFileFeed(feed)) return { ...feed, folder: resolve(folder, feed.folder) };
  const { credentials } = feed;
  return 'file' in credentials ? { ...feed, credentials: { file: resolve(folder, credentials.file) } } : feed;
}

/** Throws CONFIG_INVALID when two feeds have one name, or one folder. */
export function requireApart(feeds: readonly Feed[], where: string): void {
  const twice = (values: readonly string[]) => values.find((value, place) => values.indexOf(value) < place);
  const name = twice(feeds.map((feed) => feed.name));
  if (name !== undefined) throw new ShelfwireError('CONFIG_INVALID', `${where}: two feeds have the name "${name}".`);
  const folder = twice(feeds.flatMap((feed) => (isFileFeed(feed) ? [feed.folder] : [])));
  if (folder !== undefined)
    throw new ShelfwireError('CONFIG_INVALID', `${where}: two feeds have the folder "${folder}".`);
}
