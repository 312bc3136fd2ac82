import { addRxPlugin, createRxDatabase, type RxCollection, type RxDatabase, type RxStorage } from 'rxdb';
import { RxDBMigrationSchemaPlugin } from 'rxdb/plugins/migration-schema';
import { countDraftsSchema, type CountDraftDocument } from './collections/count-drafts.ts';
import { deviceSchema, type DeviceDocument } from './collections/device.ts';
import { journalSchema, type JournalDocument } from './collections/journal.ts';
import { positionsSchema, type PositionDocument } from './collections/positions.ts';
import { productsSchema, type ProductDocument } from './collections/products.ts';
import { quarantineMigrations, quarantineSchema, type QuarantineDocument } from './collections/quarantine.ts';
import { storeConfigSchema, type StoreConfigDocument } from './collections/store-config.ts';
import { tasksSchema, type TaskDocument } from './collections/tasks.ts';

/** The store's collections: the journal goes up, four come down from the hub, three are local. */
export interface StoreCollections {
  journal: RxCollection<JournalDocument>;
  products: RxCollection<ProductDocument>;
  positions: RxCollection<PositionDocument>;
  storeConfig: RxCollection<StoreConfigDocument>;
  tasks: RxCollection<TaskDocument>;
  countDrafts: RxCollection<CountDraftDocument>;
  quarantine: RxCollection<QuarantineDocument>;
  device: RxCollection<DeviceDocument>;
}

export type StoreDatabase = RxDatabase<StoreCollections>;

addRxPlugin(RxDBMigrationSchemaPlugin);

/** Any RxStorage; its own types for internals and options are its own business. */
export type AnyStorage = RxStorage<unknown, unknown>;

/** Name of the database, and so of its file. */
export const DATABASE = 'store';

/**
 * The database `store` without its collections. One process, one writer: `multiInstance` is off. RxDB knows its open databases
 * by storage and name, so the folder goes into the name of the storage: several stores in one process are no duplicates.
 */
export function openEmptyDatabase(storage: AnyStorage, folder: string): Promise<StoreDatabase> {
  return createRxDatabase<StoreCollections>({
    name: DATABASE,
    storage: { ...storage, name: `${storage.name} ${folder}` },
    multiInstance: false,
    eventReduce: false,
  });
}

/** Opens the database `store`. RxDB's free form allows 13 collections in a process: these, and no whole second store. */
export async function openDatabase(storage: AnyStorage, folder: string): Promise<StoreDatabase> {
  const database = await openEmptyDatabase(storage, folder);
  await database.addCollections({
    journal: { schema: journalSchema },
    products: { schema: productsSchema },
    positions: { schema: positionsSchema },
    storeConfig: { schema: storeConfigSchema },
    tasks: { schema: tasksSchema },
    countDrafts: { schema: countDraftsSchema },
    quarantine: { schema: quarantineSchema, migrationStrategies: quarantineMigrations },
    device: { schema: deviceSchema },
  });
  return database;
}
