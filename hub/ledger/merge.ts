import type { Pool, PoolClient } from 'pg';
import { LOCKS } from '#hub/db/advisory-locks.ts';
import { transaction } from '#hub/db/transaction.ts';
import { factColumns, findOtherFacts, findReusedKeys, insertFacts, type Admission, type JournalRun } from './facts.ts';
import type { FrameOutcome, IncomingFrame, Ledger } from './incoming.ts';
import { Moves, type StockObserver } from './moves.ts';
import { ledgerCounts, ledgerLines, placeOf, type LedgerCount, type PlacedFact } from './placed-fact.ts';
import { insertQuarantine, keyReused, unreadable, type SetAside } from './quarantine.ts';
import { applyCounts, applyLines, prepareLines, tellPositions, type PreparedLines } from './stock.ts';
import { setTransfersToItselfAside } from './transfers-to-itself.ts';
import { applyTransfers } from './transfers.ts';
import { applyVoids } from './voids.ts';

/**
 * The hub's merge: frames of many stores in one transaction of set-based statements.
 *
 * - Merges of one location never overlap: anchors and watermarks are read under its lock.
 * - A journal's facts are taken only without a gap; what the watermark covers already is a duplicate.
 * - Of a copied journal, whose seqs have come with other facts before, nothing is acknowledged (S2).
 * - A fact is taken once by (location, key); the same key with other content is quarantined (F4).
 * - Outcomes are known after commit, never before (S1).
 * - The observer's work is part of the same commit: what it keeps is never older or newer than the positions.
 */
export function createLedger(pool: Pool, observer?: StockObserver): Ledger {
  return { merge: (frames, onTurn) => transaction(pool, (client) => mergeFrames(client, frames, observer, onTurn)) };
}

/** The merge within a transaction of the caller's: what it keeps beside the facts is there when they are, or neither. */
export async function mergeFrames(
  client: PoolClient,
  given: readonly IncomingFrame[],
  observer: StockObserver | undefined,
  onTurn?: () => void,
): Promise<FrameOutcome[]> {
  const locking = lockLocations(
    client,
    given.map((frame) => frame.location),
  );
  // What is computed below may throw before it is awaited, and the connection break meanwhile: told once, by `await locking`.
  locking.catch(() => undefined);
  // While the lock is awaited, perhaps behind another merge: columns, and what the facts mean for stock if all of them
  // are taken, as they nearly always are.
  const { frames, runs } = chain(await setTransfersToItselfAside(client, given));
  const offered = frames.flatMap(({ location, journal, unseen }) =>
    unseen.flatMap((fact): PlacedFact[] => (fact.ok ? [{ location, journal, fact }] : [])),
  );
  const columns = factColumns(offered);
  const expected = stockOf(offered);
  await locking;
  onTurn?.();
  const admissions = await insertFacts(client, runs, columns);

  const fresh = offered.filter((placed) => isFresh(admissions.get(placed.journal), placed.fact.seq));
  const isRefused = ({ journal, fact }: PlacedFact): boolean => admissions.get(journal)?.refused.has(fact.seq) === true;
  const taken = fresh.filter((placed) => !isRefused(placed));
  const moves = await enterStock(client, taken.length === offered.length ? expected : stockOf(taken), admissions);

  const refused = fresh.filter(isRefused);
  const reused = refused.length === 0 ? [] : await findReusedKeys(client, refused);
  const aside = new Set(reused.map(({ placed }) => placed));
  await tellPositions(
    client,
    refused.filter((placed) => !aside.has(placed)),
  );
  const setAside = reused.map(({ placed, holder }) => keyReused(placed, holder));
  for (const { location, journal, unseen } of frames) {
    for (const fact of unseen) {
      if (!fact.ok && isFresh(admissions.get(journal), fact.seq)) setAside.push(unreadable(location, journal, fact));
    }
  }
  await insertQuarantine(client, setAside);
  await moves.tell(client, observer);
  const others = await findOtherFacts(client, repeatedOf(frames, admissions));
  return frames.map((frame) => {
    const became = outcome(frame, admissions.get(frame.journal), setAside);
    return others.has(frame.journal) ? { ...became, isOther: true } : became;
  });
}

/**
 * Takes the merge locks of locations, in ascending order, so that two transactions never wait for each other. Every
 * statement of a merge finds its rows by key; the planner is told so, since statistics of a table that has just grown
 * would make it read the whole table for each of many rows.
 */
export async function lockLocations(client: PoolClient, locations: readonly number[]): Promise<void> {
  const ascending = [...new Set(locations)].sort((a, b) => a - b);
  await client.query({
    name: 'lock-locations',
    text: `SELECT pg_advisory_xact_lock($1, location_no)
           FROM (SELECT set_config('enable_seqscan', 'off', true)) AS planner, unnest($2::int[]) AS l (location_no)`,
    values: [LOCKS.merge, ascending],
  });
}

/** What facts mean for stock, ready to be entered. */
interface StockEntry {
  readonly taken: readonly PlacedFact[];
  readonly lines: PreparedLines;
  readonly counts: readonly LedgerCount[];
}

export function stockOf(taken: readonly PlacedFact[]): StockEntry {
  const lines = prepareLines(taken.flatMap((placed) => ledgerLines(placeOf(placed), placed.fact.content)));
  const counts = taken.flatMap((placed) => ledgerCounts(placeOf(placed), placed.fact.content));
  return { taken, lines, counts };
}

/** Enters movements, counts, voids of either order, and what transfers come to; gives what they move. */
export async function enterStock(
  client: PoolClient,
  { taken, lines, counts }: StockEntry,
  admissions: ReadonlyMap<number, Pick<Admission, 'voided'>>,
): Promise<Moves> {
  const moves = new Moves();
  await applyLines(client, lines, moves);
  await applyCounts(client, counts, moves);
  const already = taken.filter(({ journal, fact }) => admissions.get(journal)?.voided.has(fact.seq));
  const takenBack = await applyVoids(client, taken, already, moves);
  for (const placed of taken) moves.addTold({ place: placeOf(placed), content: placed.fact.content });
  for (const target of takenBack) moves.addTold(target, true);
  await applyTransfers(client, taken, takenBack, moves);
  return moves;
}

/** A frame and those of its facts that no earlier frame of the same transaction holds. */
interface ChainedFrame extends IncomingFrame {
  readonly unseen: IncomingFrame['facts'];
}

/** Frames of one journal follow each other, perhaps overlapping: together they are one run of seqs. */
function chain(given: readonly IncomingFrame[]): { frames: ChainedFrame[]; runs: JournalRun[] } {
  const runs = new Map<number, JournalRun>();
  const frames = given.map((frame) => {
    const { journal, fromSeq, facts } = frame;
    const toSeq = fromSeq + facts.length - 1;
    const run = runs.get(journal) ?? { journal, fromSeq, toSeq: fromSeq - 1 };
    if (fromSeq > run.toSeq + 1) throw new Error(`frames of journal ${journal} were merged with a gap`);
    runs.set(journal, { journal, fromSeq: Math.min(fromSeq, run.fromSeq), toSeq: Math.max(toSeq, run.toSeq) });
    return { ...frame, unseen: facts.filter((fact) => fact.seq > run.toSeq) };
  });
  return { frames, runs: [...runs.values()] };
}

/** Facts whose seqs are covered: by the watermark that was there, or by another frame of the same transaction. */
function repeatedOf(
  frames: readonly ChainedFrame[],
  admissions: ReadonlyMap<number, Pick<Admission, 'watermarkBefore'>>,
): PlacedFact[] {
  return frames.flatMap(({ location, journal, fromSeq, facts, unseen }) => {
    const watermark = admissions.get(journal)?.watermarkBefore ?? 0;
    if (fromSeq > watermark && unseen.length === facts.length) return [];
    const seen = fromSeq + facts.length - unseen.length;
    return facts.flatMap((fact): PlacedFact[] =>
      fact.ok && (fact.seq <= watermark || fact.seq < seen) ? [{ location, journal, fact }] : [],
    );
  });
}

function isFresh(admission: Admission | undefined, seq: number): boolean {
  return admission !== undefined && admission.admitted && seq > admission.watermarkBefore;
}

function outcome(frame: ChainedFrame, admission: Admission | undefined, setAside: readonly SetAside[]): FrameOutcome {
  if (!admission) throw new Error(`journal ${frame.journal} does not exist`);
  const { watermarkBefore, refused } = admission;
  if (!admission.admitted) return { watermark: watermarkBefore, gap: true, duplicates: 0, quarantined: [] };
  const ownSeqs = new Set(frame.unseen.map((fact) => fact.seq));
  const quarantined = setAside
    .filter(({ journal, seq }) => journal === frame.journal && ownSeqs.has(seq))
    .map(({ seq, code }) => ({ seq, code }));
  const takenOrAside = frame.unseen.filter(({ seq }) => seq > watermarkBefore && !refused.has(seq)).length;
  const reused = quarantined.filter(({ seq }) => refused.has(seq)).length;
  return {
    watermark: Math.max(watermarkBefore, frame.fromSeq + frame.facts.length - 1),
    gap: false,
    duplicates: frame.facts.length - takenOrAside - reused,
    quarantined,
  };
}
