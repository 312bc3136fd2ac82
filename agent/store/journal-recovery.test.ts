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
  /** Writes of moves until the process is killed: then none is ever answered. */
  dies = Number.POSITIVE_INFINITY;
  #died = Promise.withResolvers<void>();
  readonly died = this.#died.promise;

  override async moveGroup(facts: readonly StoredFact[]): Promise<void> {
    if (this.dies-- <= 0) {
      this.#died.resolve();
      return new Promise(() => undefined);
    }
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

describe('facts of an earlier epoch that the hub has lost', () => {
  const keys = (first: number, last: number) =>
    Array.from({ length: last - first + 1 }, (_, place) => `k${String(first + place).padStart(4, '0')}`);
  /** 1,200 facts, of which those up to 1,100 stay in the first epoch. */
  async function twoEpochs(log: LyingLog) {
    const journal = await open(log);
    await journal.append(keys(1, 1_200).map((key) => adjustmentDraft(key)));
    const first = journal.epoch;
    await journal.beginEpoch(1_100);
    return { journal, first };
  }

  type Opened = Awaited<ReturnType<typeof open>>;
  const fails = async (log: LyingLog, journal: Opened, first: number) => {
    log.lies = 1;
    await journal.moveUp(first, 300).catch(() => undefined);
    return journal;
  };
  const interruptions: readonly [string, (log: LyingLog, journal: Opened, first: number) => Promise<Opened>][] = [
    ['a write that fails after it was made', fails],
    [
      'such a write, and a sale',
      async (log, journal, first) => {
        await fails(log, journal, first);
        await journal.append([adjustmentDraft('sold')]);
        return journal;
      },
    ],
    ['such a write, and a restart', async (log, journal, first) => fails(log, journal, first).then(() => open(log))],
    [
      'a kill between two pages',
      async (log, journal, first) => {
        log.dies = 1;
        void journal.moveUp(first, 300);
        await log.died;
        log.dies = Number.POSITIVE_INFINITY;
        return open(log);
      },
    ],
  ];

  it.each(interruptions)(
    'F2 F3 S2 move up once and without a gap, whatever interrupts it: %s',
    async (_, interrupt) => {
      const log = new LyingLog();
      const { journal, first } = await twoEpochs(log);
      const again = await interrupt(log, journal, first);
      await again.moveUp(first, 300);
      expect(await again.moveUp(first, 300)).toBe(0);
      await again.append([adjustmentDraft('sold')]);
      const moved = await again.read(1, 10_000);
      expect(moved.map(({ seq }) => seq)).toEqual(Array.from({ length: 901 }, (__, place) => place + 1));
      expect(moved.map(({ key }) => key).filter((key) => key !== 'sold')).toEqual([
        ...keys(1_101, 1_200),
        ...keys(301, 1_100),
      ]);
      expect(await again.earlierEpochs()).toEqual([first]);
      expect(await again.moveUp(first, 0)).toBe(300);
      expect(await again.earlierEpochs()).toEqual([]);
    },
  );

  it('S2 the sender hears of them, and the view of stock that they have moved, also after a failed write', async () => {
    const log = new LyingLog();
    const { journal, first } = await twoEpochs(log);
    const told: unknown[] = [];
    journal.onAppended((lastSeq) => told.push(lastSeq));
    journal.onMoved(() => told.push('moved'));
    await journal.moveUp(first, 1_000);
    expect(told).toEqual(['moved', 200]);
    log.lies = 1;
    await expect(journal.moveUp(first, 0)).rejects.toThrow('has moved');
    await journal.append([adjustmentDraft('next')]);
    expect(told).toEqual(['moved', 200, 700, 'moved', 701]);
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
