import { describe, expect, it } from 'vitest';
import { isOwnFailure, StuckFiles } from './stuck-files.ts';

const failure = (code: string, path?: string) => Object.assign(new Error(code), { code, path });

describe('stuck files', () => {
  it('rest for a minute while others go on, and are forgotten when they are gone', () => {
    const stuck = new StuckFiles();
    stuck.add('a', '/w/a', failure('EACCES'), 1_000);
    expect([stuck.next(['a', 'b'], 1_001), stuck.next(['a'], 1_001)]).toEqual(['b', undefined]);
    expect(stuck.next(['a', 'b'], 61_000)).toBe('a');
    expect(stuck.error?.code).toBe('CSV_FILE_UNREADABLE');
    stuck.next([], 61_001);
    expect(stuck.error).toBeUndefined();
  });

  it.each([
    ['EACCES', '/w/a', true],
    ['EACCES', '/done/a.report.json.tmp', false],
    ['EISDIR', undefined, true],
    ['ENAMETOOLONG', '/done/a', true],
    ['ENOSPC', '/w/a', false],
    ['EIO', '/w/a', false],
    ['STORAGE_FULL', undefined, false],
  ])('%s of %s is its own: %s', (code, path, own) => {
    expect(isOwnFailure(failure(code, path), '/w/a')).toBe(own);
  });
});
