import type { Clock } from '#shared/runtime/clock.ts';
import type { Logger } from '#shared/runtime/logger.ts';
import {
  type DamageReport,
  type LostDocument,
  readLost,
  readReports,
  writeReport,
} from '#agent/storage/sqlite/salvage/report.ts';
import type { Device } from './device.ts';
import { epochNow } from './journal-head.ts';
import type { JournalLog } from './journal-log.ts';

const PAGE = 500;

interface LossParts {
  /** The data folder. */
  readonly folder: string;
  readonly device: Device;
  readonly log: Pick<JournalLog, 'read' | 'epochBefore'>;
  readonly clock: Clock;
  readonly logger: Logger;
}

type EpochReport = NonNullable<DamageReport['journal']>[number];

/**
 * Draws the conclusions of a recovery before the journal opens, so that no seq can mean two facts (J2) and what is lost is
 * told to the hub (F3):
 *
 * - what seqs are missing is written into the report
 * - the remembered acknowledgement ends before the first of them: beyond it the hub's keys are compared before it is
 *   believed, so a hub that has the lost facts makes the journal begin a new epoch
 * - the places of lost facts that an index still knew at the journal's end are not given again
 *
 * Returns up to which seq the present epoch was in use, and what ends the work once the journal has been opened.
 */
export async function settleLosses(parts: LossParts): Promise<{ usedSeq: number; settled: () => void }> {
  const open = readReports(parts.folder).filter(({ report }) => !report.settled);
  let usedSeq = 0;
  for (const one of open) {
    const isWhole = (name: string) =>
      one.report.collections.some(({ collection, isWhole: whole }) => collection === name && whole);
    // The head of the journal and the acknowledgement are in the device's document.
    if (!isWhole('journal') || !isWhole('device')) {
      const lost = readLost(one.folder).filter(({ collection }) => collection === 'journal');
      one.report.journal ??= await missingSeqs(parts, lost);
      writeReport(one.folder, one.report);
      usedSeq = Math.max(usedSeq, await forget(parts, one.report.journal));
    }
    if (one.report.collections.some(({ collection, leftOut }) => leftOut && collection === 'positions')) {
      // No position of the hub is here any more, so none contains a fact.
      parts.device.mark({ settled: { epoch: 0, seq: 0 }, pulledAt: null });
    }
    await parts.device.saveMarks();
  }
  return {
    usedSeq,
    settled: () => {
      for (const one of open) writeReport(one.folder, { ...one.report, settled: true });
    },
  };
}

/** The seqs of each epoch that no fact has: between those that are there, and behind them as far as an index knew. */
async function missingSeqs(
  { device, log }: Pick<LossParts, 'device' | 'log'>,
  lost: readonly LostDocument[],
): Promise<EpochReport[]> {
  const lastLost = new Map<number, number>();
  for (const { fields } of lost) {
    const [epoch, seq] = [Number(fields['epoch']), Number(fields['seq'])];
    if (Number.isInteger(epoch) && Number.isInteger(seq)) lastLost.set(epoch, Math.max(seq, lastLost.get(epoch) ?? 0));
  }
  const epochs = new Set(lastLost.keys());
  for (let epoch = await log.epochBefore(Infinity); epoch !== null; epoch = await log.epochBefore(epoch))
    epochs.add(epoch);
  const head = device.load();
  const reports: EpochReport[] = [];
  for (const epoch of [...epochs].toSorted((a, b) => a - b)) {
    const missing: [number, number][] = [];
    let next = head?.epoch === epoch ? head.prunedSeq + 1 : undefined;
    for (let page = await log.read(epoch, 0, PAGE); page.length > 0; page = await log.read(epoch, next ?? 0, PAGE)) {
      for (const { seq } of page) {
        // An earlier epoch begins where retention has left it.
        if (next !== undefined && seq > next) missing.push([next, seq - 1]);
        next = Math.max(next ?? 0, seq + 1);
      }
    }
    const behind = lastLost.get(epoch) ?? 0;
    const first = next ?? 1;
    if (behind >= first) missing.push([first, behind]);
    reports.push({ epoch, lastSeq: Math.max(first - 1, behind), missing });
  }
  return reports;
}

/** Believes no acknowledgement from the first missing seq on. Returns up to which seq the present epoch was in use. */
async function forget({ device, clock, logger }: LossParts, epochs: readonly EpochReport[]): Promise<number> {
  const head = device.load();
  const latest = epochs.at(-1)?.epoch ?? 0;
  if (!head || latest > head.epoch) {
    // The head is lost, or an old state of it is back: under a new epoch nothing is given twice.
    if (latest > 0) await device.save({ epoch: Math.max(epochNow(clock), latest + 1), prunedSeq: 0, moving: null });
    return 0;
  }
  const own = epochs.find(({ epoch }) => epoch === head.epoch);
  const before = (own?.missing[0]?.[0] ?? (own?.lastSeq ?? 0) + 1) - 1;
  const { ackedSeq, settled } = device.marks;
  const known = Math.max(head.prunedSeq, Math.min(ackedSeq, before));
  const isContained = settled.epoch === head.epoch && settled.seq > known;
  device.mark({ ackedSeq: known, ...(isContained ? { settled: { epoch: head.epoch, seq: known } } : {}) });
  logger.warn({ epoch: head.epoch, ackedSeq, known, missing: own?.missing }, 'the journal was damaged');
  return own?.lastSeq ?? 0;
}
