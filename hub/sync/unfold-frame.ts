import { zstdDecompressSync } from 'node:zlib';
import { ShelfwireError } from '#shared/protocol/errors.ts';
import { decodeFrame, type ReadFact } from '#shared/protocol/frame.ts';
import { LIMITS } from '#shared/protocol/limits.ts';
import type { Push } from '#shared/protocol/messages/push.ts';
import { ENCODINGS, type ProtocolVersion } from '#shared/protocol/version.ts';

const LINE_END = 0x0a;

/**
 * Reads the facts of a push. A small frame may unfold to megabytes of line ends, and each would become a fact: so the
 * lines are counted before they are read. Throws FRAME_TOO_LARGE or FRAME_INVALID.
 */
export function readPush({ frame, encoding, fromSeq, count }: Push, protocol: ProtocolVersion): ReadFact[] {
  if (!(ENCODINGS[protocol] as readonly string[]).includes(encoding)) {
    throw new ShelfwireError('FRAME_INVALID', `Protocol ${protocol} has no encoding "${encoding}".`);
  }
  if (frame.byteLength > LIMITS.frameBytesMax) {
    throw new ShelfwireError('FRAME_TOO_LARGE', `The frame has ${frame.byteLength} bytes of ${LIMITS.frameBytesMax}.`);
  }
  if (!Number.isSafeInteger(fromSeq + count)) {
    throw new ShelfwireError('FRAME_INVALID', 'The seqs of the frame are beyond what a journal can hold.');
  }
  if (encoding === 'json') return decodeFrame(frame, encoding, fromSeq, count);
  const lines = encoding === 'lines' ? frame : unfold(frame);
  const found = countLines(lines, count);
  if (found !== count) throw new ShelfwireError('FRAME_INVALID', `The frame says ${count} facts and holds others.`);
  return decodeFrame(lines, 'lines', fromSeq, count);
}

function unfold(frame: Uint8Array): Buffer {
  try {
    return zstdDecompressSync(frame, { maxOutputLength: LIMITS.frameUnfoldedBytesMax });
  } catch (cause) {
    throw new ShelfwireError('FRAME_INVALID', 'The frame cannot be unfolded as lines.zstd.', { cause });
  }
}

/** Stops counting one past `most`. */
function countLines(bytes: Uint8Array, most: number): number {
  let lines = 1;
  for (let at = bytes.indexOf(LINE_END); at !== -1 && lines <= most; at = bytes.indexOf(LINE_END, at + 1)) lines += 1;
  return lines;
}
