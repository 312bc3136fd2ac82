import { readFileSync, statSync } from 'node:fs';
import { ShelfwireError } from '#shared/protocol/errors.ts';
import type { PullFeed } from './pull-feed.ts';

/** Of a header, so without anything that could begin another. */
const SECRET = /^[\x21-\x7e]{1,4096}$/;

/** The secret of a feed, as it is now. Throws POS_UNAUTHORIZED, which names where it was looked for and never what was found. */
export function secretOf({ credentials }: Pick<PullFeed, 'credentials'>): string {
  const place = 'file' in credentials ? `The file ${credentials.file}` : `The variable ${credentials.env}`;
  const refuse = (why: string, cause?: unknown) =>
    new ShelfwireError('POS_UNAUTHORIZED', `${place} ${why}.`, { cause });
  let secret: string;
  if ('file' in credentials) {
    try {
      // On Windows the folder's own rights count.
      if (process.platform !== 'win32' && (statSync(credentials.file).mode & 0o077) !== 0)
        throw refuse('can be read by others; set its mode to 0600');
      secret = readFileSync(credentials.file, 'utf8').trim();
    } catch (error) {
      if (error instanceof ShelfwireError) throw error;
      throw refuse('cannot be read', error);
    }
  } else secret = process.env[credentials.env]?.trim() ?? '';
  if (!SECRET.test(secret)) throw refuse('has no secret of one line');
  return secret;
}
