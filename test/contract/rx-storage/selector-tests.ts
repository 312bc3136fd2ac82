import { fillWithDefaultSettings, type RxJsonSchema } from 'rxdb';
import { expect, it } from 'vitest';
import { type Item, numbered, stored, temporaryFolder } from '#test/support/sqlite-storage.ts';
import { itNeeds, openItems, openWith, type StorageUnderTest } from './engine.ts';
import { ask } from './query-tests.ts';

const LARGE = Number.MAX_SAFE_INTEGER;

/** Fields with an index, and what each selector finds among the documents of `fill`. */
const SELECTORS: readonly [selector: object, found: readonly string[]][] = [
  [{ kind: 'sale' }, ['a', 'b']],
  [{ kind: { $eq: 'sale' } }, ['a', 'b']],
  [{ kind: { $ne: 'sale' } }, ['c', 'd']],
  [{ kind: { $gt: 'return' } }, ['a', 'b', 'd']],
  [{ kind: { $gte: 'return', $lt: 'sale' } }, ['c']],
  [{ kind: { $in: ['sale', 'absent', 'Ärger'] } }, ['a', 'b', 'd']],
  [{ kind: { $nin: ['sale', 'return'] } }, ['d']],
  [{ kind: { $not: { $eq: 'sale' } } }, ['c', 'd']],
  [{ kind: { $regex: '^s' } }, ['a', 'b']],
  [{ kind: { $regex: '^SALE$', $options: 'i' } }, ['a', 'b']],
  [{ kind: { $exists: true } }, ['a', 'b', 'c', 'd']],
  [{ kind: { $type: 'string' } }, ['a', 'b', 'c', 'd']],
  [{ at: { $mod: [2, 1] } }, ['b', 'd']],
  [{ at: { $gt: LARGE - 1 } }, ['d']],
  [{ at: LARGE }, ['d']],
  [{ at: { $lte: 0 } }, ['a']],
  [{ note: { $exists: false } }, ['a']],
  [{ note: 'x%' }, ['b']],
  [{ $or: [{ kind: 'return' }, { at: 0 }] }, ['a', 'c']],
  [{ $and: [{ kind: 'sale' }, { at: { $gt: 0 } }] }, ['b']],
  [{ $nor: [{ kind: 'sale' }, { at: LARGE }] }, ['c']],
  [{ $or: [{ $and: [{ kind: 'sale' }, { note: 'x%' }] }, { $nor: [{ at: { $lt: 10 } }] }] }, ['b', 'c', 'd']],
  [{ kind: 'sale', $or: [{ at: 0 }, { at: 10 }] }, ['a']],
  [{ id: { $gt: 'a', $lte: 'c' } }, ['b', 'c']],
  [{ id: { $in: ['d', 'a', 'a'] } }, ['a', 'd']],
];

async function fill(engine: StorageUnderTest) {
  const items = await openItems(engine, temporaryFolder(), {
    indexes: ['at', ['kind', 'at']],
    properties: {
      id: { type: 'string', maxLength: 60 },
      kind: { type: 'string', maxLength: 20 },
      at: { type: 'integer', minimum: 0, maximum: LARGE, multipleOf: 1 },
      note: { type: 'string' },
    },
  });
  const documents = [
    stored({ id: 'a', kind: 'sale', at: 0 }),
    stored({ id: 'b', kind: 'sale', at: 7, note: 'x%' }),
    stored({ id: 'c', kind: 'return', at: 10, note: 'x' }),
    stored({ id: 'd', kind: 'Ärger', at: LARGE, note: '' }),
    stored({ id: 'gone', kind: 'sale', at: 7 }, { deleted: true }),
  ];
  await items.bulkWrite(
    documents.map((document) => ({ document })),
    'fill',
  );
  return items;
}

interface Nested {
  id: string;
  place?: { code?: string; deep?: { on: boolean; level: number } };
}

const nestedSchema: RxJsonSchema<Nested> = {
  version: 0,
  type: 'object',
  primaryKey: 'id',
  properties: {
    id: { type: 'string', maxLength: 20 },
    place: {
      type: 'object',
      properties: {
        code: { type: 'string', maxLength: 10 },
        deep: {
          type: 'object',
          properties: {
            on: { type: 'boolean' },
            level: { type: 'number', minimum: -10, maximum: 10, multipleOf: 0.5 },
          },
        },
      },
    },
  },
  indexes: ['place.code', ['place.deep.on', 'place.deep.level']],
};

export function registerSelectorTests(engine: StorageUnderTest): void {
  it('finds by every operator, alone, combined and by each index', async () => {
    const items = await fill(engine);
    const alive = { _deleted: { $eq: false } };
    for (const index of [undefined, ['_deleted', 'at', 'id'], ['_deleted', 'kind', 'at', 'id']]) {
      for (const [selector, found] of SELECTORS) {
        const query = { selector: { ...alive, ...selector }, sort: [{ id: 'asc' }], ...(index && { index }) };
        expect([selector, index, await ask(items, query)]).toEqual([selector, index, found]);
      }
    }
  });

  itNeeds(engine, 'mangoTypes', 'a matcher without an operator matches what equals it, not everything', async () => {
    const items = await fill(engine);
    expect(await ask(items, { selector: { kind: {} } })).toEqual([]);
    expect(await ask(items, { selector: { kind: { $in: [{}] } } })).toEqual([]);
  });

  it('answers selectors of thousands of parts and of many long lists', { timeout: 30_000 }, async () => {
    const items = await fill(engine);
    const parts = numbered('x', 5000).map((id) => ({ id }));
    expect(await ask(items, { selector: { $or: [...parts, { id: 'b' }] } })).toEqual(['b']);
    const lists = numbered('k', 100).map((kind) => ({ kind: { $in: [...numbered(kind, 450), 'return'] } }));
    expect(await ask(items, { selector: { $or: lists } })).toEqual(['c']);
    expect(
      await ask(items, { selector: { $and: numbered('n', 1500).map((note) => ({ kind: { $ne: note } })) } }),
    ).toContain('a');
    let deep: object = { kind: 'return' };
    for (let depth = 0; depth < 300; depth++)
      deep = depth % 2 ? { $or: [{ at: depth + 100 }, deep] } : { $and: [deep] };
    expect(await ask(items, { selector: deep })).toEqual(['c']);
  });

  it('finds and sorts by nested fields, present or not', async () => {
    const schema = fillWithDefaultSettings(nestedSchema);
    const items = await openWith<Nested>(engine, temporaryFolder(), schema);
    const places: Nested[] = [
      { id: 'a', place: { code: 'S1', deep: { on: true, level: 1.5 } } },
      { id: 'b', place: { code: 'S2', deep: { on: false, level: -2 } } },
      { id: 'c', place: { code: 'S1', deep: { on: true, level: -3.5 } } },
      { id: 'd', place: {} },
      { id: 'e' },
    ];
    const rows = places.map((place) => ({ document: { ...stored({ id: place.id }), ...place } as never }));
    await items.bulkWrite(rows, 'fill');
    const find = (query: object) => ask(items as never, query);
    expect(await find({ selector: { 'place.code': 'S1' } })).toEqual(['a', 'c']);
    expect(await find({ selector: { 'place.deep.on': true, 'place.deep.level': { $lt: 0 } } })).toEqual(['c']);
    expect(await find({ selector: { 'place.deep.on': false } })).toEqual(['b']);
    expect(await find({ selector: { 'place.code': { $gte: 'S1' } }, sort: [{ 'place.deep.level': 'desc' }] })).toEqual([
      'a',
      'b',
      'c',
    ]);
    expect((await find({ selector: {} })).length).toBe(5);
  });

  it('sorts by UTF-16 code units as JavaScript does', async () => {
    const items = await openItems(engine, temporaryFolder());
    const ids = ['z', 'Z', 'ä', 'e\u0301', '\uffee', '😀', '\ud7ff', '\ue000', 'a\0', 'a', 'ab', '0', ' '];
    await items.bulkWrite(
      ids.map((id) => ({ document: stored({ id }) })),
      'fill',
    );
    const sorted = (await ask(items, { selector: {}, sort: [{ id: 'asc' }] })) satisfies Item['id'][];
    expect(sorted).toEqual(ids.toSorted((left, right) => (left < right ? -1 : 1)));
  });
}
