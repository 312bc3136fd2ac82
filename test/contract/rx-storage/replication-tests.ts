import {
  createRxDatabase,
  getChangedDocumentsSince,
  type RxCollection,
  type RxReplicationWriteToMasterRow,
  type WithDeleted,
} from 'rxdb';
import { replicateRxCollection } from 'rxdb/plugins/replication';
import { expect, it } from 'vitest';
import { type Item, itemSchema, numbered, temporaryFolder } from '#test/support/sqlite-storage.ts';
import { itNeeds, type StorageUnderTest } from './engine.ts';
import { killAfter, runProgram } from './run-program.ts';

const DAY_MS = 86_400_000;

/** Replicates both ways with the collection of another database as the remote; counts the documents that cross. */
function replicate(local: RxCollection<Item>, remote: RxCollection<Item>) {
  const crossed = { up: 0, down: 0 };
  const replication = replicateRxCollection<Item, unknown>({
    collection: local,
    replicationIdentifier: 'to-remote',
    live: false,
    retryTime: 10,
    push: {
      batchSize: 50,
      async handler(rows: RxReplicationWriteToMasterRow<Item>[]) {
        crossed.up += rows.length;
        for (const { newDocumentState } of rows) await remote.incrementalUpsert(newDocumentState);
        return [] as WithDeleted<Item>[];
      },
    },
    pull: {
      batchSize: 50,
      async handler(checkpoint, batchSize) {
        const changes = await getChangedDocumentsSince(remote.storageInstance, batchSize, checkpoint);
        crossed.down += changes.documents.length;
        const documents = changes.documents.map(({ id, kind, at, _deleted }) => ({ id, kind, at, _deleted }));
        return { documents, checkpoint: changes.checkpoint };
      },
    },
  });
  return { crossed, replication };
}

export function registerReplicationTests(engine: StorageUnderTest): void {
  const openDatabase = async (folder: string) => {
    const database = await createRxDatabase({ name: 'store', storage: engine.open(folder), multiInstance: false });
    const { items } = await database.addCollections({ items: { schema: itemSchema() } });
    return { database, items: items as RxCollection<Item> };
  };

  it('replicates both ways, and goes on where it was after a reopen of both sides', { timeout: 30_000 }, async () => {
    const [localFolder, remoteFolder] = [temporaryFolder(), temporaryFolder()];
    const insert = (items: RxCollection<Item>, prefix: string, count: number) =>
      items.bulkInsert(numbered(prefix, count).map((id, at) => ({ id, kind: 'sale', at })));
    const idsOf = async (items: RxCollection<Item>) =>
      (await items.find({ sort: [{ id: 'asc' }] }).exec()).map(({ id }) => id);

    let local = await openDatabase(localFolder);
    let remote = await openDatabase(remoteFolder);
    await insert(local.items, 'local', 120);
    await insert(remote.items, 'remote', 130);
    const first = replicate(local.items, remote.items);
    await first.replication.awaitInitialReplication();
    await local.database.close();
    await remote.database.close();

    local = await openDatabase(localFolder);
    remote = await openDatabase(remoteFolder);
    expect((await idsOf(local.items)).length).toBe(250);
    await insert(local.items, 'later', 3);
    await (await remote.items.findOne('remote7').exec(true)).remove();
    const second = replicate(local.items, remote.items);
    await second.replication.awaitInitialReplication();
    expect(second.crossed.up).toBe(3);
    expect(await idsOf(local.items)).toEqual(await idsOf(remote.items));
    expect(await local.items.count().exec()).toBe(252);
    await local.database.close();
    await remote.database.close();
  });

  itNeeds(
    engine,
    'durable',
    'S1 S5 pushes every document once over restarts with the clock set back, none marked as sent that was not (rxdb#7259)',
    async () => {
      const folder = temporaryFolder();
      for (const [day, clockStepMs] of [0, -30 * DAY_MS, -400 * DAY_MS, DAY_MS, -DAY_MS].entries()) {
        const ids = numbered(`day${day}-`, 3);
        const run = runProgram(engine, folder, 'push', ids, clockStepMs);
        expect([await run.ended, run.lines().toSorted()]).toEqual([0, ids]);
      }
    },
    60_000,
  );

  itNeeds(
    engine,
    'durable',
    'S2 what was in flight when the process was killed is pushed after the restart',
    async () => {
      const folder = temporaryFolder();
      const first = await killAfter(runProgram(engine, folder, 'push', numbered('cut', 500)), 1);
      const run = runProgram(engine, folder, 'push', ['last'], -DAY_MS);
      expect(await run.ended).toBe(0);
      expect(new Set([...first, ...run.lines()])).toEqual(new Set([...numbered('cut', 500), 'last']));
    },
    60_000,
  );
}
