import { join } from 'node:path';
import { build } from 'vite';

/** Builds the store's app, once for all tests that look at it. */
export default async function setup(): Promise<void> {
  await build({ configFile: join(import.meta.dirname, '../../agent/ui/vite.config.ts'), logLevel: 'error' });
}
