import { toLine, type ReadFact } from '#shared/protocol/frame.ts';
import { blamesData } from '#hub/db/sqlstates.ts';
import type { FrameOutcome, IncomingFrame, Ledger } from '#hub/ledger/incoming.ts';

/**
 * Merges frames so that no fact can block its store or others: when the ledger blames the data, the frames are merged
 * apart, down to the one fact, which is then quarantined verbatim with the reason (F5). Every other failure is thrown:
 * then part of the frames may have been committed, and sending them again makes duplicates of them.
 */
export async function mergeIsolated(
  ledger: Ledger,
  frames: readonly IncomingFrame[],
  onTurn?: () => void,
): Promise<FrameOutcome[]> {
  try {
    return await ledger.merge(frames, onTurn);
  } catch (error) {
    if (!blamesData(error)) throw error;
    if (frames.length > 1) {
      const middle = frames.length >>> 1;
      const first = await mergeIsolated(ledger, frames.slice(0, middle));
      return [...first, ...(await mergeIsolated(ledger, frames.slice(middle)))];
    }
    const [frame] = frames;
    if (!frame) throw error;
    return [await mergeHalves(ledger, frame, error)];
  }
}

async function mergeHalves(ledger: Ledger, frame: IncomingFrame, error: unknown): Promise<FrameOutcome> {
  const { facts, fromSeq } = frame;
  const [only] = facts;
  if (facts.length === 1 && only) {
    const [outcome] = await ledger.merge([{ ...frame, facts: [setAside(only, error)] }]);
    if (!outcome) throw error;
    return outcome;
  }
  const middle = facts.length >>> 1;
  const [first] = await mergeIsolated(ledger, [{ ...frame, facts: facts.slice(0, middle) }]);
  if (!first || first.gap) throw error;
  if (first.isOther === true) return first;
  const rest = { ...frame, fromSeq: fromSeq + middle, facts: facts.slice(middle) };
  const [second] = await mergeIsolated(ledger, [rest]);
  if (!second) throw error;
  return {
    watermark: second.watermark,
    gap: second.gap,
    isOther: second.isOther === true,
    duplicates: first.duplicates + second.duplicates,
    quarantined: [...first.quarantined, ...second.quarantined],
  };
}

/** A fact that the ledger cannot take, as it is kept. */
function setAside(fact: ReadFact, error: unknown): ReadFact {
  const detail = `The ledger cannot take it: ${error instanceof Error ? error.message : String(error)}`;
  if (!fact.ok) return { ...fact, detail };
  const verbatim = toLine({ ...fact, kind: fact.content.kind });
  return { ok: false, seq: fact.seq, key: fact.key, code: 'FACT_INVALID', detail, verbatim };
}
