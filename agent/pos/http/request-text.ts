import type { IncomingMessage } from 'node:http';

/** A request's body: complete, or the beginning of one that is too big. */
export interface RequestText {
  readonly text: string;
  readonly complete: boolean;
  /** False when the bytes are not UTF-8: then the text is their base64. */
  readonly isText: boolean;
  readonly sizeBytes: number;
}

/** Of a body that is too big, this much is kept, bytes. */
const KEPT_BYTES = 64 * 1024;
/** A client that sends more than this beyond the limit is cut off rather than listened to. */
const DRAINED_BYTES = 16 * 1024 * 1024;

/**
 * Reads a body of at most `limitBytes`. A bigger one is read on for a while without keeping it, because a client that
 * is still sending does not see an answer.
 */
export async function readRequestText(request: IncomingMessage, limitBytes: number): Promise<RequestText> {
  let chunks: Buffer[] = [];
  let keptBytes = 0;
  let sizeBytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    sizeBytes += chunk.length;
    if (sizeBytes > limitBytes + DRAINED_BYTES) break;
    if (sizeBytes <= limitBytes || keptBytes < KEPT_BYTES) {
      chunks.push(chunk);
      keptBytes += chunk.length;
    }
    if (sizeBytes > limitBytes && keptBytes > KEPT_BYTES) {
      chunks = [Buffer.concat(chunks).subarray(0, KEPT_BYTES)];
      keptBytes = KEPT_BYTES;
    }
  }
  const bytes = Buffer.concat(chunks);
  const complete = sizeBytes <= limitBytes;
  try {
    const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: false }).decode(bytes, { stream: !complete });
    return { text, complete, isText: true, sizeBytes };
  } catch {
    return { text: bytes.toString('base64'), complete, isText: false, sizeBytes };
  }
}
