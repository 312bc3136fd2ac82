import type { FileFormat } from '../files/file-format.ts';
import type { CsvFeed } from './feed-config.ts';
import { takeCsv } from './file-intake.ts';

/** Exports of tills in rows and columns. */
export function csvFormat(feed: CsvFeed): FileFormat {
  return { prefix: 'csv', feed, take: (file) => takeCsv(feed, file) };
}
