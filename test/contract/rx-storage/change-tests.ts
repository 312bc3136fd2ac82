import { expect, it } from 'vitest';
import { inserts, numbered, stored, temporaryFolder } from '#test/support/sqlite-storage.ts';
import {
  allChanges,
  changesSince,
  type Checkpoint,
  idsOf,
  itNeeds,
  openItems,
  purge,
  type StorageUnderTest,
} from './engine.ts';

const tombstones = (ids: readonly string[], lwt: number) =>
  ids.map((id) => ({ document: stored({ id }, { deleted: true, lwt }) }));

export function registerChangeTests(engine: StorageUnderTest): void {
  const itNeedsSeq = (title: string, test: () => Promise<void>) => itNeeds(engine, 'seqCheckpoints', title, test);

  it('offers each changed document once, in the order of its last write, page by page', async () => {
    const items = await openItems(engine, temporaryFolder());
    await items.bulkWrite(inserts(numbered('a', 7)), 'insert');
    const again = stored({ id: 'a0' }, { height: 2, lwt: 1001 });
    await items.bulkWrite([{ previous: stored({ id: 'a0' }), document: again }], 'update');
    const first = await changesSince(items, 4);
    const second = await changesSince(items, 4, first.checkpoint);
    const third = await changesSince(items, 4, second.checkpoint);
    expect([first, second, third].map(({ documents }) => idsOf(documents))).toEqual([
      ['a1', 'a2', 'a3', 'a4'],
      ['a5', 'a6', 'a0'],
      [],
    ]);
    expect(second.documents.at(-1)).toEqual(again);
    expect(third.checkpoint).toEqual(second.checkpoint);
  });

  it('has nothing to offer when empty, and its checkpoint then reads everything that comes', async () => {
    const items = await openItems(engine, temporaryFolder());
    const empty = await changesSince(items, 10);
    expect(empty.documents).toEqual([]);
    await items.bulkWrite(inserts(['a']), 'insert');
    expect(idsOf((await changesSince(items, 10, empty.checkpoint)).documents)).toEqual(['a']);
  });

  itNeedsSeq('S5 skips nothing when the clock steps back between writes and across restarts', async () => {
    const folder = temporaryFolder();
    let items = await openItems(engine, folder);
    let checkpoint: Checkpoint | undefined;
    for (const [round, lwt] of [9_000_000, 8_999_999, 5, 7_000_000, 5].entries()) {
      const ids = ['z', 'm', 'a'].map((prefix) => `${prefix}${round}`);
      await items.bulkWrite(inserts(ids, { lwt }), 'insert');
      const offered = await allChanges(items, checkpoint, 2);
      expect(idsOf(offered.documents)).toEqual(ids);
      ({ checkpoint } = offered);
      await items.close();
      items = await openItems(engine, folder);
    }
    expect((await allChanges(items)).documents.length).toBe(15);
  });

  itNeedsSeq('a page read between two writes of a document offers it again, in its latest state', async () => {
    const items = await openItems(engine, temporaryFolder());
    await items.bulkWrite(inserts(['a', 'b', 'c']), 'insert');
    const first = await changesSince(items, 2);
    await items.bulkWrite(
      [{ previous: stored({ id: 'a' }), document: stored({ id: 'a', note: 'x' }, { height: 2, lwt: 3 }) }],
      'update',
    );
    const rest = await allChanges(items, first.checkpoint, 2);
    expect(rest.documents.map(({ id, note }) => [id, note])).toEqual([
      ['c', undefined],
      ['a', 'x'],
    ]);
  });

  itNeedsSeq('offers everything again for the checkpoint of another schema version', async () => {
    const folder = temporaryFolder();
    const old = await openItems(engine, folder);
    await old.bulkWrite(inserts(['old1', 'old2']), 'insert');
    const { checkpoint } = await allChanges(old);
    const migrated = await openItems(engine, folder, { version: 1 });
    await migrated.bulkWrite(inserts(numbered('new', 5)), 'insert');
    const offered = await changesSince(migrated, 10, checkpoint);
    expect(idsOf(offered.documents)).toEqual(numbered('new', 5));
    expect(offered.checkpoint).toEqual({ seq: 5, schemaVersion: 1 });
  });

  itNeedsSeq(
    'offers everything again for a checkpoint beyond its top (a file restored from an older copy)',
    async () => {
      const items = await openItems(engine, temporaryFolder());
      await items.bulkWrite(inserts(['a']), 'insert');
      const offered = await changesSince(items, 10, { seq: 99, schemaVersion: 0 });
      expect(idsOf(offered.documents)).toEqual(['a']);
    },
  );

  itNeedsSeq('purges old tombstones step by step and never gives their seq again', async () => {
    const folder = temporaryFolder();
    const items = await openItems(engine, folder, {}, { now: () => 10_000 });
    await items.bulkWrite(inserts(['alive']), 'insert');
    await items.bulkWrite([...tombstones(numbered('dead', 2500), 4000), ...tombstones(['young'], 9000)], 'delete');
    expect(await purge(items, 5000)).toBeGreaterThan(1);
    expect(idsOf((await allChanges(items)).documents)).toEqual(['alive', 'young']);
    expect(await items.cleanup(0)).toBe(true);
    await items.close();
    const again = await openItems(engine, folder);
    const reader = { seq: 2502, schemaVersion: 0 };
    expect(await again.findDocumentsById(['dead7', 'young'], true)).toEqual([]);
    expect((await changesSince(again, 10, reader)).documents).toEqual([]);
    await again.bulkWrite(inserts(['next']), 'insert');
    expect(idsOf((await changesSince(again, 10, reader)).documents)).toEqual(['next']);
  });

  it('cleanup keeps what lives and lets a purged id be inserted anew', async () => {
    const items = await openItems(engine, temporaryFolder(), {}, { now: () => 10_000 });
    await items.bulkWrite([...inserts(['alive']), ...tombstones(['gone'], 2000)], 'fill');
    await purge(items);
    expect(idsOf(await items.findDocumentsById(['alive', 'gone'], true))).toEqual(['alive']);
    expect((await items.bulkWrite(inserts(['gone']), 'anew')).error).toEqual([]);
    expect(idsOf(await items.findDocumentsById(['gone'], false))).toEqual(['gone']);
  });

  itNeedsSeq('a collection that is removed and made anew never gives a seq again', async () => {
    const folder = temporaryFolder();
    const items = await openItems(engine, folder);
    await items.bulkWrite(inserts(['a', 'b', 'c']), 'insert');
    await items.remove();
    const again = await openItems(engine, folder);
    expect((await allChanges(again)).documents).toEqual([]);
    await again.bulkWrite(inserts(numbered('new', 5)), 'insert');
    expect((await allChanges(again, { seq: 3, schemaVersion: 0 })).documents.length).toBe(5);
  });
}
