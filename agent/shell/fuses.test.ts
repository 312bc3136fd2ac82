import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FuseV1Options } from '@electron/fuses';
import { expect, it, onTestFinished } from 'vitest';
import { FUSES, setFuses } from './fuses.ts';

const SENTINEL = 'dL7pKGdnNz796PbbjQWNKmHXBZaB9tsX';
const names = Object.keys(FuseV1Options).filter((name) => Number.isNaN(Number(name)));

it('checklist 19 every fuse that there is has been decided, with its reason', () => {
  expect(Object.keys(FUSES).toSorted()).toEqual(names.toSorted());
  expect(Object.values(FUSES).filter(({ why }) => why.length < 10)).toEqual([]);
  const off = (['RunAsNode', 'EnableNodeOptionsEnvironmentVariable', 'EnableNodeCliInspectArguments'] as const).map(
    (name) => FUSES[name].isOn,
  );
  expect(off).toEqual([false, false, false]);
});

it('checklist 19 the fuses are set in a program, and read back', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'fuses-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const program = join(folder, 'electron');
  // Electron's program as far as fuses go: a mark, the version of the wire, how many there are, and all the other way.
  const other = names.map((name) => (FUSES[name as keyof typeof FUSES].isOn ? '0' : '1')).join('');
  writeFileSync(
    program,
    Buffer.from(`head${SENTINEL}\u0001${String.fromCharCode(names.length)}${other}tail`, 'latin1'),
  );
  expect(await setFuses(program)).toEqual([]);
  const wanted = names.map((name) => (FUSES[name as keyof typeof FUSES].isOn ? '1' : '0')).join('');
  expect(readFileSync(program, 'latin1')).toBe(
    `head${SENTINEL}\u0001${String.fromCharCode(names.length)}${wanted}tail`,
  );
  writeFileSync(program, 'no Electron');
  await expect(setFuses(program)).rejects.toThrow();
});
