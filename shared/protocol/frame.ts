import { constants, zstdCompressSync, zstdDecompressSync } from 'node:zlib';
import { canonicalCheck } from './canonical-check.ts';
import { canonicalContent, type CanonicalContent } from './content.ts';
import { ShelfwireError, type ErrorCode } from './errors.ts';
import { envelope, type Envelope, type FactKind } from './fact.ts';
import { LIMITS } from './limits.ts';
import { upgradeV1, type FlatFactV1 } from './previous.ts';
import type { Encoding } from './version.ts';

/** A fact as the journal's sender reads it: body already in canonical JSON. */
export type FramedFact = Envelope & { kind: FactKind; bodyText: string };

/** A fact as the hub reads it out of a frame: valid, or kept verbatim with its reason (F5). */
export type ReadFact =
  | ({ ok: true } & Envelope & CanonicalContent)
  | { ok: false; seq: number; key: string | null; code: ErrorCode; detail: string; verbatim: string };

/**
 * Facts with consecutive seqs as one frame. A fact is one line: at, offsetMs, kind, key, correlationId (empty: the
 * key), source and body, parted by tabs, which none of them can contain. The seq is the line's place.
 */
export function encodeFrame(facts: readonly FramedFact[], encoding: Exclude<Encoding, 'json'>): Buffer {
  const text = facts.map(toLine).join('\n');
  if (encoding === 'lines') return Buffer.from(text);
  return zstdCompressSync(text, { params: { [constants.ZSTD_c_compressionLevel]: 1 } });
}

/** One fact as its line of a frame; what is kept verbatim of it in quarantine. */
export function toLine(fact: FramedFact): string {
  const correlation = fact.correlationId === fact.key ? '' : fact.correlationId;
  return `${fact.at}\t${fact.offsetMs}\t${fact.kind}\t${fact.key}\t${correlation}\t${fact.source}\t${fact.bodyText}`;
}

/**
 * Reads a frame. One bad fact never spoils the rest. Throws FRAME_INVALID when the frame as a whole cannot be
 * unfolded or does not hold `count` facts.
 */
export function decodeFrame(frame: Uint8Array, encoding: Encoding, fromSeq: number, count: number): ReadFact[] {
  const text = unfold(frame, encoding);
  const facts = encoding === 'json' ? readJson(text, fromSeq) : readLines(text, fromSeq);
  if (facts.length !== count) {
    throw new ShelfwireError('FRAME_INVALID', `The frame says ${count} facts and holds ${facts.length}.`);
  }
  return facts;
}

function unfold(frame: Uint8Array, encoding: Encoding): string {
  try {
    const bytes =
      encoding === 'lines.zstd'
        ? zstdDecompressSync(frame, { maxOutputLength: LIMITS.frameUnfoldedBytesMax })
        : Buffer.from(frame.buffer, frame.byteOffset, frame.byteLength);
    return bytes.toString('utf8');
  } catch (cause) {
    throw new ShelfwireError('FRAME_INVALID', `The frame cannot be unfolded as ${encoding}.`, { cause });
  }
}

function readLines(text: string, fromSeq: number): ReadFact[] {
  return text.split('\n').map((line, place) => readLine(line, fromSeq + place));
}

function readLine(line: string, seq: number): ReadFact {
  const fields = line.split('\t');
  const [at = '', offsetMs = '', kind = '', key = '', correlationId = '', source = '', bodyText = ''] = fields;
  if (fields.length !== 7) return unreadable(seq, null, 'FACT_INVALID', `${fields.length} fields in place of 7`, line);
  const head = { seq, at: Number(at), offsetMs: Number(offsetMs), key, correlationId: correlationId || key, source };
  return readFact(head, kind, () => JSON.parse(bodyText), line);
}

function readJson(text: string, fromSeq: number): ReadFact[] {
  let flat: unknown;
  try {
    flat = JSON.parse(text);
  } catch (cause) {
    throw new ShelfwireError('FRAME_INVALID', 'The frame is not JSON.', { cause });
  }
  if (!Array.isArray(flat)) throw new ShelfwireError('FRAME_INVALID', 'The frame is not a JSON array.');
  return flat.map((item: unknown, place) => {
    const seq = fromSeq + place;
    const verbatim = JSON.stringify(item);
    if (typeof item !== 'object' || item === null || Array.isArray(item)) {
      return unreadable(seq, null, 'FACT_INVALID', 'not an object', verbatim);
    }
    const { head, kind, body } = upgradeV1(item as FlatFactV1);
    return readFact({ seq, ...head }, kind, () => body, verbatim);
  });
}

const isEnvelope = canonicalCheck(envelope);

function readFact(head: object, kind: string, readBody: () => unknown, verbatim: string): ReadFact {
  if (isEnvelope?.(head) !== true) {
    const issue = envelope.safeParse(head).error?.issues[0];
    const { seq } = head as Envelope;
    if (issue) return unreadable(seq, null, 'FACT_INVALID', `${issue.path.join('.')}: ${issue.message}`, verbatim);
  }
  const { seq, at, offsetMs, key, correlationId, source } = head as Envelope;
  try {
    const { content, bodyText, digest } = canonicalContent(kind, readBody());
    return { ok: true, seq, at, offsetMs, key, correlationId, source, content, bodyText, digest };
  } catch (error) {
    const code = error instanceof ShelfwireError ? error.code : 'FACT_INVALID';
    return unreadable(seq, key, code, error instanceof Error ? error.message : String(error), verbatim);
  }
}

function unreadable(seq: number, key: string | null, code: ErrorCode, detail: string, verbatim: string): ReadFact {
  return { ok: false, seq, key, code, detail, verbatim };
}
