import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';

/** What is known of files that were taken: of each size the hashes of those that had it. */
export type KnownPrints = ReadonlyMap<number, ReadonlySet<string>>;

/** A file's SHA-256, and whether it begins with the whole of one that is known: that one, grown. */
export async function printOf(path: string, known: KnownPrints): Promise<{ sha256: string; hasGrown: boolean }> {
  const sizes = [...known.keys()].filter((size) => size > 0).toSorted((a, b) => a - b);
  const digest = createHash('sha256');
  let next = 0;
  let at = 0;
  let hasGrown = false;
  for await (const bytes of createReadStream(path) as AsyncIterable<Buffer>) {
    let from = 0;
    // A file that ends at a known size has not grown beyond it: the size is looked at when more comes.
    for (let size = sizes[next]; size !== undefined && size < at + bytes.length; size = sizes[++next]) {
      digest.update(bytes.subarray(from, size - at));
      from = size - at;
      hasGrown ||= known.get(size)?.has(digest.copy().digest('hex')) === true;
    }
    digest.update(bytes.subarray(from));
    at += bytes.length;
  }
  return { sha256: digest.digest('hex'), hasGrown };
}
