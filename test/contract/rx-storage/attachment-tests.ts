import { addRxPlugin, createRxDatabase, type RxDocumentData } from 'rxdb';
import { RxDBAttachmentsPlugin } from 'rxdb/plugins/attachments';
import { expect, it } from 'vitest';
import { type Item, itemSchema, stored, temporaryFolder } from '#test/support/sqlite-storage.ts';
import { itNeeds, openItems, purge, type StorageUnderTest } from './engine.ts';

const bytes = Uint8Array.from({ length: 3000 }, (_, index) => index % 256);
const blob = new Blob([bytes], { type: 'image/png' });
const photo = { data: blob, digest: 'd1', length: 3000, type: 'image/png' };
const stub = { digest: 'd1', length: 3000, type: 'image/png' };

const withAttachments = (document: RxDocumentData<Item>, attachments: object) =>
  ({ ...document, _attachments: attachments }) as never;

export function registerAttachmentTests(engine: StorageUnderTest): void {
  const open = () => openItems(engine, temporaryFolder(), { attachments: {} }, { now: () => 10_000 });

  it('keeps attachments over a reopen, replaces and removes them with their document', async () => {
    addRxPlugin(RxDBAttachmentsPlugin);
    const folder = temporaryFolder();
    const openDatabase = async () => {
      const storage = engine.open(folder);
      const database = await createRxDatabase({ name: 'store', storage, multiInstance: false });
      const { items } = await database.addCollections({ items: { schema: itemSchema({ attachments: {} }) } });
      return { database, items };
    };
    const before = await openDatabase();
    const item = await before.items.insert({ id: '😀', kind: 'sale', at: 1 });
    await item.putAttachment({ id: 'photo', data: blob, type: 'image/png' });
    await item.getLatest().putAttachment({ id: 'note', data: new Blob(['first']), type: 'text/plain' });
    await item.getLatest().putAttachment({ id: 'note', data: new Blob(['second']), type: 'text/plain' });
    await before.database.close();

    const { database, items } = await openDatabase();
    const again = await items.findOne('😀').exec(true);
    const data = await again.getAttachment('photo')!.getData();
    expect([data.type, new Uint8Array(await data.arrayBuffer())]).toEqual(['image/png', bytes]);
    expect(await again.getAttachment('note')!.getStringData()).toBe('second');
    expect(JSON.stringify(again.toMutableJSON(true))).not.toContain('data');
    await again.getAttachment('note')!.remove();
    await again.getLatest().remove();
    await database.remove();
  });

  it('an update that names a stub keeps the data; one that leaves it out removes it', async () => {
    const items = await open();
    const first = stored({ id: 'a' });
    const kept = withAttachments(stored({ id: 'a' }, { height: 2 }), { photo: stub });
    const without = stored({ id: 'a' }, { height: 3 });
    await items.bulkWrite([{ document: withAttachments(first, { photo }) }], 'insert');
    await items.bulkWrite([{ previous: withAttachments(first, { photo: stub }), document: kept }], 'keep');
    expect((await items.getAttachmentData('a', 'photo', 'd1')).size).toBe(3000);
    expect(await items.findDocumentsById(['a'], false)).toEqual([kept]);
    await items.bulkWrite([{ previous: kept, document: without }], 'leave out');
    await expect((async () => items.getAttachmentData('a', 'photo', 'd1'))()).rejects.toThrow();
  });

  itNeeds(
    engine,
    'repeatedIds',
    'the second write of a document in one bulk keeps the data that the first brought',
    async () => {
      const folder = temporaryFolder();
      const items = await openItems(engine, folder, { attachments: {} });
      const first = stored({ id: 'a' });
      const second = withAttachments(stored({ id: 'a' }, { height: 2 }), { photo: stub });
      const { error } = await items.bulkWrite(
        [
          { document: withAttachments(first, { photo }) },
          { previous: withAttachments(first, { photo: stub }), document: second },
        ],
        'twice',
      );
      expect(error).toEqual([]);
      await items.close();
      const again = await openItems(engine, folder, { attachments: {} });
      expect(await again.findDocumentsById(['a'], false)).toEqual([second]);
      expect((await again.getAttachmentData('a', 'photo', 'd1')).size).toBe(3000);
    },
  );

  itNeeds(
    engine,
    'strict',
    'refuses data that is absent or was replaced, and purges what a tombstone left',
    async () => {
      const items = await open();
      await items.bulkWrite([{ document: withAttachments(stored({ id: 'a' }), { photo }) }], 'insert');
      expect((await items.getAttachmentData('a', 'photo', 'd1')).size).toBe(3000);
      await expect((async () => items.getAttachmentData('a', 'photo', 'd0'))()).rejects.toThrow();
      await expect((async () => items.getAttachmentData('a', 'other', 'd1'))()).rejects.toThrow();
      const tombstone = withAttachments(stored({ id: 'b' }, { deleted: true }), { photo });
      const { error } = await items.bulkWrite(
        [{ document: tombstone }, { document: withAttachments(stored({ id: 'c' }), { photo: stub }) }],
        'insert',
      );
      expect(error.map(({ documentId, status }) => [documentId, status])).toEqual([['c', 510]]);
      await purge(items);
      await expect((async () => items.getAttachmentData('b', 'photo', 'd1'))()).rejects.toThrow();
    },
  );

  it('does not tell data itself to listeners nor return it with documents', async () => {
    const items = await open();
    const heard: unknown[] = [];
    items.changeStream().subscribe(({ events }) => heard.push(...events.map(({ documentData }) => documentData)));
    await items.bulkWrite([{ document: withAttachments(stored({ id: 'a' }), { photo }) }], 'insert');
    const expected = withAttachments(stored({ id: 'a' }), { photo: stub });
    expect(heard).toEqual([expected]);
    expect(await items.findDocumentsById(['a'], false)).toEqual([expected]);
  });

  itNeeds(
    engine,
    'strict',
    'a row that lacks the data of one attachment leaves nothing: no event, no other attachment',
    async () => {
      const items = await open();
      const heard: string[] = [];
      items.changeStream().subscribe(({ events }) => heard.push(...events.map(({ documentId }) => documentId)));
      const half = withAttachments(stored({ id: 'half' }), { whole: photo, lacking: stub });
      const { error } = await items.bulkWrite([{ document: half }, { document: stored({ id: 'good' }) }], 'insert');
      expect(error.map(({ documentId, status }) => [documentId, status])).toEqual([['half', 510]]);
      expect(heard).toEqual(['good']);
      await expect((async () => items.getAttachmentData('half', 'whole', 'd1'))()).rejects.toMatchObject({
        code: 'NOT_FOUND',
      });
      expect(await items.findDocumentsById(['half'], true)).toEqual([]);
    },
  );
}
