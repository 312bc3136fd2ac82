import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { makePrivateFolder } from './private-folder.ts';

it('closes the folder that was asked for, not the parents it had to make', ({ skip }) => {
  skip(process.platform === 'win32', 'Windows has no modes');
  const place = mkdtempSync(join(tmpdir(), 'shelfwire-private-'));
  onTestFinished(() => rmSync(place, { recursive: true, force: true }));
  const mode = (folder: string) => statSync(folder).mode & 0o777;
  makePrivateFolder(join(place, 'parent', 'own'));
  makePrivateFolder(join(place, 'parent', 'own'));
  expect(mode(join(place, 'parent', 'own'))).toBe(0o700);
  expect(mode(join(place, 'parent'))).toBe(0o777 & ~process.umask());
});
