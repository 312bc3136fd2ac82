import { pouchdb } from './engines.ts';
import { registerRxStorageTests } from './register-rx-storage-tests.ts';

registerRxStorageTests(pouchdb);
