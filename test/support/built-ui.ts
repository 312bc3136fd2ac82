import { join } from 'node:path';
import { build } from 'vite';

/** Builds the app as it is shipped: a test runner's own NODE_ENV would make it React's slower form for developers. */
export default async function buildUi(): Promise<void> {
  const before = process.env['NODE_ENV'];
  process.env['NODE_ENV'] = 'production';
  try {
    await build({ configFile: join(import.meta.dirname, '../../agent/ui/vite.config.ts'), logLevel: 'error' });
  } finally {
    if (before === undefined) delete process.env['NODE_ENV'];
    else process.env['NODE_ENV'] = before;
  }
}
