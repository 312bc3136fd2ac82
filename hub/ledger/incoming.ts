import type { ErrorCode } from '#shared/protocol/errors.ts';
import type { ReadFact } from '#shared/protocol/frame.ts';

/** One push that has been read: facts with consecutive seqs of one journal. Scope comes from the session (S4). */
export interface IncomingFrame {
  readonly location: number;
  readonly journal: number;
  readonly fromSeq: number;
  readonly facts: readonly ReadFact[];
}

/** What became of a frame, known only after commit (S1). */
export interface FrameOutcome {
  /** The journal's watermark after the transaction. */
  readonly watermark: number;
  /** The frame began beyond watermark + 1: nothing of it was taken. */
  readonly gap: boolean;
  /** Under a seq that it repeats the journal has another fact: its watermark says nothing of what this sender has (S2). */
  readonly isOther?: boolean;
  readonly duplicates: number;
  readonly quarantined: readonly { readonly seq: number; readonly code: ErrorCode }[];
}

/** The door of the ledger: frames of many stores become one transaction. Outcomes come in the frames' order. */
export interface Ledger {
  /** @param onTurn called when it is these frames' turn at their locations: a later merge of them comes after this one */
  merge(frames: readonly IncomingFrame[], onTurn?: () => void): Promise<FrameOutcome[]>;
}
