import { addRxPlugin, createRxDatabase } from 'rxdb';
import { RxDBAttachmentsPlugin } from 'rxdb/plugins/attachments';
import { expect, it } from 'vitest';
import { openPouchItems } from '#test/support/pouchdb-storage.ts';
import { itemSchema, stored, temporaryFolder } from '#test/support/sqlite-storage.ts';
import { getRxStoragePouchdb } from './rx-storage.ts';

const bytes = Uint8Array.from({ length: 3000 }, (_, index) => index % 256);
const blob = new Blob([bytes], { type: 'image/png' });

it('keeps attachments over a restart and a new file, replaces and removes them with their document', async () => {
  addRxPlugin(RxDBAttachmentsPlugin);
  const folder = temporaryFolder();
  const open = async () => {
    const storage = getRxStoragePouchdb({ folder });
    const database = await createRxDatabase({ name: 'store', storage, multiInstance: false });
    const { items } = await database.addCollections({ items: { schema: itemSchema({ attachments: {} }) } });
    return { database, items };
  };
  const before = await open();
  const item = await before.items.insert({ id: '😀', kind: 'sale', at: 1 });
  await item.putAttachment({ id: '_photo', data: blob, type: 'image/png' });
  await item.getLatest().putAttachment({ id: 'note', data: new Blob(['first']), type: 'text/plain' });
  await item.getLatest().putAttachment({ id: 'note', data: new Blob(['second']), type: 'text/plain' });
  const { log } = before.items.storageInstance.internals;
  await log.exclusively(() => log.renew());
  await item.getLatest().incrementalPatch({ at: 2 });
  await before.database.close();

  const { database, items } = await open();
  const again = await items.findOne('😀').exec(true);
  const photo = await again.getAttachment('_photo')!.getData();
  expect([photo.type, new Uint8Array(await photo.arrayBuffer())]).toEqual(['image/png', bytes]);
  expect(await again.getAttachment('note')!.getStringData()).toBe('second');
  expect(JSON.stringify(again.toMutableJSON(true))).not.toContain('data');
  await again.getAttachment('note')!.remove();
  expect(again.getLatest().allAttachments().length).toBe(1);
  await again.getLatest().remove();
  await database.close();
});

it('refuses data that is absent or was replaced, and purges what a tombstone left', async () => {
  const items = await openPouchItems(temporaryFolder(), { attachments: {} }, { now: () => 10_000 });
  const photo = { data: blob, digest: 'd1', length: 3000, type: 'image/png' };
  await items.bulkWrite([{ document: { ...stored({ id: 'a' }), _attachments: { photo } } }], 'insert');
  expect((await items.getAttachmentData('a', 'photo', 'd1')).size).toBe(3000);
  await expect(items.getAttachmentData('a', 'photo', 'd0')).rejects.toMatchObject({ code: 'NOT_FOUND' });
  const tombstone = { ...stored({ id: 'b' }, { deleted: true }), _attachments: { photo } };
  const withoutData = { ...stored({ id: 'c' }), _attachments: { photo: { ...photo, data: undefined } } };
  const { error } = await items.bulkWrite([{ document: tombstone }, { document: withoutData }], 'insert');
  expect(error.map(({ status }) => status)).toEqual([510]);
  expect(await items.cleanup(0)).toBe(true);
  await expect(items.getAttachmentData('b', 'photo', 'd1')).rejects.toMatchObject({ code: 'NOT_FOUND' });
});
