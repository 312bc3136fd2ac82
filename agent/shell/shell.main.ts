import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as electron from 'electron';
import { z } from 'zod';
import { createLogger } from '#shared/runtime/logger.ts';
import { startShell } from './shell.ts';

// As it is built: agent/shell/dist/main.mjs, beside the preload.
const root = join(import.meta.dirname, '../../..');
const { version } = z
  .object({ version: z.string() })
  .parse(JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')));
const node = join(root, 'node_modules/.bin', process.platform === 'win32' ? 'node.cmd' : 'node');

void startShell(
  electron,
  {
    main: import.meta.filename,
    preload: join(import.meta.dirname, 'preload.cjs'),
    ui: join(root, 'agent/ui/dist'),
    // From a clone. A package says by its settings how its agent is started.
    command: electron.app.isPackaged
      ? undefined
      : [node, join(root, 'agent/shelfwire-agent.mjs'), 'run', '--data', join(root, 'data/agent')],
    version,
    argv: process.argv,
  },
  createLogger({ name: 'shelfwire-desktop', level: 'info' }),
);
