import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { STORAGE_ENGINES } from '#agent/storage/engines.ts';
import type { Person } from '#shared/agent-api/answers.ts';
import { countAct } from '#shared/agent-api/count-acts.ts';
import { silentLogger } from '#shared/runtime/logger.ts';
import { saleDraft } from '#test/support/facts.ts';
import { openStore, type Store } from '../store.ts';

const NOON = 1_790_000_000_000;
const ADA: Person = { name: 'Ada', role: 'clerk' };
const BEN: Person = { name: 'Ben', role: 'clerk' };
const MIA: Person = { name: 'Mia', role: 'manager' };
const ID = 'count-0001';

let folder: string;
let store: Store;
let time: number;
let engine: (typeof STORAGE_ENGINES)[number] = 'sqlite';
const clock = { now: () => time, monotonic: () => 0, after: () => () => undefined };
const open = () => openStore({ folder, engine, logger: silentLogger, clock });
const reopen = async () => {
  await store.close();
  store = await open();
};
const begin = (given: Record<string, unknown> = {}, by = ADA, id = ID) =>
  store.counts.begin(id, by, { name: 'Morning', zone: 'Window', blind: false, expected: { kind: 'none' }, ...given });
let acts = 0;
const say = (by: Person, act: Record<string, unknown>, id = ID) =>
  store.counts.act(id, by, [countAct.parse({ key: `act-${String((acts += 1)).padStart(6, '0')}`, ...act })]);
const scan = (by: Person, code: string, more: Record<string, unknown> = {}) =>
  say(by, { do: 'scan', code, zone: 'Window', ...more });
const receive = (sku: string, quantity: number) =>
  store.journal.append([{ kind: 'receipt', key: `in-${sku}`, source: 't', body: { lines: [{ sku, quantity }] } }]);
const refusal = (code: string) => expect.objectContaining({ code }) as Error;

beforeEach(async () => {
  engine = 'sqlite';
  folder = mkdtempSync(join(tmpdir(), 'counts-'));
  time = NOON;
  store = await open();
});
afterEach(async () => {
  await store.close();
  rmSync(folder, { recursive: true, force: true });
});

describe('counts', () => {
  it.each(STORAGE_ENGINES)(
    'CN1 F2 on %s what was answered is there after a restart, and what is said twice counts once',
    async (name) => {
      await store.close();
      rmSync(folder, { recursive: true, force: true });
      engine = name;
      store = await open();
      await receive('A', 5);
      await begin();
      const twice = { key: 'the-same-scan', do: 'scan', code: 'A', zone: 'Window' };
      const first = await say(ADA, twice);
      expect(first.acts).toEqual([
        { key: 'the-same-scan', status: 'taken', problem: null, sku: 'A', name: null, quantity: 1 },
      ]);
      // Sent again, also with another age: the browser waited for the answer.
      const both = await Promise.all([
        say(ADA, { ...twice, ageMs: 500 }),
        say(ADA, twice),
        scan(ADA, 'A'),
        scan(ADA, '???'),
      ]);
      expect(both.map(({ acts: [one] }) => one?.status)).toEqual(['repeated', 'repeated', 'taken', 'taken']);
      expect((await say(ADA, { ...twice, quantity: 2 })).acts).toMatchObject([
        { status: 'refused', problem: { code: 'KEY_REUSED' } },
      ]);
      expect((await say(BEN, twice)).acts).toMatchObject([{ status: 'refused', problem: { code: 'KEY_REUSED' } }]);
      const before = await store.countReviews.view(ID, ADA);
      await reopen();
      expect(await store.countReviews.view(ID, ADA)).toEqual(before);
      expect(before).toMatchObject({
        items: 1,
        units: 2,
        version: 4,
        unknown: [{ code: '???', quantity: 1, by: ['Ada'] }],
      });
      expect((await say(ADA, twice)).acts).toMatchObject([{ status: 'repeated', quantity: 2 }]);
    },
  );

  it('CN3 compares with the books as of the instant of counting: sold since, it is no difference; sold in between, it is shown', async () => {
    await receive('A', 10);
    await begin();
    time += 1_000;
    await scan(ADA, 'A', { quantity: 9 });
    time += 60_000;
    await store.journal.append([saleDraft('sold', [['A', 4]])]);
    const [line] = (await store.countReviews.review(ID, MIA)).lines;
    expect(line).toMatchObject({
      counted: 9,
      expected: 10,
      moved: 0,
      at: NOON + 1_000,
      unitPriceMinor: 199,
      currency: 'EUR',
    });
    time += 60_000;
    await scan(ADA, 'A', { zone: 'Back', quantity: 2 });
    expect((await store.countReviews.review(ID, MIA)).lines).toMatchObject([{ counted: 11, expected: 6, moved: 4 }]);
    // A till that had lost its network: it was sold before the count.
    await store.journal.append([saleDraft('late', [['A', 1]], NOON + 500)]);
    expect((await store.countReviews.review(ID, MIA)).lines).toMatchObject([{ counted: 11, expected: 5, moved: 4 }]);
    // Counted again by another way: what one expected before is behind it.
    time += 1;
    await store.journal.append([
      { kind: 'count', key: 'c', source: 't', body: { lines: [{ sku: 'A', quantity: 3 }] } },
    ]);
    expect((await store.countReviews.review(ID, MIA)).lines).toMatchObject([{ expected: null }]);
  });

  it('CN3 S5 a sale after a scan is after it, also in the same millisecond, when the clock steps back, or after a restart', async () => {
    await receive('A', 10);
    await begin();
    await scan(ADA, 'A');
    const [same] = await store.journal.append([saleDraft('same', [['A', 1]])]);
    const { firstAt } = (await store.countReviews.view(ID, ADA)).lines[0]!;
    expect(same).toMatchObject({ at: firstAt + 1 });
    time += 5_000;
    await scan(ADA, 'A');
    time -= 60_000;
    await reopen();
    const [back] = await store.journal.append([saleDraft('back', [['A', 1]])]);
    expect(back).toMatchObject({ at: NOON + 5_001 });
    expect((await store.countReviews.review(ID, MIA)).lines).toMatchObject([{ at: NOON + 5_000, expected: 9 }]);
  });

  it('CN3 what waited in a browser is of the instant when it was seen, never before the count began', async () => {
    await receive('A', 10);
    time += 1_000;
    await begin();
    time += 60_000;
    await store.journal.append([saleDraft('meanwhile', [['A', 3]])]);
    await scan(ADA, 'A', { ageMs: 30_000, quantity: 10 });
    expect((await store.countReviews.review(ID, MIA)).lines).toMatchObject([
      { counted: 10, expected: 10, at: NOON + 31_000 },
    ]);
    await scan(BEN, 'A', { ageMs: 3_600_000, zone: 'Back' });
    expect((await store.countReviews.view(ID, BEN)).lines[0]?.firstAt).toBe(NOON + 1_000);
  });

  it('CN5 is approved by a manager alone, as it was seen, when nothing is left to decide', async () => {
    await receive('A', 5);
    await begin({ expected: { kind: 'all' } });
    await receive('B', 2);
    const version = async () => (await store.countReviews.review(ID, MIA)).version;
    const approve = async (by = MIA, at?: number) => store.counts.approve(ID, by, at ?? (await version()));
    await expect(approve()).rejects.toThrow(refusal('COUNT_UNSETTLED'));
    await scan(ADA, 'A');
    await scan(BEN, 'A');
    await expect(approve(ADA)).rejects.toThrow(refusal('FORBIDDEN'));
    await expect(approve()).rejects.toThrow(refusal('COUNT_UNSETTLED'));
    expect((await say(ADA, { do: 'resolve', sku: 'A', zone: 'Window', choice: 'add' })).acts[0]?.problem?.code).toBe(
      'FORBIDDEN',
    );
    expect(
      (await say(MIA, { do: 'resolve', sku: 'A', zone: 'Window', choice: { take: 'Eve' } })).acts[0]?.problem?.code,
    ).toBe('REQUEST_INVALID');
    await say(MIA, { do: 'resolve', sku: 'A', zone: 'Window', choice: 'add' });
    await scan(ADA, '999');
    await expect(approve()).rejects.toThrow(refusal('COUNT_UNSETTLED'));
    await say(ADA, { do: 'identify', code: '999', sku: 'B' });
    await say(MIA, { do: 'recount', skus: ['B'] });
    await expect(approve()).rejects.toThrow(refusal('COUNT_UNSETTLED'));
    expect(await store.countReviews.review(ID, MIA)).toMatchObject({
      missing: [{ sku: 'B', expected: 2 }],
      recount: [{ sku: 'B' }],
      lines: [{ sku: 'A', counted: 2, expected: 5 }],
    });
    await say(MIA, { do: 'zero', skus: ['B'] });
    await expect(approve(MIA, (await version()) - 1)).rejects.toThrow(refusal('COUNT_MOVED_ON'));
    await approve();
    await approve();
    expect((await scan(ADA, 'A')).acts).toMatchObject([{ status: 'refused', problem: { code: 'COUNT_ENDED' } }]);
    await expect(store.counts.cancel(ID, MIA, 'no')).rejects.toThrow(refusal('COUNT_ENDED'));
    expect(store.counts.unfinished()).toEqual([ID]);
  });

  it('CN6 a clerk in a blind count is told neither what is expected nor what others counted', async () => {
    await receive('A', 4_711);
    await begin({ blind: true, expected: { kind: 'all' } });
    await scan(ADA, 'A', { quantity: 77 });
    await scan(BEN, 'A', { quantity: 5, zone: 'Back' });
    await scan(BEN, '12321');
    const seen = await store.countReviews.view(ID, ADA);
    expect(JSON.stringify(seen)).not.toMatch(/4711|12321/);
    expect(seen).toMatchObject({
      missing: null,
      lines: [{ quantity: 77, expected: null }],
      others: [{ name: 'Ben', items: 1, units: null, last: [], zones: ['Back'] }],
    });
    await expect(store.countReviews.review(ID, ADA)).rejects.toThrow(refusal('FORBIDDEN'));
    expect(await store.countReviews.view(ID, MIA)).toMatchObject({ others: [{ units: 77 }, { units: 5 }] });
    expect((await store.countReviews.review(ID, MIA)).lines).toMatchObject([{ counted: 82, expected: 4_711 }]);
  });

  it('takes back what one has said oneself, and says what a scan amounts to now', async () => {
    await receive('A', 5);
    await begin();
    const {
      acts: [one],
    } = await scan(ADA, 'A');
    expect((await say(ADA, { do: 'amend', entry: one!.key, quantity: 12 })).acts).toMatchObject([
      { sku: 'A', quantity: 12 },
    ]);
    await scan(ADA, 'A');
    const { recent } = await store.countReviews.view(ID, ADA);
    expect(recent.map(({ quantity }) => quantity)).toEqual([1, 12]);
    expect((await say(BEN, { do: 'undo', entry: one!.key })).acts[0]?.problem?.code).toBe('FORBIDDEN');
    expect((await say(ADA, { do: 'undo', entry: recent[0]!.entry })).acts).toMatchObject([{ quantity: 12 }]);
    expect((await say(ADA, { do: 'undo', entry: one!.key })).acts).toMatchObject([{ quantity: 0 }]);
    expect((await say(ADA, { do: 'undo', entry: 'nobody-said-it' })).acts[0]?.problem?.code).toBe('NOT_FOUND');
    expect(await store.countReviews.view(ID, ADA)).toMatchObject({ items: 0, recent: [] });
    expect((await say(ADA, { do: 'set', sku: 'A', zone: 'Window', quantity: 0 })).acts).toMatchObject([
      { quantity: 0 },
    ]);
    expect((await store.countReviews.review(ID, MIA)).lines).toMatchObject([{ sku: 'A', counted: 0 }]);
  });

  it('a count is begun once by its id, is cancelled and stays visible, and is forgotten with the retention', async () => {
    await begin();
    await begin();
    await expect(begin({ zone: 'Back' })).rejects.toThrow(refusal('KEY_REUSED'));
    await scan(ADA, 'X-1');
    await expect(store.counts.cancel(ID, BEN, 'mine')).rejects.toThrow(refusal('FORBIDDEN'));
    await store.counts.cancel(ID, ADA, 'the wrong shelf');
    await store.counts.cancel(ID, ADA, 'again');
    await reopen();
    expect(store.counts.list(false)).toEqual([]);
    expect(store.counts.list(true).map((count) => count.header(false))).toMatchObject([
      { state: 'cancelled', reason: 'the wrong shelf', endedBy: 'Ada' },
    ]);
    expect(await store.countReviews.review(ID, MIA)).toMatchObject({ unknown: [{ code: 'X-1' }], lines: [] });
    expect((await scan(ADA, 'X-1')).acts).toMatchObject([{ status: 'refused', problem: { code: 'COUNT_ENDED' } }]);
    time += 401 * 86_400_000;
    await begin({}, ADA, 'count-0002');
    await store.prune();
    await reopen();
    expect([store.counts.list(true), store.counts.list(false).map(({ id }) => id)]).toEqual([[], ['count-0002']]);
    expect(await store.db.countDrafts.count().exec()).toBe(1);
  });

  it('F5 says how many acts a damaged disk has lost', async () => {
    await receive('A', 5);
    await begin();
    for (let left = 3; left > 0; left--) await scan(ADA, 'A');
    const [, second] = await store.db.countDrafts
      .find({ selector: { kind: 'act' }, sort: [{ kind: 'asc' }, { at: 'asc' }] })
      .exec();
    await second!.remove();
    await reopen();
    expect(await store.countReviews.review(ID, MIA)).toMatchObject({ lost: 1, lines: [{ counted: 2 }] });
    expect((await scan(ADA, 'A')).version).toBe(5);
  });
});
