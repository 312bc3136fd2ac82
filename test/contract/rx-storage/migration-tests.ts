import { setTimeout as wait } from 'node:timers/promises';
import { addRxPlugin, createRxDatabase, type RxCollection } from 'rxdb';
import { RxDBMigrationSchemaPlugin } from 'rxdb/plugins/migration-schema';
import { expect, it } from 'vitest';
import { type Item, numbered, temporaryFolder } from '#test/support/sqlite-storage.ts';
import { allChanges, type ContractInstance, itNeeds, openItems, type StorageUnderTest } from './engine.ts';
import { itemSchema, migratedSchema, migrationStrategies } from './item-schema.ts';
import { killAfter, runProgram } from './run-program.ts';

const COUNT = 300;

export function registerMigrationTests(engine: StorageUnderTest): void {
  addRxPlugin(RxDBMigrationSchemaPlugin);
  const openDatabase = (folder: string) =>
    createRxDatabase({ name: 'store', storage: engine.open(folder), multiInstance: false });

  async function fill(folder: string): Promise<void> {
    const database = await openDatabase(folder);
    const { items } = await database.addCollections({ items: { schema: itemSchema() } });
    await items.bulkInsert(numbered('a', COUNT).map((id, at) => ({ id, kind: 'sale', at })));
    await (await items.findOne('a7').exec(true)).remove();
    await database.close();
  }

  async function openMigrating(folder: string, onEach: (item: Item) => void | Promise<void> = () => {}) {
    const database = await openDatabase(folder);
    const strategy = async (item: Item) => {
      await onEach(item);
      return migrationStrategies[1](item);
    };
    const { items } = await database.addCollections({
      items: { schema: migratedSchema(), migrationStrategies: { 1: strategy }, autoMigrate: false },
    });
    return { database, items: items as RxCollection<Item> };
  }

  /** Each document is there once, migrated once; nothing of the old version is left; a third start migrates nothing. */
  async function expectMigrated(folder: string, items: RxCollection<Item>): Promise<void> {
    expect(await items.count({ selector: { kind: 'sale+' } }).exec()).toBe(COUNT - 1);
    expect(await items.count().exec()).toBe(COUNT - 1);
    await items.database.close();
    const old = await openItems(engine, folder);
    expect((await allChanges(old)).documents).toEqual([]);
    await old.close();
    const touched: string[] = [];
    const again = await openMigrating(folder, ({ id }) => void touched.push(id));
    expect(await again.items.migrationNeeded()).toBe(false);
    await again.items.insert({ id: 'later', kind: 'sale', at: 1 });
    expect([touched, await again.items.count().exec()]).toEqual([[], COUNT]);
    await again.database.close();
  }

  it('carries documents over and leaves nothing of the old version', async () => {
    const folder = temporaryFolder();
    await fill(folder);
    const { items } = await openMigrating(folder);
    await items.migratePromise();
    await expectMigrated(folder, items);
  });

  itNeeds(engine, 'seqCheckpoints', 'a reader of the old version is offered every migrated document', async () => {
    const folder = temporaryFolder();
    await fill(folder);
    const { database, items } = await openMigrating(folder);
    await items.migratePromise();
    const instance = items.storageInstance.originalStorageInstance as unknown as ContractInstance;
    const offered = await allChanges(instance, { seq: COUNT + 1, schemaVersion: 0 });
    expect(offered.documents.filter(({ _deleted: deleted }) => !deleted).length).toBe(COUNT - 1);
    await database.close();
  });

  it('resumes when the database was closed midway (rxdb#5427, rxdb PR 8871)', { timeout: 30_000 }, async () => {
    const folder = temporaryFolder();
    await fill(folder);
    let seen = 0;
    let closing: Promise<unknown> | undefined;
    const first = await openMigrating(folder, async () => {
      if (++seen === 100) closing = first.database.close();
      await wait(1);
    });
    // Its promise may never settle: RxDB waits for a replication that closing has cancelled.
    first.items.startMigration(10).catch(() => {});
    await expect.poll(() => closing, { timeout: 10_000 }).toBeDefined();
    await closing;
    expect(seen).toBeLessThan(COUNT);
    const second = await openMigrating(folder);
    await second.items.migratePromise(10);
    await expectMigrated(folder, second.items);
  });

  itNeeds(
    engine,
    'durable',
    'F2 resumes when the process was killed midway, again and again (rxdb PR 8871)',
    async () => {
      const folder = temporaryFolder();
      await fill(folder);
      for (const lines of [1, 60, 150]) {
        expect(await killAfter(runProgram(engine, folder, 'migrate'), lines)).not.toContain('done');
      }
      const last = runProgram(engine, folder, 'migrate');
      expect(await last.ended).toBe(0);
      expect(last.lines()).toContain('done');
      expect(last.lines().length).toBeLessThan(COUNT);
      await expectMigrated(folder, (await openMigrating(folder)).items);
    },
    60_000,
  );
}
