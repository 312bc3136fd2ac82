import fc from 'fast-check';
import type { BulkWriteRow, RxDocumentData } from 'rxdb';
import { expect, it } from 'vitest';
import { type Item, stored, temporaryFolder } from '#test/support/sqlite-storage.ts';
import { allChanges, type ContractInstance, openItems, type StorageUnderTest } from './engine.ts';
import { memory } from './engines.ts';

const IDS = ['a', 'b', 'c', 'd', 'e', '😀'];

interface Row {
  id: string;
  note: string;
  deleted: boolean;
  previous: string;
}

/** One row to write: on the revision that is stored, or on one that is not. */
const rows: fc.Arbitrary<Row> = fc.record({
  id: fc.constantFrom(...IDS),
  note: fc.constantFrom('x', 'y'),
  deleted: fc.boolean(),
  previous: fc.constantFrom('stored', 'stored', 'stored', 'none', 'stale'),
});
const steps = fc.array(
  fc.oneof(
    { weight: 8, arbitrary: fc.uniqueArray(rows, { maxLength: 5, selector: ({ id }) => id }) },
    { weight: 1, arbitrary: fc.constant('reopen' as const) },
  ),
  { maxLength: 25 },
);

let revision = 1;

/** Rows as a caller makes them that has read what is stored. */
async function rowsFor(items: ContractInstance, bulk: readonly Row[]) {
  const inDb = new Map((await items.findDocumentsById(IDS, true)).map((document) => [document.id, document]));
  return bulk.map(({ id, note, deleted, previous }): BulkWriteRow<Item> => {
    const document = stored({ id, note }, { deleted, height: ++revision, lwt: 1000 + revision });
    const known = inDb.get(id);
    if (previous === 'stale') return { previous: stored({ id }, { height: 1_000_000 }), document };
    return known === undefined || previous === 'none' ? { document } : { previous: known, document };
  });
}

/** Does the same in both and compares all that a caller can see. */
async function writeBoth(ours: ContractInstance, theirs: ContractInstance, bulk: BulkWriteRow<Item>[]) {
  const results = [];
  for (const items of [ours, theirs]) {
    const heard: unknown[] = [];
    const listening = items.changeStream().subscribe(({ events, context }) => heard.push({ events, context }));
    const { error } = await items.bulkWrite(structuredClone(bulk), 'step');
    listening.unsubscribe();
    results.push({ error, heard });
  }
  expect(results[0]).toEqual(results[1]);
}

const byId = (documents: readonly RxDocumentData<Item>[]) =>
  documents.toSorted((left, right) => (left.id < right.id ? -1 : 1));

export function registerModelTests(engine: StorageUnderTest): void {
  it(
    'does what the memory storage does, write after write: errors, events, documents',
    { timeout: 60_000 },
    async () => {
      const folder = temporaryFolder();
      let round = 0;
      await fc.assert(
        fc.asyncProperty(steps, async (steps) => {
          const collection = `${engine.name}${round++}`;
          let ours = await openItems(engine, folder, {}, { collection });
          const theirs = await openItems(memory, folder, {}, { collection, database: 'control' });
          for (const step of steps) {
            if (step === 'reopen') {
              await ours.close();
              ours = await openItems(engine, folder, {}, { collection });
            } else await writeBoth(ours, theirs, await rowsFor(theirs, step));
            expect(byId(await ours.findDocumentsById(IDS, true))).toEqual(
              byId(await theirs.findDocumentsById(IDS, true)),
            );
          }
          const changes = (await allChanges(ours, undefined, 2)).documents;
          expect(byId(changes)).toEqual(byId(await theirs.findDocumentsById(IDS, true)));
          if (engine.cannot.seqCheckpoints === undefined) {
            expect(changes.map(({ _meta: { lwt } }) => lwt)).toEqual(
              changes.map(({ _meta: { lwt } }) => lwt).toSorted((a, b) => a - b),
            );
          }
          await ours.remove();
          await theirs.remove();
        }),
        { numRuns: 60 },
      );
    },
  );
}
