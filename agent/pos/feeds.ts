import { readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { z } from 'zod';
import { describeIssues } from '#shared/protocol/content.ts';
import { ShelfwireError } from '#shared/protocol/errors.ts';
import { csvFeed, type CsvFeed } from './csv/feed-config.ts';
import { poslogFeed, type PoslogFeed } from './poslog/feed-config.ts';

export type Feed = CsvFeed | PoslogFeed;

const feedsFile = z.strictObject({ feeds: z.array(z.unknown()).max(50) });

/** A feed of unknown origin with its defaults filled in. Throws CONFIG_INVALID naming the setting. */
export function parseFeed(given: unknown): Feed {
  // By its kind, so that what is said of a wrong one is said of that kind alone.
  const kind = z.looseObject({ kind: z.unknown() }).safeParse(given).data?.kind;
  const parsed = (kind === 'poslog' ? poslogFeed : csvFeed).safeParse(given);
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
  for (const one of feeds) one.folder = resolve(dirname(path), one.folder);
  for (const same of ['name', 'folder'] as const) {
    const twice = feeds.find((one, index) => feeds.findIndex((other) => other[same] === one[same]) < index);
    if (twice) throw new ShelfwireError('CONFIG_INVALID', `${path}: two feeds have the ${same} "${twice[same]}".`);
  }
  return feeds;
}
