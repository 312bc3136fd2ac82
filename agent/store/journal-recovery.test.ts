import { describe, expect, it } from 'vitest';
import { silentLogger } from '#shared/runtime/logger.ts';
import { adjustmentDraft } from '#test/support/facts.ts';
import { MemoryJournalLog } from '#test/support/memory-journal-log.ts';
import { HybridClock } from './hybrid-clock.ts';
import { openJournal } from './journal.ts';
import type { StoredFact } from './journal-log.ts';

const NOON = 1_790_000_000_000;

/** A disk that says no after it has written, as often as it is told. */
class LyingLog extends MemoryJournalLog {
  lies = 0;

  override async moveGroup(facts: readonly StoredFact[]): Promise<void> {
    await super.moveGroup(facts);
    if (this.lies-- > 0) throw new Error('the disk says no, and has moved');
  }

  override async appendGroup(facts: readonly StoredFact[]): Promise<void> {
    await super.appendGroup(facts);
    if (this.lies-- > 0) throw new Error('the disk says no, and has written');
  }
}

async function open(log: LyingLog, time = { now: NOON }) {
  const clock = { now: () => time.now, monotonic: () => 0, after: () => () => undefined };
  const hybridClock = new HybridClock(clock, { lastAt: 0, offsetMs: 0 });
  return openJournal({ log, heads: log, hybridClock, clock, logger: silentLogger });
}

describe('a commit that failed although it is on disk', () => {
  it('F2 S1 is not offered to the hub before it is known', async () => {
    const log = new LyingLog();
    const journal = await open(log);
    await journal.append([adjustmentDraft('a')]);
    log.lies = 1;
    await expect(journal.append([adjustmentDraft('b')])).rejects.toThrow('says no');
    expect(journal.lastSeq).toBe(1);
    expect((await journal.read(1, 10)).map(({ seq }) => seq)).toEqual([1]);
  });

  it('S2 is told to listeners when it is found: the sender and the view of stock', async () => {
    const log = new LyingLog();
    const journal = await open(log);
    log.lies = 1;
    await expect(journal.append([adjustmentDraft('a')])).rejects.toThrow('says no');
    const told: unknown[] = [];
    journal.onAppended((lastSeq) => told.push(lastSeq));
    journal.onCommitted((facts) => told.push(...facts.map(({ key }) => key)));
    expect((await journal.append([adjustmentDraft('a')]))[0]).toMatchObject({ status: 'duplicate', seq: 1 });
    expect(told).toEqual(['a', 1]);
  });
});

describe('recovery', () => {
  it('S5 the clock stands behind the markers of holes', async () => {
    const log = new LyingLog();
    const time = { now: NOON };
    const journal = await open(log, time);
    await journal.append([adjustmentDraft('a'), adjustmentDraft('b'), adjustmentDraft('c')]);
    await journal.close();
    log.facts.delete('b');
    time.now = NOON + 60_000;
    const again = await open(log, time);
    const [, marker] = await again.read(1, 10);
    expect(marker).toMatchObject({ seq: 2, kind: 'void', at: NOON + 60_000 });
    time.now = NOON;
    const [result] = await again.append([adjustmentDraft('d')]);
    expect(result).toMatchObject({ seq: 4, at: NOON + 60_000 });
  });
});

describe('a new epoch whose beginning failed half-way', () => {
  it('F2 F3 is finished before another is begun, and no fact stays behind', async () => {
    const log = new LyingLog();
    const journal = await open(log);
    await journal.append(['a', 'b', 'c', 'd'].map((key) => adjustmentDraft(key)));
    log.lies = 1;
    await expect(journal.beginEpoch(2)).rejects.toThrow('has moved');
    await journal.beginEpoch(0);
    expect((await journal.read(1, 10)).map(({ key }) => key)).toEqual(['c', 'd']);
    expect((await journal.append([adjustmentDraft('e')]))[0]).toMatchObject({ status: 'appended', seq: 3 });
  });
});
