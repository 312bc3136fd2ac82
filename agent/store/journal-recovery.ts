import { digestOf } from '#shared/protocol/content.ts';
import { EARLIER_MAX } from '#shared/protocol/messages/hello.ts';
import type { HybridClock } from './hybrid-clock.ts';
import type { JournalHead, JournalHeadStore } from './journal-head.ts';
import type { JournalLog, StoredFact } from './journal-log.ts';

const PAGE = 500;

export interface RecoveryParts {
  readonly log: JournalLog;
  readonly heads: JournalHeadStore;
  readonly clock: HybridClock;
}

/** Finishes a move into the head's epoch that a crash (or `beginEpoch`) left open. Returns the head without it. */
export async function finishMove({ log, heads }: RecoveryParts, head: JournalHead): Promise<JournalHead> {
  if (!head.moving) return head;
  const { epoch: oldEpoch, afterSeq } = head.moving;
  let { lastSeq } = await log.tailOf(head.epoch, 0);
  // A moved fact has left the old epoch, so each page begins where the one before ended, also after a crash.
  for (let from = afterSeq + 1; ;) {
    const page = await log.read(oldEpoch, from, PAGE);
    const facts = page.filter((fact) => !isHole(fact));
    await log.moveGroup(facts.map((fact) => ({ ...fact, epoch: head.epoch, seq: ++lastSeq })));
    const last = page.at(-1);
    if (!last || page.length < PAGE) break;
    from = last.seq + 1;
  }
  const finished = { ...head, moving: null };
  await heads.save(finished);
  return finished;
}

/** Epochs before `epoch` of which facts are still there, the latest first. */
export async function epochsBefore(log: JournalLog, epoch: number): Promise<number[]> {
  const epochs: number[] = [];
  let next = await log.epochBefore(epoch);
  while (next !== null && epochs.length < EARLIER_MAX) {
    epochs.push(next);
    next = await log.epochBefore(next);
  }
  return epochs;
}

/**
 * One page of an earlier epoch's facts with seq > afterSeq takes the places behind `lastSeq`: all of it or none. Markers of
 * holes come along, since they say nothing wherever they stand, and what stayed would be looked at for ever.
 */
export async function movePage(
  log: JournalLog,
  from: { readonly epoch: number; readonly afterSeq: number },
  to: { readonly epoch: number; readonly lastSeq: number },
): Promise<number> {
  const page = await log.read(from.epoch, from.afterSeq + 1, PAGE);
  const moved = page.map((fact, place) => ({ ...fact, epoch: to.epoch, seq: to.lastSeq + 1 + place }));
  if (moved.length > 0) await log.moveGroup(moved);
  return moved.length;
}

/**
 * Closes holes of an epoch by markers at exactly the missing seqs, so that the hub can tell "lost" from "never was"
 * (F3), up to `usedSeq` also behind the last fact. Returns the last seq and the number of markers.
 */
export async function closeHoles(
  { log, clock }: RecoveryParts,
  head: JournalHead,
  usedSeq = 0,
): Promise<{ lastSeq: number; closed: number }> {
  const tail = await log.tailOf(head.epoch, head.prunedSeq);
  const lastSeq = Math.max(tail.lastSeq, head.prunedSeq, usedSeq);
  if (tail.count === lastSeq - head.prunedSeq) return { lastSeq, closed: 0 };
  let expected = head.prunedSeq + 1;
  let closed = 0;
  while (expected <= lastSeq) {
    const page = await log.read(head.epoch, expected, PAGE);
    const markers: StoredFact[] = [];
    for (const fact of page) {
      for (; expected < fact.seq; expected++) markers.push(holeMarker(head.epoch, expected, clock));
      expected = fact.seq + 1;
    }
    if (page.length === 0)
      for (; expected <= lastSeq; expected++) markers.push(holeMarker(head.epoch, expected, clock));
    for (let from = 0; from < markers.length; from += PAGE) await log.appendGroup(markers.slice(from, from + PAGE));
    clock.advance(markers.at(-1)?.at ?? 0);
    closed += markers.length;
    if (page.length === 0) break;
  }
  return { lastSeq, closed };
}

function holeMarker(epoch: number, seq: number, clock: HybridClock): StoredFact {
  const key = `hole:${epoch}:${seq}`;
  const body = { hole: true, reason: 'closed at start: nothing was acknowledged under this seq' } as const;
  const digest = digestOf('void', JSON.stringify(body));
  const { offsetMs } = clock;
  return {
    key,
    epoch,
    seq,
    at: clock.now(),
    offsetMs,
    correlationId: key,
    source: 'journal',
    digest,
    kind: 'void',
    body,
  };
}

function isHole(fact: StoredFact): boolean {
  return fact.kind === 'void' && fact.body.hole === true;
}
