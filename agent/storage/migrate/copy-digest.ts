import { createHash, hash } from 'node:crypto';
import type { CollectionPort } from './copy-port.ts';

const PAGE = 500;

/** What a collection holds, in one line: two engines hold the same when these are the same. */
export interface CollectionDigest {
  readonly count: number;
  readonly topSeq: number;
  readonly sha256: string;
}

/** Reads all of it: every document with its seq, revision and attachments. */
export async function digestOf(port: CollectionPort, onProgress: (count: number) => void): Promise<CollectionDigest> {
  const sum = createHash('sha256');
  let count = 0;
  for (let after = 0; ;) {
    const page = await port.read(after, PAGE);
    for (const { seq, document, attachments } of page) {
      after = seq;
      const data = attachments.map(({ name, type, data }) => [name, type, hash('sha256', data)]);
      sum.update(canonicalJson([seq, document, data])).update('\n');
    }
    count += page.length;
    onProgress(page.length);
    if (page.length < PAGE) return { count, topSeq: port.topSeq(), sha256: sum.digest('hex') };
  }
}

/** JSON with the fields of each object in one order: the engines keep them in orders of their own. */
export function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_, part: unknown) => {
    if (typeof part !== 'object' || part === null || Array.isArray(part)) return part;
    return Object.fromEntries(Object.entries(part).toSorted(([one], [other]) => (one < other ? -1 : 1)));
  });
}
