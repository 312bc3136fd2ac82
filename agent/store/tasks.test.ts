import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { systemClock } from '#shared/runtime/clock.ts';
import { silentLogger } from '#shared/runtime/logger.ts';
import { downId } from './collections/fields.ts';
import type { TaskDocument } from './collections/tasks.ts';
import { openStore, type Store } from './store.ts';
import type { TaskAnswer } from './tasks.ts';

let folder: string;
let store: Store;
const open = () => openStore({ folder, logger: silentLogger, clock: systemClock });
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'tasks-'));
  store = await open();
});
afterEach(async () => {
  await store.close();
  rmSync(folder, { recursive: true, force: true });
});

const document = (over: Partial<TaskDocument> = {}): TaskDocument => ({
  id: downId(String(over.task ?? 1)),
  task: 1,
  kind: 'collect',
  state: 'open',
  order: { channel: 'web', id: 'W-1' },
  customer: { reference: 'c-1', name: 'Ada' },
  dueAt: null,
  reason: null,
  conflict: null,
  lines: [
    {
      line: 'a',
      sku: 'A',
      units: 3,
      picked: 0,
      handed: 0,
      holds: [
        { reservation: 7, units: 2 },
        { reservation: 9, units: 1 },
      ],
    },
    { line: 'b', sku: 'B', units: 1, picked: 0, handed: 0, holds: [{ reservation: 7, units: 1 }] },
  ],
  answers: [],
  ...over,
});
const pulled = (over: Partial<TaskDocument> = {}) => store.db.tasks.upsert(document(over));
const say = (step: TaskAnswer['step'], over: Partial<TaskAnswer> = {}) =>
  store.tasks.answer({
    task: 1,
    step,
    lines: undefined,
    reason: undefined,
    key: undefined,
    source: 'test',
    correlationId: undefined,
    ...over,
  });
/** Without the order, which all of them name. */
const bodies = async () => {
  const facts = await store.journal.read(1, 100);
  return facts.map(({ bodyText }) => {
    const { order, ...body } = JSON.parse(bodyText) as { order: unknown };
    expect(order).toEqual({ channel: 'web', id: 'W-1' });
    return body;
  });
};
const line = (name: string, quantity: number) => [{ line: name, quantity }];
const refusal = (code: string) => expect.objectContaining({ code });

describe('tasks of the store', () => {
  it('S2 an answer to the task that had this number before the hub was restored is not one to the order that has it now', async () => {
    await pulled();
    expect((await say('handedOver')).state).toBe('handedOver');
    await pulled({ order: { channel: 'web', id: 'W-2' } });
    expect(store.tasks.list().map(({ state, unheard, lines }) => [state, unheard, lines[0]?.units])).toEqual([
      ['open', 0, 3],
    ]);
    expect((await say('picked', { lines: line('a', 3) })).state).toBe('picking');
  });

  it('F2 are answered offline by facts, and the view has each answer at once and after a restart', async () => {
    await pulled();
    expect((await say('accepted')).state).toBe('accepted');
    expect((await say('picked', { lines: line('a', 1) })).state).toBe('picking');
    expect((await say('picked')).state).toBe('ready');
    await store.close();
    store = await open();
    expect(store.tasks.get(1)).toMatchObject({ state: 'ready', unheard: 3 });
    expect((await say('handedOver', { lines: line('a', 2) })).lines[0]).toMatchObject({
      units: 1,
      picked: 1,
      handed: 2,
    });
    expect(await say('handedOver')).toMatchObject({ state: 'handedOver', unheard: 5 });
    expect(store.tasks.list()).toEqual([]);
    expect(store.tasks.list({ state: 'handedOver' })).toHaveLength(1);
    expect((await bodies())[1]).toEqual({ task: 1, step: 'picked', lines: [{ line: 'a', sku: 'A', quantity: 1 }] });
  });

  it('M6 name the reservations whose units leave, each with no more than it holds', async () => {
    await pulled();
    await say('handedOver', { lines: line('a', 1) });
    await say('handedOver');
    const handed = (sku: string, quantity: number, reservation: number) => {
      return { line: sku.toLowerCase(), sku, quantity, reservation };
    };
    expect(await bodies()).toEqual([
      { task: 1, step: 'handedOver', lines: [handed('A', 1, 7)] },
      { task: 1, step: 'handedOver', lines: [handed('A', 1, 7), handed('A', 1, 9), handed('B', 1, 7)] },
    ]);
    expect([store.stockView.onHand('A'), store.stockView.onHand('B')]).toEqual([-3, -1]);
  });

  it('S2 count an answer once, whichever of acknowledgement and pull comes first, and not after it was voided', async () => {
    await pulled();
    await say('picked', { lines: line('a', 2), key: 'first' });
    await say('picked', { lines: line('a', 1), key: 'second' });
    const [a, b] = document().lines;
    await pulled({ state: 'picking', lines: [{ ...a!, picked: 2 }, b!], answers: ['first'] });
    expect(store.tasks.get(1)).toMatchObject({ state: 'picking', unheard: 1, lines: [{ picked: 3 }, { picked: 0 }] });
    await store.journal.append([
      { kind: 'void', key: 'v', source: 'test', body: { voids: 'second', reason: 'mistake' } },
    ]);
    expect(store.tasks.get(1)).toMatchObject({ unheard: 0, lines: [{ picked: 2 }, {}] });
    await store.close();
    store = await open();
    expect(store.tasks.get(1)).toMatchObject({ unheard: 0, lines: [{ picked: 2 }, {}] });
  });

  it('F4 take the same key for the same answer, also when nothing is left, and refuse it for another', async () => {
    await pulled();
    await say('handedOver', { key: 'all' });
    expect((await say('handedOver', { key: 'all' })).state).toBe('handedOver');
    await expect(say('handedOver', { key: 'all', lines: line('a', 1) })).rejects.toThrow(refusal('KEY_REUSED'));
    await expect(say('picked', { key: 'all' })).rejects.toThrow(refusal('KEY_REUSED'));
    expect(store.journal.lastSeq).toBe(1);
  });

  it('refuse what does not fit: more units than are left, after the end, another way out, a task that is not there', async () => {
    await pulled();
    await expect(say('picked', { lines: line('a', 4) })).rejects.toThrow(refusal('TASK_UNITS'));
    await expect(say('picked', { lines: [...line('a', 2), ...line('a', 2)] })).rejects.toThrow(refusal('TASK_UNITS'));
    await expect(say('picked', { lines: line('x', 1) })).rejects.toThrow(refusal('TASK_UNITS'));
    await expect(say('shipped')).rejects.toThrow(refusal('REQUEST_INVALID'));
    await expect(say('rejected')).rejects.toThrow(refusal('FACT_INVALID'));
    await expect(say('accepted', { task: 2 })).rejects.toThrow(refusal('NOT_FOUND'));
    await say('accepted');
    await expect(say('accepted')).rejects.toThrow(refusal('CONFLICT'));
    await pulled({ state: 'cancelled', lines: [] });
    await expect(say('handedOver')).rejects.toThrow(refusal('TASK_ENDED'));
    expect(store.journal.lastSeq).toBe(1);
  });

  it('M6 F2 give something else for a line that allows it, offline and after a restart, and name its hold when there is one', async () => {
    const [a, b] = document().lines;
    const may = { lines: [{ ...a!, substitution: 'store' as const }, b!] };
    await pulled(may);
    await say('picked', { lines: line('a', 2) });
    const some = [...line('a', 1), { line: 'a', substitute: 'A2', quantity: 1 }];
    await expect(say('picked', { lines: [...some, ...line('b', 2)] })).rejects.toThrow(refusal('TASK_UNITS'));
    await expect(say('picked', { lines: some.toReversed().concat(some) })).rejects.toThrow(refusal('TASK_UNITS'));
    const picked = await say('picked', { lines: [{ line: 'a', substitute: 'A2', quantity: 2 }], key: 'instead' });
    expect(picked.lines).toMatchObject([
      { sku: 'A', units: 1, picked: 1 },
      { sku: 'A2', replaces: 'A', units: 2, picked: 2, holds: [] },
      { sku: 'B', units: 1 },
    ]);
    await store.close();
    store = await open();
    expect(store.tasks.get(1)).toMatchObject({ unheard: 2, lines: picked.lines });
    expect([store.tasks.reserved('A'), store.tasks.reserved('A2')]).toEqual([1, 2]);
    expect(
      (await say('picked', { lines: [{ line: 'a', substitute: 'A2', quantity: 2 }], key: 'instead' })).unheard,
    ).toBe(2);
    const other = say('picked', { lines: [{ line: 'a', substitute: 'A3', quantity: 2 }], key: 'instead' });
    await expect(other).rejects.toThrow(refusal('KEY_REUSED'));
    await say('handedOver', { lines: [{ line: 'a', substitute: 'A2', quantity: 1 }] });
    // The hub has heard of what was picked, and holds what is left of it.
    const [first] = (await store.journal.read(1, 1)).map(({ key }) => key);
    await pulled({
      lines: [
        { ...may.lines[0]!, units: 1, picked: 1, holds: [{ reservation: 7, units: 1 }] },
        { ...a!, sku: 'A2', replaces: 'A', units: 2, picked: 2, holds: [{ reservation: 11, units: 2 }] },
        b!,
      ],
      answers: [first!, 'instead'],
    });
    expect(store.tasks.get(1)).toMatchObject({ unheard: 1, lines: [{ units: 1 }, { units: 1, handed: 1 }, {}] });
    expect((await say('handedOver')).state).toBe('handedOver');
    expect((await bodies()).at(-1)).toEqual({
      task: 1,
      step: 'handedOver',
      lines: [
        { line: 'a', sku: 'A', quantity: 1, reservation: 7 },
        { line: 'a', sku: 'A2', quantity: 1, reservation: 11 },
        { line: 'b', sku: 'B', quantity: 1, reservation: 7 },
      ],
    });
    expect(['A', 'A2', 'B'].map((sku) => store.stockView.onHand(sku))).toEqual([-1, -2, -1]);
  });

  it('refuse to give something else where the order does not allow it, and anything that is not something else', async () => {
    const [a, b] = document().lines;
    await pulled({ lines: [{ ...a!, substitution: 'store' }, b!] });
    const instead = (name: string, substitute: string, quantity = 1) =>
      say('picked', { lines: [{ line: name, substitute, quantity }] });
    await expect(instead('b', 'B2')).rejects.toThrow(refusal('ORDER_SUBSTITUTE'));
    await expect(instead('a', 'A')).rejects.toThrow(refusal('REQUEST_INVALID'));
    await expect(instead('a', 'A2', 4)).rejects.toThrow(refusal('TASK_UNITS'));
    await expect(instead('x', 'A2')).rejects.toThrow(refusal('TASK_UNITS'));
    const notThere = say('handedOver', { lines: [{ line: 'a', substitute: 'A2', quantity: 1 }] });
    await expect(notThere).rejects.toThrow(refusal('TASK_UNITS'));
    const many = ['A2', 'A3', 'A4', 'A5'].map((substitute) => ({ line: 'a', substitute, quantity: 1 }));
    await pulled({ lines: [{ ...a!, substitution: 'store', units: 9 }, b!] });
    await expect(say('picked', { lines: many })).rejects.toThrow(refusal('ORDER_SUBSTITUTE'));
    expect(store.journal.lastSeq).toBe(0);
    await instead('a', 'A2');
    expect(
      await say('rejected', { lines: [{ line: 'a', substitute: 'A2', quantity: 1 }], reason: 'broken' }),
    ).toMatchObject({
      lines: [{ sku: 'A', units: 8 }, { sku: 'A2', units: 0, picked: 0 }, {}],
    });
  });

  it('checks answers that come at once one after the other: no unit is given twice', async () => {
    await pulled();
    const both = await Promise.allSettled([say('handedOver'), say('handedOver')]);
    expect(both.map(({ status }) => status)).toEqual(['fulfilled', 'rejected']);
    expect(store.stockView.onHand('A')).toBe(-3);
  });

  it('show what is reserved in the stock, less what was rejected, and forget what the hub has deleted', async () => {
    await pulled();
    await pulled({ task: 2, lines: [document().lines[1]!] });
    expect(store.tasks.reserved('B')).toBe(2);
    expect(await say('rejected', { lines: line('b', 1), reason: 'broken' })).toMatchObject({
      state: 'open',
      reason: 'broken',
    });
    expect([store.tasks.reserved('B'), store.tasks.reserved('A')]).toEqual([1, 3]);
    expect((await say('rejected', { reason: 'all gone' })).state).toBe('rejected');
    const [second] = await store.db.tasks.find({ selector: { id: downId('2') } }).exec();
    await second!.remove();
    expect([store.tasks.reserved('B'), store.tasks.get(2)]).toEqual([0, undefined]);
  });

  it('are listed by what is due, page by page', async () => {
    for (const [task, dueAt] of [
      [1, null],
      [2, 9],
      [3, 5],
    ] as const)
      await pulled({ task, dueAt });
    const first = store.tasks.page({ limit: 2 });
    expect(first.items.map(({ task }) => task)).toEqual([3, 2]);
    expect(store.tasks.page({ limit: 2, cursor: first.nextCursor ?? '' })).toMatchObject({
      items: [{ task: 1 }],
      nextCursor: null,
    });
  });
});
