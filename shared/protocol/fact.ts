import { z } from 'zod';
import { adjustment } from './facts/adjustment.ts';
import { count } from './facts/count.ts';
import { receipt } from './facts/receipt.ts';
import { returned } from './facts/return.ts';
import { sale } from './facts/sale.ts';
import { task } from './facts/task.ts';
import { transferIn, transferOut } from './facts/transfer.ts';
import { voided } from './facts/void.ts';
import { instant, key, seq, text } from './fields.ts';

/** The schema of each kind's body. A new kind is one file and one line. */
export const BODIES = {
  sale,
  return: returned,
  count,
  receipt,
  transferOut,
  transferIn,
  adjustment,
  task,
  void: voided,
} as const;

export type FactKind = keyof typeof BODIES;

export type FactBodies = { [Kind in FactKind]: z.infer<(typeof BODIES)[Kind]> };
export type FactBody = FactBodies[FactKind];

/** A kind with its body, the content of a fact: what F4 compares. */
export type FactContent = { [Kind in FactKind]: { kind: Kind; body: FactBodies[Kind] } }[FactKind];

/**
 * What a POS source hands to the journal: content and key, no seq and no `at` yet.
 * `source` says by which way it came ("http:till-1", "csv:sales"); it is not part of the content.
 */
export type FactDraft = FactContent & { key: string; source: string; correlationId?: string };

/** What the journal adds to a draft, and the wire carries beside the body. */
export const envelope = z.strictObject({
  seq,
  /** When it happened on the hybrid logical clock, ms since 1970 (S5). Facts are ordered by (at, journal, seq). */
  at: instant,
  /** The offset to the hub's clock that `at` was made with, ms. */
  offsetMs: z.int().min(-Number.MAX_SAFE_INTEGER).max(Number.MAX_SAFE_INTEGER),
  key,
  /** One story across all logs and systems; the key unless the POS gave another. */
  correlationId: key,
  source: text,
});
export type Envelope = z.infer<typeof envelope>;

/** A journaled fact: immutable from here on (F1). */
export type Fact = Envelope & FactContent;
