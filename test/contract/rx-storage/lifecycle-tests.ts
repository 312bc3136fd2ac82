import { prepareQuery, normalizeMangoQuery } from 'rxdb';
import { expect, it } from 'vitest';
import { inserts, type Item, numbered, stored, temporaryFolder } from '#test/support/sqlite-storage.ts';
import {
  allChanges,
  changesSince,
  type ContractInstance,
  idsOf,
  itNeeds,
  openItems,
  type StorageUnderTest,
} from './engine.ts';

/** Every call of the interface but close(). */
function callsOf(items: ContractInstance): (() => Promise<unknown>)[] {
  const query = prepareQuery<Item>(items.schema, normalizeMangoQuery(items.schema, { selector: {} }));
  return [
    () => items.bulkWrite(inserts(['late']), 'late'),
    () => items.findDocumentsById(['a'], true),
    () => items.query(query),
    () => items.count(query),
    () => changesSince(items, 1),
    () => items.getAttachmentData('a', 'photo', 'digest'),
    () => items.cleanup(0),
    () => items.remove(),
  ];
}

export function registerLifecycleTests(engine: StorageUnderTest): void {
  it('keeps everything over close and reopen in one process', async () => {
    const folder = temporaryFolder();
    const items = await openItems(engine, folder);
    await items.bulkWrite(inserts(numbered('a', 700)), 'insert');
    const first = stored({ id: 'a0' });
    await items.bulkWrite(
      [{ previous: first, document: stored({ id: 'a0' }, { height: 2, deleted: true, lwt: 2000 }) }],
      'delete',
    );
    const before = await allChanges(items);
    await items.close();
    const again = await openItems(engine, folder);
    expect(await allChanges(again)).toEqual(before);
    expect((await again.findDocumentsById(numbered('a', 700), false)).length).toBe(699);
    expect((await again.bulkWrite(inserts(['a1', 'new']), 'insert')).error.length).toBe(1);
  });

  it('closes twice without complaint', async () => {
    const items = await openItems(engine, temporaryFolder());
    await items.close();
    await items.close();
  });

  itNeeds(engine, 'strict', 'refuses every call after close, and after remove, with STORAGE_CLOSED', async () => {
    const folder = temporaryFolder();
    const closed = await openItems(engine, folder);
    const removed = await openItems(engine, folder, {}, { collection: 'removed' });
    await closed.close();
    await removed.remove();
    for (const items of [closed, removed]) {
      for (const call of callsOf(items)) await expect(call()).rejects.toMatchObject({ code: 'STORAGE_CLOSED' });
    }
  });

  it('refuses to remove what is closed with an Error of no class of its own, as RxDB expects', async () => {
    const items = await openItems(engine, temporaryFolder());
    await items.close();
    const error = await (async () => items.remove())().catch((error: unknown) => error);
    expect(Object.getPrototypeOf(error)).toBe(Error.prototype);
  });

  it('removes one collection and no other; a new one of that name is empty', async () => {
    const folder = temporaryFolder();
    const kept = await openItems(engine, folder, {}, { collection: 'kept' });
    const items = await openItems(engine, folder);
    await kept.bulkWrite(inserts(['k']), 'insert');
    await items.bulkWrite(inserts(['a', 'b', 'c']), 'insert');
    await items.remove();
    const again = await openItems(engine, folder);
    expect((await allChanges(again)).documents).toEqual([]);
    expect((await again.bulkWrite(inserts(['a']), 'insert')).error).toEqual([]);
    expect(idsOf(await kept.findDocumentsById(['k'], false))).toEqual(['k']);
  });

  it('keeps databases, collections and schema versions apart that are side by side', async () => {
    const folder = temporaryFolder();
    const places = [
      openItems(engine, folder),
      openItems(engine, folder, {}, { database: 'other' }),
      openItems(engine, folder, {}, { collection: 'Items' }),
      openItems(engine, folder, {}, { collection: 'items-2' }),
      openItems(engine, folder, {}, { collection: 'items_2' }),
      openItems(engine, folder, { version: 1 }),
    ];
    const instances = await Promise.all(places);
    await Promise.all(instances.map((items, number) => items.bulkWrite(inserts([`only${number}`, 'all']), 'insert')));
    for (const [number, items] of instances.entries()) {
      expect(idsOf((await allChanges(items)).documents).toSorted()).toEqual(['all', `only${number}`]);
    }
    await instances[0]!.remove();
    expect((await allChanges(instances[1]!)).documents.length).toBe(2);
    await instances[1]!.close();
    await instances[2]!.bulkWrite(inserts(['later']), 'insert');
    expect((await allChanges(instances[5]!)).documents.length).toBe(2);
  });

  it('two instances of one collection see the same documents', async () => {
    const folder = temporaryFolder();
    const one = await openItems(engine, folder);
    const other = await openItems(engine, folder);
    await one.bulkWrite(inserts(['a']), 'insert');
    expect((await other.bulkWrite(inserts(['a']), 'insert')).error.map(({ status }) => status)).toEqual([409]);
    await one.close();
    expect(idsOf(await other.findDocumentsById(['a'], false))).toEqual(['a']);
  });

  itNeeds(engine, 'durable', 'lets sockets and timers have their turn while one caller writes on and on', async () => {
    const items = await openItems(engine, temporaryFolder());
    const timer = { turns: 0 };
    const interval = setInterval(() => timer.turns++, 1);
    // Far more than fill four slices.
    for (let bulk = 0; timer.turns < 4 && bulk < 10_000; bulk++) await items.bulkWrite(inserts([`a${bulk}`]), 'insert');
    clearInterval(interval);
    expect(timer.turns).toBeGreaterThanOrEqual(4);
  });
}
