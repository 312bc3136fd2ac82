import { z } from 'zod';
import { instant } from '#shared/protocol/fields.ts';
import type { Clock } from '#shared/runtime/clock.ts';

/** What the journal knows of itself beside its facts. */
export const journalHead = z.object({
  /** Instant this journal was begun. */
  epoch: instant,
  /** Facts up to this seq were pruned, or may be: no hole is looked for there. */
  prunedSeq: z.int().min(0),
  /** A move into this epoch that is not finished: facts of that epoch with seq > afterSeq belong here. */
  moving: z.object({ epoch: instant, afterSeq: z.int().min(0) }).nullable(),
});
export type JournalHead = z.infer<typeof journalHead>;

/** The epoch of a journal that begins now. */
export function epochNow(clock: Clock): number {
  return Math.min(Math.max(Math.round(clock.now()), 946_684_800_000), 4_102_444_800_000);
}

/** Where the head is kept: on disk when `save` resolves. */
export interface JournalHeadStore {
  load(): JournalHead | null;
  save(head: JournalHead): Promise<void>;
}
