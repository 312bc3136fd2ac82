import type { RxDocumentData } from 'rxdb';
import { expect, it } from 'vitest';
import { inserts, type Item, numbered, stored, temporaryFolder } from '#test/support/sqlite-storage.ts';
import { allChanges, idsOf, itNeeds, openItems, type StorageUnderTest } from './engine.ts';

export function registerWriteTests(engine: StorageUnderTest): void {
  const open = () => openItems(engine, temporaryFolder());

  it('returns a conflict with the document in the database, and writes the other rows of the bulk', async () => {
    const items = await open();
    await items.bulkWrite(inserts(['a', 'b']), 'first');
    const rows = [
      { document: stored({ id: 'a', note: 'again' }) },
      { previous: stored({ id: 'b' }, { height: 9 }), document: stored({ id: 'b', note: 'stale' }, { height: 10 }) },
      { document: stored({ id: 'c' }) },
    ];
    const { error } = await items.bulkWrite(rows, 'second');
    expect(error.map((row) => [row.documentId, row.status])).toEqual([
      ['a', 409],
      ['b', 409],
    ]);
    expect(error[0]).toMatchObject({ documentInDb: stored({ id: 'a' }), writeRow: rows[0], context: 'second' });
    expect(await items.findDocumentsById(['a', 'b', 'c'], false)).toEqual(['a', 'b', 'c'].map((id) => stored({ id })));
  });

  it('an empty bulk writes nothing and tells nobody', async () => {
    const items = await open();
    const heard: unknown[] = [];
    items.changeStream().subscribe((bulk) => heard.push(bulk));
    expect(await items.bulkWrite([], 'nothing')).toEqual({ error: [] });
    expect(heard).toEqual([]);
    expect(await items.findDocumentsById([], true)).toEqual([]);
  });

  it('a bulk in which every row conflicts changes nothing and tells nobody', async () => {
    const items = await open();
    await items.bulkWrite(inserts(['a', 'b']), 'first');
    const before = await allChanges(items);
    const heard: unknown[] = [];
    items.changeStream().subscribe((bulk) => heard.push(bulk));
    expect((await items.bulkWrite(inserts(['b', 'a']), 'second')).error.map(({ documentId }) => documentId)).toEqual([
      'b',
      'a',
    ]);
    expect(heard).toEqual([]);
    expect(await allChanges(items)).toEqual(before);
  });

  it('deletes, refuses an insert over the tombstone, and undeletes by the tombstone as previous', async () => {
    const items = await open();
    const [first, gone, back] = [
      stored({ id: 'a' }),
      stored({ id: 'a' }, { height: 2, deleted: true, lwt: 1001 }),
      stored({ id: 'a', note: 'back' }, { height: 3, lwt: 1002 }),
    ];
    await items.bulkWrite([{ document: first }], 'insert');
    await items.bulkWrite([{ previous: first, document: gone }], 'delete');
    expect(await items.findDocumentsById(['a'], false)).toEqual([]);
    expect(await items.findDocumentsById(['a'], true)).toEqual([gone]);
    const { error } = await items.bulkWrite([{ document: first }], 'insert over it');
    expect(error).toMatchObject([{ status: 409, documentInDb: gone }]);
    expect((await items.bulkWrite([{ previous: gone, document: back }], 'undelete')).error).toEqual([]);
    expect(await items.findDocumentsById(['a'], false)).toEqual([back]);
  });

  it('does the writes of several callers one after the other, each against what the one before left', async () => {
    const items = await open();
    const results = await Promise.all(
      ['first', 'second'].map((note) => items.bulkWrite([{ document: stored({ id: 'a', note }) }], note)),
    );
    expect(results.map(({ error }) => error.map(({ status }) => status))).toEqual([[], [409]]);
    expect((await items.findDocumentsById(['a'], false))[0]?.note).toBe('first');
  });

  it('keeps every document of many large bulks at once', async () => {
    const items = await open();
    const bulks = numbered('bulk', 24).map((name) => numbered(`${name}-`, 60));
    const results = await Promise.all(bulks.map((ids) => items.bulkWrite(inserts(ids), 'at once')));
    expect(results.flatMap(({ error }) => error)).toEqual([]);
    expect(idsOf(await items.findDocumentsById(bulks.flat(), false)).toSorted()).toEqual(bulks.flat().toSorted());
    expect((await allChanges(items)).documents.length).toBe(24 * 60);
  });

  itNeeds(
    engine,
    'repeatedIds',
    'treats the second write of an id in one bulk as a write after the first',
    async () => {
      const items = await open();
      const first = stored({ id: 'a' });
      const { error } = await items.bulkWrite(
        [
          { document: first },
          { document: stored({ id: 'a', note: 'collides' }) },
          { previous: first, document: stored({ id: 'a', note: 'follows' }, { height: 2 }) },
        ],
        'twice',
      );
      expect(error.map((row) => row.status)).toEqual([409]);
      expect(await items.findDocumentsById(['a'], false)).toEqual([
        stored({ id: 'a', note: 'follows' }, { height: 2 }),
      ]);
      expect(idsOf((await allChanges(items)).documents)).toEqual(['a']);
    },
  );

  itNeeds(engine, 'repeatedIds', 'finds an id that is asked for twice once', async () => {
    const items = await open();
    await items.bulkWrite(inserts(numbered('a', 1200)), 'insert');
    const found = await items.findDocumentsById([...numbered('a', 1200), 'a0', 'a0', 'a700'], false);
    expect(idsOf(found).toSorted()).toEqual(numbered('a', 1200).toSorted());
  });

  itNeeds(engine, 'strict', 'undoes a bulk whole when a row of it cannot be stored, and goes on', async () => {
    const items = await open();
    const unstorable = { ...stored({ id: 'b' }), note: 1n } as never;
    await expect(items.bulkWrite([...inserts(['a']), { document: unstorable }], 'bad')).rejects.toThrow(TypeError);
    await items.bulkWrite(inserts(['c']), 'good');
    expect(idsOf((await allChanges(items)).documents)).toEqual(['c']);
  });

  it('keeps ids apart that storages confuse: case, spaces, NUL, lone surrogates, names of prototypes', async () => {
    const items = await open();
    const ids = ['a', 'A', ' ', ' a', 'a ', 'a\0b', 'a\0', '\ud800', '\udbff', '\ufffd', '\ufffe', '😀', 'é', 'e\u0301']
      .concat([
        '__proto__',
        'constructor',
        'toString',
        '_design/x',
        '_local/y',
        '%',
        '_',
        "'",
        '"',
        '\\',
        '\n',
        '0',
        '00',
      ])
      .concat(['null', 'undefined', 'x'.repeat(60)]);
    await items.bulkWrite(inserts(ids), 'insert');
    expect(idsOf(await items.findDocumentsById(ids, false)).toSorted()).toEqual(ids.toSorted());
    for (const id of ids) expect(idsOf(await items.findDocumentsById([id], false))).toEqual([id]);
    expect((await items.bulkWrite(inserts(ids), 'again')).error.length).toBe(ids.length);
  });

  it('gives back what it was given: unicode, numbers at the edges, nesting, null, large text', async () => {
    const items = await open();
    const document = {
      ...stored({ id: 'odd', at: Number.MAX_SAFE_INTEGER, note: '\0\ud83d\ud800"\\\u2028😀' }),
      extra: {
        numbers: [0, 1e308, -1e308, 5e-324, 0.1 + 0.2, -1e-7, Number.MIN_SAFE_INTEGER, 1e21, 2 ** 53 + 2],
        nested: { '': [null, true, false, [], {}, [[{}]]], 'a.b': { $gt: 1 }, '😀': '' },
        large: 'x'.repeat(1_000_000),
      },
    } as RxDocumentData<Item>;
    await items.bulkWrite([{ document: structuredClone(document) }], 'insert');
    expect(await items.findDocumentsById(['odd'], false)).toEqual([document]);
    expect((await allChanges(items)).documents).toEqual([document]);
  });

  it('does not change the rows that it is given', async () => {
    const items = await open();
    const rows = [{ document: stored({ id: 'a' }) }, { document: stored({ id: 'b' }, { deleted: true }) }];
    const before = structuredClone(rows);
    await items.bulkWrite(rows, 'insert');
    expect(rows).toEqual(before);
  });
}
