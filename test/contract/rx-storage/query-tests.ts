import fc from 'fast-check';
import {
  type FilledMangoQuery,
  getQueryMatcher,
  getSortComparator,
  type MangoQuery,
  normalizeMangoQuery,
  prepareQuery,
  type RxDocumentData,
} from 'rxdb';
import { expect, it } from 'vitest';
import { inserts, type Item, numbered, stored, temporaryFolder } from '#test/support/sqlite-storage.ts';
import { type ContractInstance, idsOf, itNeeds, openItems, openWith, type StorageUnderTest } from './engine.ts';
import { documents, queries, type Sold, soldSchema } from './sold-queries.ts';

/** The plain meaning of a query, without any index. */
function fold(all: readonly RxDocumentData<Sold>[], query: FilledMangoQuery<Sold>): RxDocumentData<Sold>[] {
  const matches = getQueryMatcher(soldSchema, query);
  const sorted = all.filter((document) => matches(document)).sort(getSortComparator(soldSchema, query));
  return sorted.slice(query.skip, query.skip + (query.limit ?? Infinity));
}

export async function ask(items: ContractInstance, query: object): Promise<string[]> {
  const filled = normalizeMangoQuery<Item>(items.schema, query);
  return idsOf((await items.query(prepareQuery(items.schema, filled))).documents);
}

/** Mango finds nothing here. RxDB's memory storage does when the index alone answers: there it is no control. */
const ACROSS_TYPES = JSON.stringify({ kind: { $gt: 3 } }).slice(1, -1);
const crossesTypes = ({ selector }: MangoQuery<Sold>) => JSON.stringify(selector).includes(ACROSS_TYPES);

export function registerQueryTests(engine: StorageUnderTest): void {
  it(
    'answers and counts every query like the plain fold of its selector, sort, skip and limit',
    { timeout: 60_000 },
    async () => {
      const folder = temporaryFolder();
      let round = 0;
      let found = 0;
      await fc.assert(
        fc.asyncProperty(documents, fc.array(queries, { minLength: 5, maxLength: 10 }), async (all, asked) => {
          const instance = await openWith<Sold>(engine, folder, soldSchema, { collection: `sold${round++}` });
          await instance.bulkWrite(
            all.map((document) => ({ document })),
            'fill',
          );
          for (const query of asked.filter((query) => !engine.cannot.mangoTypes || !crossesTypes(query))) {
            const prepared = prepareQuery(soldSchema, normalizeMangoQuery(soldSchema, query));
            const expected = fold(all, prepared.query);
            expect((await instance.query(prepared)).documents).toEqual(expected);
            found += expected.length;
            if (query.skip === undefined && query.limit === undefined) {
              expect((await instance.count(prepared)).count).toBe(expected.length);
            }
          }
          await instance.remove();
        }),
        { numRuns: 120 },
      );
      expect(found).toBeGreaterThan(1500);
    },
  );

  itNeeds(engine, 'mangoTypes', 'no range holds a field that is missing or of another type', async () => {
    const items = await openItems(engine, temporaryFolder());
    const odd = stored({ id: 'odd', kind: 7 as never });
    delete (odd as Partial<Item>).at;
    await items.bulkWrite([{ document: odd }, { document: stored({ id: 'even' }) }], 'fill');
    expect(await ask(items, { selector: { at: { $gte: -1 } } })).toEqual(['even']);
    expect(await ask(items, { selector: { at: { $lt: 5 } } })).toEqual(['even']);
    expect(await ask(items, { selector: { at: { $exists: false } } })).toEqual(['odd']);
    expect(await ask(items, { selector: { at: null } })).toEqual(['odd']);
    expect(await ask(items, { selector: { kind: 7 } })).toEqual(['odd']);
    expect(await ask(items, { selector: {} })).toEqual(['odd', 'even']);
  });

  it('answers lists longer than a database may be given', { timeout: 30_000 }, async () => {
    const items = await openItems(engine, temporaryFolder());
    await items.bulkWrite(inserts(numbered('a', 100)), 'fill');
    expect(await ask(items, { selector: { id: { $in: numbered('a', 40_000).slice(99) } } })).toEqual(['a99']);
    const ats = Array.from({ length: 600 }, (_, at) => at + 0.5);
    expect(await ask(items, { selector: { at: { $in: ats } } })).toEqual([]);
    expect((await ask(items, { selector: { at: { $in: [...ats, 1] } } })).length).toBe(100);
  });

  it('reads its own writes, in the order of the sort, with skip and limit beyond the end', async () => {
    const items = await openItems(engine, temporaryFolder());
    const rows = [3, 1, 2].map((at) => ({ document: stored({ id: `a${at}`, at }) }));
    await items.bulkWrite(rows, 'fill');
    const first = rows[0]!.document;
    const moved = stored({ id: 'a3', at: 0 }, { height: 2 });
    await items.bulkWrite([{ previous: first, document: moved }], 'move');
    const sort = [{ at: 'asc' }];
    expect(await ask(items, { selector: {}, sort })).toEqual(['a3', 'a1', 'a2']);
    expect(await ask(items, { selector: {}, sort, skip: 1, limit: 1 })).toEqual(['a1']);
    expect(await ask(items, { selector: {}, sort, skip: 2, limit: 10 })).toEqual(['a2']);
    expect(await ask(items, { selector: {}, sort, skip: 3 })).toEqual([]);
    expect(await ask(items, { selector: {}, sort, limit: 0 })).toEqual([]);
    expect(await ask(items, { selector: {}, sort: [{ note: 'desc' }, { at: 'desc' }] })).toEqual(['a2', 'a1', 'a3']);
  });
}
