import { z } from 'zod';
import { isTimeZone } from '#shared/files/local-time.ts';

/** What every feed of files has, whatever is in them. */
export const folderFeed = {
  /** Goes into each fact's source, such as "csv:NAME". */
  name: z.string().regex(/^[a-z0-9][a-z0-9-]{0,31}$/, 'must be 1-32 of a-z, 0-9, "-"'),
  /** The watched folder; from the configuration file's folder if it is relative. */
  folder: z.string().min(1).max(1_024),
  /** Time zone of the dates, IANA name. */
  timeZone: z.string().refine(isTimeZone, 'must be an IANA time zone such as "Europe/London"').default('UTC'),
  /** What the idempotency keys begin with; the same documents by another way need the same prefix. */
  keyPrefix: z.string().max(64).optional(),
  /** A file is taken once its size and time have stood still for so long. */
  settleMs: z.int().min(50).max(600_000).default(2_000),
  /** So long at most a file waits that was seen growing (three times its longest pause), and one without a line end at its end. */
  patienceMs: z.int().min(50).max(600_000).default(30_000),
};

/** File names that are taken end so (any case). */
export const endingsOf = (ending: string) =>
  z
    .array(z.string().regex(/^\.[\w.-]+$/, 'must look like ".csv"'))
    .min(1)
    .default([ending]);

export interface FolderFeed {
  readonly name: string;
  readonly folder: string;
  readonly endings: readonly string[];
  readonly keyPrefix?: string | undefined;
  readonly settleMs: number;
  readonly patienceMs: number;
}

export const keyPrefixOf = (feed: FolderFeed): string => feed.keyPrefix ?? `${feed.name}:`;
