import type { StoredFact } from './journal-log.ts';
import type { RxdbJournalLog } from './journal-log-rxdb.ts';
import type { StoreJournal } from './journal.ts';

const DAY_MS = 86_400_000;
const PAGE = 500;

/** Days that an acknowledged fact stays in the store. */
export const RETENTION_DAYS = 400;

export interface RetentionParts {
  readonly journal: Pick<StoreJournal, 'epoch' | 'lastSeq' | 'prunedSeq' | 'prunedTo' | 'alone'>;
  readonly log: Pick<RxdbJournalLog, 'read' | 'readEpochsBefore' | 'findByKeys' | 'remove' | 'lastAt'>;
}

/**
 * Prunes facts that the hub has acknowledged and that are older than `days`. Never an unacknowledged one, and of the
 * present epoch only from its beginning on, up to the first that must stay: what is left has no holes, and the last
 * seq is never lost. Older epochs hold acknowledged facts only. Returns the number of facts pruned.
 *
 * `ackedSeq` speaks of the epoch at the call. Once another has begun, nothing more is pruned by it.
 */
export async function pruneJournal(
  { journal, log }: RetentionParts,
  limits: { ackedSeq: number; now: number; days?: number },
): Promise<number> {
  const { epoch } = journal;
  // The latest fact stays, whatever its age: the clock begins at its instant after a restart (S5).
  const before = Math.min(limits.now - (limits.days ?? RETENTION_DAYS) * DAY_MS, await log.lastAt());
  let pruned = 0;
  for await (const page of log.readEpochsBefore(epoch)) {
    const old = page.filter(({ at }) => at < before).map(({ key }) => key);
    // Some may have been moved up meanwhile: those are to be sent.
    await journal.alone(async () => {
      const there = (await log.findByKeys(old)).filter((fact) => fact.epoch < epoch).map(({ key }) => key);
      await log.remove(there);
      pruned += there.length;
    });
  }
  for (;;) {
    const soFar = pruned;
    // Looked at, marked and removed in one: an epoch that begins in between would give the seqs to unsent facts.
    await journal.alone(async () => {
      const old = journal.epoch === epoch ? await pageToPrune({ journal, log }, limits.ackedSeq, before) : [];
      const last = old.at(-1);
      if (!last) return;
      // First the mark, then the deed: a crash between leaves facts that the next run prunes, never an unmarked hole.
      if (last.seq > journal.prunedSeq) await journal.prunedTo(last.seq);
      await log.remove(old.map(({ key }) => key));
      pruned += old.length;
    });
    if (pruned === soFar) return pruned;
  }
}

/** The first facts of the present epoch, up to one that must stay. */
async function pageToPrune({ journal, log }: RetentionParts, ackedSeq: number, before: number): Promise<StoredFact[]> {
  const seqMax = Math.min(ackedSeq, journal.lastSeq - 1);
  const mayGo = (fact: StoredFact) => fact.seq <= journal.prunedSeq || (fact.seq <= seqMax && fact.at < before);
  const page = await log.read(journal.epoch, 1, PAGE);
  const kept = page.findIndex((fact) => !mayGo(fact));
  return kept < 0 ? page : page.slice(0, kept);
}
