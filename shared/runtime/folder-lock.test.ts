import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { lockFolder } from './folder-lock.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'shelfwire-lock-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** Tries to lock the folder in another process, which then kills itself without releasing. */
function otherProcess(): string {
  const program = `
    import { lockFolder } from ${JSON.stringify(join(import.meta.dirname, 'folder-lock.ts'))};
    try { lockFolder(${JSON.stringify(folder)}); console.log('locked'); } catch (error) { console.log(error.code); }
    process.kill(process.pid, 'SIGKILL');`;
  const run = spawnSync(process.execPath, [
    '--disable-warning=ExperimentalWarning',
    '--input-type=module',
    '-e',
    program,
  ]);
  return run.stdout.toString().trim();
}

describe('the lock of a data folder', () => {
  it('keeps a second process out while it is held', () => {
    const lock = lockFolder(folder);
    expect(otherProcess()).toBe('FOLDER_IN_USE');
    lock.release();
    expect(otherProcess()).toBe('locked');
  });

  it('ends with its process, also by kill -9', () => {
    expect(otherProcess()).toBe('locked');
    lockFolder(folder).release();
  });
});
