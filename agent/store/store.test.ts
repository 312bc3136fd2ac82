import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openEngine, STORAGE_ENGINES } from '#agent/storage/engines.ts';
import { silentLogger } from '#shared/runtime/logger.ts';
import { adjustmentDraft, saleDraft } from '#test/support/facts.ts';
import { journalSchema } from './collections/journal.ts';
import { openEmptyDatabase } from './database.ts';
import { RxdbJournalLog } from './journal-log-rxdb.ts';
import { pruneJournal } from './retention.ts';
import { openStore, type Store } from './store.ts';

const NOON = 1_790_000_000_000;
const DAY = 86_400_000;
const oneTo = (last: number) => Array.from({ length: last }, (_, place) => place + 1);

let folder: string;
let store: Store;
let time: number;
const clock = { now: () => time, monotonic: () => 0, after: () => () => undefined };
let engine: (typeof STORAGE_ENGINES)[number];
const open = () => openStore({ folder, engine, logger: silentLogger, clock });
const reopen = async () => {
  await store.close();
  store = await open();
};

describe.each(STORAGE_ENGINES)('store on %s', (name) => {
  beforeEach(async () => {
    engine = name;
    folder = mkdtempSync(join(tmpdir(), 'store-'));
    time = NOON;
    store = await open();
  });

  afterEach(async () => {
    await store.close();
    rmSync(folder, { recursive: true, force: true });
  });

  it('F2 F4 keeps facts over a reopen, with keys of any printable characters', async () => {
    const keys = [
      '__proto__',
      'constructor',
      'a b',
      'o\'clock "|\\%',
      '😀 ключ',
      'é',
      'e\u0301',
      'A',
      'a',
      'x'.repeat(128),
      ':',
      '$eq',
    ];
    await store.journal.append(keys.map((key) => adjustmentDraft(key)));
    const { epoch } = store.journal;
    await reopen();
    expect([store.journal.epoch, store.journal.lastSeq]).toEqual([epoch, keys.length]);
    expect((await store.journal.read(1, 100)).map(({ key }) => key)).toEqual(keys);
    const again = await store.journal.append(keys.map((key) => adjustmentDraft(key)));
    expect(again.map((result) => ['seq' in result && result.seq, result.status])).toEqual(
      oneTo(keys.length).map((seq) => [seq, 'duplicate']),
    );
  });

  it('F1 F5 gives bodies back exactly as they were', async () => {
    await store.journal.append([
      saleDraft('a', [
        ['😀', 2],
        ['__proto__', 1],
      ]),
    ]);
    const [fact] = await store.journal.read(1, 1);
    expect(fact?.bodyText).toBe(
      '{"currency":"EUR","lines":[{"sku":"😀","quantity":2,"unitPriceMinor":199},{"sku":"__proto__","quantity":1,"unitPriceMinor":199}]}',
    );
  });

  it('F3 S5 prunes old acknowledged facts only, from the beginning, and loses neither seq nor clock', async () => {
    await store.journal.append(oneTo(1_150).map((n) => adjustmentDraft(`k${n}`)));
    time = NOON + 1;
    await store.journal.append(oneTo(50).map((n) => adjustmentDraft(`m${n}`)));
    time = NOON + 500 * DAY;
    expect(await store.prune()).toBe(0);
    store.device.mark({ ackedSeq: 1_100 });
    expect(await store.prune()).toBe(1_100);
    expect(store.journal.prunedSeq).toBe(1_100);
    await reopen();
    expect((await store.journal.read(1, 500)).map(({ seq }) => seq)).toEqual(oneTo(100).map((n) => 1_100 + n));
    await store.journal.append([adjustmentDraft('young')]);
    store.device.mark({ ackedSeq: 1_201 });
    time = NOON + 1_500 * DAY;
    await store.prune();
    time = NOON;
    await reopen();
    expect(await store.journal.append([adjustmentDraft('next')])).toMatchObject([{ seq: 1_202, at: NOON + 500 * DAY }]);
    expect(await store.prune(0)).toBe(0);
  });

  it('F5 keeps what was refused verbatim, the same arrival once, over a reopen, page by page', async () => {
    const one = (n: number, verbatim = `text ${n}`) => ({
      id: `id${n}`,
      source: 'csv:sales',
      code: 'CSV_ROW_INVALID' as const,
      detail: 'bad',
      verbatim,
    });
    await store.quarantine.keep([one(1, 'a\u0000"b\n😀'), one(2), one(2)]);
    time += 5;
    await store.quarantine.keep([one(2), one(3)]);
    expect(store.quarantine.count).toBe(3);
    await reopen();
    expect(store.quarantine.count).toBe(3);
    const first = await store.quarantine.list({ limit: 2 });
    expect(first.items.map(({ id }) => id)).toEqual(['id3', 'id2']);
    const second = await store.quarantine.list({ limit: 2, cursor: first.nextCursor! });
    expect(second.items).toMatchObject([{ id: 'id1', verbatim: 'a\u0000"b\n😀', at: NOON }]);
    expect(second.nextCursor).toBeNull();
  });

  it('takes two stores in one process for two', async () => {
    const other = mkdtempSync(join(tmpdir(), 'store-'));
    // RxDB's free form has no room for the collections of two whole stores.
    const storage = await openEngine(engine, other, { now: () => time });
    const second = await openEmptyDatabase(storage, other);
    await second.addCollections({ journal: { schema: journalSchema } });
    const log = new RxdbJournalLog(second.journal);
    const [first] = await store.journal.append([adjustmentDraft('a')]);
    await log.appendGroup(await new RxdbJournalLog(store.db.journal).read(store.journal.epoch, 1, 1));
    await store.journal.append([adjustmentDraft('b')]);
    expect([first?.status, store.journal.lastSeq, await log.tailOf(store.journal.epoch, 0)]).toEqual([
      'appended',
      2,
      { lastSeq: 1, count: 1 },
    ]);
    await second.close();
    rmSync(other, { recursive: true, force: true });
  });

  it('F2 S2 a journal that ends before what was acknowledged goes on under another epoch, whatever is sold before the hub is asked', async () => {
    await store.journal.append([1, 2].map((number) => saleDraft(`a${number}`, [['APPLE', 1]])));
    const { epoch } = store.journal;
    // Its files were copied one after the other: the device's is of a later moment than the journal's.
    store.device.mark({ ackedSeq: 4, settled: { epoch, seq: 4 } });
    await reopen();
    expect(store.journal.epoch).toBeGreaterThan(epoch);
    const later = [3, 4, 5].map((number) => saleDraft(`a${number}`, [['APPLE', 1]]));
    await store.journal.append(later);
    expect([store.device.marks.ackedSeq, store.freshness().unsent]).toEqual([0, 3]);
    expect((await store.journal.read(1, 9)).map(({ key }) => key)).toEqual(['a3', 'a4', 'a5']);
    await store.stockView.settled();
    expect(store.stockView.onHand('APPLE')).toBe(-5);
    expect(await store.journal.earlierEpochs()).toEqual([epoch]);
  });

  it('M1 the view of stock knows facts of an epoch before that no position holds yet', async () => {
    await store.journal.append([saleDraft('a', [['A', 1]]), saleDraft('b', [['A', 2]])]);
    await store.device.update({ journalNumbers: [{ epoch: store.journal.epoch, journal: 3 }] });
    await store.journal.beginEpoch(1);
    await store.journal.append([saleDraft('c', [['A', 4]])]);
    await store.stockView.settled();
    expect(store.stockView.onHand('A')).toBe(-7);
    await reopen();
    expect(store.stockView.onHand('A')).toBe(-7);
    const base = { damaged: 0, quarantined: 0, anchor: null };
    await store.device.update({
      journalNumbers: [...store.device.state.journalNumbers, { epoch: store.journal.epoch, journal: 4 }],
    });
    await store.db.positions.upsert({ id: ':A', sku: 'A', onHand: -3, ...base, journal: 4, watermark: 1 });
    await store.stockView.settled();
    expect(store.stockView.onHand('A')).toBe(-7);
    expect(store.stockView.settledPlace()).toEqual({ epoch: store.journal.epoch, seq: 1 });
  });

  it('M1 facts that move up again are in the view once', async () => {
    await store.journal.append([saleDraft('a', [['A', 1]]), saleDraft('b', [['A', 2]])]);
    const { epoch: first } = store.journal;
    await store.journal.beginEpoch(1);
    await store.device.update({
      journalNumbers: [
        { epoch: first, journal: 3 },
        { epoch: store.journal.epoch, journal: 4 },
      ],
    });
    const base = { damaged: 0, quarantined: 0, anchor: null };
    await store.db.positions.upsert({ id: ':A', sku: 'A', onHand: -3, ...base, journal: 4, watermark: 1 });
    await store.stockView.settled();
    expect(store.stockView.onHand('A')).toBe(-3);
    // The hub is an older one, which has neither.
    await store.db.positions.upsert({ id: ':A', sku: 'A', onHand: 0, ...base, journal: 4, watermark: 0 });
    await store.stockView.settled();
    expect(store.stockView.onHand('A')).toBe(-2);
    await store.journal.moveUp(first, 0);
    await store.stockView.settled();
    expect(store.stockView.onHand('A')).toBe(-3);
    const there = (await store.journal.read(1, 10)).map(({ seq, key }) => [seq, key]);
    expect(there).toEqual([
      [1, 'b'],
      [2, 'a'],
    ]);
    await reopen();
    expect(store.stockView.onHand('A')).toBe(-3);
  });

  it('F2 retention leaves alone what moves up while it looks', async () => {
    await store.journal.append(['a', 'b', 'c'].map((key) => adjustmentDraft(key)));
    const { epoch: first } = store.journal;
    await store.journal.beginEpoch(2);
    class MovingLog extends RxdbJournalLog {
      override async *readEpochsBefore(epoch: number) {
        for await (const page of super.readEpochsBefore(epoch)) {
          await store.journal.moveUp(first, 1);
          yield page;
        }
      }
    }
    const log = new MovingLog(store.db.journal);
    const limits = { ackedSeq: 0, now: NOON + 2, days: 0 };
    time = NOON + 1;
    await store.journal.append([adjustmentDraft('later')]);
    expect(await pruneJournal({ journal: store.journal, log }, limits)).toBe(1);
    expect((await store.journal.read(1, 10)).map(({ key }) => key)).toEqual(['c', 'later', 'b']);
  });

  it.each(['lastAt', 'read'] as const)(
    'F2 an epoch that begins while retention looks (%s) keeps its unsent facts',
    async (when) => {
      await store.journal.append(oneTo(10).map((n) => adjustmentDraft(`old${n}`)));
      store.device.mark({ ackedSeq: 10 });
      time = NOON + 500 * DAY;
      await store.journal.append(['u1', 'u2', 'u3'].map((key) => adjustmentDraft(key)));
      time += 500 * DAY;
      await store.journal.append([adjustmentDraft('young')]);
      let beginning: Promise<void> | undefined;
      const begin = () => void (beginning ??= store.journal.beginEpoch(10));
      class SlowLog extends RxdbJournalLog {
        override async lastAt() {
          const at = await super.lastAt();
          if (when === 'lastAt') begin();
          await beginning;
          return at;
        }
        override async read(epoch: number, from: number, limit: number) {
          const page = await super.read(epoch, from, limit);
          // Whoever lets it in before the page is pruned gives the seqs to other facts.
          if (when === 'read') begin();
          await Promise.race([beginning, new Promise((resolve) => void setTimeout(resolve, 50))]);
          return page;
        }
      }
      const log = new SlowLog(store.db.journal);
      await pruneJournal({ journal: store.journal, log }, { ackedSeq: store.device.marks.ackedSeq, now: time });
      await beginning;
      expect(store.journal.prunedSeq).toBe(0);
      await store.prune();
      expect((await store.journal.read(1, 10)).map(({ key }) => key)).toEqual(['u1', 'u2', 'u3', 'young']);
    },
  );

  it('M1 the view of stock outlives the move of facts into a new epoch', async () => {
    await store.journal.append([saleDraft('a', [['A', 1]]), saleDraft('b', [['A', 2]])]);
    await store.journal.beginEpoch(0);
    await store.journal.append([saleDraft('c', [['A', 4]])]);
    await store.stockView.settled();
    expect(store.stockView.onHand('A')).toBe(-7);
    await reopen();
    expect(store.stockView.onHand('A')).toBe(-7);
  });
});
