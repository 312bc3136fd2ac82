import { resolve } from 'node:path';
import {
  fillWithDefaultSettings,
  getChangedDocumentsSince,
  type RxDocumentData,
  type RxJsonSchema,
  type RxStorage,
  type RxStorageInstance,
} from 'rxdb';
import { it, onTestFinished } from 'vitest';
import { type Item, itemSchema } from '#test/support/sqlite-storage.ts';

/** What an engine may lack. Each is asked of every engine, and one that cannot says why. */
export type Ability =
  /** Documents outlive the process. */
  | 'durable'
  /** Checkpoints are `{seq, schemaVersion}` of the engine's own counter, never a clock. */
  | 'seqCheckpoints'
  /** The second write of an id in one bulk meets the first as stored. */
  | 'repeatedIds'
  /** What a caller does wrong is answered with an error and changes nothing. */
  | 'strict'
  /** Queries mean what Mango means where a field is missing or of another type. */
  | 'mangoTypes'
  /** A list of many thousand ids is looked up, not compared with each document. */
  | 'longLists';

export interface StorageSettings {
  /** Wall clock of cleanup. */
  now?: () => number;
}

export interface StorageUnderTest {
  name: string;
  /** The storage on a folder: the same folder gives the same documents. */
  open(folder: string, settings?: StorageSettings): RxStorage<unknown, unknown>;
  /** Why the engine lacks an ability. Its tests are skipped with this reason in their titles. */
  cannot: Partial<Record<Ability, string>>;
  /** How another process opens it: a module, and the function in it that takes `{folder}`. */
  program?: { module: string; factory: string };
}

export interface Checkpoint {
  seq: number;
  schemaVersion: number;
}

/** Checkpoints are opaque but for engines with `seqCheckpoints`. */
export type ContractInstance<RxDocType = Item> = RxStorageInstance<RxDocType, unknown, unknown, Checkpoint>;

/** The test, or its title skipped with the reason when the engine lacks the ability. */
export function itNeeds(
  engine: StorageUnderTest,
  ability: Ability,
  title: string,
  test: () => Promise<void>,
  timeoutMs = 30_000,
): void {
  const reason = engine.cannot[ability];
  if (reason === undefined) it(title, { timeout: timeoutMs }, test);
  else it(title, (context) => context.skip(`${engine.name}: ${reason}`));
}

/** An instance straight over the folder, without an RxDatabase; closed when the test ends. */
export async function openWith<RxDocType>(
  engine: StorageUnderTest,
  folder: string,
  schema: RxJsonSchema<RxDocumentData<RxDocType>>,
  { collection = 'items', database = 'store', ...settings }: PlaceSettings = {},
): Promise<ContractInstance<RxDocType>> {
  const instance = await engine.open(resolve(folder), settings).createStorageInstance<RxDocType>({
    databaseInstanceToken: 'contract',
    databaseName: database,
    collectionName: collection,
    schema,
    options: {},
    multiInstance: false,
    devMode: false,
  });
  onTestFinished(() => instance.close());
  return instance as ContractInstance<RxDocType>;
}

export interface PlaceSettings extends StorageSettings {
  collection?: string;
  database?: string;
}

export function openItems(
  engine: StorageUnderTest,
  folder: string,
  change: Partial<RxJsonSchema<Item>> = {},
  settings: PlaceSettings = {},
): Promise<ContractInstance> {
  return openWith<Item>(engine, folder, fillWithDefaultSettings(itemSchema(change)), settings);
}

/** A page of changes, also of an engine that leaves them to RxDB, which reads them by write time then. */
export function changesSince<RxDocType>(instance: ContractInstance<RxDocType>, limit: number, checkpoint?: Checkpoint) {
  return getChangedDocumentsSince<RxDocType, Checkpoint>(instance, limit, checkpoint);
}

/** All changes after a checkpoint, page by page. */
export async function allChanges<RxDocType>(
  instance: ContractInstance<RxDocType>,
  checkpoint?: Checkpoint,
  pageSize = 1000,
): Promise<{ documents: RxDocumentData<RxDocType>[]; checkpoint: Checkpoint | undefined }> {
  const documents: RxDocumentData<RxDocType>[] = [];
  let at = checkpoint;
  for (;;) {
    const page = await changesSince(instance, pageSize, at);
    documents.push(...page.documents);
    at = page.checkpoint;
    if (page.documents.length < pageSize) return { documents, checkpoint: at };
  }
}

export const idsOf = (documents: readonly { id: string }[]) => documents.map(({ id }) => id);

/** Purges all tombstones of that age; an engine may do it in steps. Returns the number of steps. */
export async function purge<RxDocType>(instance: ContractInstance<RxDocType>, minimumAgeMs = 0): Promise<number> {
  for (let step = 1; step < 100; step++) if (await instance.cleanup(minimumAgeMs)) return step;
  throw new Error('The cleanup does not end.');
}
