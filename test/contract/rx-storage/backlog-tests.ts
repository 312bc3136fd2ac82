import { expect, it } from 'vitest';
import { inserts, numbered, temporaryFolder } from '#test/support/sqlite-storage.ts';
import { changesSince, type Checkpoint, openItems, type StorageUnderTest } from './engine.ts';
import { ask } from './query-tests.ts';

/** `BACKLOG=200000` before the command runs long. */
const BACKLOG = Number(process.env['BACKLOG'] ?? 40_000);

export function registerBacklogTests(engine: StorageUnderTest): void {
  it(`finds, queries and offers a backlog of ${BACKLOG} documents (rxdb#8438)`, { timeout: 120_000 }, async () => {
    const items = await openItems(engine, temporaryFolder(), { indexes: [] });
    const ids = numbered('sale-', BACKLOG);
    for (let from = 0; from < BACKLOG; from += 20_000) {
      await items.bulkWrite(inserts(ids.slice(from, from + 20_000)), 'fill');
    }
    const found = await items.findDocumentsById([...ids, 'absent'], true);
    expect(new Set(found.map(({ id }) => id)).size).toBe(BACKLOG);
    expect((await items.findDocumentsById(ids, false)).length).toBe(BACKLOG);
    if (engine.cannot.longLists === undefined) {
      expect((await ask(items, { selector: { id: { $in: ids } }, skip: BACKLOG - 10 })).length).toBe(10);
    }
    const seen = new Set<string>();
    let checkpoint: Checkpoint | undefined;
    for (let pages = 0; seen.size < BACKLOG; pages++) {
      expect(pages).toBeLessThanOrEqual(BACKLOG / 10_000);
      const page = await changesSince(items, 10_000, checkpoint);
      for (const { id } of page.documents) seen.add(id);
      ({ checkpoint } = page);
    }
    const { error } = await items.bulkWrite(inserts(ids), 'all conflict');
    expect(error.length).toBe(BACKLOG);
  });
}
