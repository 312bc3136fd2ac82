import { type MangoQuery, normalizeMangoQuery, prepareQuery } from 'rxdb';
import { expect, it } from 'vitest';
import { type Item, numbered, openItems, stored, temporaryFolder } from '#test/support/sqlite-storage.ts';

it('reads by the index of the plan, in its order, and stops at the limit', async () => {
  const items = await openItems(temporaryFolder());
  const rows = numbered('a', 3000).map((id, at) => ({
    document: stored({ id, at, kind: at % 3 ? 'sale' : 'return' }),
  }));
  await items.bulkWrite(rows, 'fill');
  const { connection } = items.internals.table;
  const asked: string[] = [];
  const prepare = connection.prepare.bind(connection);
  connection.prepare = (sql) => {
    asked.push(sql);
    return prepare(sql);
  };
  const ask = async (query: MangoQuery<Item>) => {
    asked.length = 0;
    const prepared = prepareQuery(items.schema, normalizeMangoQuery(items.schema, query));
    const { documents: found } = await items.query(prepared);
    const plan = connection.database.prepare(`EXPLAIN QUERY PLAN ${asked[0]}`).all();
    return { found, plan: plan.map(({ detail }) => String(detail)).join('; ') };
  };
  const alive: object = { _deleted: { $eq: false } };
  const ranged = await ask({
    selector: { ...alive, kind: 'sale', at: { $gte: 100, $lt: 200 } },
    sort: [{ at: 'asc' }],
    limit: 5,
  });
  expect(ranged.plan).toBe(
    `SEARCH docs_1_items_v0 USING INDEX docs_1_items_v0_by_1 (deleted=? AND kind=? AND at>? AND at<?)`.replaceAll(
      /(?<!_)\bkind\b|(?<!_)\bat\b/g,
      (field) => items.internals.table.columns.get(field)?.name ?? field,
    ),
  );
  expect(ranged.found.map(({ at }) => at)).toEqual([100, 101, 103, 104, 106]);
  const latest = await ask({ selector: { ...alive }, sort: [{ at: 'desc' }, { id: 'desc' }], limit: 2 });
  expect(latest.found.map(({ at }) => at)).toEqual([2999, 2998]);
  for (const ids of [['a7', 'a8'], numbered('a', 400), numbered('a', 900)]) {
    const byId = await ask({ selector: { ...alive, id: { $in: ids } } });
    expect([byId.plan, byId.found.length]).toEqual([expect.stringContaining('(id=?)'), ids.length]);
  }
});
