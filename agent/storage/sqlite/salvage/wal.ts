import { readFileSync } from 'node:fs';

const HEADER_BYTES = 32;
const FRAME_HEADER_BYTES = 24;
const BIG_ENDIAN_MAGIC = 0x377f0683;

/** What a write-ahead log holds: the latest committed image of each page, and what is wrong with it. */
export interface Wal {
  readonly pages: ReadonlyMap<number, Uint8Array>;
  readonly pageSize: number | undefined;
  /** Undefined when every committed frame is whole. */
  readonly damage: string | undefined;
}

const NO_WAL: Wal = { pages: new Map(), pageSize: undefined, damage: undefined };

/**
 * Reads a log frame by frame. SQLite silently ends it at the first frame whose checksum is wrong, also when committed
 * transactions follow. Here each frame is held against the checksum that its predecessor bears, so those behind a
 * broken one are found. A transaction without its commit at the very end is no damage: it was never acknowledged.
 */
export function readWal(path: string): Wal {
  let bytes: Buffer;
  try {
    bytes = readFileSync(path);
  } catch {
    return NO_WAL;
  }
  if (bytes.length <= HEADER_BYTES) return NO_WAL;
  const bigEndian = bytes.readUInt32BE(0) === BIG_ENDIAN_MAGIC;
  const claimed = bytes.readUInt32BE(8);
  const pageSize = isPageSize(claimed) ? claimed : 4096;
  const frameBytes = FRAME_HEADER_BYTES + pageSize;
  const isHeaderWhole =
    sumsTo(bytes, 24, checksum(bytes, [0, 24], [0, 0], bigEndian)) && bytes.readUInt32BE(4) === 3_007_000;

  const frames: Frame[] = [];
  let salt = saltAt(bytes, 16);
  let last = -1;
  let lastCommit = -1;
  for (let at = HEADER_BYTES; at + frameBytes <= bytes.length; at += frameBytes) {
    if (!isHeaderWhole && frames.length === 0) salt = saltAt(bytes, at + 8);
    const seedAt = frames.length === 0 ? 24 : at - frameBytes + 16;
    const seed: Sums = [bytes.readUInt32BE(seedAt), bytes.readUInt32BE(seedAt + 4)];
    const sums = checksum(
      bytes,
      [at + FRAME_HEADER_BYTES, at + frameBytes],
      checksum(bytes, [at, at + 8], seed, bigEndian),
      bigEndian,
    );
    const isSound = sumsTo(bytes, at + 16, sums);
    const isOfThisLog = saltAt(bytes, at + 8) === salt;
    frames.push({ page: bytes.readUInt32BE(at), at: at + FRAME_HEADER_BYTES, isSound });
    // Frames of an older round of the log lie behind the last one: another salt, and no checksum that follows from ours.
    if (isOfThisLog || (isSound && last === frames.length - 2)) {
      last = frames.length - 1;
      if (bytes.readUInt32BE(at + 4) !== 0) lastCommit = last;
    }
  }
  const pages = new Map<number, Uint8Array>();
  const broken: number[] = [];
  for (const [place, frame] of frames.slice(0, lastCommit + 1).entries()) {
    if (frame.isSound) pages.set(frame.page, bytes.subarray(frame.at, frame.at + pageSize));
    else broken.push(place + 1);
  }
  const damages = [
    ...(isHeaderWhole || last < 0 ? [] : ['the header of the log is broken']),
    ...(broken.length > 0
      ? [`frames ${broken.slice(0, 20).join(', ')} of ${lastCommit + 1} of the log are broken`]
      : []),
  ];
  return { pages, pageSize, damage: damages.length > 0 ? damages.join('; ') : undefined };
}

interface Frame {
  readonly page: number;
  readonly at: number;
  readonly isSound: boolean;
}

type Sums = [number, number];

export function isPageSize(size: number): boolean {
  return size >= 512 && size <= 65_536 && (size & (size - 1)) === 0;
}

function saltAt(bytes: Buffer, at: number): string {
  return bytes.toString('latin1', at, at + 8);
}

function sumsTo(bytes: Buffer, at: number, [first, second]: Sums): boolean {
  return bytes.readUInt32BE(at) === first && bytes.readUInt32BE(at + 4) === second;
}

/** SQLite's running checksum over 32-bit words. */
function checksum(bytes: Buffer, [from, to]: [number, number], seed: Sums, bigEndian: boolean): Sums {
  let [first, second] = seed;
  for (let at = from; at < to; at += 8) {
    const one = bigEndian ? bytes.readUInt32BE(at) : bytes.readUInt32LE(at);
    const two = bigEndian ? bytes.readUInt32BE(at + 4) : bytes.readUInt32LE(at + 4);
    first = (first + one + second) >>> 0;
    second = (second + two + first) >>> 0;
  }
  return [first, second];
}
