import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { z } from 'zod';
import { ShelfwireError } from '../protocol/errors.ts';
import { JsonFile } from './json-file.ts';

const schema = z.strictObject({ names: z.array(z.string()) });

function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'json-file-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** In a process that may write files of 4 or 8 kB at most (the unit is the shell's): the disk takes the beginning of more. */
const WRITER = `
  import { z } from 'zod';
  import { JsonFile } from './shared/runtime/json-file.ts';
  const file = new JsonFile(process.argv[1], z.unknown(), null);
  try {
    file.set({ names: Array.from({ length: 5_000 }, (_, place) => 'name ' + place) });
  } catch (error) {
    console.log(error.code);
  }`;

it.skipIf(process.platform === 'win32')(
  'F5 a disk that has room for the beginning of a file keeps the one before',
  () => {
    const folder = temporaryFolder();
    const path = join(folder, 'names.json');
    writeFileSync(path, '{"names":["Ada"]}');
    const node = `"${process.execPath}" --input-type=module -e "$WRITER" "${path}"`;
    const { stdout, stderr } = spawnSync('sh', ['-c', `trap '' XFSZ; ulimit -f 8; exec ${node}`], {
      cwd: join(import.meta.dirname, '..', '..'),
      env: { ...process.env, WRITER },
      encoding: 'utf8',
    });
    expect([stdout.trim(), stderr]).toEqual(['STORAGE_FULL', '']);
    expect(readFileSync(path, 'utf8')).toBe('{"names":["Ada"]}');
    expect(readdirSync(folder)).toEqual(['names.json']);
  },
);

it('a file that cannot be written is a failure with a code, and is read as it was', () => {
  const folder = temporaryFolder();
  const file = new JsonFile(join(folder, 'absent', 'names.json'), schema, { names: [] });
  expect(() => file.set({ names: ['Ada'] })).toThrow(ShelfwireError);
  expect(file.get()).toEqual({ names: [] });
});
