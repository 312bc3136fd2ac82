import { z } from 'zod';
import { instant, seq } from '../fields.ts';
import { LIMITS } from '../limits.ts';

/** A run of facts: `count` of them with the seqs fromSeq, fromSeq + 1, ... in `frame` (see frame.ts). */
export const push = z.strictObject({
  epoch: instant,
  fromSeq: seq,
  count: z.int().min(1).max(LIMITS.factsPerFrame),
  encoding: z.enum(['json', 'lines', 'lines.zstd']),
  frame: z.instanceof(Uint8Array),
});
export type Push = z.infer<typeof push>;

/** Cumulative, and only after commit (S1): every fact up to ackedSeq is in the ledger, a duplicate, or quarantined. */
export const pushAnswer = z.strictObject({
  ackedSeq: z.int().min(0),
  duplicates: z.int().min(0),
  quarantined: z.array(z.strictObject({ seq, code: z.string() })),
  credit: z.int().min(1).max(64),
  /** Wait so long before the next frame: the hub has enough to do. */
  backOffMs: z.int().min(0).max(600_000),
});
export type PushAnswer = z.infer<typeof pushAnswer>;
