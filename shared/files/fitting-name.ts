import { hash } from 'node:crypto';
import { extname } from 'node:path';

/** What stands behind a file's name in that of its report. */
export const REPORT_ENDING = '.report.json';
/** What stands behind the name of a report that is being written. */
export const UNFINISHED_ENDING = '.tmp';

/** File systems take names of at most 255 bytes. */
const NAME_BYTES_MAX = 255 - REPORT_ENDING.length - UNFINISHED_ENDING.length;
/** A longer one is no ending, only a dot in a name. */
const ENDING_BYTES_MAX = 32;

/** The extension of a name with its dot; empty when there is none. */
export function endingOf(name: string): string {
  const ending = extname(name);
  return Buffer.byteLength(ending) <= ENDING_BYTES_MAX ? ending : '';
}

/**
 * `base` and `ending`, short enough that the name of its report fits a file system. What is cut off is stood for by a
 * hash, so that names with the same beginning stay apart.
 */
export function fittingName(base: string, ending: string): string {
  if (Buffer.byteLength(base) + Buffer.byteLength(ending) <= NAME_BYTES_MAX) return base + ending;
  const tail = `-${hash('sha256', base, 'hex').slice(0, 8)}${ending}`;
  return beginningOf(base, NAME_BYTES_MAX - Buffer.byteLength(tail)) + tail;
}

/** As many whole characters as fit. */
function beginningOf(text: string, bytesMax: number): string {
  let bytes = 0;
  let beginning = '';
  for (const character of text) {
    bytes += Buffer.byteLength(character);
    if (bytes > bytesMax) break;
    beginning += character;
  }
  return beginning;
}
