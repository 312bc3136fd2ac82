import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { lockFolder } from '#shared/runtime/folder-lock.ts';
import { silentLogger } from '#shared/runtime/logger.ts';
import { withDatabase } from './with-database.ts';

async function newFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'shelfwire-with-database-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

const ask = (data: string) => withDatabase({ data, databaseUrl: undefined }, silentLogger, async () => 'answered');

it('refuses a folder where no hub has run, and leaves nothing there', async () => {
  const folder = await newFolder();
  const absent = join(folder, 'typo');
  await expect(ask(absent)).rejects.toMatchObject({ code: 'HUB_MISSING', message: `There is no hub in ${absent}.` });
  expect(existsSync(absent)).toBe(false);
  await mkdir(join(folder, 'pgdata'));
  await expect(ask(folder)).rejects.toMatchObject({ code: 'HUB_MISSING' });
  expect(await readdir(folder)).toEqual(['pgdata']);
});

it('waits while a hub creates its database', async () => {
  const folder = await newFolder();
  const lock = lockFolder(join(folder, 'pg-lock'));
  let isOpen = true;
  const asked = ask(folder).finally(() => expect(isOpen).toBe(false));
  setTimeout(() => {
    isOpen = false;
    lock.release();
  }, 400);
  await expect(asked).rejects.toMatchObject({ code: 'HUB_MISSING' });
});
