import type { Fact } from '#shared/protocol/fact.ts';

/** A fact with its place in the journal and the digest of its content. */
export type StoredFact = Fact & { readonly epoch: number; readonly digest: string };

/** What the journal needs of the disk. */
export interface JournalLog {
  /** Those of the keys that are known, in no order. */
  findByKeys(keys: readonly string[]): Promise<StoredFact[]>;
  /**
   * All facts or none; on disk when it resolves (F2). Their keys are unknown so far.
   * Rejects with STORAGE_FULL, STORAGE_IO, STORAGE_BUSY, STORAGE_CLOSED.
   */
  appendGroup(facts: readonly StoredFact[]): Promise<void>;
  /** Gives facts with known keys another epoch and seq: all or none, on disk when it resolves. */
  moveGroup(facts: readonly StoredFact[]): Promise<void>;
  /** Facts of an epoch with seq >= fromSeq, ordered by seq. */
  read(epoch: number, fromSeq: number, limit: number): Promise<StoredFact[]>;
  /** The highest seq of an epoch (0: none), and the number of its facts with seq > afterSeq. */
  tailOf(epoch: number, afterSeq: number): Promise<{ lastSeq: number; count: number }>;
  /** The latest epoch before `epoch` that has facts; null when there is none. */
  epochBefore(epoch: number): Promise<number | null>;
  /** The highest `at` of all facts; 0 when there are none. */
  lastAt(): Promise<number>;
}
