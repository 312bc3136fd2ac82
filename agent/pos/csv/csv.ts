import type { FileFormat } from '../files/file-format.ts';
import { endsWithLine } from '../files/file-end.ts';
import type { CsvFeed } from './feed-config.ts';
import { takeCsv } from './file-intake.ts';

/** Exports of tills in rows and columns. */
export function csvFormat(feed: CsvFeed): FileFormat {
  return { prefix: 'csv', feed, endsWhole: endsWithLine, take: (file) => takeCsv(feed, file) };
}
