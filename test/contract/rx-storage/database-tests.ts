import { createRxDatabase } from 'rxdb';
import { expect, it } from 'vitest';
import { temporaryFolder } from '#test/support/sqlite-storage.ts';
import type { StorageUnderTest } from './engine.ts';

const positionSchema = {
  version: 0,
  type: 'object',
  primaryKey: { key: 'id', fields: ['location', 'sku'], separator: '|' },
  properties: {
    id: { type: 'string', maxLength: 80 },
    location: { type: 'string', maxLength: 20 },
    sku: { type: 'string', maxLength: 40 },
    onHand: { type: 'integer', minimum: -1e6, maximum: 1e6, multipleOf: 1 },
  },
  required: ['location', 'sku', 'onHand'],
  indexes: ['onHand'],
} as const;

export function registerDatabaseTests(engine: StorageUnderTest): void {
  const open = async (folder: string, name = 'store') => {
    const database = await createRxDatabase({ name, storage: engine.open(folder), multiInstance: false });
    const { positions } = await database.addCollections({ positions: { schema: positionSchema } });
    return { database, positions };
  };

  it('composite key, insert, patch, remove, live query, reopen', async () => {
    const folder = temporaryFolder();
    const { database, positions } = await open(folder);
    const counts: number[] = [];
    positions.find({ selector: { onHand: { $lt: 0 } } }).$.subscribe((found) => counts.push(found.length));
    await positions.bulkInsert(['A', 'B', 'C'].map((sku) => ({ location: 'S1', sku, onHand: 5 })));
    await (await positions.findOne('S1|A').exec(true)).patch({ onHand: -1 });
    await (await positions.findOne('S1|C').exec(true)).remove();
    expect(await positions.count().exec()).toBe(2);
    await expect(positions.insert({ location: 'S1', sku: 'A', onHand: 1 })).rejects.toMatchObject({ code: 'CONFLICT' });
    await expect.poll(() => counts.at(-1)).toBe(1);
    await database.close();
    const again = await open(folder);
    const found = await again.positions.find({ sort: [{ onHand: 'desc' }] }).exec();
    expect(found.map(({ id }) => id)).toEqual(['S1|B', 'S1|A']);
    await again.database.remove();
  });

  it('two databases side by side, one removed: the other keeps its documents; many writers of one document', async () => {
    const folder = temporaryFolder();
    const [one, two] = [await open(folder), await open(folder, 'second')];
    await one.positions.insert({ location: 'S1', sku: 'A', onHand: 0 });
    await two.positions.insert({ location: 'S2', sku: 'A', onHand: 0 });
    await one.database.remove();
    const position = await two.positions.findOne('S2|A').exec(true);
    await Promise.all(
      Array.from({ length: 50 }, () =>
        position.incrementalModify((data: { onHand: number }) => ({ ...data, onHand: data.onHand + 1 }) as never),
      ),
    );
    expect(position.getLatest().onHand).toBe(50);
    const anew = await open(folder);
    expect(await anew.positions.count().exec()).toBe(0);
    await anew.database.close();
    await two.database.close();
  });
}
