import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { ShelfwireError } from '#shared/protocol/errors.ts';

const PROGRAMS: Partial<Readonly<Record<NodeJS.Platform, string>>> = {
  win32: 'electron.exe',
  darwin: 'Electron.app/Contents/MacOS/Electron',
};

/**
 * Electron's own program: in the folder that ELECTRON_OVERRIDE_DIST_PATH names, or where `npx install-electron` has put it.
 * It is not fetched by `npm ci`, nor here. Throws DESKTOP_ELECTRON_MISSING.
 */
export function findElectron(
  root: string,
  { env, platform }: { env: NodeJS.ProcessEnv; platform: NodeJS.Platform },
): string {
  const given = env['ELECTRON_OVERRIDE_DIST_PATH'];
  const folder = given ?? join(root, 'node_modules/electron/dist');
  const program = join(folder, PROGRAMS[platform] ?? 'electron');
  if (existsSync(program)) return program;
  throw new ShelfwireError('DESKTOP_ELECTRON_MISSING', `There is no Electron at ${program}.`);
}
