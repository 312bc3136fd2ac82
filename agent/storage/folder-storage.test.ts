import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { temporaryFolder } from '#test/support/sqlite-storage.ts';
import { placeOf, readFolderStorage, settleFolderStorage, writeFolderStorage } from './folder-storage.ts';

it('a new folder is kept by the engine that was asked for, SQLite by default, and stays with it', () => {
  const plain = temporaryFolder();
  expect(settleFolderStorage(plain, undefined)).toEqual({ engine: 'sqlite' });
  expect(existsSync(join(plain, 'storage.json'))).toBe(false);
  const pouch = temporaryFolder();
  expect(settleFolderStorage(pouch, 'pouchdb')).toEqual({ engine: 'pouchdb' });
  expect(settleFolderStorage(pouch, undefined)).toEqual({ engine: 'pouchdb' });
  expect(() => settleFolderStorage(pouch, 'sqlite')).toThrow(expect.objectContaining({ code: 'STORAGE_ENGINE_OTHER' }));
});

it('a folder that was begun before there was a choice is one of SQLite', () => {
  const folder = temporaryFolder();
  writeFileSync(join(folder, 'store.sqlite'), '');
  expect(settleFolderStorage(folder, 'sqlite')).toEqual({ engine: 'sqlite' });
  expect(() => settleFolderStorage(folder, 'pouchdb')).toThrow(
    expect.objectContaining({ code: 'STORAGE_ENGINE_OTHER', message: expect.stringContaining('sqlite') }),
  );
  expect(readFolderStorage(folder)).toBeUndefined();
});

it('X2 a storage.json that cannot be understood is CONFIG_INVALID: no engine is guessed', () => {
  const folder = temporaryFolder();
  for (const text of ['', '{"engine":"sqlite"', '{"engine":"other"}', '{"engine":"sqlite","folder":"../x"}']) {
    writeFileSync(join(folder, 'storage.json'), text);
    expect(() => settleFolderStorage(folder, undefined)).toThrow(expect.objectContaining({ code: 'CONFIG_INVALID' }));
  }
  writeFolderStorage(folder, { engine: 'sqlite', folder: 'storage-2' });
  expect(placeOf(folder, settleFolderStorage(folder, undefined))).toBe(join(folder, 'storage-2'));
  expect(readFileSync(join(folder, 'storage.json'), 'utf8')).toBe('{"engine":"sqlite","folder":"storage-2"}\n');
});
