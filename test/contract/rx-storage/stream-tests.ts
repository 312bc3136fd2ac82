import type { EventBulk, RxStorageChangeEvent } from 'rxdb';
import { expect, it } from 'vitest';
import { inserts, type Item, stored, temporaryFolder } from '#test/support/sqlite-storage.ts';
import { allChanges, type ContractInstance, idsOf, itNeeds, openItems, type StorageUnderTest } from './engine.ts';

type Bulk = EventBulk<RxStorageChangeEvent<Item>, unknown>;

function listen(items: ContractInstance): Bulk[] {
  const heard: Bulk[] = [];
  items.changeStream().subscribe((bulk) => heard.push(bulk));
  return heard;
}

export function registerStreamTests(engine: StorageUnderTest): void {
  it('tells of each write once: operation, documents before and after, in the order of writes', async () => {
    const items = await openItems(engine, temporaryFolder());
    const heard = listen(items);
    const [first, second, gone, back] = [
      stored({ id: 'a' }),
      stored({ id: 'a', note: 'x' }, { height: 2 }),
      stored({ id: 'a', note: 'x' }, { height: 3, deleted: true }),
      stored({ id: 'a', note: 'back' }, { height: 4 }),
    ];
    await items.bulkWrite([{ document: first }], 'insert');
    await items.bulkWrite([{ previous: first, document: second }], 'update');
    await items.bulkWrite([{ previous: second, document: gone }], 'delete');
    await items.bulkWrite([{ document: first }], 'conflict');
    await items.bulkWrite([{ previous: gone, document: back }], 'undelete');
    expect(heard.map(({ context }) => context)).toEqual(['insert', 'update', 'delete', 'undelete']);
    expect(heard.map(({ events }) => events.map(({ documentId, operation }) => [documentId, operation]))).toEqual(
      ['INSERT', 'UPDATE', 'DELETE', 'INSERT'].map((operation) => [['a', operation]]),
    );
    expect(heard.slice(0, 3).map(({ events }) => events[0]?.documentData)).toEqual([first, second, gone]);
    expect(heard.slice(1, 3).map(({ events }) => events[0]?.previousDocumentData)).toEqual([first, second]);
    expect(new Set(heard.map(({ id }) => id)).size).toBe(4);
  });

  it('tells listeners after the write is there', async () => {
    const items = await openItems(engine, temporaryFolder());
    const found: Promise<Item[]>[] = [];
    items.changeStream().subscribe(({ events }) => {
      found.push(
        items.findDocumentsById(
          events.map(({ documentId }) => documentId),
          true,
        ),
      );
    });
    await items.bulkWrite(inserts(['a', 'b']), 'insert');
    expect((await Promise.all(found)).map(idsOf)).toEqual([['a', 'b']]);
  });

  it('says nothing of tombstones of documents that nobody has seen', async () => {
    const items = await openItems(engine, temporaryFolder());
    const heard = listen(items);
    await items.bulkWrite([{ document: stored({ id: 'a' }, { deleted: true }) }], 'replicated');
    expect(heard).toEqual([]);
    expect(idsOf((await allChanges(items)).documents)).toEqual(['a']);
  });

  itNeeds(engine, 'strict', 'hears nothing of other collections, and ends with close', async () => {
    const folder = temporaryFolder();
    const items = await openItems(engine, folder);
    const others = await openItems(engine, folder, {}, { collection: 'others' });
    const heard = listen(items);
    let ended = false;
    items.changeStream().subscribe({ complete: () => (ended = true) });
    await others.bulkWrite(inserts(['a']), 'insert');
    await items.close();
    expect([heard, ended]).toEqual([[], true]);
  });

  itNeeds(engine, 'seqCheckpoints', 'the checkpoint of an event reads what comes later, and only that', async () => {
    const items = await openItems(engine, temporaryFolder());
    const heard = listen(items);
    await items.bulkWrite(inserts(['a', 'b'], { lwt: 9000 }), 'insert');
    await items.bulkWrite(inserts(['a', 'c'], { lwt: 10 }), 'partly');
    expect(heard.map(({ checkpoint }) => checkpoint)).toEqual([
      { seq: 2, schemaVersion: 0 },
      { seq: 3, schemaVersion: 0 },
    ]);
    const later = await allChanges(items, heard[0]?.checkpoint as never);
    expect(idsOf(later.documents)).toEqual(['c']);
  });

  itNeeds(
    engine,
    'seqCheckpoints',
    'events and changes come in the order of the rows, also of mixed bulks',
    async () => {
      const items = await openItems(engine, temporaryFolder());
      await items.bulkWrite(inserts(['b', 'd']), 'insert');
      const { checkpoint } = await allChanges(items);
      const heard = listen(items);
      const update = (id: string) => ({ previous: stored({ id }), document: stored({ id, note: 'x' }, { height: 2 }) });
      await items.bulkWrite([update('d'), ...inserts(['c']), update('b'), ...inserts(['a'])], 'mixed');
      expect(heard[0]?.events.map(({ documentId }) => documentId)).toEqual(['d', 'c', 'b', 'a']);
      expect(idsOf((await allChanges(items, checkpoint)).documents)).toEqual(['d', 'c', 'b', 'a']);
    },
  );

  itNeeds(
    engine,
    'repeatedIds',
    'a document that a bulk writes twice is offered where it was written last',
    async () => {
      const items = await openItems(engine, temporaryFolder());
      const follows = { previous: stored({ id: 'a' }), document: stored({ id: 'a', note: 'x' }, { height: 2 }) };
      await items.bulkWrite([...inserts(['a', 'b']), follows], 'twice');
      expect(idsOf((await allChanges(items)).documents)).toEqual(['b', 'a']);
    },
  );
}
