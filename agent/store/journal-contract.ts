import type { Fact, FactDraft } from '#shared/protocol/fact.ts';
import type { FramedFact } from '#shared/protocol/frame.ts';

/** What became of a draft. `appended` and `duplicate` mean: the fact is on disk (F2). */
export type AppendResult =
  | { readonly status: 'appended' | 'duplicate'; readonly key: string; readonly seq: number; readonly at: number }
  | {
      readonly status: 'refused';
      readonly key: string;
      readonly code: 'KEY_REUSED' | 'VOID_OF_VOID';
      readonly detail: string;
      /** What has its key (KEY_REUSED). */
      readonly counts?: Fact;
    };

/** The one writer of the store's facts. */
export interface Journal {
  /** The instant this journal was begun. */
  readonly epoch: number;
  readonly lastSeq: number;
  /**
   * Takes drafts that have been validated. Groups what arrives while a commit is under way into the next one;
   * resolves when durable, in the order given. Rejects with STORAGE_FULL, STORAGE_IO or JOURNAL_CLOSED: then nothing
   * of this call is acknowledged and it may be sent again.
   */
  append(drafts: readonly FactDraft[]): Promise<AppendResult[]>;
  /** Facts from `fromSeq` on, in order, at most `limit`, ready for a frame. */
  read(fromSeq: number, limit: number): Promise<FramedFact[]>;
  /** Calls back after each commit with the new last seq; returns what ends it. */
  onAppended(listener: (lastSeq: number) => void): () => void;
}
