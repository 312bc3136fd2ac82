import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

const MAIN = join(import.meta.dirname, 'main.ts');
const LIMIT_MS = 150_000;
/** `BENCHES=all` before the command runs the short forms of these too: what they need runs in the others. */
const ALL = process.env['BENCHES'] === 'all';
const ALSO = [
  ['drain', /a sale +[\d,.]+ .* 0\n/],
  ['availability', /silence +a store of 200 skus/],
  ['till-to-channel', /checked +all 120 listings say what is left/],
] as const;

describe('benchmarks', () => {
  it.for([
    ['app', /daemon at rest, RSS, MB +\d+/],
    ['storage', /insert \/ append \+ fsync .* x +1\.5 x\n/],
    ['reserve', /one hot sku, 16 clients +[\d,]+ /],
    ['publish', /sales, 20\/s: sale merged to confirmed/],
    ['fleet', /storm +20 stores come back at once/],
    ...(ALL ? ALSO : []),
  ] as const)('%s runs through in its short form', ([name, closing]) => {
    const { status, stdout, stderr } = spawnSync(process.execPath, [MAIN, name, '--short', '--without-peer'], {
      encoding: 'utf8',
      timeout: LIMIT_MS,
    });
    expect({ status, stderr }).toEqual({ status: 0, stderr: expect.not.stringContaining('Error') });
    expect(stdout).toMatch(closing);
  });

  it.for([
    [['nothing'], 'There is no benchmark "nothing".'],
    [['--bogus'], "Unknown option '--bogus'"],
    [['drain', '--rounds', '0'], '--rounds: "0" is not a whole number above zero'],
    [[], 'No benchmark is named.'],
  ] as const)('%j: says what was wrong, then how it is called', ([argv, mistake]) => {
    const { status, stderr } = spawnSync(process.execPath, [MAIN, ...argv], { encoding: 'utf8', timeout: LIMIT_MS });
    expect(status).toBe(2);
    expect(stderr.startsWith(mistake)).toBe(true);
    expect(stderr).toContain('Usage: npm run bench');
  });

  it('prints its usage when asked to', () => {
    const { status, stdout } = spawnSync(process.execPath, [MAIN, '--help'], { encoding: 'utf8', timeout: LIMIT_MS });
    expect({ status, stdout }).toEqual({ status: 0, stdout: expect.stringContaining('Usage: npm run bench') });
  });
});
