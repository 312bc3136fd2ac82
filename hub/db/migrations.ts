import { join } from 'node:path';

/** The folder of the hub's migrations. */
export const MIGRATIONS = join(import.meta.dirname, 'migrations');
