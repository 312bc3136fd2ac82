import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ShelfwireError } from '#shared/protocol/errors.ts';
import { silentLogger } from '#shared/runtime/logger.ts';
import { adjustmentDraft, saleDraft } from '#test/support/facts.ts';
import { MemoryJournalLog } from '#test/support/memory-journal-log.ts';
import { HybridClock } from './hybrid-clock.ts';
import { openJournal, type StoreJournal } from './journal.ts';

const NOON = 1_790_000_000_000;

async function open(log = new MemoryJournalLog(), time = { now: NOON }) {
  const clock = { now: () => time.now, monotonic: () => 0, after: () => () => undefined };
  const hybridClock = new HybridClock(clock, { lastAt: 0, offsetMs: 0 });
  const journal = await openJournal({ log, heads: log, hybridClock, clock, logger: silentLogger });
  return { journal, log, time, hybridClock };
}

const seqs = async (journal: StoreJournal) => (await journal.read(1, 10_000)).map(({ seq }) => seq);
const oneTo = (last: number) => Array.from({ length: last }, (_, place) => place + 1);

describe('journal', () => {
  it('F2 append answers only after the commit', async () => {
    const { journal, log } = await open();
    let release = (): void => undefined;
    log.gate = new Promise((resolve) => {
      release = resolve;
    });
    let answered = false;
    const append = journal.append([adjustmentDraft('a')]).then(() => (answered = true));
    await new Promise((resolve) => setTimeout(resolve, 10));
    expect([answered, journal.lastSeq]).toEqual([false, 0]);
    release();
    await append;
    expect(log.facts.has('a')).toBe(true);
  });

  it('F3 seq is gapless in the order of arrival, whatever is known, refused or fails', async () => {
    const call = fc.array(
      fc.record({ key: fc.integer({ min: 0, max: 30 }), quantity: fc.integer({ min: 1, max: 2 }) }),
      { minLength: 1, maxLength: 5 },
    );
    const round = fc.record({ calls: fc.array(call, { maxLength: 5 }), full: fc.boolean(), restart: fc.boolean() });
    await fc.assert(
      fc.asyncProperty(fc.array(round, { maxLength: 8 }), async (rounds) => {
        const log = new MemoryJournalLog();
        let { journal } = await open(log);
        for (const { calls, full, restart } of rounds) {
          log.fail = full ? new ShelfwireError('STORAGE_FULL', 'full') : undefined;
          await Promise.allSettled(
            calls.map((drafts) =>
              journal.append(drafts.map(({ key, quantity }) => adjustmentDraft(`k${key}`, quantity))),
            ),
          );
          if (restart) {
            await journal.close();
            log.fail = undefined;
            ({ journal } = await open(log));
          }
          expect(await seqs(journal)).toEqual(oneTo(journal.lastSeq));
          expect(log.facts.size).toBe(journal.lastSeq);
        }
      }),
      { numRuns: 60 },
    );
  });

  it('F3 holes are closed at start by void markers at exactly the missing seqs', async () => {
    const { journal, log } = await open();
    await journal.append(oneTo(1_200).map((n) => adjustmentDraft(`k${n}`)));
    const lost = [1, 7, 8, 501, 502, 1_199];
    for (const n of lost) log.facts.delete(`k${n}`);
    const again = (await open(log)).journal;
    expect(again.lastSeq).toBe(1_200);
    const facts = await again.read(1, 2_000);
    expect(facts.map(({ seq }) => seq)).toEqual(oneTo(1_200));
    const markers = facts.filter(({ kind }) => kind === 'void');
    expect(markers.map(({ seq }) => seq)).toEqual(lost);
    expect(JSON.parse(markers[0]!.bodyText)).toMatchObject({ hole: true });
    expect((await open(log)).journal.lastSeq).toBe(1_200);
  });

  it('F4 the same key and content is a duplicate with its first seq; other content is refused', async () => {
    const { journal, log } = await open();
    const [first] = await journal.append([adjustmentDraft('a', 1)]);
    expect(first).toEqual({ status: 'appended', key: 'a', seq: 1, at: NOON });
    const results = await journal.append([
      adjustmentDraft('a', 1),
      adjustmentDraft('a', 2),
      adjustmentDraft('b', 1),
      adjustmentDraft('b', 1),
      adjustmentDraft('b', 3),
    ]);
    expect(results.map(({ status }) => status)).toEqual(['duplicate', 'refused', 'appended', 'duplicate', 'refused']);
    expect(results[0]).toEqual({ status: 'duplicate', key: 'a', seq: 1, at: NOON });
    expect(results[3]).toMatchObject({ seq: 2 });
    expect(results[1]).toMatchObject({ code: 'KEY_REUSED' });
    expect(log.facts.size).toBe(2);
  });

  it('F4 another source or correlation is not other content', async () => {
    const { journal } = await open();
    await journal.append([adjustmentDraft('a')]);
    const [again] = await journal.append([{ ...adjustmentDraft('a'), source: 'csv:sales', correlationId: 'other' }]);
    expect(again?.status).toBe('duplicate');
  });

  it('groups what arrives in one tick, and during a commit, into one commit', async () => {
    const { journal, log } = await open();
    const first = oneTo(10).map((n) => journal.append([adjustmentDraft(`a${n}`)]));
    await first[0];
    await Promise.all(first);
    expect(log.groups).toEqual([10]);
    await Promise.all(oneTo(1_300).map((n) => journal.append([adjustmentDraft(`b${n}`)])));
    expect(log.groups).toEqual([10, 500, 500, 300]);
  });

  it('F3 S5 a failed commit takes no seq, moves no clock, and the journal goes on afterwards', async () => {
    const { journal, log, time } = await open();
    log.fail = new ShelfwireError('STORAGE_FULL', 'full');
    time.now = NOON + 50_000;
    await expect(journal.append([adjustmentDraft('a')])).rejects.toMatchObject({ code: 'STORAGE_FULL' });
    log.fail = undefined;
    time.now = NOON;
    expect(await journal.append([adjustmentDraft('a')])).toEqual([{ status: 'appended', key: 'a', seq: 1, at: NOON }]);
  });

  it('F3 a commit that failed although it is on disk is found again, not doubled', async () => {
    const { journal, log } = await open();
    await journal.append([adjustmentDraft('a')]);
    const write = log.appendGroup.bind(log);
    log.appendGroup = async (facts) => {
      await write(facts);
      throw new ShelfwireError('STORAGE_IO', 'cut after the write');
    };
    await expect(journal.append([adjustmentDraft('b')])).rejects.toMatchObject({ code: 'STORAGE_IO' });
    log.appendGroup = write;
    const results = await journal.append([adjustmentDraft('c'), adjustmentDraft('b')]);
    expect(results).toMatchObject([
      { status: 'appended', seq: 3 },
      { status: 'duplicate', seq: 2 },
    ]);
  });

  it('S5 live facts never go back in time over a restart; imported ones keep their own', async () => {
    const { journal, log } = await open();
    const results = await journal.append([
      saleDraft('live', [['A', 1]]),
      saleDraft('old', [['A', 1]], NOON - 99),
      saleDraft('future', [['A', 1]], NOON + 99),
    ]);
    expect(results.map((result) => 'at' in result && result.at)).toEqual([NOON, NOON - 99, NOON]);
    await journal.close();
    const later = await open(log, { now: NOON - 86_400_000 });
    expect(await later.journal.append([saleDraft('x', [['A', 1]])])).toMatchObject([{ at: NOON, seq: 4 }]);
  });

  it('a new epoch begins at seq 1 and takes along what the hub may not have; a crash on the way is finished at start', async () => {
    const { journal, log } = await open();
    await journal.append(oneTo(5).map((n) => adjustmentDraft(`k${n}`)));
    const { epoch } = journal;
    await journal.beginEpoch(3);
    expect(journal.epoch).toBeGreaterThan(epoch);
    expect((await journal.read(1, 9)).map(({ key, seq }) => [key, seq])).toEqual([
      ['k4', 1],
      ['k5', 2],
    ]);
    expect((await log.read(epoch, 1, 9)).map(({ key }) => key)).toEqual(['k1', 'k2', 'k3']);
    expect(await journal.append([adjustmentDraft('k6'), adjustmentDraft('k2')])).toMatchObject([
      { seq: 3 },
      { status: 'duplicate', seq: 2 },
    ]);

    log.head = { epoch: journal.epoch + 1, prunedSeq: 0, moving: { epoch: journal.epoch, afterSeq: 1 } };
    await log.moveGroup([{ ...log.facts.get('k5')!, epoch: journal.epoch + 1, seq: 1 }]);
    const again = (await open(log)).journal;
    expect((await again.read(1, 9)).map(({ key, seq }) => [key, seq])).toEqual([
      ['k5', 1],
      ['k6', 2],
    ]);
    expect(log.head.moving).toBeNull();
  });

  it('close commits what was taken and refuses what comes after', async () => {
    const { journal, log } = await open();
    const taken = journal.append([adjustmentDraft('a')]);
    await journal.close();
    expect(log.facts.has('a')).toBe(true);
    await expect(taken).resolves.toHaveLength(1);
    await expect(journal.append([adjustmentDraft('b')])).rejects.toMatchObject({ code: 'JOURNAL_CLOSED' });
  });
});
