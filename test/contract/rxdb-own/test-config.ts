import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { addRxPlugin, type RxTestStorage } from 'rxdb';
import { disableWarnings, RxDBDevModePlugin } from 'rxdb/plugins/dev-mode';
import { getRxStorageMemory } from 'rxdb/plugins/storage-memory';
import { getConfig, setConfig } from 'rxdb/plugins/test-utils';
import { wrappedValidateAjvStorage } from 'rxdb/plugins/validate-ajv';
import { pouchdb, sqlite } from '../rx-storage/engines.ts';

/**
 * Stands in for `test/unit/config.ts` of RxDB: the storage that `DEFAULT_STORAGE` names, wrapped as there, in
 * development mode. The control is RxDB's memory storage as it is.
 */
const engines = [pouchdb, sqlite];
const name = String(process.env['DEFAULT_STORAGE']);
const folder = mkdtempSync(join(process.env['RXDB_OWN_FOLDER'] ?? tmpdir(), 'rxdb-own-'));
const engine = engines.find((candidate) => candidate.name === name);
if (engine === undefined && name !== 'memory') throw new Error(`There is no engine ${name}.`);

const open = () => engine?.open(folder) ?? getRxStorageMemory();
const storage: RxTestStorage = {
  name,
  getStorage: () => wrappedValidateAjvStorage({ storage: open() }),
  getPerformanceStorage: () => ({ storage: open(), description: name }),
  hasPersistence: true,
  hasMultiInstance: true,
  hasAttachments: true,
  hasReplication: true,
};
disableWarnings();
addRxPlugin(RxDBDevModePlugin);
setConfig({ storage });

export const { describe: describeParallel } = globalThis as unknown as { describe: unknown };
export default getConfig();
