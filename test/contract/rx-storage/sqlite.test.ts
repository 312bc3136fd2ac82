import { sqlite } from './engines.ts';
import { registerRxStorageTests } from './register-rx-storage-tests.ts';

registerRxStorageTests(sqlite);
