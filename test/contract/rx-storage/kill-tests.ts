import { expect } from 'vitest';
import { temporaryFolder } from '#test/support/sqlite-storage.ts';
import { allChanges, itNeeds, openItems, type StorageUnderTest } from './engine.ts';
import { killAfter, runProgram } from './run-program.ts';

const BULK = 7;
const ROUNDS = 4;

export function registerKillTests(engine: StorageUnderTest): void {
  itNeeds(
    engine,
    'durable',
    'F2 kill -9 at a random moment loses no acknowledged document and leaves no bulk in halves',
    async () => {
      const folder = temporaryFolder();
      const acknowledged: string[] = [];
      for (let round = 0; round < ROUNDS; round++) {
        const run = runProgram(engine, folder, 'write', [`r${round}-`, String(BULK)]);
        acknowledged.push(...(await killAfter(run, 1, Math.random() * 150)));
      }
      expect(acknowledged.length).toBeGreaterThanOrEqual(ROUNDS * BULK);
      const items = await openItems(engine, folder);
      const found = new Set((await items.findDocumentsById(acknowledged, false)).map(({ id }) => id));
      expect(acknowledged.filter((id) => !found.has(id))).toEqual([]);
      const all = (await allChanges(items)).documents.map(({ id }) => id);
      expect(new Set(all).size).toBe(all.length);
      const bulks = Map.groupBy(all, (id) => `${id.split('-')[0]} ${Math.floor(Number(id.split('-')[1]) / BULK)}`);
      expect([...bulks.values()].filter((bulk) => bulk.length !== BULK)).toEqual([]);
    },
    60_000,
  );
}
