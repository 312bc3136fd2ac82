import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

const MAIN = join(import.meta.dirname, 'main.ts');

describe('benchmarks', () => {
  it.for([
    ['drain', /a sale +[\d,.]+ .* 0\n/],
    ['fleet', /storm +40 stores come back at once/],
  ] as const)('%s runs through in its short form', ([name, closing]) => {
    const { status, stdout, stderr } = spawnSync(process.execPath, [MAIN, name, '--short', '--without-peer'], {
      encoding: 'utf8',
      timeout: 60_000,
    });
    expect({ status, stderr }).toEqual({ status: 0, stderr: expect.not.stringContaining('Error') });
    expect(stdout).toMatch(closing);
  });

  it('says how it is called', () => {
    const { status, stderr } = spawnSync(process.execPath, [MAIN, 'nothing'], { encoding: 'utf8', timeout: 20_000 });
    expect(status).toBe(2);
    expect(stderr).toContain('Usage: npm run bench');
  });
});
