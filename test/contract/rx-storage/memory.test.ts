import { memory } from './engines.ts';
import { registerRxStorageTests } from './register-rx-storage-tests.ts';

registerRxStorageTests(memory);
